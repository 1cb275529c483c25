"""The clock as an actor: its slots, each taken once with its act, leased, or kept as trouble."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from harbour.domain.actors import the_clock
from harbour.domain.clock import LEASE, STEPS, Due, pause
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Missing
from harbour.domain.meetings import MeetingState
from harbour.domain.tasks import NOT_REPORTED
from harbour.domain.text import Text, kept
from harbour.extensions import db
from harbour.models.clock import ClockSlot, ClockWorker
from harbour.models.meetings import Meeting
from harbour.models.people import Receipt, UserSession
from harbour.models.places import Compound
from harbour.models.proposals import Proposal
from harbour.models.tasks import Task
from harbour.services import agenda, decisions, meetings, requests, tasks, telling
from harbour.services.ledger import recorded_at
from harbour.services.unit_of_work import command

# True where the clock cannot go on without a person, who is then asked.
Act = Callable[[Due, datetime], bool]
# A form sent again after so long is another form; a device not seen for so long is signed out.
RECEIPTS_KEPT = timedelta(days=90)
SESSIONS_KEPT = timedelta(days=185)
SLOTS_KEPT = timedelta(days=185)
WORKERS_KEPT = timedelta(days=7)


# ---- slots ----------------------------------------------------------------------------------


@command
def take(due: Due, act: Act, *, now: datetime) -> bool:
    """Do a slot's work and mark the slot in one transaction; False where it has been done.

    What counts from when it fell due does so; the ledger says when it was done. Two workers at
    once meet at the slot's UNIQUE index: the later one finds it done.
    """
    slot = _slot(due)
    if slot is None:
        slot = _begun(due)
        db.session.flush()
    elif slot.done_at is not None:
        return False
    token = recorded_at.set(now)
    try:
        slot.asks = act(due, now)
    finally:
        recorded_at.reset(token)
    _end(slot, now)
    return True


@command
def lease(due: Due, worker: str, *, now: datetime) -> bool:
    """Take a slot in hand whose work lies beyond the database; False where somebody has it."""
    slot = _slot(due)
    if slot is None:
        slot = _begun(due)
    elif slot.done_at is not None or (slot.try_at is not None and slot.try_at > now):
        return False
    slot.worker = worker
    slot.try_at = now + LEASE
    return True


@command
def settle(due: Due, *, now: datetime) -> None:
    """A leased slot's work is done."""
    slot = _slot(due)
    if slot is None:
        raise Missing
    _end(slot, now)


@command
def fail(due: Due, words: Text, *, now: datetime) -> None:
    """Keep what went wrong with a slot, for the administrator, and leave it alone for a while."""
    slot = _slot(due)
    if slot is None:
        slot = _begun(due)
    if slot.done_at is not None:
        return
    slot.attempts += 1
    slot.try_at = now + pause(slot.attempts)
    slot.trouble, slot.facts = words.msgid[:400], kept(words.params) or None


@command
def drop(slot_ids: Iterable[int]) -> None:
    """Forget slots that failed and are not due any more: somebody else did what was to be done."""
    gone = sorted(slot_ids)
    db.session.execute(delete(ClockSlot).where(ClockSlot.id.in_(gone), ClockSlot.done_at.is_(None)))


@command
def see(worker: str, *, now: datetime) -> None:
    """A worker is at it."""
    found = db.session.scalars(select(ClockWorker).where(ClockWorker.name == worker)).first()
    if found is None:
        db.session.add(ClockWorker(name=worker, since=now, seen_at=now))
    else:
        found.seen_at = now


