"""Proposals to read: the list, and everything about one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import ROLE_LABELS, Actor, Role
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import ONE_DAY, start_of_day
from harbour.domain.errors import Missing
from harbour.domain.meetings import OUTCOME_LABELS, Outcome
from harbour.domain.proposals import EXECUTION_LABELS, PROPOSAL, ProposalState, execution
from harbour.domain.settings import CommunitySettings
from harbour.domain.summaries import CONCERN
from harbour.domain.tasks import TASK, Solved
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task, Verification
from harbour.queries import concerns, ledger, photos
from harbour.queries.concerns import ConcernLine, Earlier
from harbour.queries.ledger import Line
from harbour.queries.photos import PhotoLine
from harbour.queries.visibility import visible

PAGE = 50
# The proposal's own first line tells of the first; drafts are of no interest any more.
TOLD_TWICE = frozenset({"concern.propose", "concern.edit"})


@dataclass(frozen=True)
class Wanted:
    """What a list is narrowed by; ``category`` is a code or the code of a first level."""

    state: str = ""
    category: str = ""
    compound_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class ProposalLine:
    """A proposal in a list; ``standing`` is its state, or how far its tasks have come."""

    id: int
    version: int
    number: str
    title: str
    state: str
    standing: str
    category: str
    compound: str
    where: str
    at: datetime
    waits_since: datetime
    carried: int
    urgency: str


@dataclass(frozen=True)
class Listing:
    """A page of proposals, newest first; ``newer`` and ``older`` are keys, or None."""

    lines: tuple[ProposalLine, ...]
    newer: int | None
    older: int | None


@dataclass(frozen=True)
class DecisionLine:
    """What one meeting did with a proposal."""

    meeting: str
    meeting_label: int
    held_at: datetime
    outcome: str
    votes_for: int | None
    votes_against: int | None
    votes_abstain: int | None
    present: int | None
    decision: str


@dataclass(frozen=True)
class TaskMade:
    """A task made of a proposal."""

    number: str
    title: str
    state_label: str
    lead: str
    due_at: datetime


@dataclass(frozen=True)
class ProposalPage:
    """Everything about one proposal."""

    id: int
    version: int
    line: ProposalLine
    compound_id: int
    wanted: str
    building_id: int | None
    unit_id: int | None
    place: str
    owner_decision: bool
    author: str
    author_role: str
    reply: str
    reason: str
    wording: str
    referred_to: str | None
    referred_name: str
    answer_on: date | None
    outcome_text: str
    late: bool
    asked_for_table: bool
    meeting: str | None
    meeting_at: datetime | None
    master: Earlier | None
    merged: tuple[Earlier, ...]
    concerns: tuple[ConcernLine, ...]
    photos: Mapping[int, tuple[PhotoLine, ...]]
    alike: tuple[Earlier, ...]
    tasks: tuple[TaskMade, ...]
    decisions: tuple[DecisionLine, ...]
    history: tuple[Line, ...]
    offers: tuple[Offer, ...]


def listing(
    actor: Actor, wanted: Wanted, *, before: int | None = None, after: int | None = None
) -> Listing:
    """A page of the proposals the actor may know of, newest first, narrowed (three statements).

    ``before`` and ``after`` are keys of a listing: older than, newer than.
    """
    chosen = (
        select(Proposal)
        .where(visible(Proposal, PROPOSAL, actor), *_narrowed(wanted))
        .options(joinedload(Proposal.compound), *concerns.placed(Proposal))
        .limit(PAGE + 1)
    )
    if after is not None:
        rows = db.session.scalars(
            chosen.where(Proposal.id > after).order_by(Proposal.id.asc())
        ).all()
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        newer = rows[0].id if more and rows else None
        older = rows[-1].id if rows else None
    else:
        if before is not None:
            chosen = chosen.where(Proposal.id < before)
        rows = db.session.scalars(chosen.order_by(Proposal.id.desc())).all()
        more, rows = len(rows) > PAGE, rows[:PAGE]
        newer = rows[0].id if before is not None and rows else None
        older = rows[-1].id if more else None
    return Listing(tuple(_lines(rows)), newer, older)


def _narrowed(wanted: Wanted) -> list[Any]:
    clauses: list[Any] = []
    if wanted.state:
        clauses.append(Proposal.state == wanted.state)
    if wanted.category in CATEGORIES:
        clauses.append(Proposal.category == wanted.category)
    elif wanted.category:
        inside = [code for code, one in CATEGORIES.items() if one.l1_code == wanted.category]
        clauses.append(Proposal.category.in_(inside))
    if wanted.compound_id is not None:
        clauses.append(Proposal.compound_id == wanted.compound_id)
    if wanted.since is not None:
        clauses.append(Proposal.created_at >= start_of_day(wanted.since))
    if wanted.until is not None:
        clauses.append(Proposal.created_at < start_of_day(wanted.until + ONE_DAY))
    return clauses


def _lines(rows: Sequence[Proposal]) -> Iterable[ProposalLine]:
    standing = _standing(rows)
    for one in rows:
        yield ProposalLine(
            id=one.id,
            version=one.version,
            number=one.number,
            title=one.title,
            state=one.state,
            standing=standing.get(one.id, PROPOSAL.labels[one.state]),
            category=one.category,
            compound=one.compound.name,
            where=concerns.where(one),
            at=one.created_at,
            waits_since=one.waits_since,
            carried=one.carried,
            urgency=one.urgency,
        )


def _standing(rows: Sequence[Proposal]) -> Mapping[int, str]:
    """How far the tasks of each adopted proposal have come, in words (one statement)."""
    adopted = [one.id for one in rows if one.state == ProposalState.ADOPTED]
    if not adopted:
        return {}
    last = (
        select(Verification.solved)
        .where(Verification.task_id == Task.id)
        .order_by(Verification.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    found: dict[int, list[tuple[str, bool]]] = {key: [] for key in adopted}
    for task in db.session.execute(
        select(Task.proposal_id, Task.state, last.label("solved")).where(
            Task.proposal_id.in_(adopted)
        )
    ):
        found[task.proposal_id].append((task.state, task.solved in (None, Solved.SOLVED)))
    return {key: EXECUTION_LABELS[execution(tasks)] for key, tasks in found.items()}


# ---- one proposal -------------------------------------------------------------------------


def page(actor: Actor, number: str, now: datetime, settings: CommunitySettings) -> ProposalPage:
    """Everything about a proposal the actor may know of, or Missing."""
    one = _found(actor, number)
    (line,) = _lines([one])
    family = _family(actor, one)
    ids = [one.id, *(merged.proposal_id for merged in family if merged.proposal_id)]
    heard = _heard(actor, ids)
    meeting = db.session.get(Meeting, one.meeting_id) if one.meeting_id else None
    offers = PROPOSAL.offers(actor, of_proposal(one), now)
    subjects = [("proposal", key) for key in ids] + [("concern", c.id) for c in heard]
    return ProposalPage(
        id=one.id,
        version=one.version,
        line=line,
        compound_id=one.compound_id,
        wanted=one.wanted,
        building_id=one.building_id,
        unit_id=one.unit_id,
        place=one.place,
        owner_decision=CATEGORIES[one.category].owner_decision,
        author=one.author.name if one.author else "",
        author_role=ROLE_LABELS[Role(one.author_role)],
        reply=one.reply,
        reason=one.reason,
        wording=one.wording,
        referred_to=one.referred_to,
        referred_name=one.referred_name,
        answer_on=one.answer_on,
        outcome_text=one.outcome_text,
        late=one.late,
        asked_for_table=one.asked_for_table,
        meeting=meeting.number if meeting else None,
        meeting_at=meeting.starts_at if meeting else None,
        master=_master(one),
        merged=family,
        concerns=heard,
        photos=photos.of("concern", [c.id for c in heard]),
        alike=_alike(actor, one, offers, now, settings),
        tasks=_tasks(actor, ids, one.master_id),
        decisions=_decisions(one.id),
        history=tuple(one for one in ledger.histories(subjects) if one.action not in TOLD_TWICE),
        offers=offers,
    )


def _found(actor: Actor, number: str) -> Proposal:
    one = db.session.scalars(
        select(Proposal)
        .where(Proposal.number == number, visible(Proposal, PROPOSAL, actor))
        .options(
            joinedload(Proposal.compound),
            joinedload(Proposal.author),
            *concerns.placed(Proposal),
        )
    ).first()
    if one is None:
        raise Missing
    return one


def _earlier(one: Proposal) -> Earlier:
    label = PROPOSAL.labels[one.state]
    return Earlier("proposal", one.number, one.title, one.state, label, one.created_at, one.id)


def _master(one: Proposal) -> Earlier | None:
    master = db.session.get(Proposal, one.master_id) if one.master_id else None
    return _earlier(master) if master else None


def _family(actor: Actor, one: Proposal) -> tuple[Earlier, ...]:
    """What has been merged into it."""
    rows = db.session.scalars(
        select(Proposal)
        .where(Proposal.master_id == one.id, visible(Proposal, PROPOSAL, actor))
        .order_by(Proposal.id)
    )
    return tuple(_earlier(merged) for merged in rows)


def _heard(actor: Actor, ids: Sequence[int]) -> tuple[ConcernLine, ...]:
    """The concerns a proposal and what was merged into it came from."""
    rows = db.session.scalars(
        select(Concern)
        .where(Concern.proposal_id.in_(ids), visible(Concern, CONCERN, actor))
        .options(joinedload(Concern.summary).joinedload(Summary.author), *concerns.placed(Concern))
        .order_by(Concern.id)
    ).all()
    return tuple(concerns.line(one, None) for one in rows)


def _alike(
    actor: Actor,
    one: Proposal,
    offers: tuple[Offer, ...],
    now: datetime,
    settings: CommunitySettings,
) -> tuple[Earlier, ...]:
    """Similar ones, shown to whoever is to accept or merge it."""
    if not any(offer.name in ("accept", "merge") for offer in offers):
        return ()
    texts = {one.id: (one.category, f"{one.title} {one.wanted}")}
    days = settings.duplicate_window_days
    found = concerns.alike(actor, one.compound_id, texts, now, days, besides=frozenset({one.id}))
    return found.get(one.id, ())


def _tasks(actor: Actor, ids: Sequence[int], master_id: int | None) -> tuple[TaskMade, ...]:
    """The tasks made of it; of a merged one those of what it went into."""
    wanted = [*ids, master_id] if master_id else ids
    rows = db.session.scalars(
        select(Task)
        .where(Task.proposal_id.in_(wanted), visible(Task, TASK, actor))
        .order_by(Task.id)
    )
    return tuple(
        TaskMade(task.number, task.title, TASK.labels[task.state], task.lead_name, task.due_at)
        for task in rows
    )


def _decisions(proposal_id: int) -> tuple[DecisionLine, ...]:
    rows = db.session.execute(
        select(AgendaItem, Meeting.number, Meeting.issue_no, Meeting.starts_at)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(AgendaItem.proposal_id == proposal_id, AgendaItem.outcome.is_not(None))
        .order_by(AgendaItem.id)
    )
    return tuple(
        DecisionLine(
            number, issue, starts_at, OUTCOME_LABELS[Outcome(str(item.outcome))],
            item.votes_for, item.votes_against, item.votes_abstain, item.present, item.decision,
        )
        for item, number, issue, starts_at in rows
    )  # fmt: skip
