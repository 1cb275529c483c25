"""What has fallen due for the clock, how its slots stand, and when it was last seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import aliased

from harbour.domain.clock import DUTIES, MISSED_AFTER, STEPS, Due
from harbour.domain.deadlines import end_of_workday, local_day, start_of_day
from harbour.domain.meetings import MeetingKind, MeetingState
from harbour.domain.proposals import ProposalState
from harbour.domain.series import next_slot, starts_at
from harbour.domain.text import Text, told
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.calendar import working_calendar
from harbour.models.clock import ClockSlot, ClockWorker
from harbour.models.meetings import Meeting
from harbour.models.places import Community, Compound
from harbour.models.proposals import Proposal
from harbour.queries import morning, requests

# So many of one kind at a pass: what is more is found by the next.
AT_ONCE = 500
Finder = Callable[[datetime], Iterable[Due]]
Slot = tuple[str, int, datetime]


# ---- what is due ----------------------------------------------------------------------------


def due(now: datetime, only: Iterable[str] = DUTIES) -> list[Due]:
    """What is due for these duties, in the order in which it fell due."""
    order = {name: place for place, name in enumerate(DUTIES)}
    chosen = frozenset(only)
    found = []
    for names, finder in FINDERS:
        if names & chosen:
            found += [one for one in finder(now) if one.duty in chosen]
    for name in chosen - FOUND:
        at = DUTIES[name].slot(now)
        if at is not None and not done(name, at):
            found.append(Due(name, at))
    return sorted(set(found), key=lambda one: (min(one.at, now), order[one.duty], one.subject_id))


def done(duty: str, at: datetime) -> bool:
    """Whether the slot of a duty that is due once for all has been done."""
    slot = select(ClockSlot.id).where(
        ClockSlot.duty == duty,
        ClockSlot.subject_id == 0,
        ClockSlot.at == at,
        ClockSlot.done_at.is_not(None),
    )
    return db.session.scalar(slot) is not None


def tasks_to_resume(now: datetime) -> list[Due]:
    """Tasks on hold from the beginning of their review day."""
    return [
        Due("task.resume", start_of_day(day), community_id, task_id, number)
        for day, community_id, task_id, number in requests.to_resume(now)
    ]


def requests_to_lapse(now: datetime) -> list[Due]:
    """Requests for more time whose task's due date has passed."""
    return [
        Due(f"{one.kind}.lapse", one.at, one.community_id, one.id, one.number)
        for one in requests.lapsing(now)
    ]


def proposals_not_reached(now: datetime) -> list[Due]:
    """Proposals of a meeting nobody opened, once the day of the compound's next one has come."""
    following = aliased(Meeting)
    rows = db.session.execute(
        select(
            Proposal.id,
            Proposal.community_id,
            Proposal.number,
            func.min(following.starts_at).label("next"),
        )
        .join(Meeting, Meeting.id == Proposal.meeting_id)
        .join(
            following,
            (following.compound_id == Meeting.compound_id)
            & (following.starts_at > Meeting.starts_at),
        )
        .where(
            Proposal.state == ProposalState.ON_AGENDA,
            Meeting.state == MeetingState.SCHEDULED,
            Meeting.starts_at < start_of_day(local_day(now)),
            following.state != MeetingState.CANCELLED,
            following.starts_at <= end_of_workday(local_day(now)),
        )
        .group_by(Proposal.id, Proposal.community_id, Proposal.number)
        .order_by(Proposal.id)
        .limit(AT_ONCE)
    )
    return [
        Due("proposal.not_reached", start_of_day(local_day(row.next)), row.community_id, row.id,
            row.number)
        for row in rows
    ]  # fmt: skip


def meetings_to_schedule(now: datetime) -> list[Due]:
    """Compounds whose last weekly meeting is over by a day, each with its next slot.

    The slot's own time is in the future: it names the meeting to be made.
    """
    today = start_of_day(local_day(now))
    weekly = (Meeting.compound_id == Compound.id, Meeting.kind == MeetingKind.WEEKLY)
    coming = select(Meeting.id).where(*weekly, Meeting.starts_at >= today)
    last = (
        select(Meeting.starts_at)
        .where(*weekly)
        .order_by(Meeting.starts_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Compound.id,
            Compound.community_id,
            Compound.code,
            Compound.meeting_weekday,
            Compound.meeting_time,
            last.label("last"),
        )
        .where(
            Compound.meeting_weekday.is_not(None),
            Compound.meeting_time.is_not(None),
            ~coming.exists(),
        )
        .order_by(Compound.id)
        .limit(AT_ONCE)
    ).all()
    asked = _asked(row.id for row in rows)
    found = []
    for row in rows:
        taken = None if row.last is None else local_day(row.last)
        slot = next_slot(row.meeting_weekday, row.meeting_time, now, taken, working_calendar())
        at = starts_at(slot.day, slot.at)
        if (row.id, at) not in asked:
            found.append(Due("meeting.schedule", at, row.community_id, row.id, row.code))
    return found


def _asked(compound_ids: Iterable[int]) -> frozenset[tuple[int, datetime]]:
    """The slots about which the secretary has been asked already."""
    wanted = sorted(compound_ids)
    if not wanted:
        return frozenset()
    rows = db.session.execute(
        select(ClockSlot.subject_id, ClockSlot.at).where(
            ClockSlot.duty == "meeting.schedule",
            ClockSlot.subject_id.in_(wanted),
            ClockSlot.done_at.is_not(None),
        )
    )
    return frozenset((row.subject_id, row.at) for row in rows)


