import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.calendar import Calendar, shipped
from harbour.domain.deadlines import (
    LEVEL_WORDS,
    LIMITS,
    SHANGHAI,
    Level,
    Limit,
    add_workdays,
    due_after,
    due_soon_at,
    end_of_workday,
    hours,
    local_day,
    past,
    remaining_workdays,
    resume_due,
    start_of_day,
    workdays,
    workdays_between,
)
from harbour.domain.text import Text

CALENDAR = shipped()
VECTORS = list(
    csv.DictReader(
        (Path(__file__).parent / "deadline_vectors.csv").read_text(encoding="utf-8").splitlines()
    )
)


def at(text):
    """A moment in Shanghai, written without its zone."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


days = st.dates(date(2024, 6, 1), date(2027, 6, 1))
moments = st.datetimes(datetime(2024, 6, 1), datetime(2027, 6, 1), timezones=st.just(UTC))  # noqa: DTZ001
counts = st.integers(1, 30)
limits = st.builds(hours, counts) | st.builds(workdays, counts)


# ---- the vectors ------------------------------------------------------------------------------


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['start']}+{v['workdays']}")
@pytest.mark.parametrize("clock", ["00:00:00", "09:30:00", "23:59:59"])
def test_the_vectors_hold_at_any_hour_of_their_day(vector, clock):
    due_at = due_after(
        at(f"{vector['start']}T{clock}"), workdays(int(vector["workdays"])), CALENDAR
    )

    assert due_at == at(f"{vector['due']}T23:59:59")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['start']}+{v['workdays']}")
def test_counting_back_over_the_vectors_gives_their_workdays(vector):
    start, due = date.fromisoformat(vector["start"]), date.fromisoformat(vector["due"])

    assert workdays_between(start, due, CALENDAR) == int(vector["workdays"])


def test_a_hold_gives_back_the_unused_workdays_after_the_resumption():
    started, held, resumed = at("2026-04-02T10:00"), at("2026-04-07T16:00"), at("2026-05-06T09:00")
    due_at = due_after(started, workdays(5), CALENDAR)

    assert due_at == at("2026-04-10T23:59:59")
    assert remaining_workdays(started, held, due_at, CALENDAR) == 4
    assert resume_due(started, held, due_at, resumed, workdays(5), CALENDAR) == at(
        "2026-05-11T23:59:59"
    )


def test_a_hold_on_the_start_day_gives_back_all_workdays():
    started = at("2026-04-02T10:00")
    due_at = due_after(started, workdays(5), CALENDAR)

    assert remaining_workdays(started, at("2026-04-02T15:00"), due_at, CALENDAR) == 5


def test_hours_go_on_at_once_after_a_hold():
    started = at("2026-04-02T10:00")
    due_at = due_after(started, hours(24), CALENDAR)
    held, resumed = at("2026-04-02T18:00"), at("2026-04-20T12:00")

    assert resume_due(started, held, due_at, resumed, hours(24), CALENDAR) == at("2026-04-21T04:00")


def test_what_was_past_due_before_the_hold_stays_past_due():
    started = at("2026-04-02T10:00")
    due_at = due_after(started, workdays(1), CALENDAR)

    again = resume_due(
        started, at("2026-04-08T10:00"), due_at, at("2026-05-06T09:00"), workdays(1), CALENDAR
    )

    assert again == due_at


def test_a_hand_set_date_on_a_free_day_resumes_to_a_workday():
    started, held = at("2026-04-02T10:00"), at("2026-04-11T09:00")
    due_at = end_of_workday(date(2026, 4, 12))

    again = resume_due(started, held, due_at, at("2026-05-02T09:00"), None, CALENDAR)

    assert again == at("2026-05-06T23:59:59")


# ---- the limit of a day -----------------------------------------------------------------------


def test_a_limit_ends_with_the_last_second_of_the_day_in_shanghai():
    assert end_of_workday(date(2026, 3, 3)) == datetime(2026, 3, 3, 15, 59, 59, tzinfo=UTC)
    assert local_day(end_of_workday(date(2026, 3, 3))) == date(2026, 3, 3)


def test_the_last_second_is_in_time_and_midnight_is_not():
    due_at = end_of_workday(date(2026, 3, 3))

    assert not past(due_at, due_at)
    assert not past(due_at, due_at + timedelta(milliseconds=999))
    assert past(due_at, start_of_day(date(2026, 3, 4)))


def test_the_day_is_the_day_in_shanghai():
    assert local_day(datetime(2026, 3, 3, 16, 0, tzinfo=UTC)) == date(2026, 3, 4)
    assert due_after(datetime(2026, 3, 3, 16, 0, tzinfo=UTC), workdays(1), CALENDAR) == at(
        "2026-03-05T23:59:59"
    )


@pytest.mark.parametrize("limit", [hours(2), workdays(2)])
def test_a_moment_without_a_zone_is_refused(limit):
    with pytest.raises(ValueError, match="time zone"):
        due_after(datetime(2026, 3, 3), limit, CALENDAR)  # noqa: DTZ001


def test_hours_run_through_nights_and_holidays():
    assert due_after(at("2026-02-15T20:00"), hours(24), CALENDAR) == at("2026-02-16T20:00")


@pytest.mark.parametrize("offset", [-11, 0, 5.5, 8, 14])
def test_the_answer_does_not_depend_on_the_zone_a_moment_is_written_in(offset):
    zone = timezone(timedelta(hours=offset))
    moment = at("2026-04-02T23:30").astimezone(zone)

    assert due_after(moment, workdays(5), CALENDAR) == at("2026-04-10T23:59:59")


# ---- properties -------------------------------------------------------------------------------


@given(moments, moments, limits)
def test_who_begins_later_is_never_due_earlier(one, other, limit):
    first, second = sorted([one, other])

    assert due_after(first, limit, CALENDAR) <= due_after(second, limit, CALENDAR)


@given(moments, counts)
def test_a_longer_limit_is_due_later(moment, n):
    assert due_after(moment, workdays(n), CALENDAR) < due_after(moment, workdays(n + 1), CALENDAR)


@given(moments, counts)
def test_a_limit_in_workdays_ends_on_a_workday_after_its_start(moment, n):
    due_on = local_day(due_after(moment, workdays(n), CALENDAR))

    assert CALENDAR.is_workday(due_on)
    assert due_on > local_day(moment)


@given(days, counts, st.integers(0, 30))
def test_workdays_add_up(day, first, second):
    stepwise = add_workdays(add_workdays(day, first, CALENDAR), second, CALENDAR)

    assert stepwise == add_workdays(day, first + second, CALENDAR)


@given(days, counts)
def test_counting_undoes_adding(day, n):
    assert workdays_between(day, add_workdays(day, n, CALENDAR), CALENDAR) == n


@given(days, days, days)
def test_counts_of_adjoining_spans_add_up(one, two, three):
    first, second, third = sorted([one, two, three])
    whole = workdays_between(first, third, CALENDAR)

    assert whole == workdays_between(first, second, CALENDAR) + workdays_between(
        second, third, CALENDAR
    )
    assert workdays_between(third, first, CALENDAR) == -whole


@given(moments, limits)
def test_due_soon_lies_between_start_and_due(moment, limit):
    due_at = due_after(moment, limit, CALENDAR)

    assert moment <= due_soon_at(due_at, moment, limit, CALENDAR) <= due_at


@given(moments, counts)
def test_due_soon_begins_when_two_workdays_are_left_and_not_before(moment, n):
    due_at = due_after(moment, workdays(n), CALENDAR)
    soon_at = due_soon_at(due_at, moment, workdays(n), CALENDAR)

    left = workdays_between(local_day(soon_at), local_day(due_at), CALENDAR)
    assert left <= 2
    if soon_at > moment:
        eve = local_day(soon_at) - timedelta(days=1)
        assert workdays_between(eve, local_day(due_at), CALENDAR) == 3


@given(moments, counts, st.integers(0, 20), st.integers(0, 60))
def test_a_hold_never_takes_or_gives_workdays(start, n, until_hold, rest):
    due_at = due_after(start, workdays(n), CALENDAR)
    held_at = start + timedelta(days=until_hold)
    resumed_at = held_at + timedelta(days=rest)
    if past(due_at, held_at):
        return

    left = remaining_workdays(start, held_at, due_at, CALENDAR)
    again = resume_due(start, held_at, due_at, resumed_at, workdays(n), CALENDAR)

    used = workdays_between(
        local_day(start), max(local_day(start), local_day(held_at) - timedelta(days=1)), CALENDAR
    )
    assert used + left == n
    assert workdays_between(local_day(resumed_at), local_day(again), CALENDAR) == left


@given(days, st.integers(0, 40))
def test_a_calendar_without_rows_never_fails(day, n):
    assert add_workdays(day, n, Calendar()) >= day


# ---- due soon ---------------------------------------------------------------------------------


def test_five_workdays_turn_yellow_two_workdays_before():
    started = at("2026-03-02T09:00")
    due_at = due_after(started, workdays(5), CALENDAR)

    assert due_at == at("2026-03-09T23:59:59")
    assert due_soon_at(due_at, started, workdays(5), CALENDAR) == at("2026-03-05T00:00")


def test_a_limit_in_hours_turns_yellow_at_half():
    started = at("2026-03-02T09:00")

    assert due_soon_at(due_after(started, hours(24), CALENDAR), started, hours(24), CALENDAR) == at(
        "2026-03-02T21:00"
    )


def test_a_short_limit_is_due_soon_from_its_start():
    started = at("2026-03-02T09:00")
    due_at = due_after(started, workdays(1), CALENDAR)

    assert due_soon_at(due_at, started, workdays(1), CALENDAR) == started


# ---- limits -----------------------------------------------------------------------------------


def test_the_default_limits_of_every_level():
    assert {
        level: (str(one.accept), one.handle and str(one.handle)) for level, one in LIMITS.items()
    } == {
        Level.CRITICAL: ("2 hours", "24 hours"),
        Level.URGENT: ("24 hours", "3 workdays"),
        Level.NORMAL: ("1 workdays", "5 workdays"),
        Level.COMPLEX: ("1 workdays", "15 workdays"),
        Level.PROJECT: ("1 workdays", None),
    }
    assert set(LEVEL_WORDS) == set(Level)


@given(limits)
def test_a_written_limit_is_read_back(limit):
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    "written", ["", "3", "3 days", "0 hours", "-1 hours", "3 workdays ", "1001 hours"]
)
def test_what_is_no_limit_is_refused(written):
    with pytest.raises(ValueError, match="limit"):
        Limit.parse(written)


def test_a_limit_is_said_in_the_singular_and_the_plural():
    assert hours(1).text() == Text("1 hour")
    assert workdays(3).text() == Text("%(n)d workdays", {"n": 3})


def test_workdays_are_not_counted_backwards():
    with pytest.raises(ValueError, match="forwards"):
        add_workdays(date(2026, 3, 3), -1, CALENDAR)
