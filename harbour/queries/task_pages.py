"""One task, with everything that was promised, done and found."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.settings import CommunitySettings
from harbour.domain.similar import photos_alike
from harbour.domain.tasks import TASK, TaskState
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.tasks import Report, Task
from harbour.queries import supervision, task_dates, task_heads
from harbour.queries import task_parts as parts
from harbour.queries.ledger import Line, histories, history
from harbour.queries.supervision import OrderLine
from harbour.queries.task_dates import DateLine
from harbour.queries.task_heads import VERIFIERS, TaskHead
from harbour.queries.task_parts import (
    Finding,
    ProgressLine,
    Raised,
    ReportLine,
    Step,
    UrgeLine,
)
from harbour.queries.task_photos import Pictures, with_photos

HISTORY = parts.HISTORY
# So many of the latest photos by the lead's people are compared with those of a new report.
COMPARED = 2000


@dataclass(frozen=True)
class Port:
    """One port of the thread; ``href`` names what lies behind it as (kind, number)."""

    label: str
    state: str
    at: datetime | None = None
    leads_to: tuple[str, str] | None = None


@dataclass(frozen=True)
class Alike:
    """A photo of the report that looks like an earlier one; ``number`` is that one's task."""

    photo_id: int
    number: str


@dataclass(frozen=True)
class TaskPage(TaskHead):
    """All there is to see of one task; the same for everybody who may see it, but for the head."""

    ports: tuple[Port, ...]
    criteria: tuple[tuple[int, str], ...]
    milestones: tuple[Step, ...]
    progress: tuple[ProgressLine, ...]
    reports: tuple[ReportLine, ...]
    findings: tuple[Finding, ...]
    dates: tuple[DateLine, ...]
    raised: tuple[Raised, ...]
    urge_lines: tuple[UrgeLine, ...]
    order_lines: tuple[OrderLine, ...]
    alike: tuple[Alike, ...] = ()
    history: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def report(self) -> ReportLine | None:
        """The report that stands: of this round, and not withdrawn."""
        of_now = (r for r in self.reports if r.round == self.round and r.withdrawn_at is None)
        return next(of_now, None)

    @property
    def finding(self) -> Finding | None:
        """The last thing anybody found on the spot."""
        return self.findings[-1] if self.findings else None


def page(
    actor: Actor,
    number: str,
    now: datetime,
    settings: CommunitySettings,
    *,
    acting: str | None = None,
) -> TaskPage:
    """The task with this number as the actor sees it; Missing where they may not know of it.

    ``acting`` names the act whose page it is: that one shows no history but compares photos, and
    raises Denied or Refused where the act is not open to the actor now.
    """
    head = task_heads.head(actor, number, now, settings)
    if acting is None:
        return whole(head)
    TASK.require(actor, head.subject, acting, now)
    pictures, hanging = _hanging(head)
    return _page(head, hanging, alike=_alike(actor, head, pictures))


def standing(actor: Actor, number: str, now: datetime, settings: CommunitySettings) -> TaskPage:
    """The task without its history, as a form about it needs it; Missing as for its page."""
    head = task_heads.head(actor, number, now, settings)
    return _page(head, _hanging(head)[1])


def whole(head: TaskHead) -> TaskPage:
    """The task of a head, with all that hangs on it and its history."""
    lines = _history(head)
    _, hanging = _hanging(head)
    return _page(head, hanging, dates=_dates(head.row, lines), history=lines)


def _history(head: TaskHead) -> tuple[Line, ...]:
    """What was done with the task and with all that was asked for beside it."""
    beside = [(one.kind, one.id) for one in head.asked.lines]
    if not beside:
        return history("task", head.id, most=HISTORY)
    return histories([("task", head.id), *beside], most=HISTORY)


def _page(head: TaskHead, hanging: dict[str, Any], **more: Any) -> TaskPage:
    above = {one.name: getattr(head, one.name) for one in fields(TaskHead)}
    return TaskPage(**above, **{"dates": (), **hanging, **more})


