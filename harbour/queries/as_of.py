"""How every task stood at the end of a day: read from the ledger, not from how it stands now."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.deadlines import end_of_workday
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.tasks import DueChange, Task, Verification

ANEW = frozenset({"task.rework", "task.reopen"})
# The moment an act marks, and those that count no more after it.
MARKS = {
    "task.dispatch": "dispatched",
    "task.reassign": "dispatched",
    "task.accept": "accepted",
    "task.report": "reported",
    "task.verify": "verified",
    "task.close": "closed",
}
FORGETS = {
    "task.reassign": ("accepted",),
    "task.withdraw_report": ("reported",),
    **dict.fromkeys(ANEW, ("reported", "verified", "closed")),
}


@dataclass(frozen=True)
class TaskAsOf:
    """A task at the end of a day; report and verification are those of its round then.

    ``first_*`` are of the first round, which alone counts in the rates.
    """

    number: str
    title: str
    state: str
    lead_kind: str | None
    lead: str
    level: str
    dispatched_at: datetime | None
    accepted_at: datetime | None
    first_due_at: datetime | None
    due_at: datetime | None
    reported_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    rounds: int
    first_reported_at: datetime | None
    first_verified_at: datetime | None
    first_solved: str | None
    first_satisfaction: str | None


def tasks_as_of(day: date) -> tuple[TaskAsOf, ...]:
    """Every task of the communities in scope that had been written by the end of the day."""
    end = end_of_workday(day)
    tasks = db.session.execute(
        select(Task.id, Task.number, Task.title, Task.lead_kind, Task.lead_name, Task.level)
        .where(Task.created_at <= end)
        .order_by(Task.number)
    ).all()
    acts = _by_task(
        db.session.execute(
            select(
                AuditEvent.subject_id.label("task_id"),
                AuditEvent.action,
                AuditEvent.after,
                AuditEvent.at,
            )
            .where(
                AuditEvent.subject_kind == "task",
                AuditEvent.refused.is_(None),
                AuditEvent.at <= end,
            )
            .order_by(AuditEvent.id)
        )
    )
    later = _by_task(
        db.session.execute(
            select(AuditEvent.subject_id.label("task_id"), AuditEvent.changes)
            .where(
                AuditEvent.subject_kind == "task",
                AuditEvent.action == "task.reassign",
                AuditEvent.at > end,
            )
            .order_by(AuditEvent.id)
        )
    )
    dates = _by_task(
        db.session.execute(
            select(DueChange.task_id, DueChange.due_after)
            .where(DueChange.at <= end)
            .order_by(DueChange.id)
        )
    )
    found = _by_task(
        db.session.execute(
            select(
                Verification.task_id,
                Verification.solved,
                Verification.satisfaction,
                Verification.at,
            )
            .where(Verification.round == 1, Verification.at <= end)
            .order_by(Verification.id)
        )
    )
    return tuple(
        replace(_stood(one, acts[one.id], dates[one.id], found[one.id]), **_led(later[one.id]))
        for one in tasks
    )


def _led(later: list[Any]) -> dict[str, Any]:
    """Who led it before it was given to another one; nothing where nobody was."""
    if not later:
        return {}
    changes = later[0].changes
    names = {"lead": "lead_name", "lead_kind": "lead_kind"}
    return {told: changes[name][0] for told, name in names.items() if name in changes}


def _by_task(rows: Iterable[Any]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.task_id].append(row)
    return found


@dataclass
class _Course:
    """What the acts, one after the other, make of a task."""

    state: str = TaskState.DRAFTED
    dispatched: datetime | None = None
    accepted: datetime | None = None
    reported: datetime | None = None
    verified: datetime | None = None
    closed: datetime | None = None
    rounds: int = 1
    first_reported: datetime | None = None

    def take(self, action: str, after: str | None, at: datetime) -> None:
        """One act further."""
        self.state = after or self.state
        self.rounds += action in ANEW
        for name in FORGETS.get(action, ()):
            setattr(self, name, None)
        if action in MARKS:
            setattr(self, MARKS[action], at)
        if self.rounds == 1:
            self.first_reported = self.reported


def _stood(task: Any, acts: list[Any], dates: list[Any], found: list[Any]) -> TaskAsOf:
    course = _Course()
    for act in acts:
        course.take(act.action, act.after, act.at)
    first = found[0] if found else None
    return TaskAsOf(
        number=task.number,
        title=task.title,
        state=course.state,
        lead_kind=task.lead_kind,
        lead=task.lead_name,
        level=task.level,
        dispatched_at=course.dispatched,
        accepted_at=course.accepted,
        first_due_at=dates[0].due_after if dates else None,
        due_at=dates[-1].due_after if dates else None,
        reported_at=course.reported,
        verified_at=course.verified,
        closed_at=course.closed,
        rounds=course.rounds,
        first_reported_at=course.first_reported,
        first_verified_at=first.at if first else None,
        first_solved=first.solved if first else None,
        first_satisfaction=first.satisfaction if first else None,
    )
