"""The weekly slot: which day is next, and holidays."""

from datetime import UTC, date, datetime, time

import pytest

from harbour.domain.calendar import shipped
from harbour.domain.series import (
    HolidayChoice,
    frozen_from,
    nearest_workday,
    next_slot,
    starts_at,
)

HALF_PAST_TWO = time(14, 30)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "last", "day"),
    [
        ("2026-03-02 09:00", None, date(2026, 3, 5)),
        ("2026-03-05 14:29", None, date(2026, 3, 5)),
        ("2026-03-05 14:30", None, date(2026, 3, 12)),
        ("2026-03-02 09:00", date(2026, 3, 5), date(2026, 3, 12)),
        # Moved to Wednesday, this week's meeting is still this week's.
        ("2026-03-02 09:00", date(2026, 3, 4), date(2026, 3, 12)),
        ("2026-03-02 09:00", date(2026, 1, 8), date(2026, 3, 5)),
    ],
)
def test_the_next_slot_is_the_first_in_a_week_without_a_meeting(
    now: str, last: date | None, day: date
) -> None:
    assert next_slot(4, HALF_PAST_TWO, at(now), last, shipped()).day == day


def test_a_slot_on_a_holiday_can_be_moved_skipped_or_held() -> None:
    slot = next_slot(5, HALF_PAST_TWO, at("2026-04-28 09:00"), None, shipped())

    assert slot.day == date(2026, 5, 1)
    assert slot.holiday
    assert slot.chosen(HolidayChoice.HOLD) == date(2026, 5, 1)
    assert slot.chosen(HolidayChoice.MOVE) == date(2026, 4, 30)
    assert slot.chosen(HolidayChoice.SKIP) == date(2026, 5, 8)


def test_a_skipped_week_skips_every_holiday_in_a_row() -> None:
    # 1 to 8 October 2026 are free or end in one; Thursdays 1 and 8.
    slot = next_slot(4, HALF_PAST_TWO, at("2026-09-28 09:00"), None, shipped())

    assert slot.holiday
    assert not shipped().day_kind(slot.chosen(HolidayChoice.SKIP))


def test_the_nearest_workday_is_never_in_the_past() -> None:
    holiday = date(2026, 5, 1)

    assert nearest_workday(holiday, shipped(), earliest=date(2026, 5, 1)) > holiday


def test_an_ordinary_slot_ignores_any_choice() -> None:
    slot = next_slot(4, HALF_PAST_TWO, at("2026-03-02 09:00"), None, shipped())

    assert slot.chosen(HolidayChoice.SKIP) == date(2026, 3, 5)


def test_the_agenda_closes_with_the_day_before_the_meeting() -> None:
    begins = starts_at(date(2026, 3, 5), HALF_PAST_TWO)

    assert frozen_from(begins, 1) == at("2026-03-05 00:00")
    assert frozen_from(begins, 2) == at("2026-03-04 00:00")
    assert frozen_from(begins, 0) == at("2026-03-06 00:00")
