"""What hangs on a task, one statement for each kind of thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.people import User
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import (
    AssistantFirm,
    Criterion,
    Milestone,
    Progress,
    Report,
    ReportAnswer,
    Verification,
    VerificationTick,
)
from harbour.models.urges import Urge
from harbour.queries.photos import PhotoLine

HISTORY = 200
SHOWN = 20


@dataclass(frozen=True)
class Answer:
    """What a report says of one criterion, and its photos."""

    met: bool
    words: str
    before: tuple[PhotoLine, ...] = ()
    after: tuple[PhotoLine, ...] = ()


@dataclass(frozen=True)
class ReportLine:
    """One completion report; ``answers`` by criterion."""

    id: int
    round: int
    result: str
    what_was_done: str
    public_reply: str
    contact: str
    contact_on: date | None
    late: bool
    by: str
    by_id: int | None
    at: datetime
    withdrawn_at: datetime | None
    answers: Mapping[int, Answer]
    before: tuple[PhotoLine, ...] = ()
    after: tuple[PhotoLine, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What somebody found on the spot; ``met`` by criterion, ``cause`` where it was sent back."""

    id: int
    round: int
    solved: str
    satisfaction: str | None
    words: str
    cause: str | None
    by: str
    role_label: str
    at: datetime
    met: Mapping[int, bool]
    photos: tuple[PhotoLine, ...] = ()


@dataclass(frozen=True)
class ProgressLine:
    """A note on the way."""

    id: int
    note: str
    done: int | None
    total: int | None
    step: str | None
    by: str | None
    at: datetime
    photos: tuple[PhotoLine, ...] = ()


@dataclass(frozen=True)
class Step:
    """A milestone of a project."""

    id: int
    name: str
    due_on: date
    reached_at: datetime | None


@dataclass(frozen=True)
class Raised:
    """Whose words the task goes back to."""

    number: str | None
    title: str
    by: str
    by_id: int
    households: int
    at: datetime


_TASK: Any = bindparam("task")


def _asked(statement: Any, task_id: int) -> Sequence[Any]:
    return db.session.execute(statement, {"task": task_id}).all()


_ASSISTING = (
    select(AssistantFirm.firm_id)
    .where(AssistantFirm.task_id == _TASK)
    .execution_options(**BUILT_ONCE)
)


def assisting(task_id: int) -> frozenset[int]:
    """The firms that assist."""
    return frozenset(row.firm_id for row in _asked(_ASSISTING, task_id))


_URGES = (
    select(Urge.day, Urge.note, Urge.answered_at)
    .where(Urge.task_id == _TASK)
    .execution_options(**BUILT_ONCE)
)


def urges(task_id: int) -> Sequence[Any]:
    """The days on which it was urged, and when each urge was answered."""
    return _asked(_URGES, task_id)


@dataclass(frozen=True)
class UrgeLine:
    """An urge: who urged, what they said, and the lead's answer."""

    day: date
    note: str
    by: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None


_ANSWERER = aliased(User)
_URGE_LINES = (
    select(
        Urge.day,
        Urge.note,
        func.coalesce(User.name, ""),
        Urge.at,
        Urge.answer,
        func.coalesce(_ANSWERER.name, ""),
        Urge.answered_at,
    )
    .outerjoin(User, User.id == Urge.by_id)
    .outerjoin(_ANSWERER, _ANSWERER.id == Urge.answered_by_id)
    .where(Urge.task_id == _TASK)
    .order_by(Urge.id.desc())
    .limit(SHOWN)
    .execution_options(**BUILT_ONCE)
)


def urge_lines(task_id: int) -> tuple[UrgeLine, ...]:
    """The last urges with their answers, the newest first."""
    return tuple(UrgeLine(*row) for row in _asked(_URGE_LINES, task_id))


_CRITERIA = (
    select(Criterion.id, Criterion.text)
    .where(Criterion.task_id == _TASK)
    .order_by(Criterion.position, Criterion.id)
    .execution_options(**BUILT_ONCE)
)


def criteria(task_id: int) -> tuple[tuple[int, str], ...]:
    """The criteria by their ids, in order."""
    return tuple((row.id, row.text) for row in _asked(_CRITERIA, task_id))


_MILESTONES = (
    select(Milestone.id, Milestone.name, Milestone.due_on, Milestone.reached_at)
    .where(Milestone.task_id == _TASK)
    .order_by(Milestone.due_on, Milestone.id)
    .execution_options(**BUILT_ONCE)
)


