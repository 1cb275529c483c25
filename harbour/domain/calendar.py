"""The Chinese working calendar: official holidays and the weekends worked in return."""

import csv
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from typing import NamedTuple

from harbour.domain.text import N_


class DayKind(StrEnum):
    """What an arrangement says of a day that its weekday does not."""

    HOLIDAY = "holiday"
    MAKEUP_WORKDAY = "makeup_workday"


DAY_WORDS: Mapping[DayKind, str] = {
    DayKind.HOLIDAY: N_("Public holiday"),
    DayKind.MAKEUP_WORKDAY: N_("Make-up workday"),
}

SATURDAY = 5
DAYS_OF_WEEK = 7


class SpecialDay(NamedTuple):
    """A day an arrangement speaks of, and the holiday it belongs to, in Chinese."""

    day: date
    kind: DayKind
    name: str = ""


@dataclass(frozen=True)
class Calendar:
    """Which days are worked; a year without an arrangement is plain Monday to Friday.

    ``years`` have an arrangement, of which those in ``provisional`` may still change; ``names``
    says which holiday a special day belongs to.
    """

    holidays: frozenset[date] = frozenset()
    makeup_workdays: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    provisional: frozenset[int] = frozenset()
    names: Mapping[date, str] = field(default_factory=dict, compare=False)

    @classmethod
    def of_days(
        cls, days: Iterable[SpecialDay], years: Iterable[int] = (), provisional: Iterable[int] = ()
    ) -> "Calendar":
        """The calendar of named special days; ``years`` and ``provisional`` as ``from_rows``."""
        every = tuple(days)
        names = {one.day: one.name for one in every if one.name}
        rows = ((one.day, one.kind) for one in every)
        return cls.from_rows(rows, years, provisional, names)

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[tuple[date, str]],
        years: Iterable[int] = (),
        provisional: Iterable[int] = (),
        names: Mapping[date, str] | None = None,
    ) -> "Calendar":
        """The calendar of stored rows; a year is known by having rows or being named.

        Raises ValueError for an unknown kind or a day that is both worked and free.
        """
        days: dict[DayKind, set[date]] = {kind: set() for kind in DayKind}
        for day, kind in rows:
            days[DayKind(kind)].add(day)
        holidays, makeup = days[DayKind.HOLIDAY], days[DayKind.MAKEUP_WORKDAY]
        if both := holidays & makeup:
            raise ValueError(f"Both worked and free: {sorted(both)}")
        open_years = frozenset(provisional)
        known = {day.year for day in holidays | makeup} | set(years) | open_years
        return cls(
            frozenset(holidays), frozenset(makeup), frozenset(known), open_years, names or {}
        )

    def is_workday(self, day: date) -> bool:
        """Whether the day is worked; never fails, whatever the year."""
        if day in self.makeup_workdays:
            return True
        return day.weekday() < SATURDAY and day not in self.holidays

    def worked_until(self, day: date) -> int:
        """How many workdays there are from the beginning of the calendar's era to the day.

        Only differences mean something; counted in whole weeks and the special days before it,
        so that a task overdue for years costs no more than one due tomorrow.
        """
        weeks, rest = divmod(day.toordinal(), DAYS_OF_WEEK)  # ordinal 1 is a Monday
        ordinary = weeks * SATURDAY + min(rest, SATURDAY)
        lost, won = self._special
        return ordinary - bisect_right(lost, day) + bisect_right(won, day)

    @cached_property
    def _special(self) -> tuple[list[date], list[date]]:
        """Weekdays that are free, and weekend days that are worked, in order."""
        lost = sorted(d for d in self.holidays if d.weekday() < SATURDAY)
        won = sorted(d for d in self.makeup_workdays if d.weekday() >= SATURDAY)
        return lost, won

    def knows(self, year: int) -> bool:
        """Whether the year has an arrangement, or Monday to Friday is assumed."""
        return year in self.years

    def settled(self, year: int) -> bool:
        """Whether the year's official arrangement is in, so that its workdays stay as they are."""
        return year in self.years and year not in self.provisional

    def day_kind(self, day: date) -> DayKind | None:
        """What is special about the day, None for an ordinary weekday or weekend."""
        if day in self.makeup_workdays:
            return DayKind.MAKEUP_WORKDAY
        return DayKind.HOLIDAY if day in self.holidays else None


def _seed(name: str) -> tuple[SpecialDay, ...]:
    text = (files("harbour") / "seeds" / name).read_text(encoding="utf-8")
    return tuple(
        SpecialDay(date.fromisoformat(line["date"]), DayKind(line["kind"]), line["name"])
        for line in csv.DictReader(text.splitlines())
    )


@cache
def shipped_days() -> tuple[SpecialDay, ...]:
    """The official arrangements that come with the product, to seed the stored calendar."""
    return _seed("calendar.csv")


@cache
def expected_days() -> tuple[SpecialDay, ...]:
    """Years not arranged yet, with the holidays the law names; nobody knows their make-up days."""
    return _seed("calendar_to_come.csv")


def shipped_rows() -> tuple[tuple[date, DayKind], ...]:
    """The official arrangements that come with the product, without the holidays' names."""
    return tuple((one.day, one.kind) for one in shipped_days())


@cache
def shipped() -> Calendar:
    """The calendar of the arrangements that come with the product."""
    return Calendar.of_days(shipped_days())
