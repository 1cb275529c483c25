"""The thread of one public number, for everybody who may see any of it."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from harbour.queries import threads
from harbour.web import photos
from harbour.web.access import MEMBERS, open_to
from harbour.web.addresses import FOLDERS
from harbour.web.context import actor
from harbour.web.history import told

bp = Blueprint("threads", __name__, url_prefix="/c/<community>/thread")


@bp.get("/<number>")
@open_to(MEMBERS)
def show(number: str) -> ResponseReturnValue:
    """From residents' words to closing."""
    found = threads.thread(actor(), number)
    return render_template(
        "threads/show.html",
        page=found,
        photos=photos.views_by({one.id: one.photos for one in found.heard}),
        history=told(found.history),
        path_of=lambda kind, number: f"/c/{g.community.slug}/{FOLDERS[kind]}/{number}",
    )
