"""The minutes: read, edited, answered by three sides, printed."""

from flask import Blueprint, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from harbour.domain.actors import STAFF
from harbour.domain.errors import Refused
from harbour.domain.meetings import MEETING, MeetingState
from harbour.domain.minutes import parts
from harbour.domain.text import N_
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.queries import minutes
from harbour.queries.minutes import MinutesPage
from harbour.services import meetings as services
from harbour.web.access import MEMBERS, OFFICE, open_to
from harbour.web.acting import answer
from harbour.web.context import actor

bp = Blueprint("minutes", __name__, url_prefix="/c/<community>/meetings/<number>")
OFFERED = ("circulate", "confirm", "object", "finalise", "publish", "correct")


@bp.get("/minutes")
@open_to(MEMBERS)
def show(number: str) -> ResponseReturnValue:
    """The text as it stands, who answered, what I may do."""
    page = _page(number)
    offers = tuple(one for one in page.offers if one.name in OFFERED)
    return render_template(
        "minutes/show.html",
        page=page,
        head=page.head,
        offers=offers,
        forms={one.name: HarbourForm(formdata=None) for one in offers},
        href=url_for("meetings.show", number=number),
        editing=actor().role in STAFF and page.head.state == MeetingState.MINUTED,
        public=request.args.get("text") == "public",
    )


def _page(number: str) -> MinutesPage:
    return minutes.page(actor(), number, g.now)


@bp.route("/minute", methods=["GET", "POST"])
@open_to(OFFICE)
def edit(number: str) -> ResponseReturnValue:
    """Edit both texts before they go round; kept while one types."""
    page = _page(number)
    if request.method == "GET" and page.head.state != MeetingState.MINUTED:
        raise Refused(N_("The minutes have gone round; they are corrected by a new revision."))
    form = action_form(MEETING.rows["minute"])(
        version=page.head.version, minutes_text=page.text, minutes_public=page.public_text
    )

    def act() -> str:
        services.act(actor(), number, "minute", form.inputs(), version=form.version.data, now=g.now)
        return url_for(".show", number=number)

    def shown() -> str:
        return render_template("minutes/edit.html", page=page, head=page.head, form=form)

    return shown() if request.method == "GET" else answer(form, act, shown)


@bp.post("/minute/keep")
@open_to(OFFICE)
def keep(number: str) -> ResponseReturnValue:
    """Keep both texts while one types."""
    form = action_form(MEETING.rows["minute"])()
    if not form.validate_on_submit():
        return jsonify(errors=[]), 422
    services.act(actor(), number, "minute", form.inputs(), version=form.version.data, now=g.now)
    return jsonify(version=_page(number).head.version, at=format_time(g.now, "HH:mm"))


@bp.get("/minutes/print")
@open_to(MEMBERS)
def on_paper(number: str) -> ResponseReturnValue:
    """The minutes in the layout of official papers; the latest final text, or the draft."""
    page = _page(number)
    latest = page.latest
    return _paper(page, latest.revision if latest else None)


@bp.get("/minutes/revisions/<int:which>")
@open_to(MEMBERS)
def revision(number: str, which: int) -> ResponseReturnValue:
    """One final text, as it was printed then."""
    page = _page(number)
    minutes.revision(actor(), number, which, g.now)
    return _paper(page, which)


def _paper(page: MinutesPage, which: int | None) -> str:
    public = request.args.get("text") == "public"
    found = next((one for one in page.revisions if one.revision == which), None)
    texts = (found.text, found.public_text) if found else (page.text, page.public_text)
    top, points = parts(texts[public])
    return render_template(
        "minutes/paper.html",
        page=page,
        head=page.head,
        revision=found,
        latest=page.latest,
        top=top,
        points=points,
        public=public,
    )