def _slot(due: Due) -> ClockSlot | None:
    return db.session.scalars(
        select(ClockSlot)
        .where(
            ClockSlot.duty == due.duty,
            ClockSlot.subject_id == due.subject_id,
            ClockSlot.at == due.at,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()


def _begun(due: Due) -> ClockSlot:
    slot = ClockSlot(
        community_id=due.community_id, duty=due.duty, subject_id=due.subject_id, at=due.at,
        number=due.number, attempts=0, trouble="", asks=False, worker="",
    )  # fmt: skip
    db.session.add(slot)
    return slot


def _end(slot: ClockSlot, now: datetime) -> None:
    slot.done_at, slot.try_at = now, None
    slot.trouble, slot.facts = "", None


# ---- what is done in them -------------------------------------------------------------------


def resume(due: Due, now: datetime) -> bool:
    """The review date of a hold has come: the unused days go on from that date."""
    clock = the_clock(due.community_id)
    tasks.act(clock, due.number, "resume", {}, version=None, now=min(due.at, now))
    return False


def lapse(due: Due, now: datetime) -> bool:
    """The due date passed before an answer came: the request lapses the moment after it."""
    after = min(due.at + timedelta(seconds=1), now)
    requests.lapse(due.community_id or 0, "extension", due.subject_id, now=after)
    return False


def tell(due: Due, now: datetime) -> bool:
    """Tell those concerned of a task's due day or level, as long as it is still so."""
    task = db.session.scalars(select(Task).where(Task.id == due.subject_id)).one()
    if task.state in NOT_REPORTED and task.due_at == due.at:
        key = f"{due.duty}:{task.id}:{due.at:%Y%m%d%H%M}"
        telling.announce(due.duty, task, key=key, now=now)
    return False


def remind(due: Due, now: datetime) -> bool:
    """Tell the representatives who have not filed that their summary must be in today."""
    meeting = db.session.scalars(select(Meeting).where(Meeting.id == due.subject_id)).one()
    if meeting.state == MeetingState.SCHEDULED and due.at > now:
        key = f"{due.duty}:{meeting.id}:{due.at:%Y%m%d%H%M}"
        telling.announce(due.duty, meeting, key=key, now=now)
    return False


def nothing(due: Due, now: datetime) -> bool:
    """All that belongs to this slot has been done in slots of its own."""
    return False


def schedule(due: Due, now: datetime) -> bool:
    """Make the next meeting of a weekly slot; on a holiday the secretary is asked instead."""
    compound = db.session.scalars(
        select(Compound).where(Compound.id == due.subject_id).with_for_update()
    ).one()
    slot = meetings.next_of(compound, now)
    if slot is None or slot.day != local_day(due.at):
        return False  # somebody has made it, or has changed the weekly day, just now
    if slot.holiday:
        return True
    meetings.schedule_next(the_clock(due.community_id), compound.id, None, day=slot.day, now=now)
    return False


def not_reached(due: Due, now: datetime) -> bool:
    """The meeting never took place and the next has come: its proposals wait for that one."""
    proposal = _proposal(due.subject_id)
    meeting = db.session.get(Meeting, proposal.meeting_id)
    if meeting is not None:
        gone = [one for one in agenda.items_of(meeting.id) if one.proposal_id == proposal.id]
        agenda.take_away(meeting, gone)
    decisions.decide(the_clock(due.community_id), proposal, "not_reached", {}, now=now)
    return False


def place(due: Due, now: datetime) -> bool:
    """Put what was carried over on the agenda of the compound's next meeting."""
    proposal = _proposal(due.subject_id)
    number = db.session.scalar(
        select(Meeting.number)
        .where(
            Meeting.compound_id == proposal.compound_id,
            Meeting.state == MeetingState.SCHEDULED,
            Meeting.starts_at > now,
        )
        .order_by(Meeting.starts_at)
        .limit(1)
    )
    decisions.decide(the_clock(due.community_id), proposal, "place", {"meeting": number}, now=now)
    return False


def _proposal(proposal_id: int) -> Proposal:
    return db.session.scalars(
        select(Proposal).where(Proposal.id == proposal_id).with_for_update()
    ).one()


def clear(due: Due, now: datetime) -> bool:
    """Clear away what only served for a while: receipts, ended sessions, slots long done."""
    forgotten = now - SESSIONS_KEPT
    for rows in (
        delete(Receipt).where(Receipt.at < now - RECEIPTS_KEPT),
        delete(UserSession).where(
            or_(UserSession.ended_at < forgotten, UserSession.seen_at < forgotten)
        ),
        delete(ClockSlot).where(ClockSlot.done_at < now - SLOTS_KEPT),
        delete(ClockWorker).where(ClockWorker.seen_at < now - WORKERS_KEPT),
    ):
        db.session.execute(rows)
    return False


ACTS: Mapping[str, Act] = {
    "task.resume": resume,
    "extension.lapse": lapse,
    **dict.fromkeys(STEPS, tell),
    "meeting.cutoff": remind,
    "clock.morning": nothing,
    "proposal.not_reached": not_reached,
    "meeting.schedule": schedule,
    "proposal.place": place,
    "clock.clear": clear,
}