def _hanging(head: TaskHead) -> tuple[Pictures, dict[str, Any]]:
    """What hangs on a task, each kind in one statement, and none where the row counts none."""
    row = head.row
    raised = parts.raised(row.id, row.proposal_id)
    reports = parts.reports(row.id) if row.reported else ()
    findings = parts.findings(row.id) if row.found else ()
    progress = parts.progress(row.id) if row.notes else ()
    pictures = Pictures(reports, findings, progress)
    return pictures, {
        "ports": _ports(row, raised),
        "criteria": parts.criteria(row.id) if row.criteria else (),
        "milestones": parts.milestones(row.id) if row.steps else (),
        "progress": tuple(replace(p, photos=pictures.of("progress", p.id)) for p in progress),
        "reports": tuple(with_photos(one, pictures) for one in reports),
        "findings": tuple(replace(f, photos=pictures.of("verification", f.id)) for f in findings),
        "raised": raised,
        "urge_lines": parts.urge_lines(row.id) if row.urges else (),
        "order_lines": supervision.of_task(row.id, head.asked_on) if row.orders else (),
    }


def _dates(row: Any, lines: Sequence[Line]) -> tuple[DateLine, ...]:
    """Every due date; a promise that was never moved stands in the task and its history."""
    if row.promises > 1:
        return task_dates.dates(row.id)
    sent = next((line for line in lines if line.action == "task.dispatch"), None)
    if row.dispatched_at is None or row.first_due_at is None:
        return ()
    by = sent.who if sent else ""
    return (DateLine(row.first_due_at, first=True, reason="", by=by, at=row.dispatched_at),)


def _alike(actor: Actor, head: TaskHead, pictures: Pictures) -> tuple[Alike, ...]:
    """Photos of afterwards that look like an earlier one by the lead's people."""
    if head.state != TaskState.REPORTED or actor.role not in VERIFIERS:
        return ()
    latest = max((one.report_id for one in pictures.rows if one.report_id), default=0)
    new = [one for one in pictures.rows if one.report_id == latest and one.moment == "after"]
    if not new or not head.subject.lead_people_ids:
        return ()
    earlier = db.session.execute(
        select(Photo.id, Photo.phash, Photo.report_id)
        .where(
            Photo.by_id.in_(sorted(head.subject.lead_people_ids)),
            Photo.report_id.is_not(None),
            Photo.id.not_in([one.id for one in new]),
        )
        .order_by(Photo.id.desc())
        .limit(COMPARED)
    ).all()
    hits = {
        one.id: old.report_id
        for one in new
        for old in reversed(earlier)
        if photos_alike(one.phash, old.phash)
    }
    if not hits:
        return ()
    numbers = dict(
        db.session.execute(
            select(Report.id, Task.number)
            .join(Task, Task.id == Report.task_id)
            .where(Report.id.in_(set(hits.values())))
        ).all()
    )
    return tuple(Alike(photo, numbers[report]) for photo, report in hits.items())


def _ports(row: Any, raised: Sequence[Raised]) -> tuple[Port, ...]:
    """From the residents' words to closing; where it stands now is the last port reached."""
    words = raised[0] if raised else None
    ports = [
        (
            N_("Residents' words"),
            words.at if words else None,
            ("concern", words.number) if words else None,
        ),
        (N_("Proposal"), row.proposed_at, ("proposal", row.proposal_number)),
        (N_("Meeting"), row.starts_at, ("meeting", row.meeting_number)),
    ]
    before = [one for one in ports if one[1] is not None]
    since = [
        (N_("Dispatched"), row.dispatched_at, None),
        (N_("Accepted"), row.accepted_at, None),
        (N_("Reported"), row.reported_at, None),
        (N_("Verified"), row.verified_at, None),
        (N_("Closed"), row.closed_at if row.state == TaskState.CLOSED else None, None),
    ]
    every: list[tuple[str, datetime | None, Any]] = [*before, *since]
    present = max((place for place, one in enumerate(every) if one[1] is not None), default=0)
    ended = row.state == TaskState.CLOSED
    return tuple(
        Port(
            label,
            "off" if at is None else "now" if place == present and not ended else "on",
            at,
            leads_to if leads_to and leads_to[1] else None,
        )
        for place, (label, at, leads_to) in enumerate(every)
    )
