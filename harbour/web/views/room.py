"""The room: signing in, one item at a time, votes and outcomes, the screen on the wall."""

import io
from itertools import groupby
from typing import Any

import segno
from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from harbour.domain.actors import STAFF, Role
from harbour.domain.errors import Missing
from harbour.domain.meetings import MEETING, MeetingState
from harbour.domain.minutes import public_words
from harbour.domain.proposals import PROPOSAL
from harbour.domain.summaries import ReferredTo
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.meetings import (
    AttendeeForm,
    InviteForm,
    ItemForm,
    LookBackForm,
    RollForm,
    digest_of,
)
from harbour.forms.proposals import category_name
from harbour.queries import agenda as agendas
from harbour.queries import leads, meetings
from harbour.queries.agenda import Current, Room
from harbour.queries.meetings import AttendeeLine
from harbour.services import meetings as services
from harbour.services import tasks
from harbour.web.access import MEMBERS, OFFICE, open_to
from harbour.web.acting import answer
from harbour.web.context import actor
from harbour.web.drafting import draft_form
from harbour.web.pressing import bare_form

bp = Blueprint("room", __name__, url_prefix="/c/<community>/meetings/<number>")
# Outcomes that ask for words of their own, on a page of their own.
ASKING = ("defer", "reject", "refer")
AT_ONCE = ("adopt", "note")


# ---- the item on the table --------------------------------------------------------------------


@bp.get("/room")
@open_to(OFFICE)
def show(number: str) -> ResponseReturnValue:
    """The meeting as it runs: the item on the table, the agenda beside it."""
    found = _room(number, request.args.get("item", type=int))
    return _shown(found, _item_form(found), None)


def _room(number: str, item: int | None) -> Room:
    return agendas.room(actor(), number, g.now, g.settings, item)


def _item_form(found: Room) -> HarbourForm | None:
    """The form of the item on the table, votes as they usually fall."""
    if found.current is None:
        return None
    line = found.current.line
    begun: dict[str, Any] = {"points": line.points, "seen": digest_of(line.points)}
    if not line.is_new:
        return LookBackForm(formdata=None, version=line.version, review_note=line.decision, **begun)
    yes, no, abstain = line.votes or (found.quorum.present, 0, 0)
    return ItemForm(
        formdata=None, version=line.version, votes_for=yes, votes_against=no,
        votes_abstain=abstain, wording=found.current.wording, **begun,
    )  # fmt: skip


def _shown(found: Room, form: HarbourForm | None, drafting: HarbourForm | None) -> str:
    """Draw the room; after an adoption the task is written in the same place."""
    current = found.current
    start = None
    if current is not None and current.line.adopted and _wants_a_task(current):
        start = leads.start_of_proposal(str(current.line.number), g.now, g.settings)
        # Everybody reads this sentence: a door number in the title must not slip into it.
        sentence = public_words(start.title, ())
        drafting = drafting or draft_form(start, formdata=None, public_sentence=sentence)
    running = found.head.state == MeetingState.IN_SESSION
    return render_template(
        "room/show.html",
        room=found,
        head=found.head,
        current=current,
        form=form,
        start=start,
        drafting=drafting,
        running=running,
        end=next((one for one in found.offers if one.name == "end"), None),
        end_form=HarbourForm(formdata=None),
        bare=bare_form,
        secretary=actor().role is Role.SECRETARY,
        category_name=category_name,
        carries=g.settings.carries_before_street,
    )


def _wants_a_task(current: Current) -> bool:
    return not current.tasks or request.args.get("more") == "1"


@bp.post("/items/<int:item>/write")
@open_to(OFFICE)
def write(number: str, item: int) -> ResponseReturnValue:
    """Keep what was said, and decide where a button of the form decides."""
    found = _room(number, item)
    if found.current is None:
        raise Missing
    line = found.current.line
    form: HarbourForm = ItemForm() if line.is_new else LookBackForm()
    do = request.form.get("do", "save")

    def act() -> str:
        said = _said(form)
        if do in AT_ONCE and line.is_new:
            services.decide(actor(), number, item, do, {**_typed(form), **said}, now=g.now)
            return url_for(".show", number=number)
        if do == "review" and not line.is_new:
            services.look_back(actor(), number, item, {**_typed(form), **said}, now=g.now)
            return url_for(".show", number=number)
        if said:
            services.record(actor(), number, item, said, now=g.now)
        if do == "pass_over":
            services.act(actor(), number, do, {"item": item}, now=g.now)
            return url_for(".show", number=number)
        if do in ASKING and line.is_new:
            return url_for(".ask", number=number, item=item, action=do)
        return url_for(".show", number=number, item=item)

    return answer(form, act, lambda: _shown(found, form, None), done=None)


