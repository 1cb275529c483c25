"""The agenda: built by itself with old business first, moved and planned by people."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import and_, or_, select

from harbour.domain.actors import Actor
from harbour.domain.deadlines import Level, local_day
from harbour.domain.errors import Invalid, Missing, Stale
from harbour.domain.escalation import Rung
from harbour.domain.meetings import ItemKind, MeetingState, Outcome
from harbour.domain.request_facts import RequestState
from harbour.domain.summaries import Fate, SummaryState
from harbour.domain.tasks import NOT_REPORTED, TaskState
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.calendar import working_calendar
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.proposals import Proposal
from harbour.models.requests import WAITS, Hold, Request
from harbour.models.subjects import settings_of
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task
from harbour.services.lifecycle import Inputs

RANK = {kind: rank for rank, kind in enumerate(ItemKind)}
# Looking back takes minutes, deciding something new takes longer.
PLANNED = {ItemKind.CARRIED: 10, ItemKind.NEW: 10}
LOOK_BACK_MINUTES = 3
LONGEST_ITEM = 240
SAFETY = "SAF/"
Key = tuple[ItemKind, str, int]


def items_of(meeting_id: int) -> list[AgendaItem]:
    """The items of a meeting in their order."""
    return list(
        db.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == meeting_id)
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def item_of(meeting: Meeting, item_id: object) -> AgendaItem:
    """One item of this very meeting, or Missing."""
    found = db.session.scalars(
        select(AgendaItem).where(
            AgendaItem.id == int(str(item_id or 0)), AgendaItem.meeting_id == meeting.id
        )
    ).first()
    if found is None:
        raise Missing
    return found


def put(meeting: Meeting, keys: Iterable[Key], *, late: bool = False) -> None:
    """Put things on the agenda, each behind what is of its kind or comes before it."""
    items = items_of(meeting.id)
    for kind, thing, thing_id in keys:
        item = AgendaItem(
            community_id=meeting.community_id, meeting_id=meeting.id, kind=kind, late=late,
            planned_minutes=PLANNED.get(kind, LOOK_BACK_MINUTES), position=0, points="",
            decision="",
        )  # fmt: skip
        setattr(item, f"{thing}_id", thing_id)
        before = [n for n, one in enumerate(items, 1) if RANK[ItemKind(one.kind)] <= RANK[kind]]
        items.insert(max(before, default=0), item)
        db.session.add(item)
    _number(items)
    db.session.flush()
    db.session.expire(meeting, ["items"])


def take_away(meeting: Meeting, items: Iterable[AgendaItem]) -> None:
    """Take items off the agenda of a meeting that has not begun."""
    gone = {item.id for item in items}
    kept = [one for one in items_of(meeting.id) if one.id not in gone]
    for item in items_of(meeting.id):
        if item.id in gone:
            db.session.delete(item)
    _number(kept)
    db.session.flush()
    db.session.expire(meeting, ["items"])


def _number(items: Iterable[AgendaItem]) -> None:
    for position, item in enumerate(items, 1):
        if item.position != position:
            item.position = position


# ---- old business ---------------------------------------------------------------------------


def old_business(meeting: Meeting, now: datetime) -> list[Key]:
    """What must be looked back on by itself: (why, what, key), each thing once."""
    confirmed = select(AgendaItem.id).where(
        AgendaItem.task_id == Task.id,
        AgendaItem.kind == ItemKind.CONFIRM_DIRECT,
        AgendaItem.outcome == Outcome.REVIEWED,
    )
    unconfirmed = and_(
        Task.direct_reason != "",
        Task.dispatched_at.is_not(None),
        Task.state != TaskState.CANCELLED,
        or_(Task.category.startswith(SAFETY), Task.level == Level.CRITICAL),
        ~confirmed.exists(),
    )
    asked = select(Request.id).where(Request.task_id == Task.id, WAITS).exists()
    review = (
        select(Hold.review_on)
        .where(Hold.task_id == Task.id, Hold.state == RequestState.GRANTED)
        .order_by(Hold.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rested = or_(review.is_(None), review <= local_day(meeting.starts_at))
    standing = or_(
        asked,
        and_(Task.is_open, Task.state == TaskState.REPORTED),
        and_(Task.is_open, Task.state == TaskState.ON_HOLD, rested),
        and_(Task.is_open, Task.state.in_(sorted(NOT_REPORTED)), Task.due_at < now),
        and_(Task.is_open, escalation.against_lead(Rung.FIRST)),
    )
    calendar = working_calendar()
    numbers = escalation.asked(settings_of(meeting.community_id), calendar, now)
    tasks = db.session.execute(
        select(Task.id, Task.state, unconfirmed.label("unconfirmed"), asked.label("asked"))
        .where(Task.compound_id == meeting.compound_id, or_(standing, unconfirmed))
        .order_by(Task.due_at, Task.id),
        numbers,
    ).all()
    levels = escalation.standings((row.id for row in tasks), calendar, now)
    keys: list[Key] = [
        (_why(row.state, unconfirmed=row.unconfirmed, asked=row.asked), "task", row.id)
        for row in tasks
    ]
    concerns = db.session.scalars(
        select(Concern.id)
        .join(Summary, Summary.id == Concern.summary_id)
        .where(
            Concern.compound_id == meeting.compound_id,
            Concern.state == Fate.OPEN,
            Summary.state.in_((SummaryState.SUBMITTED, SummaryState.ACCEPTED)),
        )
        .order_by(Concern.created_at, Concern.id)
    )
    keys += [(ItemKind.CONCERN, "concern", concern_id) for concern_id in concerns]

    def weight(key: Key) -> tuple[int, int]:
        """Why it is there, and then what stands highest on the ladder first."""
        level = levels.get(key[2]) if key[1] == "task" else None
        return RANK[key[0]], -level.rung if level else 0

    return sorted(keys, key=weight)


def _why(state: str, *, unconfirmed: bool, asked: bool) -> ItemKind:
    if unconfirmed:
        return ItemKind.CONFIRM_DIRECT
    if asked:
        return ItemKind.REQUEST
    if state == TaskState.REPORTED:
        return ItemKind.TO_VERIFY
    return ItemKind.ON_HOLD if state == TaskState.ON_HOLD else ItemKind.OVERDUE_TASK


def refresh(meeting: Meeting, now: datetime) -> None:
    """Bring the old business in step with how things stand; what people placed stays."""
    wanted = old_business(meeting, now)
    listed: dict[Key, AgendaItem] = {}
    for item in items_of(meeting.id):
        if item.task_id is not None:
            listed[ItemKind(item.kind), "task", item.task_id] = item
        elif item.concern_id is not None:
            listed[ItemKind(item.kind), "concern", item.concern_id] = item
    take_away(meeting, [item for key, item in listed.items() if key not in wanted])
    put(meeting, [key for key in wanted if key not in listed])


def carried_over(meeting: Meeting) -> list[Proposal]:
    """The deferred and not-reached proposals waiting for this meeting.

    They go to the compound's next meeting, not to one further ahead.
    """
    earlier = select(Meeting.id).where(
        Meeting.compound_id == meeting.compound_id,
        Meeting.state == MeetingState.SCHEDULED,
        Meeting.starts_at < meeting.starts_at,
    )
    if meeting.state == MeetingState.SCHEDULED and db.session.scalar(earlier.limit(1)):
        return []
    return list(
        db.session.scalars(
            select(Proposal)
            .where(
                Proposal.compound_id == meeting.compound_id,
                Proposal.state == "backlog",
                Proposal.carried > 0,
            )
            .order_by(Proposal.id)
            .with_for_update()
        )
    )


# ---- what people do with it -----------------------------------------------------------------


def move(meeting: Meeting, item_id: object, way: str) -> None:
    """Move an item one place up or down; at the end of the list it stays."""
    items = items_of(meeting.id)
    item = item_of(meeting, item_id)
    here = items.index(item)
    there = here + (-1 if way == "up" else 1)
    if 0 <= there < len(items):
        items[here], items[there] = items[there], items[here]
    _number(items)
    db.session.flush()
    db.session.expire(meeting, ["items"])


def plan(meeting: Meeting, minutes: Mapping[object, object]) -> None:
    """Set the planned minutes of items, by their keys."""
    for item_id, wanted in minutes.items():
        number = int(str(wanted))
        if not 1 <= number <= LONGEST_ITEM:
            raise Invalid("arrangement", N_("An item takes between 1 and 240 minutes."))
        item_of(meeting, item_id).planned_minutes = number


def take_up(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Make an item the current one; what was passed over may still be reached."""
    item = item_of(meeting, inputs["item"])
    if item.outcome == Outcome.NOT_REACHED:
        item.outcome = None
        item.decided_at = None
    meeting.current_item_id = item.id
    item.taken_up_at = now


def record(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Keep what was said; Stale with the text that stands where somebody else wrote meanwhile."""
    item = item_of(meeting, inputs["item"])
    points = inputs.get("points") or ""
    seen = inputs.get("item_version")
    if points == item.points:
        return
    if seen is not None and int(str(seen)) != item.version:
        raise Stale({"points": item.points}, item.version)
    item.points = points
    db.session.flush()


def review(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Close the look-back on old business, with what was said about it."""
    item = item_of(meeting, inputs["item"])
    if item.proposal_id is not None:
        raise Invalid("review_note", N_("This is a proposal: decide on it."))
    item.outcome = Outcome.REVIEWED
    item.decision = inputs.get("review_note") or ""
    item.decided_at = now


def pass_over(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Mark an item, or all that have no outcome yet, as not reached this time."""
    one = inputs.get("item")
    chosen = [item_of(meeting, one)] if one else items_of(meeting.id)
    for item in chosen:
        if item.outcome is None:
            item.outcome = Outcome.NOT_REACHED
            item.decided_at = now


EFFECTS = {"take_up": take_up, "record": record, "review": review, "pass_over": pass_over}
