"""Meetings: the list, scheduling, one meeting, its agenda, and the acts on it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.actors import STAFF, Role
from harbour.domain.calendar import DayKind
from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.domain.errors import Missing
from harbour.domain.meetings import MEETING, MeetingState
from harbour.domain.series import HolidayChoice
from harbour.domain.text import N_
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.meetings import MeetingFilter, SeriesForm, arrange_form
from harbour.forms.proposals import category_name
from harbour.forms.wording import option
from harbour.queries import agenda as agendas
from harbour.queries import calendar, ledger, meetings
from harbour.queries import minutes as minutes_read
from harbour.queries.meetings import MeetingPage, SlotLine
from harbour.services import meetings as services
from harbour.services import proposals
from harbour.web.access import MEMBERS, OFFICE, open_to
from harbour.web.acting import answer, demand
from harbour.web.context import actor
from harbour.web.history import told
from harbour.web.pressing import bare_form

bp = Blueprint("meetings", __name__, url_prefix="/c/<community>/meetings")

# What is done with a meeting as a whole; what is done at its table stands in the room.
WHOLE = (
    "reschedule", "open", "sign_in", "end", "circulate", "confirm", "object", "finalise",
    "publish", "correct", "cancel",
)  # fmt: skip
ACTING = f"<any({', '.join(WHOLE)}):action>"
# The page of the meeting tells what happened to it; the agenda tells what was said.
TOLD = frozenset(f"meeting.{name}" for name in (*WHOLE, "schedule", "minute")) - {"meeting.sign_in"}
# Room on the sign-in sheet for those who come without being expected.
BLANK_LINES = 6
HOLIDAY = N_("It is a public holiday. Look whether you want to move it.")


@bp.get("")
@open_to(MEMBERS)
def index() -> ResponseReturnValue:
    """What is to come first, then what was, newest first."""
    compounds = meetings.compounds(actor())
    form = MeetingFilter(request.args).offer([option(key, name) for key, name in compounds])
    form.validate()
    for field in form:
        if field.errors:
            field.data, field.errors, field.raw_data = None, (), None
    listed = meetings.listing(
        actor(),
        state=form.state.data or None,
        compound_id=int(form.compound.data) if form.compound.data else None,
        before=request.args.get("before"),
        after=request.args.get("after"),
    )
    office = actor().role in STAFF
    kept: dict[str, Any] = {name: form[name].data for name in ("state", "compound")}
    return render_template(
        "meetings/index.html",
        listed=listed,
        form=form,
        href=url_for(".index", **{k: v for k, v in kept.items() if v}),
        narrowed=any(kept.values()),
        several=len(compounds) > 1,
        slots=meetings.slots(actor(), g.now) if office else (),
        bare=bare_form,
        office=office,
        today=local_day(g.now),
    )


# ---- scheduling -----------------------------------------------------------------------------


@bp.route("/new", methods=["GET", "POST"])
@open_to(OFFICE)
def schedule() -> ResponseReturnValue:
    """Schedule a meeting by hand."""
    row = MEETING.rows["schedule"]
    form = action_form(row)()
    compounds = meetings.compounds(actor())
    form.choices({"compound": [option(key, name) for key, name in compounds]})
    if len(compounds) == 1 and not form.compound.data:
        form.compound.data = str(compounds[0][0])

    def act() -> str:
        inputs = form.inputs()
        number = services.schedule(actor(), inputs, now=g.now)
        _warn(inputs["starts_on"])
        return url_for(".show", number=number)

    def shown() -> str:
        return render_template(
            "actions/act.html", row=row, form=form, href=url_for(".schedule"),
            back=url_for(".index"), number=None, about=None,
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, act, shown)


def _warn(day: date) -> None:
    if calendar.in_force().day_kind(day) is DayKind.HOLIDAY:
        flash(HOLIDAY, "warn")


@bp.route("/next/<int:compound_id>", methods=["GET", "POST"])
@open_to(OFFICE)
def schedule_next(compound_id: int) -> ResponseReturnValue:
    """Make the next meeting of a weekly slot; on a holiday, choose what to do first."""
    line = _slot(compound_id)
    form: HarbourForm = SeriesForm() if line.slot.holiday else HarbourForm()
    day = _day(request.form.get("day")) or line.slot.day

    def act() -> str:
        choice = HolidayChoice(form.choice.data) if "choice" in form else None
        number = services.schedule_next(actor(), compound_id, choice, day=day, now=g.now)
        return url_for(".show", number=number)

    def shown() -> str:
        return render_template(
            "meetings/next.html", line=line, form=form, day=day,
            href=url_for(".schedule_next", compound_id=compound_id), back=url_for(".index"),
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, act, shown)


def _slot(compound_id: int) -> SlotLine:
    found = next(
        (one for one in meetings.slots(actor(), g.now) if one.compound_id == compound_id), None
    )
    if found is None:
        raise Missing
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


# ---- one meeting ----------------------------------------------------------------------------


@bp.get("/<number>")
@open_to(MEMBERS)
def show(number: str) -> ResponseReturnValue:
    """A meeting: how it stands, what I may do, who comes, what happened."""
    page = _page(number)
    offers = tuple(one for one in page.offers if one.name in WHOLE)
    lines = [
        replace(one, inputs=()) if one.action == "meeting.schedule" else one
        for one in ledger.history("meeting", page.head.id)
        if one.action in TOLD
    ]
    return render_template(
        "meetings/show.html",
        page=page,
        head=page.head,
        offers=offers,
        forms={one.name: HarbourForm(formdata=None) for one in offers},
        history=told(lines, silent=frozenset({"minutes_text", "minutes_public", "compound"})),
        running=page.head.state == MeetingState.IN_SESSION,
        staff=actor().role in STAFF,
    )


def _page(number: str) -> MeetingPage:
    return meetings.page(actor(), number, g.now, g.settings)


@bp.route(f"/<number>/{ACTING}", methods=["GET", "POST"])
@open_to(MEMBERS)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take an act on a meeting; with GET, the page of one that asks for something."""
    row = MEETING.rows[action]
    page = _page(number)
    if request.method == "GET":
        demand(page.offers, row)
    form = action_form(row)(version=page.head.version, **_begun(page, action))

    def take() -> str:
        services.act(actor(), number, action, form.inputs(), version=form.version.data, now=g.now)
        return _after(number, action)

    def shown() -> str:
        return render_template(
            "actions/act.html", row=row, form=form, number=number, about=page.head.title,
            href=url_for(".act", number=number, action=action),
            back=url_for(".show", number=number),
        )  # fmt: skip

    return shown() if request.method == "GET" else answer(form, take, shown)


