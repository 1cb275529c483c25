"""Time limits in hours and workdays: when something is due, and how much is left of a hold.

All moments are aware and returned in UTC; days are calendar days in Shanghai. A limit in
workdays ends with its last workday, at 23:59:59 Shanghai time, so that the stored moment still
lies on the day it names; a moment is past due from the second after. Hours run round the clock.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from harbour.domain.calendar import Calendar
from harbour.domain.text import N_, Text

SHANGHAI = ZoneInfo("Asia/Shanghai")
ONE_DAY = timedelta(days=1)
ONE_SECOND = timedelta(seconds=1)
LONGEST = 1000
DUE_SOON_WORKDAYS = 2


class Unit(StrEnum):
    """What a limit counts."""

    HOURS = "hours"
    WORKDAYS = "workdays"


_LIMIT_WORDS: Mapping[Unit, tuple[str, str]] = {
    Unit.HOURS: (N_("1 hour"), N_("%(n)d hours")),
    Unit.WORKDAYS: (N_("1 workday"), N_("%(n)d workdays")),
}
_WRITTEN = re.compile(r"(?P<n>[0-9]{1,4}) (?P<unit>hours|workdays)")


def counted(n: int, one: str, many: str) -> Text:
    """The message for one or for ``n`` of something; Chinese says both alike, English does not."""
    return Text(one) if n == 1 else Text(many, {"n": n})


@dataclass(frozen=True)
class Limit:
    """A time limit: so many hours round the clock, or so many workdays after the start day."""

    unit: Unit
    n: int

    def __post_init__(self) -> None:
        if not 1 <= self.n <= LONGEST:
            raise ValueError(f"A limit is 1 to {LONGEST}: {self.n}")

    def __str__(self) -> str:
        return f"{self.n} {self.unit}"

    @classmethod
    def parse(cls, written: str) -> "Limit":
        """The limit written as ``str`` writes it, "3 workdays"; ValueError if it is none."""
        found = _WRITTEN.fullmatch(written)
        if found is None:
            raise ValueError(f"Not a limit: {written!r}")
        return cls(Unit(found["unit"]), int(found["n"]))

    def text(self) -> Text:
        """The limit as a person reads it."""
        return counted(self.n, *_LIMIT_WORDS[self.unit])


def hours(n: int) -> Limit:
    """A limit of ``n`` hours, round the clock."""
    return Limit(Unit.HOURS, n)


def workdays(n: int) -> Limit:
    """A limit of ``n`` workdays."""
    return Limit(Unit.WORKDAYS, n)


class Level(StrEnum):
    """How pressing a task is; the level decides its limits."""

    CRITICAL = "critical"
    URGENT = "urgent"
    NORMAL = "normal"
    COMPLEX = "complex"
    PROJECT = "project"


LEVEL_WORDS: Mapping[Level, str] = {
    Level.CRITICAL: N_("Critical"),
    Level.URGENT: N_("Urgent"),
    Level.NORMAL: N_("Normal"),
    Level.COMPLEX: N_("Complex"),
    Level.PROJECT: N_("Project"),
}


@dataclass(frozen=True)
class LevelLimits:
    """How soon a task is to be accepted and handled; a project has milestones instead."""

    accept: Limit
    handle: Limit | None


LIMITS: Mapping[Level, LevelLimits] = MappingProxyType(
    {
        Level.CRITICAL: LevelLimits(hours(2), hours(24)),
        Level.URGENT: LevelLimits(hours(24), workdays(3)),
        Level.NORMAL: LevelLimits(workdays(1), workdays(5)),
        Level.COMPLEX: LevelLimits(workdays(1), workdays(15)),
        Level.PROJECT: LevelLimits(workdays(1), None),
    }
)


def local_day(moment: datetime) -> date:
    """The day it is in Shanghai; ValueError for a moment without a time zone."""
    if moment.tzinfo is None:
        raise ValueError("A moment needs its time zone.")
    return moment.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """Midnight in Shanghai, as UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def end_of_workday(day: date) -> datetime:
    """The last second of the day in Shanghai, 23:59:59, as UTC."""
    return start_of_day(day + ONE_DAY) - ONE_SECOND


def add_workdays(day: date, n: int, calendar: Calendar) -> date:
    """The ``n``-th workday after the day; for 0 the day itself, or the first workday after it."""
    if n < 0:
        raise ValueError(f"Workdays are counted forwards: {n}")
    found, left = day, n
    if n == 0 and not calendar.is_workday(day):
        left = 1
    while left:
        found += ONE_DAY
        left -= calendar.is_workday(found)
    return found


def workdays_between(start: date, end: date, calendar: Calendar) -> int:
    """The workdays after ``start`` up to and with ``end``; negative where ``end`` is earlier."""
    return calendar.worked_until(end) - calendar.worked_until(start)


def due_after(start_at: datetime, limit: Limit, calendar: Calendar) -> datetime:
    """The last moment in time for something begun at ``start_at``."""
    started_on = local_day(start_at)
    if limit.unit is Unit.HOURS:
        return start_at.astimezone(UTC) + timedelta(hours=limit.n)
    return end_of_workday(add_workdays(started_on, limit.n, calendar))


def past(due_at: datetime, moment: datetime) -> bool:
    """Whether the moment is too late, by whole seconds: 23:59:59.9 is still in time."""
    return moment.replace(microsecond=0) > due_at


def due_soon_at(
    due_at: datetime,
    start_at: datetime,
    limit: Limit | None,
    calendar: Calendar,
    soon: int = DUE_SOON_WORKDAYS,
) -> datetime:
    """The moment from which something is due soon, never before its start.

    Of a limit in hours: when half of it is used. Otherwise (a date set by hand has no limit):
    the beginning of the first day on which no more than ``soon`` workdays are left after it.
    """
    start_at = start_at.astimezone(UTC)
    if limit is not None and limit.unit is Unit.HOURS:
        return start_at + max(due_at - start_at, timedelta()) / 2
    day, left = local_day(due_at), 0
    while not (left == soon and calendar.is_workday(day)):
        left += calendar.is_workday(day)
        day -= ONE_DAY
    return max(start_at, start_of_day(day))


def remaining_workdays(
    start_at: datetime, held_at: datetime, due_at: datetime, calendar: Calendar
) -> int:
    """The workdays not used when something is put on hold; the day of the hold is not used.

    ``start_at`` is the dispatch or the last resumption, whose own day is never counted.
    """
    last_used = max(local_day(start_at), local_day(held_at) - ONE_DAY)
    return max(0, workdays_between(last_used, local_day(due_at), calendar))


def resume_due(
    start_at: datetime,
    held_at: datetime,
    due_at: datetime,
    resumed_at: datetime,
    limit: Limit | None,
    calendar: Calendar,
) -> datetime:
    """When something is due after a hold: what was unused goes on from the resumption.

    Hours go on at once, workdays on the next day. What was past due when it was put on hold
    stays past due.
    """
    if past(due_at, held_at):
        return due_at
    if limit is not None and limit.unit is Unit.HOURS:
        return resumed_at.astimezone(UTC) + (due_at - held_at)
    left = remaining_workdays(start_at, held_at, due_at, calendar)
    return end_of_workday(add_workdays(local_day(resumed_at), left, calendar))
