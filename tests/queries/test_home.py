"""Who has filed for the next meeting: counted once, and for that meeting alone."""

from datetime import date, time
from typing import Any

from harbour.extensions import db
from harbour.queries import home
from harbour.services import meetings, summaries
from harbour.tenancy import scoped_to
from tests.making import Make
from tests.making.meetings import begun, planned, scheduled
from tests.making.places import Street


def filed(street: Street, clock: Any) -> int:
    """How many have filed for the next meeting of CH-01, as its home page says."""
    with scoped_to(*street.community_ids):
        db.session.rollback()
        weeks = home.weeks(home.communities(street.community_ids), clock.now)
    return next(week.filed for week in weeks if week.compound == "春和家园")


def file(make: Make, username: str) -> None:
    rep = make.street.actor(username)
    summaries.file_nil(rep, make.street.compounds["CH-01"], now=make.clock.now)


def test_a_summary_of_a_meeting_that_was_held_is_not_the_next_ones(
    make: Make, street: Street, clock: Any
) -> None:
    held = scheduled(make)
    file(make, "ch01-rep1")
    assert filed(street, clock) == 1
    scheduled(make, starts_on=date(2026, 3, 6), starts_time=time(9, 30))
    clock.at("2026-03-05 14:30")
    begun(make, held)
    zhao = street.actor("ch-zhao")
    meetings.act(zhao, held, "end", {}, now=clock.now)
    clock.at("2026-03-06 09:00")

    assert filed(street, clock) == 0
    file(make, "ch01-rep1")
    assert filed(street, clock) == 1


def test_a_summary_stays_with_its_meeting_when_that_is_moved(
    make: Make, street: Street, clock: Any
) -> None:
    number = scheduled(make)
    file(make, "ch01-rep1")
    file(make, "ch01-rep2")

    plan = planned(make, starts_on=date(2026, 3, 12))
    meetings.act(street.actor("ch-zhao"), number, "reschedule", plan, now=clock.now)

    assert filed(street, clock) == 2
