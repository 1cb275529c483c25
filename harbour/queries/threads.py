"""One public number from residents' words to closing: what of it the reader may see."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased, joinedload

from harbour.domain.actors import Actor
from harbour.domain.errors import Missing
from harbour.domain.meetings import MEETING
from harbour.domain.numbers import PublicNumber
from harbour.domain.proposals import PROPOSAL, ProposalState
from harbour.domain.summaries import CONCERN, REFERRED_TO_LABELS, Fate, ReferredTo
from harbour.domain.tasks import TASK, TaskState
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Report, Task, Verification
from harbour.queries import photos
from harbour.queries.ledger import Line, histories
from harbour.queries.photos import PhotoLine
from harbour.queries.visibility import visible

State = Literal["on", "now", "off"]
# Lines of writing before anything was submitted tell a reader nothing.
UNTOLD = frozenset({"concern.write", "concern.edit"})


@dataclass(frozen=True)
class Port:
    """One station; ``at`` once it has been passed."""

    name: str
    label: str
    state: State
    at: datetime | None
    href: None = None


@dataclass(frozen=True)
class Heard:
    """What residents said, and the reply their representative got."""

    id: int
    number: str | None
    title: str
    words: str
    category: str
    where: tuple[str, ...]
    author: str
    heard_at: datetime
    state_label: str
    reply: str
    referred_to: str | None
    referred_name: str
    answer_on: date | None
    photos: tuple[PhotoLine, ...]


@dataclass(frozen=True)
class Put:
    """The proposal made of it."""

    number: str
    title: str
    state: str
    state_label: str
    at: datetime
    decided_at: datetime | None
    wording: str
    reason: str
    reply: str


@dataclass(frozen=True)
class Tabled:
    """A meeting that had it on its agenda."""

    id: int
    number: str
    at: datetime
    decision: str
    decided_at: datetime | None


@dataclass(frozen=True)
class Done:
    """A task that carries it out."""

    number: str
    title: str
    state_label: str
    lead: str
    dispatched_at: datetime | None
    due_at: datetime
    first_due_at: datetime | None
    reported_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    public_reply: str
    verified_by: str
    words: str


@dataclass(frozen=True)
class Thread:
    """Everything under one number, in the order it happened."""

    number: str
    title: str
    ports: tuple[Port, ...]
    heard: tuple[Heard, ...]
    put: tuple[Put, ...]
    tabled: tuple[Tabled, ...]
    done: tuple[Done, ...]
    history: tuple[Line, ...]
    ended: str | None = field(default=None)


def thread(actor: Actor, number: str) -> Thread:
    """What the reader may see under this number; Missing where that is nothing."""
    try:
        wanted = str(PublicNumber.parse(number).whole)
    except ValueError:
        raise Missing from None
    proposals, concerns, tasks = _found(actor, wanted)
    if not (proposals or concerns or tasks):
        raise Missing
    meetings = _meetings(actor, [one.id for one in proposals])
    reports, verifications = _ends([one.id for one in tasks])
    subjects = [
        *(("concern", one.id) for one in concerns),
        *(("proposal", one.id) for one in proposals),
        *(("task", one.id) for one in tasks),
    ]
    lines = tuple(line for line in histories(subjects) if line.action not in UNTOLD)
    titled: Any = (*tasks, *proposals, *concerns)
    return Thread(
        number=wanted,
        title=titled[0].title,
        ports=_ports(concerns, proposals, meetings, tasks),
        heard=_heard(concerns),
        put=tuple(_put(one) for one in proposals),
        tabled=meetings,
        done=tuple(_done(one, reports.get(one.id), verifications.get(one.id)) for one in tasks),
        history=lines,
        ended=_ended(concerns, proposals, tasks),
    )


def _found(
    actor: Actor, number: str
) -> tuple[Sequence[Proposal], Sequence[Concern], Sequence[Task]]:
    """Concerns, the proposals they led to (masters of merged ones too), and their tasks."""
    started = db.session.execute(
        select(Concern.proposal_id, Concern.task_id).where(
            Concern.number == number, visible(Concern, CONCERN, actor)
        )
    ).all()
    task_ids = {row.task_id for row in started if row.task_id is not None}
    tasks = db.session.scalars(
        select(Task)
        .where(
            or_(Task.id.in_(task_ids), _numbered(Task.number, number)),
            visible(Task, TASK, actor),
        )
        .order_by(Task.id)
    ).all()
    ids = {row.proposal_id for row in started} | {one.proposal_id for one in tasks}
    proposals = _proposals(actor, number, {one for one in ids if one is not None})
    known = [one.id for one in proposals]
    concerns = db.session.scalars(
        select(Concern)
        .where(
            or_(Concern.number == number, Concern.proposal_id.in_(known)),
            Concern.number.is_not(None),
            visible(Concern, CONCERN, actor),
        )
        .options(
            joinedload(Concern.summary).joinedload(Summary.author),
            joinedload(Concern.sub_area),
            joinedload(Concern.building),
            joinedload(Concern.unit),
        )
        .order_by(Concern.id)
    ).all()
    seen = {one.id for one in tasks}
    further = db.session.scalars(
        select(Task)
        .where(Task.proposal_id.in_(known), Task.id.not_in(seen), visible(Task, TASK, actor))
        .order_by(Task.id)
    ).all()
    return proposals, concerns, [*tasks, *further]


def _proposals(actor: Actor, number: str, ids: set[int]) -> Sequence[Proposal]:
    merged = aliased(Proposal)
    named = select(merged.master_id).where(
        or_(merged.id.in_(ids), merged.number == number), merged.master_id.is_not(None)
    )
    return db.session.scalars(
        select(Proposal)
        .where(
            or_(Proposal.id.in_(ids), Proposal.number == number, Proposal.id.in_(named)),
            visible(Proposal, PROPOSAL, actor),
        )
        .order_by(Proposal.id)
    ).all()


def _numbered(column: Any, number: str) -> ColumnElement[bool]:
    return or_(column == number, column.startswith(f"{number}-", autoescape=True))


def _meetings(actor: Actor, proposal_ids: Iterable[int]) -> tuple[Tabled, ...]:
    rows = db.session.execute(
        select(
            Meeting.id,
            Meeting.number,
            Meeting.starts_at,
            AgendaItem.decision,
            AgendaItem.decided_at,
        )
        .join(AgendaItem, AgendaItem.meeting_id == Meeting.id)
        .where(AgendaItem.proposal_id.in_(tuple(proposal_ids)), visible(Meeting, MEETING, actor))
        .order_by(Meeting.starts_at, AgendaItem.id)
    ).all()
    return tuple(Tabled(r.id, r.number, r.starts_at, r.decision, r.decided_at) for r in rows)


def _ends(task_ids: Iterable[int]) -> tuple[dict[int, Report], dict[int, Verification]]:
    """The report that stands and the last verification, by task."""
    ids = tuple(task_ids)
    if not ids:
        return {}, {}
    reports = db.session.scalars(
        select(Report)
        .where(Report.task_id.in_(ids), Report.withdrawn_at.is_(None))
        .order_by(Report.id)
    )
    verifications = db.session.scalars(
        select(Verification).where(Verification.task_id.in_(ids)).order_by(Verification.id)
    )
    return {one.task_id: one for one in reports}, {one.task_id: one for one in verifications}


def _heard(concerns: Sequence[Concern]) -> tuple[Heard, ...]:
    pictures = photos.of("concern", [one.id for one in concerns])
    return tuple(
        Heard(
            id=one.id,
            number=one.number,
            title=one.title,
            words=one.words,
            category=one.category,
            where=tuple(
                spot
                for spot in (
                    *(place.name for place in (one.sub_area, one.building, one.unit) if place),
                    one.place,
                )
                if spot
            ),
            author=one.summary.author.name,
            heard_at=one.summary.submitted_at or one.created_at,
            state_label=CONCERN.labels[one.state],
            reply=one.reply,
            referred_to=(
                REFERRED_TO_LABELS[ReferredTo(one.referred_to)] if one.referred_to else None
            ),
            referred_name=one.referred_name,
            answer_on=one.answer_on,
            photos=pictures.get(one.id, ()),
        )
        for one in concerns
    )


def _put(one: Proposal) -> Put:
    return Put(
        number=one.number,
        title=one.title,
        state=one.state,
        state_label=PROPOSAL.labels[one.state],
        at=one.created_at,
        decided_at=one.decided_at,
        wording=one.wording,
        reason=one.reason,
        reply=one.reply,
    )


def _done(one: Task, report: Report | None, verification: Verification | None) -> Done:
    return Done(
        number=one.number,
        title=one.title,
        state_label=TASK.labels[one.state],
        lead=one.lead_name,
        dispatched_at=one.dispatched_at,
        due_at=one.due_at,
        first_due_at=one.first_due_at,
        reported_at=one.reported_at,
        verified_at=one.verified_at,
        closed_at=one.closed_at,
        public_reply=report.public_reply if report else "",
        verified_by=verification.by_name if verification else "",
        words=verification.words if verification else "",
    )


# ---- how far it has come --------------------------------------------------------------------

LABELS = {
    "words": N_("Residents' words"),
    "proposal": N_("Proposal"),
    "meeting": N_("Meeting"),
    "decision": N_("Decision"),
    "task": N_("Task"),
    "report": N_("Reported done"),
    "verified": N_("Verified"),
    "closed": N_("Closed"),
}


def _ports(
    concerns: Sequence[Concern],
    proposals: Sequence[Proposal],
    meetings: tuple[Tabled, ...],
    tasks: Sequence[Task],
) -> tuple[Port, ...]:
    """Every port with the day it was passed; the last one passed is where it stands now."""
    decided = [one for one in proposals if one.state in _DECIDED]
    passed: dict[str, datetime | None] = {
        "words": _first(one.summary.submitted_at for one in concerns),
        "proposal": _first(one.created_at for one in proposals),
        "meeting": _first(one.at for one in meetings),
        "decision": _first(one.decided_at for one in decided),
        "task": _first(one.dispatched_at for one in tasks),
        "report": _all(one.reported_at for one in tasks),
        "verified": _all(one.verified_at for one in tasks),
        "closed": _all(one.closed_at for one in tasks),
    }
    names = list(LABELS)
    last = max((place for place, name in enumerate(names) if passed[name] is not None), default=0)
    return tuple(
        Port(name, LABELS[name], _state(place, last, passed[name]), passed[name])
        for place, name in enumerate(names)
    )


_DECIDED = frozenset(
    {
        ProposalState.ADOPTED,
        ProposalState.REJECTED,
        ProposalState.REFERRED,
        ProposalState.NOTED,
        ProposalState.ANSWERED,
    }
)


def _state(place: int, last: int, at: datetime | None) -> State:
    if place == last:
        return "now"
    return "on" if at is not None and place < last else "off"


def _first(moments: Iterable[datetime | None]) -> datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _all(moments: Iterable[datetime | None]) -> datetime | None:
    """The last of several, once each has come."""
    found = list(moments)
    return None if not found or None in found else max(one for one in found if one)


def _ended(
    concerns: Sequence[Concern], proposals: Sequence[Proposal], tasks: Sequence[Task]
) -> str | None:
    """The word for a thread that goes no further although not every port was passed."""
    if any(one.state != TaskState.CANCELLED for one in tasks):
        return None
    if tasks:
        return TASK.labels[TaskState.CANCELLED]
    closing = _DECIDED - {ProposalState.ADOPTED} | {ProposalState.WITHDRAWN}
    if proposals:
        states = [one.state for one in proposals if one.state != ProposalState.MERGED]
        done = states and all(state in closing for state in states)
        return PROPOSAL.labels[states[-1]] if done else None
    fates = {one.state for one in concerns}
    if fates and fates <= {Fate.ANSWERED, Fate.REFERRED, Fate.DECLINED}:
        return CONCERN.labels[concerns[-1].state]
    return None
