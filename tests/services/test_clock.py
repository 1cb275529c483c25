"""The clock takes its rows once each, in order, and keeps what it could not do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from harbour.cli import clockwork
from harbour.domain.clock import DUTIES, Due, pause
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Refused
from harbour.domain.series import HolidayChoice
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.clock import ClockSlot
from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal
from harbour.queries import clock as queries
from harbour.services import clock as services
from harbour.services import meetings, proposals
from harbour.tenancy import in_scope, scoped_to
from tests.making import Make
from tests.making import meetings as made
from tests.making.meetings import everywhere

WORK = tuple(name for name, duty in DUTIES.items() if not duty.upkeep)
CH01 = "CH-01"


def run(clock: Any, *only: str, **other: Any) -> clockwork.Done:
    """One pass at the clock's time."""
    return clockwork.run(clock.now, only=only or WORK, **other)


def slots(duty: str) -> list[ClockSlot]:
    with everywhere(), scoped_to(*in_scope(), installation=True):
        found = select(ClockSlot).where(ClockSlot.duty == duty).order_by(ClockSlot.id)
        return list(db.session.scalars(found))


def lines(action: str) -> list[AuditEvent]:
    with everywhere():
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return list(db.session.scalars(found))


def weekly(make: Make, compound: str = CH01) -> list[Meeting]:
    with everywhere():
        found = select(Meeting).where(Meeting.compound_id == make.street.compounds[compound])
        return list(db.session.scalars(found.order_by(Meeting.starts_at)))


def carried(make: Make, count: int = 1) -> list[str]:
    """Proposals a meeting did not reach while the next one had been made already."""
    titles = [f"第{n}件事" for n in range(count)]
    number = made.opened(make, *titles)
    made.scheduled(make, starts_on=date(2026, 3, 12))
    zhao = make.street.actor("ch-zhao")
    meetings.act(zhao, number, "pass_over", {"item": None}, now=make.clock())
    numbers = [made.proposal_number(number, title) for title in titles]
    meetings.act(zhao, number, "end", {}, now=make.clock())
    return numbers


def state_of(number: str) -> tuple[str, int | None]:
    with everywhere():
        row = db.session.scalars(select(Proposal).where(Proposal.number == number)).one()
        return row.state, row.meeting_id


# ---- the next meeting -----------------------------------------------------------------------


def test_the_next_meeting_makes_itself_the_day_after_the_last(make: Make, clock: Any) -> None:
    made.scheduled(make)
    clock.at("2026-03-05 23:00")
    run(clock, "meeting.schedule")
    before = len(weekly(make))

    clock.at("2026-03-06 00:10")
    run(clock, "meeting.schedule")
    run(clock, "meeting.schedule")

    found = weekly(make)
    assert before == 1
    assert [local_day(one.starts_at) for one in found] == [date(2026, 3, 5), date(2026, 3, 12)]
    line = next(one for one in lines("meeting.schedule") if one.subject_id == found[1].id)
    assert (line.role, line.actor_id) == ("clock", None)


def test_on_a_holiday_the_clock_asks_and_the_secretary_chooses(make: Make, clock: Any) -> None:
    made.scheduled(make, starts_on=date(2026, 9, 24))
    clock.at("2026-09-25 08:00")

    run(clock, "meeting.schedule")
    run(clock, "meeting.schedule")

    slot = next(one for one in slots("meeting.schedule")
                if one.subject_id == make.street.compounds[CH01])  # fmt: skip
    assert slot.asks
    assert local_day(slot.at) == date(2026, 10, 1)
    assert len(weekly(make)) == 1
    meetings.schedule_next(
        make.street.actor("ch-zhao"), make.street.compounds[CH01], HolidayChoice.SKIP,
        day=date(2026, 10, 1), now=clock.now,
    )  # fmt: skip
    run(clock, "meeting.schedule")
    assert [local_day(one.starts_at) for one in weekly(make)] == [
        date(2026, 9, 24),
        date(2026, 10, 8),
    ]


def test_weeks_that_went_by_unseen_make_no_meetings(make: Make, clock: Any) -> None:
    made.scheduled(make)
    clock.at("2026-03-30 09:00")

    run(clock, "meeting.schedule")

    assert [local_day(one.starts_at) for one in weekly(make)] == [
        date(2026, 3, 5),
        date(2026, 4, 2),
    ]


# ---- what was carried over ------------------------------------------------------------------


def test_what_was_not_reached_is_put_on_the_meeting_made_already(make: Make, clock: Any) -> None:
    (number,) = carried(make)
    assert state_of(number)[0] == "backlog"

    run(clock)

    assert state_of(number) == ("on_agenda", weekly(make)[1].id)
    assert [one.role for one in lines("proposal.place")] == ["secretary", "clock"]