def _begun(page: MeetingPage, action: str) -> Mapping[str, Any]:
    """What the form of an act begins with."""
    head = page.head
    if action == "reschedule":
        begins: datetime = head.starts_at.astimezone(SHANGHAI)
        return {
            "starts_on": begins.date(), "starts_time": begins.time(), "kind": head.kind,
            "planned_minutes": head.planned_minutes, "meeting_place": head.place,
        }  # fmt: skip
    if action == "publish":
        return {"notice_workdays": g.settings.notice_workdays}
    if action == "correct" and head.ended_at is not None:
        text = minutes_read.page(actor(), head.number, g.now)
        return {"minutes_text": text.text, "minutes_public": text.public_text}
    return {}


def _after(number: str, action: str) -> str:
    """Where an act leads: into the room, to the minutes, or to the meeting."""
    if action == "open":
        return url_for("room.show", number=number)
    if action == "sign_in":
        return url_for("room.sign_in", number=number)
    if action in ("end", "circulate", "confirm", "object", "finalise", "publish", "correct"):
        return url_for("minutes.show", number=number)
    return url_for(".show", number=number)


# ---- the agenda -----------------------------------------------------------------------------


@bp.get("/<number>/agenda")
@open_to(MEMBERS)
def agenda(number: str) -> ResponseReturnValue:
    """The agenda: for the office to arrange, for everybody to read."""
    found = agendas.agenda(actor(), number, g.now)
    return _agenda(found, arrange_form({one.id: one.planned_minutes for one in found.items}))


