"""The level of each thing that waits: a task's, a late decision's, a silent compound's."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import local_day
from harbour.domain.escalation import CALM, Silence, Standing, silence, undecided
from harbour.domain.settings import DEFAULTS, CommunitySettings
from harbour.models import escalation
from harbour.queries.awaited import CHAIR, KINDS

# Kinds whose entries are tasks by their own ids.
OF_TASKS = frozenset(
    {"task.accept", "task.report", "task.close", "task.press", "task.look_after", "task.supervise"}
)
# Kinds that are there for their level alone.
CLIMBING = frozenset({"task.press", "task.look_after", "task.supervise", "compound.wake"})

Settings = Mapping[int, CommunitySettings]


def levels_of(
    rows: Iterable[Any], settings: Settings, calendar: Calendar, now: datetime
) -> Mapping[tuple[str, int], Standing]:
    """The standing of every row of an inbox, by kind and id (at most one statement)."""
    every = list(rows)
    tasks = escalation.standings((row.id for row in every if row.kind in OF_TASKS), calendar, now)
    return {
        (row.kind, row.id): tasks.get(row.id, CALM)
        if row.kind in OF_TASKS
        else _of(row, settings.get(row.community_id, DEFAULTS), calendar, now)
        for row in every
    }


def _of(row: Any, settings: CommunitySettings, calendar: Calendar, now: datetime) -> Standing:
    kind, today = KINDS[row.kind], local_day(now)
    if row.kind == "compound.wake":
        return silent(row.since, row.soon, settings, calendar, now)
    if kind.roles == CHAIR and kind.limit is not None and row.since is not None:
        limit = getattr(settings, kind.limit)
        return undecided(local_day(row.since), limit, settings, calendar, today)
    return CALM


def silent(
    met: datetime | None,
    filed: datetime | None,
    settings: CommunitySettings,
    calendar: Calendar,
    now: datetime,
) -> Standing:
    """How long a compound has been silent: the worse of its last meeting and last summary.

    One that has never had either has not begun yet, and is on no level.
    """
    if met is None and filed is None:
        return CALM
    last = {Silence.MEETING: met, Silence.SUMMARY: filed}
    return max(
        (
            silence(local_day(at) if at else None, of, settings, calendar, local_day(now))
            for of, at in last.items()
        ),
        key=lambda found: found.rung,
    )