def _typed(form: HarbourForm) -> dict[str, Any]:
    return {name: value for name, value in form.inputs().items() if name != "points"}


def _said(form: HarbourForm) -> dict[str, Any]:
    """What was said, if it was changed here: an untouched text takes nothing back."""
    points = form["points"].data or ""
    if form["seen"].data == digest_of(points):
        return {}
    return {"points": points, "item_version": form.version.data}


@bp.post("/items/<int:item>/record")
@open_to(OFFICE)
def record(number: str, item: int) -> ResponseReturnValue:
    """Keep what was said while one types."""
    form = LookBackForm()
    if not form.validate_on_submit():
        return jsonify(errors=[*form["points"].errors]), 422
    said = _said(form)
    version = form.version.data
    if said:
        version = services.record(actor(), number, item, said, now=g.now)
    return jsonify(version=version, at=format_time(g.now, "HH:mm"))


@bp.route(f"/items/<int:item>/<any({', '.join(ASKING)}):action>", methods=["GET", "POST"])
@open_to(OFFICE)
def ask(number: str, item: int, action: str) -> ResponseReturnValue:
    """An outcome that needs words: deferred, not adopted, referred."""
    found = _room(number, item)
    current = found.current
    if current is None or not current.line.is_new:
        raise Missing
    row = PROPOSAL.rows[action]
    begun: dict[str, Any] = {}
    if action == "reject":
        begun = {"votes_for": 0, "votes_against": found.quorum.present, "votes_abstain": 0}
    if action == "refer" and current.owner_decision:
        begun = {"referred_to": ReferredTo.OWNERS_ASSEMBLY}
    form = action_form(row)(**begun)

    def act() -> str:
        services.decide(actor(), number, item, action, form.inputs(), now=g.now)
        return url_for(".show", number=number)

    def shown() -> str:
        return render_template(
            "actions/act.html", row=row, form=form, number=current.line.number,
            about=current.line.title, back=url_for(".show", number=number, item=item),
            href=url_for(".ask", number=number, item=item, action=action),
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, act, shown)


@bp.post("/items/<int:item>/task")
@open_to(OFFICE)
def draft(number: str, item: int) -> ResponseReturnValue:
    """Write the task of an adopted item; then the next item is taken up."""
    found = _room(number, item)
    if found.current is None or not found.current.line.adopted:
        raise Missing
    proposal = str(found.current.line.number)
    form = draft_form(leads.start_of_proposal(proposal, g.now, g.settings))
    another = request.form.get("do") == "another"

    def act() -> str:
        tasks.draft(actor(), form.inputs(), proposal_number=proposal, now=g.now)
        if another:
            return url_for(".show", number=number, item=item, more=1)
        services.go_on(actor(), number, now=g.now)
        return url_for(".show", number=number)

    return answer(form, act, lambda: _shown(found, _item_form(found), form))


@bp.post("/items/<int:item>/<any(take_up, pass_over):action>")
@open_to(OFFICE)
def item_act(number: str, item: int, action: str) -> ResponseReturnValue:
    """Take an item up, or pass it over for this time."""
    return _at_once(number, action, {"item": item})


@bp.post("/pass_over")
@open_to(OFFICE)
def pass_over(number: str) -> ResponseReturnValue:
    """Mark all that is left as not reached."""
    return _at_once(number, "pass_over", {"item": None})


@bp.post("/go-on")
@open_to(OFFICE)
def go_on(number: str) -> ResponseReturnValue:
    """Take up the next item that has no outcome."""
    form = HarbourForm()

    def act() -> str:
        services.go_on(actor(), number, now=g.now)
        return url_for(".show", number=number)

    return answer(form, act, lambda: redirect(url_for(".show", number=number), 303), done=None)


def _at_once(number: str, action: str, inputs: dict[str, Any]) -> ResponseReturnValue:
    form = HarbourForm()

    def act() -> str:
        services.act(actor(), number, action, inputs, now=g.now)
        return url_for(".show", number=number)

    return answer(form, act, lambda: redirect(url_for(".show", number=number), 303), done=None)


