"""What hangs on a task, one statement for each kind of thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.extensions import db
from harbour.models.people import User
from harbour.models.photos import Photo
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import (
    AssistantFirm,
    Criterion,
    DueChange,
    Milestone,
    Progress,
    Report,
    ReportAnswer,
    Urge,
    Verification,
    VerificationTick,
)
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
class DateLine:
    """A due date, who set it and why; the first one is the promise."""

    due_at: datetime
    first: bool
    reason: str
    by: str
    at: datetime


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


def assisting(row: Any) -> frozenset[int]:
    return frozenset(
        db.session.scalars(select(AssistantFirm.firm_id).where(AssistantFirm.task_id == row.id))
    )


def urges(task_id: int) -> Sequence[Any]:
    return db.session.execute(
        select(Urge.day, Urge.answered_at).where(Urge.task_id == task_id)
    ).all()


def milestones(task_id: int) -> tuple[Step, ...]:
    return tuple(
        Step(*one)
        for one in db.session.execute(
            select(Milestone.id, Milestone.name, Milestone.due_on, Milestone.reached_at)
            .where(Milestone.task_id == task_id)
            .order_by(Milestone.due_on, Milestone.id)
        )
    )


def raised(row: Any) -> tuple[Raised, ...]:
    """The concerns behind the task's proposal, merged ones included."""
    if row.proposal_id is None:
        return ()
    behind = select(Proposal.id).where(
        or_(Proposal.id == row.proposal_id, Proposal.master_id == row.proposal_id)
    )
    return tuple(
        Raised(*one)
        for one in db.session.execute(
            select(Concern.number, Concern.title, User.name, Summary.author_id,
                   Concern.households, Concern.created_at)
            .join(Summary, Summary.id == Concern.summary_id)
            .join(User, User.id == Summary.author_id)
            .where(Concern.proposal_id.in_(behind))
            .order_by(Concern.id)
            .limit(SHOWN)
        )
    )  # fmt: skip


def reports(task_id: int) -> tuple[ReportLine, ...]:
    """Every report with its answers, oldest first."""
    rows = db.session.execute(
        select(
            Report.id, Report.round, Report.result, Report.what_was_done, Report.public_reply,
            Report.contact, Report.contact_on, Report.late, User.name.label("by"), Report.by_id,
            Report.at, Report.withdrawn_at, ReportAnswer.criterion_id, ReportAnswer.met,
            ReportAnswer.words,
        )
        .outerjoin(User, User.id == Report.by_id)
        .outerjoin(ReportAnswer, ReportAnswer.report_id == Report.id)
        .where(Report.task_id == task_id)
        .order_by(Report.id, ReportAnswer.id)
    ).all()  # fmt: skip
    found = []
    for _, lines in groupby(rows, key=lambda row: row.id):
        row, *others = lines
        answers = {
            one.criterion_id: Answer(one.met, one.words)
            for one in (row, *others)
            if one.criterion_id is not None
        }
        found.append(
            ReportLine(
                row.id,
                row.round,
                row.result,
                row.what_was_done,
                row.public_reply,
                row.contact,
                row.contact_on,
                row.late,
                row.by or "",
                row.by_id,
                row.at,
                row.withdrawn_at,
                answers,
            )
        )
    return tuple(found)


def findings(task_id: int) -> tuple[Finding, ...]:
    """Every verification with its ticks, oldest first."""
    rows = db.session.execute(
        select(
            Verification.id, Verification.round, Verification.solved, Verification.satisfaction,
            Verification.words, Verification.rework_cause, Verification.by_name, Verification.role,
            Verification.at, VerificationTick.criterion_id, VerificationTick.met,
        )
        .outerjoin(VerificationTick, VerificationTick.verification_id == Verification.id)
        .where(Verification.task_id == task_id)
        .order_by(Verification.id, VerificationTick.id)
    ).all()  # fmt: skip
    found = []
    for _, lines in groupby(rows, key=lambda row: row.id):
        row, *others = lines
        met = {one.criterion_id: one.met for one in (row, *others) if one.criterion_id is not None}
        found.append(
            Finding(row.id, row.round, row.solved, row.satisfaction, row.words, row.rework_cause,
                    row.by_name, ROLE_LABELS[Role(row.role)], row.at, met)
        )  # fmt: skip
    return tuple(found)


def progress(task_id: int) -> tuple[ProgressLine, ...]:
    """The last notes on the way, oldest first."""
    rows = db.session.execute(
        select(Progress.id, Progress.note, Progress.quantity_done, Progress.quantity_total,
               Milestone.name.label("step"), User.name.label("by"), Progress.at)
        .outerjoin(User, User.id == Progress.by_id)
        .outerjoin(Milestone, Milestone.id == Progress.milestone_id)
        .where(Progress.task_id == task_id)
        .order_by(Progress.id.desc())
        .limit(SHOWN)
    )  # fmt: skip
    return tuple(ProgressLine(*row) for row in rows)[::-1]


def dates(task_id: int) -> tuple[DateLine, ...]:
    rows = db.session.execute(
        select(DueChange.due_before, DueChange.due_after, DueChange.reason, User.name, DueChange.at)
        .outerjoin(User, User.id == DueChange.by_id)
        .where(DueChange.task_id == task_id)
        .order_by(DueChange.id)
        .limit(HISTORY)
    )
    return tuple(
        DateLine(row.due_after, row.due_before is None, row.reason, row.name or "", row.at)
        for row in rows
    )


class Pictures:
    """The photos of a task's reports, findings and notes, in one statement if there can be any."""

    def __init__(
        self,
        reports: Sequence[ReportLine],
        findings: Sequence[Finding],
        progress: Sequence[ProgressLine],
    ) -> None:
        wanted = (
            (Photo.report_id, [one.id for one in reports]),
            (Photo.verification_id, [one.id for one in findings]),
            (Photo.progress_id, [one.id for one in progress]),
        )
        some = [column.in_(ids) for column, ids in wanted if ids]
        self.rows: Sequence[Any] = ()
        if some:
            self.rows = db.session.execute(
                select(
                    Photo.id, Photo.field, Photo.moment, Photo.criterion_id, Photo.at,
                    Photo.report_id, Photo.verification_id, Photo.progress_id, Photo.phash,
                )
                .where(or_(*some))
                .order_by(Photo.id)
            ).all()  # fmt: skip

    def of(
        self, kind: str, parent: int, criterion_id: int | None = None, moment: str = ""
    ) -> tuple[PhotoLine, ...]:
        """The photos of one parent, of one moment, of one criterion (or of none)."""
        return tuple(
            PhotoLine(one.id, one.field, one.moment, one.criterion_id, one.at)
            for one in self.rows
            if getattr(one, f"{kind}_id") == parent
            and one.moment == moment
            and one.criterion_id == criterion_id
        )


def with_photos(report: ReportLine, pictures: Pictures) -> ReportLine:
    answers = {
        key: replace(
            answer,
            before=pictures.of("report", report.id, key, "before"),
            after=pictures.of("report", report.id, key, "after"),
        )
        for key, answer in report.answers.items()
    }
    return replace(
        report,
        answers=answers,
        before=pictures.of("report", report.id, None, "before"),
        after=pictures.of("report", report.id, None, "after"),
    )


def criteria(task_id: int) -> tuple[tuple[int, str], ...]:
    """The criteria by their ids, in order."""
    return tuple(
        db.session.execute(
            select(Criterion.id, Criterion.text)
            .where(Criterion.task_id == task_id)
            .order_by(Criterion.position, Criterion.id)
        )
    )
