"""The clock, for administrators: when it was last seen, what it does, what it could not do."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from harbour.queries import clock as queries
from harbour.web.access import ADMINS, open_to
from harbour.web.administering import open_street

bp = Blueprint("clock", __name__, url_prefix="/admin/clock")
bp.before_request(open_street)


@bp.get("")
@open_to(ADMINS)
def show() -> ResponseReturnValue:
    """Every duty with its last time, and what failed and will be tried again."""
    return render_template(
        "admin/clock/show.html",
        pulse=queries.pulse(g.now),
        troubles=queries.troubles(),
        duties=queries.last_done(),
    )
