"""The table of the clock's duties: complete, and with slots that can be told in advance."""

from datetime import datetime, time, timedelta

import pytest

from harbour.cli.clockwork import OUTSIDE
from harbour.domain.actors import Role
from harbour.domain.clock import DUTIES, WITH_AN_ACT, Duty, When, pause
from harbour.domain.deadlines import SHANGHAI
from harbour.queries.clock import FOUND
from harbour.queries.ledger import WORKFLOWS
from harbour.services.clock import ACTS


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_every_row_of_the_clock_is_a_duty() -> None:
    rows = {
        f"{workflow.name}.{row.name}"
        for workflow in WORKFLOWS.values()
        for row in (*workflow.birth, *workflow.moves)
        if Role.CLOCK in row.by and not row.through
    }

    assert rows == {duty.row for duty in DUTIES.values() if duty.row} | WITH_AN_ACT


def test_every_duty_is_found_and_done() -> None:
    for name, duty in DUTIES.items():
        assert duty.when.at is not None or name in FOUND, name
        assert (name in OUTSIDE) == duty.outside, name
        assert (name in ACTS) != duty.outside, name
    assert (ACTS.keys() | OUTSIDE.keys()) == DUTIES.keys()


@pytest.mark.parametrize(
    ("when", "now", "slot"),
    [
        (When(time(3, 30)), "2026-03-02 03:29", "2026-03-01 03:30"),
        (When(time(3, 30)), "2026-03-02 03:30", "2026-03-02 03:30"),
        (When(time(8), 1), "2026-03-02 07:59", "2026-02-23 08:00"),
        (When(time(8), 1), "2026-03-08 09:00", "2026-03-02 08:00"),
        (When(time(8), 1), "2026-03-09 08:00", "2026-03-09 08:00"),
    ],
)
def test_a_slot_is_the_last_at_or_before_now(when: When, now: str, slot: str) -> None:
    assert when.latest(at(now)) == at(slot)


def test_what_has_grown_stale_is_not_done_at_all() -> None:
    duty = Duty("x", When(time(8)), "x", fresh_for=timedelta(hours=2))

    assert duty.slot(at("2026-03-02 10:00")) == at("2026-03-02 08:00")
    assert duty.slot(at("2026-03-02 10:01")) is None
    assert duty.slot(at("2026-03-02 07:00")) is None


def test_one_waits_longer_after_each_failure_but_never_for_ever() -> None:
    found = [pause(n) for n in range(1, 20)]

    assert found == sorted(found)
    assert found[-1] == timedelta(hours=6)
