"""The week a summary is about, and when it ends."""

from datetime import date, datetime, time, timedelta

import pytest

from harbour.domain.deadlines import SHANGHAI
from harbour.domain.periods import Period, next_monday
from harbour.domain.settings import DEFAULTS, CommunitySettings

THURSDAY = datetime(2026, 3, 5, 14, 30, tzinfo=SHANGHAI)


def test_a_period_is_the_days_before_the_meeting():
    found = Period.before(THURSDAY, DEFAULTS)

    assert (found.start, found.end) == (date(2026, 2, 26), date(2026, 3, 4))
    assert found.cutoff_at == datetime(2026, 3, 4, 18, 0, tzinfo=SHANGHAI)


def test_every_number_of_it_is_a_setting():
    settings = CommunitySettings(
        summary_period_days=14, summary_cutoff_days_before=0, summary_cutoff_time=time(9)
    )

    found = Period.before(THURSDAY, settings)

    assert (found.start, found.end) == (date(2026, 2, 19), date(2026, 3, 4))
    assert found.cutoff_at == datetime(2026, 3, 5, 9, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("days", "same"),
    [(0, True), (1, True), (3, True), (-3, True), (4, False), (-4, False), (7, False)],
)
def test_a_moved_meeting_keeps_its_period_by_the_larger_half(days, same):
    period = Period.before(THURSDAY, DEFAULTS)
    moved = Period.before(THURSDAY + timedelta(days=days), DEFAULTS)

    assert period.shares_most_with(moved.start, moved.end) is same
    assert moved.shares_most_with(period.start, period.end) is same


@pytest.mark.parametrize(("day", "monday"), [(2, 9), (5, 9), (8, 9), (9, 16)])
def test_without_a_slot_weeks_end_on_sundays(day, monday):
    found = next_monday(datetime(2026, 3, day, 12, 0, tzinfo=SHANGHAI))

    assert found == datetime(2026, 3, monday, 0, 0, tzinfo=SHANGHAI)
