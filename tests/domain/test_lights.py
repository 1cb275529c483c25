from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.calendar import shipped
from harbour.domain.deadlines import SHANGHAI, due_after, due_soon_at, hours, workdays
from harbour.domain.lights import COLOUR_WORDS, Colour, LightNow, light
from harbour.domain.text import Text

CALENDAR = shipped()


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


START = at("2026-03-02T09:00")


def shining(now, limit=None, **states):
    limit = limit or workdays(5)
    due_at = due_after(START, limit, CALENDAR)
    soon_at = due_soon_at(due_at, START, limit, CALENDAR)
    return light(at(now), due_at, soon_at, CALENDAR, limit=limit, **states)


@pytest.mark.parametrize(
    ("now", "colour", "why"),
    [
        ("2026-03-02T10:00", Colour.GREEN, Text("%(n)d workdays left", {"n": 5})),
        ("2026-03-04T23:59", Colour.GREEN, Text("%(n)d workdays left", {"n": 3})),
        ("2026-03-05T00:00", Colour.YELLOW, Text("%(n)d workdays left", {"n": 2})),
        ("2026-03-07T12:00", Colour.YELLOW, Text("1 workday left")),
        ("2026-03-09T08:00", Colour.YELLOW, Text("due today")),
        ("2026-03-09T23:59:59", Colour.YELLOW, Text("due today")),
        ("2026-03-10T00:00", Colour.RED, Text("1 workday over")),
        ("2026-03-12T00:00", Colour.RED, Text("%(n)d workdays over", {"n": 3})),
    ],
)
def test_the_light_of_five_workdays_from_day_to_day(now, colour, why):
    assert shining(now) == LightNow(colour, COLOUR_WORDS[colour], why)


@pytest.mark.parametrize(
    ("now", "colour", "why"),
    [
        ("2026-03-02T09:00", Colour.GREEN, Text("%(n)d hours left", {"n": 24})),
        ("2026-03-02T20:59", Colour.GREEN, Text("%(n)d hours left", {"n": 12})),
        ("2026-03-02T21:00", Colour.YELLOW, Text("%(n)d hours left", {"n": 12})),
        ("2026-03-03T07:30", Colour.YELLOW, Text("1 hour left")),
        ("2026-03-03T08:30", Colour.YELLOW, Text("last hour")),
        ("2026-03-03T09:00:01", Colour.RED, Text("just over")),
        ("2026-03-03T10:00", Colour.RED, Text("1 hour over")),
        ("2026-03-05T09:00", Colour.RED, Text("%(n)d hours over", {"n": 48})),
    ],
)
def test_the_light_of_a_day_and_a_night(now, colour, why):
    assert shining(now, hours(24)) == LightNow(colour, COLOUR_WORDS[colour], why)


def test_over_the_weekend_after_the_due_day_no_workday_is_over():
    assert shining("2026-03-07T12:00", workdays(4)) == LightNow(
        Colour.RED, "Overdue", Text("just over")
    )


def test_a_report_is_no_longer_overdue_but_says_that_it_came_late():
    assert shining("2026-03-20T09:00", reported=True) == LightNow(Colour.GREEN, "Reported")
    assert shining("2026-03-20T09:00", reported=True, late=True).why == Text("reported late")


def test_closed_late_keeps_its_mark():
    assert shining("2026-03-20T09:00", closed=True, late=True) == LightNow(
        Colour.BLUE, "Closed", Text("finished late")
    )
    assert shining("2026-03-20T09:00", closed=True).why is None


def test_on_hold_is_grey_however_late():
    assert shining("2026-03-20T09:00", on_hold=True) == LightNow(Colour.GREY, "On hold")


def test_without_a_due_date_nothing_presses():
    assert light(START, None, None, CALENDAR) == LightNow(Colour.GREEN, "No due date yet")


def test_a_date_set_by_hand_on_a_free_day_says_so():
    sunday = at("2026-03-08T23:59:59")

    shown = light(at("2026-03-07T09:00"), sunday, at("2026-03-05T00:00"), CALENDAR)

    assert shown.why == Text("due on a day off")


ORDER = [Colour.GREEN, Colour.YELLOW, Colour.RED]


@given(st.integers(1, 20), st.booleans(), st.lists(st.integers(0, 60 * 24 * 40), min_size=2))
def test_a_light_never_turns_back_by_itself(n, by_hours, minutes):
    limit = hours(n) if by_hours else workdays(n)
    moments = [(START + timedelta(minutes=m)).isoformat()[:19] for m in sorted(minutes)]

    colours = [ORDER.index(shining(moment, limit).colour) for moment in moments]

    assert colours == sorted(colours)
