"""What a changed calendar does to dates that were counted in workdays."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.arrangements import with_day
from harbour.domain.calendar import Calendar, DayKind, SpecialDay, shipped_days
from harbour.domain.deadlines import (
    add_workdays,
    end_of_workday,
    local_day,
    start_of_day,
    workdays_between,
)
from harbour.domain.recounting import RECOUNTED, Counted, recounted
from harbour.domain.tasks import TaskState

OLD = Calendar.of_days(shipped_days())
MONDAY = date(2026, 3, 2)
FREE = SpecialDay(date(2026, 3, 4), DayKind.HOLIDAY, "某节")
WORKED = SpecialDay(date(2026, 3, 7), DayKind.MAKEUP_WORKDAY, "某节")
NOW = start_of_day(MONDAY) + timedelta(hours=9)


def calendar(*more: SpecialDay) -> Calendar:
    days = shipped_days()
    for one in more:
        days = with_day(days, one.day, one)
    return Calendar.of_days(days)


def counted(due: date, **other: object) -> Counted:
    plain = {"state": "in_hand", "level": "normal", "by_hand": False, "start_at": NOW}
    return Counted(**{**plain, "due_at": end_of_workday(due), **other})  # type: ignore[arg-type]


def moved(one: Counted, new: Calendar, now: datetime = NOW) -> date | None:
    due = recounted(one, OLD, new, now)
    return None if due is None else local_day(due)


def test_a_new_holiday_puts_a_date_off():
    assert moved(counted(date(2026, 3, 9)), calendar(FREE)) == date(2026, 3, 10)


def test_a_new_make_up_day_brings_a_date_forward():
    assert moved(counted(date(2026, 3, 9)), calendar(WORKED)) == date(2026, 3, 7)


def test_a_change_after_the_date_or_before_the_start_moves_nothing():
    assert moved(counted(date(2026, 3, 3)), calendar(FREE)) is None
    late = counted(date(2026, 3, 9), start_at=start_of_day(date(2026, 3, 4)))
    assert moved(late, calendar(FREE)) is None


@pytest.mark.parametrize(
    "other",
    [
        {"by_hand": True},
        {"level": "project"},
        {"due_at": NOW + timedelta(hours=100)},
        *({"state": str(state)} for state in TaskState if state not in RECOUNTED),
    ],
)
def test_what_is_not_counted_in_workdays_or_runs_no_more_stays(other):
    assert moved(counted(date(2026, 3, 9), **other), calendar(FREE)) is None


def test_nothing_is_brought_forward_into_the_past():
    today = start_of_day(date(2026, 3, 9)) + timedelta(hours=1)

    assert moved(counted(date(2026, 3, 10)), calendar(WORKED), today) == date(2026, 3, 9)
    assert moved(counted(date(2026, 3, 9)), calendar(WORKED), today) is None


special = st.builds(
    SpecialDay,
    st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(lambda day: day.weekday() < 5),
    st.just(DayKind.HOLIDAY),
) | st.builds(
    SpecialDay,
    st.dates(date(2026, 1, 1), date(2026, 12, 31)).filter(lambda day: day.weekday() > 4),
    st.just(DayKind.MAKEUP_WORKDAY),
)


@given(
    start=st.dates(date(2026, 1, 1), date(2026, 11, 30)),
    n=st.integers(1, 30),
    days=st.lists(special, max_size=6),
)
def test_as_many_workdays_lie_before_a_moved_date_as_before(start, n, days):
    new = calendar(*days)
    one = counted(add_workdays(start, n, OLD), start_at=start_of_day(start))

    found = moved(one, new, start_of_day(start))
    due = found or local_day(one.due_at)

    assert workdays_between(start, due, new) == n
    assert new.is_workday(due)
    # And back: what was undone leaves nothing behind.
    there = counted(due, start_at=start_of_day(start))
    back = recounted(there, new, OLD, start_of_day(start))
    assert (local_day(back) if back else due) == local_day(one.due_at)
