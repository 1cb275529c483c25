"""How failures slow the next try down, and how long a session lives."""

from datetime import UTC, datetime, timedelta

from harbour.domain.sign_in import SESSION_LIFE, expired, wait_after


def test_a_few_slips_are_free_then_the_wait_doubles():
    waits = [wait_after(count).total_seconds() for count in range(1, 9)]

    assert waits == [0, 0, 0, 0, 5, 10, 20, 40]


def test_nobody_is_locked_out_for_ever():
    assert wait_after(10_000) == timedelta(minutes=15)
    assert wait_after(10_000, everywhere=True) == timedelta(minutes=1)


def test_strangers_together_may_slip_more_often():
    assert not wait_after(20, everywhere=True)
    assert wait_after(21, everywhere=True)


def test_a_session_ends_by_itself():
    begun = datetime(2026, 3, 2, tzinfo=UTC)

    assert not expired(begun, begun + SESSION_LIFE - timedelta(seconds=1))
    assert expired(begun, begun + SESSION_LIFE)
