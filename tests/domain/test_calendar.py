from datetime import date

import chinese_calendar
import holidays
import pytest

from harbour.domain.calendar import (
    DAY_WORDS,
    Calendar,
    DayKind,
    expected_days,
    shipped,
    shipped_rows,
)


def every_day(year):
    first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
    return [date.fromordinal(n) for n in range(first, last + 1)]


@pytest.mark.parametrize("year", [2025, 2026])
def test_every_day_agrees_with_an_independent_calendar(year):
    differing = [
        day
        for day in every_day(year)
        if shipped().is_workday(day) != chinese_calendar.is_workday(day)
    ]

    assert differing == []


def test_a_make_up_saturday_is_worked_and_says_so():
    saturday = date(2026, 2, 14)

    assert shipped().is_workday(saturday)
    assert shipped().day_kind(saturday) is DayKind.MAKEUP_WORKDAY


def test_a_holiday_on_a_weekday_is_free_and_says_so():
    friday = date(2026, 1, 2)

    assert not shipped().is_workday(friday)
    assert shipped().day_kind(friday) is DayKind.HOLIDAY


def test_an_ordinary_day_has_nothing_special():
    assert shipped().day_kind(date(2026, 3, 3)) is None
    assert shipped().day_kind(date(2026, 3, 7)) is None


@pytest.mark.parametrize("year", [1, 1999, 2027, 9999])
def test_a_year_without_arrangement_is_monday_to_friday(year):
    calendar = shipped()

    assert not calendar.knows(year)
    assert {day.weekday() for day in every_day(year) if calendar.is_workday(day)} == set(range(5))


def test_a_year_is_known_by_its_rows_or_by_name():
    calendar = Calendar.from_rows([(date(2030, 1, 1), "holiday")], years=[2031])

    assert calendar.knows(2030)
    assert calendar.knows(2031)
    assert not calendar.knows(2029)


def test_rows_that_contradict_each_other_are_refused():
    rows = [(date(2030, 1, 1), "holiday"), (date(2030, 1, 1), "makeup_workday")]

    with pytest.raises(ValueError, match="2030"):
        Calendar.from_rows(rows)


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="half"):
        Calendar.from_rows([(date(2030, 1, 1), "half")])


def test_every_kind_has_a_word():
    assert set(DAY_WORDS) == set(DayKind)


def test_shipped_make_up_days_are_weekends():
    makeup = [day for day, kind in shipped_rows() if kind is DayKind.MAKEUP_WORKDAY]

    assert makeup
    assert all(day.weekday() >= 5 for day in makeup)


def test_the_holidays_of_a_year_to_come_are_those_the_law_names():
    for year in {one.day.year for one in expected_days()}:
        said = {one.day for one in expected_days() if one.day.year == year}

        assert said == set(holidays.country_holidays("CN", years=year)), year
