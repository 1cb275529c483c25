"""Scheduling, opening and the gate at the end."""

from datetime import date, time

import pytest
from sqlalchemy import select

from harbour.domain.errors import Denied, Invalid, Missing, Refused
from harbour.domain.meetings import Capacity
from harbour.domain.series import HolidayChoice
from harbour.extensions import db
from harbour.models.people import Membership
from harbour.models.places import Compound
from harbour.services import ledger, meetings, proposals
from harbour.services.unit_of_work import command
from tests.making import Make
from tests.making import meetings as making

SAFETY = making.SAFETY


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())


# ---- scheduling ---


def test_a_meeting_is_numbered_by_compound_and_year(make: Make) -> None:
    first = making.scheduled(make)
    second = making.scheduled(make, starts_on=date(2026, 3, 12))
    other = making.scheduled(make, compound=make.street.compounds["CH-02"])
    next_year = making.scheduled(make, starts_on=date(2027, 1, 7), starts_time=time(8))

    assert [first, second, other, next_year] == [
        "CH01-2026-M01", "CH01-2026-M02", "CH02-2026-M01", "CH01-2027-M01",
    ]  # fmt: skip


def test_a_series_begun_elsewhere_goes_on_from_its_issue(make: Make) -> None:
    zhao, now = make.street.actor("ch-zhao"), make.clock()

    ninth = meetings.schedule(zhao, making.planned(make), now=now, issue_no=9)
    tenth = making.scheduled(make, starts_on=date(2026, 3, 12))

    assert (ninth, tenth) == ("CH01-2026-M09", "CH01-2026-M10")


@pytest.mark.parametrize(
    ("changes", "beside"),
    [
        ({"starts_on": date(2026, 3, 1)}, "starts_on"),
        ({"starts_on": date(2028, 3, 1)}, "starts_on"),
        ({}, "starts_time"),
    ],
)
def test_a_meeting_in_the_past_too_far_or_twice_is_refused(
    make: Make, changes: dict[str, object], beside: str
) -> None:
    making.scheduled(make)

    with pytest.raises(Invalid) as raised:
        making.scheduled(make, **changes)

    assert raised.value.field == beside


def test_a_compound_next_door_does_not_exist(make: Make) -> None:
    with pytest.raises(Missing):
        making.scheduled(make, compound=999)


@pytest.mark.parametrize("who", ["ch01-rep1", "ah-sunjl", "cf-zhou"])
def test_only_the_office_schedules(make: Make, who: str) -> None:
    with pytest.raises(Denied):
        meetings.schedule(make.street.actor(who), making.planned(make), now=make.clock())


def test_those_due_are_drawn_up_from_roles(make: Make) -> None:
    number = making.scheduled(make)

    listed = {one.name: (one.capacity, one.voting) for one in making.attendees(number)}

    assert listed == {
        "王代表": (Capacity.REPRESENTATIVE, True),
        "䶮代表": (Capacity.REPRESENTATIVE, True),
        "赵书记": (Capacity.COMMUNITY, False),
        "社工小林": (Capacity.COMMUNITY, False),
        "孙经理": (Capacity.FIRM, False),
    }


@command
def join_the_committee(make: Make, username: str) -> None:
    member = db.session.scalars(
        select(Membership).where(Membership.user_id == make.street.users[username])
    ).one()
    member.owners_committee = True
    ledger.record(make.street.actor("ch-zhao"), "change", member, now=make.clock())


def test_who_sits_on_the_owners_committee_attends_for_it(make: Make) -> None:
    join_the_committee(make, "ch01-rep1")

    number = making.scheduled(make)

    wang = next(one for one in making.attendees(number) if one.name == "王代表")
    assert (wang.capacity, wang.voting) == (Capacity.OWNERS_COMMITTEE, True)


# ---- the weekly slot ---


def next_one(make: Make, day: date, choice: HolidayChoice | None = None) -> str:
    compound = make.street.compounds["CH-01"]
    zhao = make.street.actor("ch-zhao")
    return meetings.schedule_next(zhao, compound, choice, day=day, now=make.clock())


def test_the_weekly_slot_makes_the_next_meeting_in_one_act(make: Make) -> None:
    number = next_one(make, date(2026, 3, 5))

    made = making.meeting(number)
    assert made.starts_at == make.clock.at("2026-03-05 14:30")
    assert made.place == "春和家园议事港湾"


def test_the_slot_pressed_twice_makes_one_meeting(make: Make) -> None:
    next_one(make, date(2026, 3, 5))

    with pytest.raises(Refused):
        next_one(make, date(2026, 3, 5))


def test_a_slot_on_a_holiday_waits_for_a_choice(make: Make) -> None:
    make.clock.at("2026-09-28 09:00")

    with pytest.raises(Invalid) as raised:
        next_one(make, date(2026, 10, 1))
    assert raised.value.field == "choice"

    number = next_one(make, date(2026, 10, 1), HolidayChoice.MOVE)
    assert making.meeting(number).starts_at == make.clock.at("2026-09-30 14:30")


def test_a_compound_without_a_slot_has_no_next_meeting(make: Make) -> None:
    compound = db.session.scalars(
        select(Compound).where(Compound.id == make.street.compounds["CH-01"])
    ).one()
    assert meetings.next_of(compound, make.clock()) is not None
    with db.session.no_autoflush:
        compound.meeting_weekday = None
        assert meetings.next_of(compound, make.clock()) is None
    db.session.rollback()


# ---- before it begins ---


def test_a_meeting_is_moved_and_keeps_its_number(make: Make) -> None:
    number = making.scheduled(make)

    act(make, "ch-lin", number, "reschedule", **making.planned(make, starts_on=date(2026, 3, 6)))

    assert making.meeting(number).starts_at == make.clock.at("2026-03-06 14:30")


def test_cancelling_sends_the_proposals_back(make: Make) -> None:
    number = making.scheduled(make)
    proposal = making.backlog(make)
    making.placed(make, number, proposal)

    act(make, "ch-zhao", number, "cancel", reason="停电")

    assert proposals.find(proposal).state == "backlog"
    assert making.items(number) == []
    assert making.meeting(number).state == "cancelled"


def test_a_worker_does_not_cancel(make: Make) -> None:
    number = making.scheduled(make)

    with pytest.raises(Denied):
        act(make, "ch-lin", number, "cancel", reason="停电")


def test_it_is_opened_on_its_day_and_not_before(make: Make) -> None:
    number = making.scheduled(make)

    with pytest.raises(Refused):
        act(make, "ch-zhao", number, "open")
    make.clock.at("2026-03-05 08:00")
    act(make, "ch-zhao", number, "open")

    assert making.meeting(number).state == "in_session"
    assert making.meeting(number).chair_id == make.street.users["ch-zhao"]


def test_opened_by_a_worker_the_secretary_has_the_chair(make: Make) -> None:
    number = making.scheduled(make)
    make.clock.at("2026-03-05 14:30")

    act(make, "ch-lin", number, "open")

    opened = making.meeting(number)
    assert (opened.chair_id, opened.recorder) == (make.street.users["ch-zhao"], "社工小林")
