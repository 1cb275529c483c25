"""Meetings: scheduled by hand or by the weekly slot, held, decided at, and ended."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor, Role, the_clock
from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.domain.errors import Invalid, Missing, Refused, Stale
from harbour.domain.meetings import MEETING, MeetingKind, MeetingState, Outcome
from harbour.domain.numbers import compound_code
from harbour.domain.series import HolidayChoice, Slot, next_slot, starts_at
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.people import Membership
from harbour.models.places import Compound
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_meeting
from harbour.models.summaries import NumberCounter
from harbour.services import agenda, attendance, decisions, minutes, numbers, tasks
from harbour.services.lifecycle import Inputs, carry_out, give_birth, may_create
from harbour.services.unit_of_work import command

FURTHEST = timedelta(days=366)
SAID = ("points", "item_version")
TEXTS = frozenset({"reschedule", "minute", "correct"})


# ---- scheduling -----------------------------------------------------------------------------


@command
def schedule(actor: Actor, inputs: Inputs, *, now: datetime, issue_no: int | None = None) -> str:
    """Schedule a meeting and give its number; the due are listed, the agenda begins by itself.

    ``issue_no`` is given only where a series is carried on that began elsewhere.
    """
    may_create(MEETING, actor, "schedule")
    compound = _compound(inputs["compound"])
    begins = _moment(compound.id, inputs, now)
    year = local_day(begins).year
    issue = _issue(compound, year, issue_no)
    meeting = Meeting(
        community_id=compound.community_id, compound_id=compound.id, year=year, issue_no=issue,
        number=f"{compound_code(compound.code)}-{year}-M{issue:02d}", kind=inputs["kind"],
        state=MeetingState.SCHEDULED, starts_at=begins, created_at=now, recorder="", reason="",
        planned_minutes=inputs["planned_minutes"], place=inputs.get("meeting_place") or "",
        minutes_text="", minutes_public="",
    )  # fmt: skip
    db.session.add(meeting)
    db.session.flush()
    give_birth(MEETING, actor, meeting, "schedule", inputs, now=now)
    attendance.draw_up(meeting)
    agenda.refresh(meeting, now)
    decisions.place_carried(meeting, now)
    return meeting.number


@command
def schedule_next(
    actor: Actor, compound_id: int, choice: HolidayChoice | None, *, day: date, now: datetime
) -> str:
    """Make the next meeting of a compound's weekly slot; on a holiday the choice decides.

    ``day`` is the slot the actor was shown: pressed twice, it makes one meeting.
    """
    may_create(MEETING, actor, "schedule")
    compound = _compound(compound_id)
    slot = next_of(compound, now)
    if slot is None:
        raise Refused(N_("This compound has no weekly slot yet. Set its day and time first."))
    if slot.day != day:
        raise Refused(N_("The meeting of this week has been made already."))
    if slot.holiday and choice is None:
        raise Invalid("choice", N_("It is a public holiday. Choose what to do."))
    return schedule(
        actor,
        {
            "compound": compound.id,
            "starts_on": slot.chosen(choice),
            "starts_time": slot.at,
            "planned_minutes": compound.meeting_minutes,
            "meeting_place": compound.meeting_place,
            "kind": MeetingKind.WEEKLY,
        },
        now=now,
    )


def next_of(compound: Compound, now: datetime) -> Slot | None:
    """The next slot of a compound's weekly meeting; None where it has none."""
    weekday, at = compound.meeting_weekday, compound.meeting_time
    if weekday is None or at is None:
        return None
    last = db.session.scalar(
        select(Meeting.starts_at)
        .where(Meeting.compound_id == compound.id, Meeting.kind == MeetingKind.WEEKLY)
        .order_by(Meeting.starts_at.desc())
        .limit(1)
    )
    taken = None if last is None else local_day(last)
    return next_slot(weekday, at, now, taken, working_calendar())


def _compound(compound_id: object) -> Compound:
    wanted = select(Compound).where(Compound.id == int(str(compound_id)))
    found = db.session.scalars(wanted.with_for_update()).first()
    if found is None:
        raise Missing
    return found


def _moment(compound_id: int, inputs: Inputs, now: datetime, but: int | None = None) -> datetime:
    day: date = inputs["starts_on"]
    at: time = inputs["starts_time"]
    begins = starts_at(day, at)
    if day < local_day(now):
        raise Invalid("starts_on", N_("This day is over already. Choose today or a later day."))
    if begins > now + FURTHEST:
        raise Invalid("starts_on", N_("This is more than a year ahead."))
    there = db.session.scalars(
        select(Meeting.id).where(
            Meeting.compound_id == compound_id,
            Meeting.starts_at == begins,
            Meeting.state != MeetingState.CANCELLED,
        )
    ).first()
    if there not in (None, but):
        raise Invalid("starts_time", N_("This compound already has a meeting at that time."))
    return begins


