"""What a task promises: by when it is accepted and done, and how a promise moves later."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import (
    Level,
    Limit,
    add_workdays,
    due_after,
    due_soon_at,
    end_of_workday,
    local_day,
    workdays,
)
from harbour.domain.settings import CommunitySettings

BORROWED = workdays(15)
MOST_CRITERIA = 20
MOST_MILESTONES = 20
LONGEST_LINE = 300
_SIGN = re.compile(
    r"\s*(?:[-*\u2022\u00b7]|[(\uff08]?\d{1,2}(?:[)\uff09\u3001\uff0e]|\.(?!\d))|[\u2460-\u2473])\s*"
)
_DATED = re.compile(
    r"(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"[\s:\uff1a,\uff0c\u3001]*(?P<name>.*)"
)


@dataclass(frozen=True)
class Promise:
    """The dates of a task; ``limit`` is None where the day was set by hand or by milestones."""

    accept_due_at: datetime
    due_at: datetime
    due_soon_at: datetime
    limit: Limit | None


class Unreadable(ValueError):
    """A line of typed milestones cannot be read; ``line`` is that line."""

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


def promise(
    start_at: datetime,
    level: Level,
    settings: CommunitySettings,
    calendar: Calendar,
    *,
    by_hand: date | None = None,
    milestones: Iterable[date] = (),
) -> Promise:
    """The dates that follow from the level, unless a day was set by hand.

    A project is due with its last milestone; one without any borrows the complex level's limit
    until it has some.
    """
    limits = settings.limits[level]
    accept = due_after(start_at, limits.accept, calendar)
    last = max(milestones, default=None)
    day = by_hand or (last if level is Level.PROJECT else None)
    if day is not None:
        return Promise(accept, *dated(start_at, day, settings, calendar), None)
    limit = limits.handle or settings.limits[Level.COMPLEX].handle or BORROWED
    due = due_after(start_at, limit, calendar)
    soon = due_soon_at(due, start_at, limit, calendar, settings.due_soon_workdays)
    return Promise(accept, due, soon, limit)


def dated(
    start_at: datetime, day: date, settings: CommunitySettings, calendar: Calendar
) -> tuple[datetime, datetime]:
    """When something due on a day set by hand is due, and from when it is due soon."""
    due = end_of_workday(day)
    return due, due_soon_at(due, start_at, None, calendar, settings.due_soon_workdays)


def urge_day(now: datetime, calendar: Calendar) -> date:
    """The workday an urge counts for: a weekend's urge is Monday's."""
    return add_workdays(local_day(now), 0, calendar)


def lines_of(typed: str) -> tuple[str, ...]:
    """One criterion a line, without blank lines, list signs and doubles."""
    found: dict[str, None] = {}
    for line in typed.splitlines():
        plain = line[sign.end() if (sign := _SIGN.match(line)) else 0 :].strip()
        if plain:
            found.setdefault(plain)
    return tuple(found)


def milestones_of(typed: str) -> tuple[tuple[date, str], ...]:
    """Dated steps, one a line, such as "2026-05-25 开工"; raises Unreadable."""
    found = []
    for line in typed.splitlines():
        if not line.strip():
            continue
        read = _DATED.fullmatch(line.strip())
        if read is None or not read["name"].strip():
            raise Unreadable(line.strip())
        try:
            day = date(int(read["year"]), int(read["month"]), int(read["day"]))
        except ValueError:
            raise Unreadable(line.strip()) from None
        found.append((day, read["name"].strip()))
    return tuple(sorted(found))
