"""The inbox: what waits for me, until when, oldest danger first."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from harbour.domain.errors import Missing
from harbour.domain.text import N_
from harbour.forms.actions import bare_form
from harbour.queries import inbox
from harbour.web.access import MEMBERS, open_to
from harbour.web.addresses import of_entry
from harbour.web.context import actor

bp = Blueprint("inbox", __name__, url_prefix="/inbox")

# Headings by the colour of the light; what has no date has none.
GROUPS = (
    ("red", N_("Overdue")),
    ("yellow", N_("Due soon")),
    ("green", N_("There is time")),
    (None, N_("Without a date")),
)


@bp.get("")
@open_to(MEMBERS)
def show() -> ResponseReturnValue:
    """Everything that waits, at most a few of each kind."""
    found = inbox.inbox(actor(), g.place.community_ids, g.now)
    groups = [
        (colour, label, [one for one in found.entries if colour_of(one) == colour])
        for colour, label in GROUPS
    ]
    return render_template(
        "inbox/show.html",
        inbox=found,
        groups=groups,
        address=of_entry,
        form=bare_form(),
        unread=g.person.unread,
    )


@bp.get("/<kind>")
@open_to(MEMBERS)
def one_kind(kind: str) -> ResponseReturnValue:
    """All of one kind, a page at a time."""
    page = inbox.page(actor(), g.place.community_ids, g.now, kind, request.args.get("before"))
    if page is None:
        raise Missing
    return render_template("inbox/kind.html", page=page, address=of_entry, form=bare_form())


def colour_of(entry: inbox.Entry) -> str | None:
    """The colour an entry stands under."""
    return None if entry.light is None else str(entry.light.colour)
