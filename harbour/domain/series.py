"""The weekly slot of a compound: which day comes next, and what to do when it is a holiday."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from harbour.domain.calendar import Calendar, DayKind
from harbour.domain.deadlines import ONE_DAY, SHANGHAI, local_day, start_of_day
from harbour.domain.text import N_

WEEK = timedelta(days=7)


class HolidayChoice(StrEnum):
    """What the secretary does with a slot that falls on a public holiday."""

    MOVE = "move"
    SKIP = "skip"
    HOLD = "hold"


CHOICE_LABELS: dict[HolidayChoice, str] = {
    HolidayChoice.MOVE: N_("Move it to the nearest workday"),
    HolidayChoice.SKIP: N_("Leave this week out"),
    HolidayChoice.HOLD: N_("Hold it all the same"),
}


@dataclass(frozen=True)
class Slot:
    """The next day of a weekly slot; on a holiday ``moved_to`` is the nearest workday."""

    day: date
    at: time
    holiday: bool
    moved_to: date | None = None
    after: date | None = None

    def chosen(self, choice: HolidayChoice | None) -> date:
        """The day of the meeting, given what is done about the holiday."""
        if not self.holiday or choice is HolidayChoice.HOLD:
            return self.day
        wanted = self.after if choice is HolidayChoice.SKIP else self.moved_to
        return wanted or self.day


def nearest_workday(day: date, calendar: Calendar, earliest: date) -> date:
    """The workday nearest to ``day``, not before ``earliest``; of two the later, known sooner."""
    if calendar.is_workday(day) and day >= earliest:
        return day
    distance = 0
    while True:
        distance += 1
        for near in (day + ONE_DAY * distance, day - ONE_DAY * distance):
            if near >= earliest and calendar.is_workday(near):
                return near


def next_slot(weekday: int, at: time, now: datetime, last: date | None, calendar: Calendar) -> Slot:
    """The first slot after ``now`` in a week that ``last`` has not taken (Monday is 1).

    ``last`` is the day of the latest weekly meeting already made, wherever it was moved to.
    """
    day = local_day(now)
    day += ONE_DAY * ((weekday - day.isoweekday()) % 7)
    if datetime.combine(day, at, SHANGHAI) <= now:
        day += WEEK
    while last is not None and _week(day) <= _week(last):
        day += WEEK
    holiday = calendar.day_kind(day) is DayKind.HOLIDAY
    if not holiday:
        return Slot(day, at, holiday=False)
    after = day + WEEK
    while calendar.day_kind(after) is DayKind.HOLIDAY:
        after += WEEK
    tomorrow = local_day(now) + ONE_DAY
    moved_to = nearest_workday(day, calendar, tomorrow)
    return Slot(day, at, holiday=True, moved_to=moved_to, after=after)


def _week(day: date) -> tuple[int, int]:
    return day.isocalendar()[:2]


def frozen_from(starts_at: datetime, days: int) -> datetime:
    """When the agenda closes: the last ``days`` days before and on the meeting's day are late.

    With one day (the default), what is put on it on the day of the meeting is late.
    """
    return start_of_day(local_day(starts_at) - ONE_DAY * (days - 1))


def starts_at(day: date, at: time) -> datetime:
    """A day and a time of day in Shanghai, as a moment."""
    return datetime.combine(day, at, SHANGHAI)