# ---- who is there -----------------------------------------------------------------------------


@bp.route("/attend", methods=["GET", "POST"])
@open_to(OFFICE)
def attend(number: str) -> ResponseReturnValue:
    """Tick off who is there; who signed in meanwhile by telephone stays signed in."""
    page = meetings.page(actor(), number, g.now, g.settings)
    form = RollForm()

    def act() -> str:
        known = {str(one.id) for one in page.attendees}
        shown_there = set(request.form.get("was", "").split(",")) & known
        ticked = set(request.form.getlist("present")) & known
        come = {"presence": "present", "way": form.way.data}
        changes = dict.fromkeys(sorted(ticked - shown_there), come)
        changes |= {key: {"presence": "due"} for key in sorted(shown_there - ticked)}
        if changes:
            services.act(actor(), number, "attend", {"attendance": changes}, now=g.now)
        return url_for(".attend", number=number)

    def shown() -> str:
        return render_template(
            "room/attend.html", page=page, head=page.head, form=form,
            groups=[(label, [*people]) for label, people in groupby(page.attendees, _capacity)],
            was=",".join(str(one.id) for one in page.attendees if one.there),
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, act, shown)


def _capacity(one: AttendeeLine) -> str:
    return one.capacity_label


@bp.route("/attendees/<int:attendee>", methods=["GET", "POST"])
@open_to(OFFICE)
def one_attendee(number: str, attendee: int) -> ResponseReturnValue:
    """How one person attends: on leave, as an observer, by telephone, left early."""
    page = meetings.page(actor(), number, g.now, g.settings)
    line = next((one for one in page.attendees if one.id == attendee), None)
    if line is None:
        raise Missing
    form = AttendeeForm(presence=line.presence, way=line.way, left=line.left_at is not None)

    def act() -> str:
        change = {"presence": form.presence.data, "way": form.way.data, "left": form.left.data}
        services.act(actor(), number, "attend", {"attendance": {str(attendee): change}}, now=g.now)
        return url_for(".attend", number=number)

    def shown() -> str:
        return render_template(
            "actions/act.html", row=MEETING.rows["attend"], form=form, number=number,
            about=line.name, back=url_for(".attend", number=number),
            href=url_for(".one_attendee", number=number, attendee=attendee),
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, act, shown)


@bp.route("/invite", methods=["GET", "POST"])
@open_to(OFFICE)
def invite(number: str) -> ResponseReturnValue:
    """Put somebody without an account on the list."""
    page = meetings.page(actor(), number, g.now, g.settings)
    form = InviteForm()

    def act() -> str:
        services.act(actor(), number, "invite", form.inputs(), now=g.now)
        return url_for(".attend", number=number)

    def shown() -> str:
        return render_template(
            "actions/act.html", row=MEETING.rows["invite"], form=form, number=number,
            about=page.head.title, back=url_for(".attend", number=number),
            href=url_for(".invite", number=number),
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, act, shown)


@bp.get("/sign-in")
@open_to(MEMBERS)
def sign_in(number: str) -> ResponseReturnValue:
    """Where the code on the screen leads: one button to sign oneself in."""
    page = meetings.page(actor(), number, g.now, g.settings)
    return render_template(
        "room/sign_in.html",
        page=page,
        head=page.head,
        offer=next((one for one in page.offers if one.name == "sign_in"), None),
        form=HarbourForm(formdata=None),
        staff=actor().role in STAFF,
    )


@bp.get("/sign-in.svg")
@open_to(MEMBERS)
def code(number: str) -> Response:
    """The code that leads there, to be pointed at with a telephone."""
    page = meetings.page(actor(), number, g.now, g.settings)
    drawn = io.BytesIO()
    address = url_for(".sign_in", number=page.head.number, _external=True)
    segno.make(address, error="m").save(drawn, kind="svg", scale=8, border=2, light="#fff")
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


# ---- the screen on the wall -------------------------------------------------------------------


@bp.get("/projector")
@open_to(MEMBERS)
def projector(number: str) -> ResponseReturnValue:
    """The item, the votes and the quorum in type read from the last row."""
    return render_template(
        "room/projector.html", screen=agendas.screen(actor(), number, g.now, g.settings)
    )
