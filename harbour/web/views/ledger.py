"""The record of a community: who did what, and who tried what was refused."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.actors import STAFF, Role
from harbour.forms.record import RecordFilter
from harbour.forms.wording import option
from harbour.queries import record
from harbour.web.access import open_to
from harbour.web.addresses import FOLDERS, thread

bp = Blueprint("ledger", __name__, url_prefix="/c/<community>/ledger")
KEEPERS = frozenset({*STAFF, Role.STREET_SUPERVISOR})


@bp.get("")
@open_to(KEEPERS)
def show() -> ResponseReturnValue:
    """The latest lines, narrowed by what stands in the address."""
    form = RecordFilter(request.args)
    form.offer([option(*one) for one in record.people(g.community.id)])
    chosen = {field.name: field.data for field in form if field.data and field.validate(form)}
    found = record.latest(
        g.community.id,
        kind=chosen.get("kind"),
        by=int(chosen["by"]) if "by" in chosen else None,
        before=request.args.get("before", type=int),
    )
    older = url_for(".show", before=found.older, **chosen) if found.older else None
    return render_template("ledger/show.html", form=form, record=found, older=older, href=_href)


def _href(line: record.RecordLine) -> str | None:
    """Where the thing of a line stands, if it has a number."""
    if line.number is None or line.kind not in FOLDERS:
        return None
    if line.kind == "concern":
        return thread(g.community.slug, line.number)
    return f"/c/{g.community.slug}/{FOLDERS[line.kind]}/{line.number}"
