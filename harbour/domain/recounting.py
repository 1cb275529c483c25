"""What a changed calendar does to dates that were counted in workdays."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import (
    Level,
    add_workdays,
    end_of_workday,
    local_day,
    past,
    workdays_between,
)
from harbour.domain.tasks import TaskState
from harbour.domain.text import N_

# While the promise runs or rests. What was reported keeps the date it was measured by.
RECOUNTED = frozenset({TaskState.ASSIGNED, TaskState.IN_HAND, TaskState.ON_HOLD})
# The reason a moved date is written down with; a later count does not begin from such a line.
BY_CALENDAR = N_("The working calendar was changed.")


@dataclass(frozen=True)
class Counted:
    """A date of a running task: counted from the day after ``start_at``, unless set by hand."""

    state: str
    level: str
    by_hand: bool
    start_at: datetime
    due_at: datetime


def recounted(one: Counted, old: Calendar, new: Calendar, now: datetime) -> datetime | None:
    """Where the new calendar puts the date, or None where it stays.

    As many workdays after the start as by the old calendar. Nothing is taken from a lead that is
    over already: a date moved forwards never lies before the end of today.
    """
    if one.by_hand or one.state not in RECOUNTED or one.level == Level.PROJECT:
        return None
    due = again(one.start_at, one.due_at, old, new)
    if due is None or due == one.due_at:
        return None
    if due < one.due_at and past(due, now):
        due = min(one.due_at, end_of_workday(local_day(now)))
    return None if due == one.due_at else due


def again(start_at: datetime, due_at: datetime, old: Calendar, new: Calendar) -> datetime | None:
    """The same number of workdays by another calendar; None for what is not counted in workdays."""
    day = local_day(due_at)
    if due_at != end_of_workday(day):
        return None  # a limit in hours runs round the clock
    found = _again(local_day(start_at), day, old, new)
    return None if found is None else end_of_workday(found)


@lru_cache(maxsize=8192)
def _again(start: date, due: date, old: Calendar, new: Calendar) -> date | None:
    n = workdays_between(start, due, old)
    if n < 1 or not old.is_workday(due):
        return None  # set by hand once, or moved to a day off: no calendar says where it belongs
    return add_workdays(start, n, new)