def milestones(task_id: int) -> tuple[Step, ...]:
    """The dated steps, in order."""
    return tuple(Step(*row) for row in _asked(_MILESTONES, task_id))


_RAISED = (
    select(
        Concern.number,
        Concern.title,
        User.name,
        Summary.author_id,
        Concern.households,
        Concern.created_at,
    )
    .join(Summary, Summary.id == Concern.summary_id)
    .join(User, User.id == Summary.author_id)
    .where(
        or_(
            Concern.task_id == _TASK,
            Concern.proposal_id.in_(
                select(Proposal.id).where(
                    or_(
                        Proposal.id == bindparam("proposal"),
                        Proposal.master_id == bindparam("proposal"),
                    )
                )
            ),
        )
    )
    .order_by(Concern.id)
    .limit(SHOWN)
    .execution_options(**BUILT_ONCE)
)


def raised(task_id: int, proposal_id: int | None) -> tuple[Raised, ...]:
    """The concerns joined to the task and behind its proposal, merged ones included."""
    asked = {"task": task_id, "proposal": proposal_id}
    return tuple(Raised(*row) for row in db.session.execute(_RAISED, asked))


_REPORTS = (
    select(
        Report.id,
        Report.round,
        Report.result,
        Report.what_was_done,
        Report.public_reply,
        Report.contact,
        Report.contact_on,
        Report.late,
        func.coalesce(User.name, "").label("by"),
        Report.by_id,
        Report.at,
        Report.withdrawn_at,
        ReportAnswer.criterion_id,
        ReportAnswer.met,
        ReportAnswer.words,
    )
    .outerjoin(User, User.id == Report.by_id)
    .outerjoin(ReportAnswer, ReportAnswer.report_id == Report.id)
    .where(Report.task_id == _TASK)
    .order_by(Report.id, ReportAnswer.id)
    .execution_options(**BUILT_ONCE)
)


_TOLD = (
    "id", "round", "result", "what_was_done", "public_reply", "contact", "contact_on", "late",
    "by", "by_id", "at", "withdrawn_at",
)  # fmt: skip


def reports(task_id: int) -> tuple[ReportLine, ...]:
    """Every report with its answers, oldest first."""
    found = []
    for _, lines in groupby(_asked(_REPORTS, task_id), key=lambda row: row.id):
        rows = list(lines)
        answers = {r.criterion_id: Answer(r.met, r.words) for r in rows if r.criterion_id}
        told = {name: getattr(rows[0], name) for name in _TOLD}
        found.append(ReportLine(**told, answers=answers))
    return tuple(found)


_FINDINGS = (
    select(
        Verification.id,
        Verification.round,
        Verification.solved,
        Verification.satisfaction,
        Verification.words,
        Verification.rework_cause,
        Verification.by_name,
        Verification.role,
        Verification.at,
        VerificationTick.criterion_id,
        VerificationTick.met,
    )
    .outerjoin(VerificationTick, VerificationTick.verification_id == Verification.id)
    .where(Verification.task_id == _TASK)
    .order_by(Verification.id, VerificationTick.id)
    .execution_options(**BUILT_ONCE)
)


def findings(task_id: int) -> tuple[Finding, ...]:
    """Every verification with its ticks, oldest first."""
    found = []
    for _, lines in groupby(_asked(_FINDINGS, task_id), key=lambda row: row.id):
        row, *others = lines
        met = {one.criterion_id: one.met for one in (row, *others) if one.criterion_id is not None}
        found.append(
            Finding(row.id, row.round, row.solved, row.satisfaction, row.words, row.rework_cause,
                    row.by_name, ROLE_LABELS[Role(row.role)], row.at, met)
        )  # fmt: skip
    return tuple(found)


_PROGRESS = (
    select(
        Progress.id,
        Progress.note,
        Progress.quantity_done,
        Progress.quantity_total,
        Milestone.name.label("step"),
        User.name.label("by"),
        Progress.at,
    )
    .outerjoin(User, User.id == Progress.by_id)
    .outerjoin(Milestone, Milestone.id == Progress.milestone_id)
    .where(Progress.task_id == _TASK)
    .order_by(Progress.id.desc())
    .limit(SHOWN)
    .execution_options(**BUILT_ONCE)
)


def progress(task_id: int) -> tuple[ProgressLine, ...]:
    """The last notes on the way, oldest first."""
    return tuple(ProgressLine(*row) for row in reversed(_asked(_PROGRESS, task_id)))