def _agenda(found: agendas.Agenda, form: HarbourForm) -> str:
    open_ = found.head.state in (MeetingState.SCHEDULED, MeetingState.IN_SESSION)
    return render_template(
        "meetings/agenda.html",
        agenda=found,
        head=found.head,
        form=form,
        arranging=open_ and actor().role in STAFF,
        scheduled=found.head.state == MeetingState.SCHEDULED,
        secretary=actor().role is Role.SECRETARY,
        category_name=category_name,
        carries=g.settings.carries_before_street,
    )


@bp.post("/<number>/arrange")
@open_to(OFFICE)
def arrange(number: str) -> ResponseReturnValue:
    """Save the planned minutes; with a button beside an item, move it or take it off too."""
    found = agendas.agenda(actor(), number, g.now)
    form = arrange_form({one.id: one.planned_minutes for one in found.items})
    verb, _, key = request.form.get("do", "").partition("-")

    def act() -> str:
        minutes = {
            one.id: form[f"minutes_{one.id}"].data
            for one in found.items
            if form[f"minutes_{one.id}"].data != one.planned_minutes
        }
        wanted: dict[str, Any] = {"minutes": minutes} if minutes else {}
        if verb in ("up", "down"):
            wanted |= {"move": key, "way": verb}
        if verb == "refresh":
            wanted["refresh"] = True
        if wanted:
            services.act(actor(), number, "arrange", {"arrangement": wanted}, now=g.now)
        if verb == "off":
            proposals.act(actor(), key, "take_off", {}, version=None, now=g.now)
        return url_for(".agenda", number=number, _anchor=f"item-{key}" if key.isdigit() else None)

    return answer(form, act, lambda: _agenda(found, form), done=None)


@bp.route("/<number>/place", methods=["GET", "POST"])
@open_to(OFFICE)
def place(number: str) -> ResponseReturnValue:
    """Put proposals of the backlog on the agenda, several at once."""
    page = _page(number)
    form = HarbourForm()
    chosen = request.form.getlist("proposal")

    def act() -> str:
        services.place(actor(), number, chosen, now=g.now)
        return url_for(".agenda", number=number)

    def shown() -> str:
        return render_template(
            "meetings/place.html", head=page.head, form=form, chosen=chosen,
            late=g.now >= page.frozen_from, category_name=category_name,
            waiting=agendas.waiting(actor(), page.head.compound_id),
            none_chosen=request.method == "POST" and not chosen,
        )  # fmt: skip

    if request.method == "GET":
        return shown()
    if not chosen:
        return shown(), 422
    return answer(form, act, shown)


@bp.get("/<number>/agenda/print")
@open_to(MEMBERS)
def print_agenda(number: str) -> ResponseReturnValue:
    """The agenda on paper, for everybody at the table."""
    return render_template(
        "meetings/print_agenda.html",
        agenda=agendas.agenda(actor(), number, g.now),
        category_name=category_name,
    )


@bp.get("/<number>/sign-in-sheet")
@open_to(MEMBERS)
def print_sign_in(number: str) -> ResponseReturnValue:
    """The list to be signed by hand."""
    page = _page(number)
    lines: list[Any] = [*page.attendees, *[None] * BLANK_LINES]
    rows = [
        {
            "no": place,
            "name": one.name if one else "",
            "capacity": one.capacity_label if one else "",
            "unit": one.unit_name if one else "",
            "voting": bool(one and one.voting),
        }
        for place, one in enumerate(lines, 1)
    ]
    return render_template("meetings/print_sign_in.html", page=page, rows=rows)
