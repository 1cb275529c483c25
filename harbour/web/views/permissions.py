"""Who may do what, and who may see what: the tables themselves, in the reader's language."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.actors import ROLE_LABELS
from harbour.domain.permissions import ROLES, WORKFLOW_LABELS, acts, reach, sight
from harbour.queries.ledger import WORKFLOWS
from harbour.web.access import SIGNED_IN, open_to

bp = Blueprint("permissions", __name__)


@bp.get("/permissions")
@open_to(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Every act of one table by role, and the sight of every state; the other tables beside it."""
    asked = request.args.get("of", "")
    name = asked if asked in WORKFLOWS else next(iter(WORKFLOWS))
    workflow = WORKFLOWS[name]
    return render_template(
        "permissions/show.html",
        kinds=[(WORKFLOW_LABELS[one], url_for(".show", of=one), one == name) for one in WORKFLOWS],
        one={
            "name": name,
            "label": WORKFLOW_LABELS[name],
            "labels": workflow.labels,
            "acts": acts(workflow),
            "sight": sight(workflow),
            "reach": reach(workflow),
        },
        roles=[(role, ROLE_LABELS[role]) for role in ROLES],
        mine=g.place.role if g.place else None,
    )
