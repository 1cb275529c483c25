"""A street's communities side by side: one line each, and every figure opens its list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from harbour.domain.deadlines import local_day
from harbour.domain.meetings import HELD
from harbour.domain.tasks import NOT_REPORTED, OPEN, TaskState
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.tasks import Task
from harbour.queries.home import Here, Week

# A drafted task is nobody's business outside the community yet.
RUNNING = tuple(sorted(OPEN - {TaskState.DRAFTED}))


@dataclass(frozen=True)
class CommunityLine:
    """One community: how its tasks stand, when it met last, and who has filed."""

    slug: str
    name: str
    open: int
    overdue: int
    waiting: int
    last_met_on: date | None
    filed: int
    due: int


def side_by_side(
    here: Iterable[Here], weeks: Iterable[Week], now: datetime
) -> tuple[CommunityLine, ...]:
    """A line for each community in scope, those with the most overdue first."""
    counts = _counts(now)
    met = _last_meetings()
    due: dict[int, list[int]] = {}
    for week in weeks:
        filed, every = due.setdefault(week.community_id, [0, 0])
        due[week.community_id] = [filed + min(week.filed, week.due), every + week.due]
    lines = [
        CommunityLine(
            slug=one.slug,
            name=one.name,
            **counts.get(one.id, {"open": 0, "overdue": 0, "waiting": 0}),
            last_met_on=met.get(one.id),
            filed=due.get(one.id, [0, 0])[0],
            due=due.get(one.id, [0, 0])[1],
        )
        for one in here
    ]
    return tuple(sorted(lines, key=lambda line: (-line.overdue, -line.open, line.slug)))


def _counts(now: datetime) -> Mapping[int, dict[str, int]]:
    """Open, overdue and waiting for verification, by community: an index answers alone."""
    late = case(((Task.due_at < now) & Task.state.in_(sorted(NOT_REPORTED)), 1), else_=0)
    waits = case((Task.state == TaskState.REPORTED, 1), else_=0)
    rows = db.session.execute(
        select(
            Task.community_id,
            func.count().label("open"),
            func.sum(late).label("overdue"),
            func.sum(waits).label("waiting"),
        )
        .where(Task.state.in_(RUNNING))
        .group_by(Task.community_id)
    )
    return {
        row.community_id: {"open": row.open, "overdue": row.overdue, "waiting": row.waiting}
        for row in rows
    }


def _last_meetings() -> Mapping[int, date]:
    rows: Iterable[Any] = db.session.execute(
        select(Meeting.community_id, func.max(Meeting.starts_at).label("at"))
        .where(Meeting.state.in_(sorted(HELD)))
        .group_by(Meeting.community_id)
    )
    return {row.community_id: local_day(row.at) for row in rows}