def proposals_to_place(now: datetime) -> list[Due]:
    """Proposals carried over while their compound's next meeting had been made already.

    What the secretary has just taken off an agenda is not put back on it.
    """
    coming = select(Meeting.id).where(
        Meeting.compound_id == Proposal.compound_id,
        Meeting.state == MeetingState.SCHEDULED,
        Meeting.starts_at > now,
    )
    taken_off = select(AuditEvent.id).where(
        AuditEvent.subject_kind == "proposal",
        AuditEvent.subject_id == Proposal.id,
        AuditEvent.action == "proposal.take_off",
        AuditEvent.at == Proposal.waits_since,
    )
    rows = db.session.execute(
        select(Proposal.id, Proposal.community_id, Proposal.number, Proposal.waits_since)
        .where(
            # In the words of the partial index ix_proposal_carried_over.
            Proposal.state == literal_column("'backlog'"),
            Proposal.carried > literal_column("0"),
            coming.exists(),
            ~taken_off.exists(),
        )
        .order_by(Proposal.waits_since, Proposal.id)
        .limit(AT_ONCE)
    )
    return [
        Due("proposal.place", row.waits_since, row.community_id, row.id, row.number) for row in rows
    ]


# Which duties are found by what; the others have an hour, and are due once for all.
FINDERS: tuple[tuple[frozenset[str], Finder], ...] = (
    (frozenset({"task.resume"}), tasks_to_resume),
    (frozenset({"extension.lapse"}), requests_to_lapse),
    (frozenset({"proposal.not_reached"}), proposals_not_reached),
    (frozenset({"meeting.schedule"}), meetings_to_schedule),
    (frozenset({"proposal.place"}), proposals_to_place),
    (frozenset({*STEPS, "meeting.cutoff", "clock.morning"}), morning.to_tell),
)
FOUND = frozenset().union(*(names for names, _ in FINDERS))


# ---- how it stands --------------------------------------------------------------------------


@dataclass(frozen=True)
class Open:
    """A slot that is leased or has failed, and until when it is left alone."""

    id: int
    slot: Slot
    try_at: datetime | None


def not_done() -> tuple[Open, ...]:
    """Every slot begun and not done."""
    rows = db.session.execute(
        select(ClockSlot.id, ClockSlot.duty, ClockSlot.subject_id, ClockSlot.at, ClockSlot.try_at)
        .where(ClockSlot.done_at.is_(None))
        .order_by(ClockSlot.try_at, ClockSlot.id)
    )
    return tuple(Open(row.id, (row.duty, row.subject_id, row.at), row.try_at) for row in rows)


@dataclass(frozen=True)
class Trouble:
    """What the clock could not do: since how many tries, why, and when it tries again."""

    id: int
    finds: str
    community: str
    number: str
    at: datetime
    attempts: int
    try_at: datetime | None
    why: Text


def troubles() -> tuple[Trouble, ...]:
    """The slots that failed, of the communities in scope and of the installation."""
    rows = db.session.execute(
        select(ClockSlot, Community.name)
        .outerjoin(Community, Community.id == ClockSlot.community_id)
        .where(ClockSlot.done_at.is_(None), ClockSlot.attempts > 0)
        .order_by(ClockSlot.at, ClockSlot.id)
        .limit(AT_ONCE)
    )
    return tuple(
        Trouble(
            slot.id, DUTIES[slot.duty].finds, name or "", slot.number, slot.at, slot.attempts,
            slot.try_at, Text(slot.trouble, told(slot.facts or {})),
        )
        for slot, name in rows
        if slot.duty in DUTIES
    )  # fmt: skip


@dataclass(frozen=True)
class LastDone:
    """A duty, and when it was last done for anything in scope."""

    name: str
    finds: str
    at: str
    done_at: datetime | None


def last_done() -> tuple[LastDone, ...]:
    """Every duty of the table with its last time."""
    rows = db.session.execute(
        select(ClockSlot.duty, func.max(ClockSlot.done_at).label("done_at")).group_by(
            ClockSlot.duty
        )
    )
    done = {row.duty: row.done_at for row in rows}
    return tuple(
        LastDone(
            duty.name, duty.finds, duty.when.at.strftime("%H:%M") if duty.when.at else "",
            done.get(duty.name),
        )
        for duty in DUTIES.values()
    )  # fmt: skip


@dataclass(frozen=True)
class Pulse:
    """When the clock was last seen at work (None: never), and whether it has stopped since."""

    seen_at: datetime | None
    stopped: bool
    failing: int = 0


def pulse(now: datetime) -> Pulse:
    """Whether some worker has been at it lately."""
    seen: datetime | None = db.session.scalar(select(func.max(ClockWorker.seen_at)))
    return Pulse(seen, stopped=seen is None or now - seen > MISSED_AFTER)


def failing() -> int:
    """How many slots have failed and wait for another try."""
    found = select(func.count(ClockSlot.id)).where(
        ClockSlot.done_at.is_(None), ClockSlot.attempts > 0
    )
    return db.session.scalar(found) or 0