def _issue(compound: Compound, year: int, given: int | None) -> int:
    """The next issue number of the year; a given one moves the counter forward to it."""
    issue = numbers.next_in(compound, year, "meeting")
    if given is None or given <= issue:
        return issue
    counter = db.session.scalars(
        select(NumberCounter).where(
            NumberCounter.compound_id == compound.id,
            NumberCounter.year == year,
            NumberCounter.kind == "meeting",
        )
    ).one()
    counter.last = given
    return given


# ---- acts -----------------------------------------------------------------------------------


@command
def act(
    actor: Actor,
    number: str,
    action: str,
    inputs: Inputs,
    *,
    version: int | None = None,
    now: datetime,
) -> None:
    """Take ``action`` on a meeting; only texts and dates mind what was saved meanwhile."""
    meeting = _find(number)
    try:
        _carry(actor, meeting, action, inputs, version if action in TEXTS else None, now)
    except Stale as error:
        plan = standing(meeting) if action in TEXTS else {}
        raise Stale({**error.theirs, **plan}, error.version) from None
    if action in ("review", "pass_over") and inputs.get("item"):
        _advance(actor, meeting, now)


def standing(meeting: Meeting) -> dict[str, object]:
    """What stands of a meeting's plan now, by the names of the inputs it was typed into."""
    begins = meeting.starts_at.astimezone(SHANGHAI)
    return {
        "starts_on": begins.date().isoformat(),
        "starts_time": f"{begins:%H:%M}",
        "planned_minutes": str(meeting.planned_minutes),
        "meeting_place": meeting.place,
        "kind": meeting.kind,
    }


@command
def record(actor: Actor, number: str, item_id: int, inputs: Inputs, *, now: datetime) -> int:
    """Keep what was said on an item; its version now. ``inputs``: points, item_version."""
    meeting = _find(number)
    _carry(actor, meeting, "record", {"item": item_id, **inputs}, None, now)
    return agenda.item_of(meeting, item_id).version


@command
def look_back(actor: Actor, number: str, item_id: int, inputs: Inputs, *, now: datetime) -> None:
    """Close the look-back on old business, keeping what was said; then the next item comes."""
    meeting = _find(number)
    _on_the_table(actor, meeting, item_id, now)
    _keep(actor, meeting, item_id, inputs, now)
    note = {"item": item_id, "review_note": inputs.get("review_note") or ""}
    _carry(actor, meeting, "review", note, None, now)
    _advance(actor, meeting, now)


@command
def decide(
    actor: Actor, number: str, item_id: int, action: str, inputs: Inputs, *, now: datetime
) -> None:
    """Decide on the proposal of an item, keeping what was said; then the next item is taken up.

    After an adoption the item stays, for its task to be written.
    """
    meeting = _find(number)
    item = agenda.item_of(meeting, item_id)
    wanted = select(Proposal).where(Proposal.id == item.proposal_id)
    proposal = db.session.scalars(wanted.with_for_update()).first()
    if proposal is None:
        raise Missing
    _on_the_table(actor, meeting, item.id, now)
    _keep(actor, meeting, item.id, inputs, now)
    decided = {k: v for k, v in inputs.items() if k not in SAID}
    decisions.decide(actor, proposal, action, decided, now=now)
    if action != "adopt":
        _advance(actor, meeting, now)


def _on_the_table(actor: Actor, meeting: Meeting, item_id: int, now: datetime) -> None:
    """Take up the item decided on, if another was: the screen shows what is decided."""
    if meeting.state == MeetingState.IN_SESSION and meeting.current_item_id != item_id:
        _carry(actor, meeting, "take_up", {"item": item_id}, None, now)


def _keep(actor: Actor, meeting: Meeting, item_id: int, inputs: Inputs, now: datetime) -> None:
    """Keep what was said, if it was changed; of the rest nobody else wrote anything."""
    if inputs.get("points") is None:
        return
    said = {name: inputs.get(name) for name in SAID}
    try:
        _carry(actor, meeting, "record", {"item": item_id, **said}, None, now)
    except Stale as error:
        rest = {k: "" if v is None else str(v) for k, v in inputs.items()}
        raise Stale({**rest, **error.theirs}, error.version) from None


@command
def go_on(actor: Actor, number: str, *, now: datetime) -> None:
    """Take up the next item that has no outcome."""
    _advance(actor, _find(number), now)


@command
def place(actor: Actor, number: str, proposals: Iterable[str], *, now: datetime) -> None:
    """Put several proposals of the backlog on a meeting's agenda at once."""
    meeting = _find(number)
    for wanted in proposals:
        proposal = db.session.scalars(
            select(Proposal).where(
                Proposal.number == wanted, Proposal.compound_id == meeting.compound_id
            ).with_for_update()
        ).first()  # fmt: skip
        if proposal is None:
            raise Missing
        decisions.decide(actor, proposal, "place", {"meeting": number}, now=now)