def test_what_the_secretary_takes_off_again_stays_off(make: Make, clock: Any) -> None:
    (number,) = carried(make)
    run(clock)
    zhao = make.street.actor("ch-zhao")
    clock.pass_(hours=1)
    proposals.act(zhao, number, "take_off", {}, version=None, now=clock.now)

    clock.pass_(hours=1)
    run(clock)

    assert state_of(number)[0] == "backlog"


def test_a_meeting_nobody_opened_gives_its_proposals_to_the_next(make: Make, clock: Any) -> None:
    lost = made.scheduled(make)
    number = made.backlog(make)
    made.placed(make, lost, number)
    made.scheduled(make, starts_on=date(2026, 3, 12))
    clock.at("2026-03-11 20:00")
    run(clock)
    before = state_of(number)

    clock.at("2026-03-12 00:01")
    run(clock)

    first, second = weekly(make)[:2]
    assert before == ("on_agenda", first.id)
    assert state_of(number) == ("on_agenda", second.id)
    assert made.items(lost) == []
    assert [one.role for one in lines("proposal.not_reached")] == ["clock"]


# ---- slots ----------------------------------------------------------------------------------


def test_a_slot_is_taken_once(make: Make, clock: Any) -> None:
    due, taken = Due("clock.clear", clock.now), []

    def act(one: Due, now: datetime) -> bool:
        taken.append(one)
        return False

    with scoped_to(installation=True):
        answers = [services.take(due, act, now=clock.now) for _ in range(3)]

    assert answers == [True, False, False]
    assert taken == [due]


def test_what_fails_stops_no_other_and_is_kept(
    make: Make, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = carried(make, 2)
    real = services.ACTS["proposal.place"]

    def act(due: Due, now: datetime) -> bool:
        if due.number == first:
            raise Refused("No.")
        return real(due, now)

    monkeypatch.setitem(services.ACTS, "proposal.place", act)

    assert (run(clock).failed, run(clock).failed) == (1, 0)
    assert (state_of(first)[0], state_of(second)[0]) == ("backlog", "on_agenda")
    with everywhere():
        (kept,) = queries.troubles()
    assert (kept.number, kept.attempts, kept.why.msgid) == (first, 1, "No.")
    assert kept.try_at == clock.now.astimezone(UTC) + pause(1)

    clock.now += pause(1)
    assert run(clock).failed == 1
    assert slots("proposal.place")[0].attempts == 2

    monkeypatch.undo()
    clock.now += pause(2)
    run(clock)
    assert state_of(first)[0] == "on_agenda"
    with everywhere():
        assert queries.troubles() == ()


def test_what_breaks_says_what_broke_and_leaves_nothing_half_done(
    make: Make, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = carried(make)
    real = services.ACTS["proposal.place"]

    def act(due: Due, now: datetime) -> bool:
        real(due, now)
        raise ZeroDivisionError

    monkeypatch.setitem(services.ACTS, "proposal.place", act)
    run(clock)

    assert state_of(number)[0] == "backlog"
    with everywhere():
        (kept,) = queries.troubles()
    assert kept.why.params == {"what": "ZeroDivisionError"}


def test_trouble_is_forgotten_once_somebody_else_has_done_it(
    make: Make, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (number,) = carried(make)

    def act(due: Due, now: datetime) -> bool:
        raise Refused("No.")

    monkeypatch.setitem(services.ACTS, "proposal.place", act)
    run(clock)
    with everywhere():
        made.placed(make, weekly(make)[1].number, number)

    run(clock)

    assert slots("proposal.place") == []


def test_work_beyond_the_database_is_leased_and_done_again_if_its_worker_dies(
    make: Make, clock: Any
) -> None:
    due = Due("photos.sweep", clock.now)
    with scoped_to(installation=True):
        first = services.lease(due, "one", now=clock.now)
        second = services.lease(due, "two", now=clock.now)
        clock.pass_(minutes=16)
        third = services.lease(due, "two", now=clock.now)
        services.settle(due, now=clock.now)
        clock.pass_(hours=1)
        fourth = services.lease(due, "one", now=clock.now)

    assert (first, second, third, fourth) == (True, False, True, False)


def test_housekeeping_is_done_once_a_day(make: Make, clock: Any) -> None:
    clock.at("2026-03-02 03:00")
    clockwork.run(clock.now)
    assert len(slots("photos.sweep")) == 1  # yesterday's

    clock.at("2026-03-02 03:40")
    for _ in range(3):
        clockwork.run(clock.now)
    clock.at("2026-03-09 12:00")
    clockwork.run(clock.now)

    found = [local_day(one.at) for one in slots("photos.sweep")]
    assert found == [date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 9)]


def test_it_says_when_it_was_last_seen(make: Make, clock: Any) -> None:
    assert queries.pulse(clock.now).stopped

    services.see("one", now=clock.now)

    assert not queries.pulse(clock.now + timedelta(minutes=4)).stopped
    assert queries.pulse(clock.now + timedelta(minutes=6)).stopped
