"""A street's communities side by side: one line each, and every figure opens its list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import case, func, select

from harbour.domain.deadlines import local_day
from harbour.domain.escalation import Rung
from harbour.domain.meetings import HELD
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import NOT_REPORTED, OPEN, TaskState
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Meeting
from harbour.models.tasks import Task
from harbour.queries.home import Here, Week

# A drafted task is nobody's business outside the community yet.
NOTHING = dict.fromkeys(("open", "overdue", "alerts", "grave", "waiting"), 0)
RUNNING = tuple(sorted(OPEN - {TaskState.DRAFTED}))


@dataclass(frozen=True)
class CommunityLine:
    """One community: how its tasks stand, when it met last, and who has filed.

    ``alerts`` are the tasks on any level of the ladder, ``grave`` those on the second or third.
    """

    slug: str
    name: str
    open: int
    overdue: int
    alerts: int
    grave: int
    waiting: int
    last_met_on: date | None
    filed: int
    due: int


def side_by_side(
    here: Iterable[Here], weeks: Iterable[Week], now: datetime
) -> tuple[CommunityLine, ...]:
    """A line for each community in scope, those with the most overdue first."""
    here = tuple(here)
    counts = _counts(here, now)
    met = _last_meetings()
    due: dict[int, list[int]] = {}
    for week in weeks:
        filed, every = due.setdefault(week.community_id, [0, 0])
        due[week.community_id] = [filed + min(week.filed, week.due), every + week.due]
    lines = [
        CommunityLine(
            slug=one.slug,
            name=one.name,
            **counts.get(one.id, NOTHING),
            last_met_on=met.get(one.id),
            filed=due.get(one.id, [0, 0])[0],
            due=due.get(one.id, [0, 0])[1],
        )
        for one in here
    ]
    return tuple(sorted(lines, key=lambda line: (-line.overdue, -line.grave, line.slug)))


def _counts(here: Iterable[Here], now: datetime) -> Mapping[int, dict[str, int]]:
    """How the tasks of each community stand: one statement for all that share their numbers."""
    alike: list[tuple[CommunitySettings, list[int]]] = []
    for one in here:
        same = next((ids for numbers, ids in alike if numbers == one.settings), None)
        if same is None:
            alike.append((one.settings, [one.id]))
        else:
            same.append(one.id)
    found: dict[int, dict[str, int]] = {}
    for settings, ids in alike:
        found |= _counted(ids, settings, now)
    return found


def _counted(
    ids: Iterable[int], settings: CommunitySettings, now: datetime
) -> Mapping[int, dict[str, int]]:
    late = case(((Task.due_at < now) & Task.state.in_(sorted(NOT_REPORTED)), 1), else_=0)
    waits = case((Task.state == TaskState.REPORTED, 1), else_=0)
    rows = db.session.execute(
        select(
            Task.community_id,
            func.count().label("open"),
            func.sum(late).label("overdue"),
            func.sum(waits).label("waiting"),
            func.sum(case((escalation.at_least(Rung.FIRST), 1), else_=0)).label("alerts"),
            func.sum(case((escalation.at_least(Rung.SECOND), 1), else_=0)).label("grave"),
        )
        .where(Task.state.in_(RUNNING), Task.community_id.in_(ids))
        .group_by(Task.community_id),
        escalation.asked(settings, working_calendar(), now),
    )
    return {row.community_id: {name: getattr(row, name) for name in NOTHING} for row in rows}


def _last_meetings() -> Mapping[int, date]:
    rows: Iterable[Any] = db.session.execute(
        select(Meeting.community_id, func.max(Meeting.starts_at).label("at"))
        .where(Meeting.state.in_(sorted(HELD)))
        .group_by(Meeting.community_id)
    )
    return {row.community_id: local_day(row.at) for row in rows}
