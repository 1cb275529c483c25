"""The dates of running tasks that another calendar would put elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import ONE_DAY, start_of_day
from harbour.domain.recounting import BY_CALENDAR, RECOUNTED, Counted, recounted
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.tasks import DueChange, Task

AT_ONCE = 1000


@dataclass(frozen=True)
class Move:
    """A task whose dates another calendar moves; each from and to, or None where it stays."""

    task_id: int
    community_id: int
    number: str
    due: tuple[datetime, datetime] | None
    accept: tuple[datetime, datetime] | None


def moved(old: Calendar, new: Calendar, days: Iterable[date], now: datetime) -> list[Move]:
    """The tasks in scope that move when these days are counted differently, earliest due first."""
    changed = sorted(days)
    if not changed:
        return []
    rows = db.session.execute(_running(changed[0], changed[-1]))
    found = (_move(row, old, new, now) for row in rows)
    return [one for one in found if one is not None]


def _running(first: date, last: date) -> Any:
    """Tasks whose days from the beginning of the count to the due date meet the changed ones."""
    begun = (
        select(func.max(DueChange.at))
        .where(DueChange.task_id == Task.id, DueChange.reason != BY_CALENDAR)
        .correlate(Task)
        .scalar_subquery()
    )
    return (
        select(
            Task.id, Task.community_id, Task.number, Task.state, Task.level, Task.due_by_hand,
            Task.due_at, Task.accept_due_at, Task.dispatched_at, begun.label("begun_at"),
        )
        .where(
            Task.is_open.is_(True),
            Task.state.in_(sorted(RECOUNTED)),
            Task.due_at >= start_of_day(first),
            Task.dispatched_at < start_of_day(last + ONE_DAY),
        )
        .order_by(Task.due_at, Task.id)
        .execution_options(yield_per=AT_ONCE)
    )  # fmt: skip


def _move(row: Any, old: Calendar, new: Calendar, now: datetime) -> Move | None:
    begun = row.begun_at or row.dispatched_at
    due = recounted(
        Counted(row.state, row.level, row.due_by_hand, begun, row.due_at), old, new, now
    )
    accept = None
    if row.state == TaskState.ASSIGNED and row.accept_due_at is not None:
        # Neither a day set by hand nor milestones say anything of the acceptance.
        counted = Counted(row.state, "", False, row.dispatched_at, row.accept_due_at)  # noqa: FBT003
        accept = recounted(counted, old, new, now)
    if due is None and accept is None:
        return None
    return Move(
        row.id,
        row.community_id,
        row.number,
        None if due is None else (row.due_at, due),
        None if accept is None else (row.accept_due_at, accept),
    )
