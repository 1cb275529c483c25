"""Texts to copy into the WeChat group: this week's list, a task, a reminder."""

from flask import Blueprint, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.documents import copying as texts
from harbour.queries import copying
from harbour.web.access import MEMBERS, open_to
from harbour.web.context import actor

bp = Blueprint("copying", __name__, url_prefix="/c/<community>")


@bp.get("/copy")
@open_to(MEMBERS)
def week() -> ResponseReturnValue:
    """This week's list of practical things."""
    typed = request.args.get("compound", "")
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None
    found = copying.week(actor(), wanted, g.now)
    ways = [
        (name, url_for(".week", compound=key), key == found.compound_id)
        for key, name in found.compounds
    ]
    return render_template(
        "notices/week.html", words=texts.this_week(found), ways=ways if len(ways) > 1 else [],
        chosen=found.compound_id is not None,
    )  # fmt: skip


@bp.get("/tasks/<number>/copy")
@open_to(MEMBERS)
def task(number: str) -> ResponseReturnValue:
    """One task, and a reminder of it."""
    found = copying.task(actor(), number, g.now)
    where = g.community.slug, current_app.config["HARBOUR_ADDRESS"]
    return render_template(
        "notices/task.html", task=found, words=texts.one_task(found, *where),
        reminder=texts.reminder(found, *where),
    )  # fmt: skip