def _find(number: str) -> Meeting:
    found = db.session.scalars(
        select(Meeting)
        .where(Meeting.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if found is None:
        raise Missing
    return found


def _carry(
    actor: Actor,
    meeting: Meeting,
    action: str,
    inputs: Inputs,
    version: int | None,
    now: datetime,
) -> None:
    carry_out(
        MEETING, EFFECTS, actor, meeting, of_meeting(meeting), action, inputs,
        version=version, now=now,
    )  # fmt: skip


def _advance(actor: Actor, meeting: Meeting, now: datetime) -> None:
    """Take up the next item without an outcome: first those behind the current one."""
    items = agenda.items_of(meeting.id)
    here = next((n for n, one in enumerate(items) if one.id == meeting.current_item_id), -1)
    waiting = [one for one in (*items[here + 1 :], *items[: here + 1]) if one.outcome is None]
    if waiting:
        _carry(actor, meeting, "take_up", {"item": waiting[0].id}, None, now)


def reschedule(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Move it to another day, time or place; its number stays."""
    begins = _moment(meeting.compound_id, inputs, now, but=meeting.id)
    meeting.starts_at = begins
    meeting.planned_minutes = inputs["planned_minutes"]
    meeting.place = inputs.get("meeting_place") or ""
    meeting.kind = inputs["kind"]
    attendance.draw_up(meeting)


def arrange(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Change the agenda: ``arrangement`` is a refresh, a move, or planned minutes.

    {"refresh": True} · {"move": item, "way": "up" or "down"} · {"minutes": {item: minutes}}
    """
    wanted: Mapping[str, Any] = inputs["arrangement"]
    if "move" in wanted:
        agenda.move(meeting, wanted["move"], str(wanted["way"]))
    if "minutes" in wanted:
        agenda.plan(meeting, wanted["minutes"])
    if wanted.get("refresh"):
        if meeting.state != MeetingState.SCHEDULED:
            raise Refused(N_("The meeting has begun; its agenda stands."))
        _bring_in_step(meeting, now)


def _bring_in_step(meeting: Meeting, now: datetime) -> None:
    attendance.draw_up(meeting)
    agenda.refresh(meeting, now)
    decisions.place_carried(meeting, now)


def open_(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Open it: the agenda is brought in step once more, the first item is taken up."""
    meeting.opened_at = now
    _bring_in_step(meeting, now)
    meeting.chair_id = actor.user_id if actor.role is Role.SECRETARY else _secretary(meeting)
    if actor.role is Role.COMMUNITY_WORKER:
        meeting.recorder = actor.name
    items = agenda.items_of(meeting.id)
    if items:
        meeting.current_item_id = items[0].id
        items[0].taken_up_at = now


def _secretary(meeting: Meeting) -> int | None:
    """The secretary of the community, who takes the chair."""
    return db.session.scalars(
        select(Membership.user_id)
        .where(
            Membership.role == Role.SECRETARY,
            Membership.community_id == meeting.community_id,
            Membership.ended_at.is_(None),
        )
        .order_by(Membership.id)
    ).first()


def end(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """End it: what was not reached waits for the next one, tasks go out, minutes are drafted."""
    meeting.ended_at = now
    meeting.current_item_id = None
    passed_over = [
        one.proposal_id
        for one in agenda.items_of(meeting.id)
        if one.outcome == Outcome.NOT_REACHED and one.proposal_id is not None
    ]
    clock = the_clock(meeting.community_id)
    for proposal in db.session.scalars(select(Proposal).where(Proposal.id.in_(passed_over))).all():
        decisions.decide(clock, proposal, "not_reached", {}, now=now)
    tasks.dispatch_all(actor, meeting, now)
    minutes.draft(meeting, now)


def cancel(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Cancel it with its reason; its proposals go back to the backlog."""
    meeting.reason = inputs["reason"]
    proposals = db.session.scalars(
        select(Proposal)
        .join(AgendaItem, AgendaItem.proposal_id == Proposal.id)
        .where(AgendaItem.meeting_id == meeting.id, Proposal.meeting_id == meeting.id)
    ).all()
    for proposal in proposals:
        decisions.decide(actor, proposal, "take_off", {}, now=now)
    agenda.take_away(meeting, agenda.items_of(meeting.id))


EFFECTS: dict[str, Callable[[Actor, Meeting, Inputs, datetime], None]] = {
    "reschedule": reschedule,
    "arrange": arrange,
    "open": open_,
    "end": end,
    "cancel": cancel,
    **agenda.EFFECTS,
    **attendance.EFFECTS,
    **minutes.EFFECTS,
}
