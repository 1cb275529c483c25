"""Scheduling, opening, and the gate at the end."""

from datetime import date, time

import pytest
from sqlalchemy import select

from harbour.domain.errors import Denied, Invalid, Missing, Refused
from harbour.domain.meetings import Capacity, ItemKind
from harbour.domain.series import HolidayChoice
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.people import Membership
from harbour.models.places import Compound
from harbour.models.tasks import Task
from harbour.services import ledger, meetings, proposals, tasks
from harbour.services.unit_of_work import command
from tests.making import Make
from tests.making import meetings as making

SAFETY = making.SAFETY


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())


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


def test_it_does_not_end_while_an_item_has_no_outcome(make: Make) -> None:
    number = making.opened(make, "甲", "乙")

    with pytest.raises(Refused) as raised:
        act(make, "ch-zhao", number, "end")
    assert raised.value.text.params == {"undecided_items": 2}

    act(make, "ch-zhao", number, "pass_over", item=None)
    act(make, "ch-zhao", number, "end")
    assert making.meeting(number).state == "minuted"


@pytest.mark.parametrize(
    "missing", ["lead", "criteria", "who_pays", "public_sentence"], ids=lambda name: f"no-{name}"
)
def test_it_does_not_end_while_a_task_is_incomplete(make: Make, missing: str) -> None:
    number = making.opened(make, "甲")
    making.decide(make, number, "甲", "adopt")
    with pytest.raises(Refused):
        act(make, "ch-zhao", number, "end")
    making.drafted(make, making.proposal_number(number, "甲"), **{missing: ""})

    with pytest.raises(Refused) as raised:
        act(make, "ch-zhao", number, "end")

    assert raised.value.text.params == {"incomplete_tasks": 1}


def test_ending_dispatches_sends_back_and_drafts_the_minutes(make: Make) -> None:
    number = making.ended(make)

    ended = making.meeting(number)
    task = db.session.scalars(select(Task)).one()
    assert (task.state, task.dispatched_at, task.meeting_id) == ("assigned", make.clock(), ended.id)
    waiting = making.proposal(making.items(number)[1].proposal_id or 0)
    assert (waiting.state, waiting.carried, waiting.meeting_id) == ("backlog", 1, None)
    assert "一、楼道扶手松动" in ended.minutes_text
    assert "主办：安和物业" in ended.minutes_text
    assert "王代表" not in ended.minutes_public
    assert ended.current_item_id is None


def test_a_critical_task_may_go_out_before_the_end(make: Make) -> None:
    number = making.opened(make, "甲")
    making.decide(make, number, "甲", "adopt")
    task = making.drafted(make, making.proposal_number(number, "甲"), level="critical")
    tasks.act(make.street.actor("ch-zhao"), task, "dispatch", {}, version=None, now=make.clock())

    act(make, "ch-zhao", number, "end")

    assert db.session.scalars(select(Task.state)).all() == ["assigned"]


def test_what_was_passed_over_may_still_be_taken_up(make: Make) -> None:
    number = making.opened(make, "甲")
    item = making.items(number)[0]
    act(make, "ch-zhao", number, "pass_over", item=item.id)

    act(make, "ch-lin", number, "take_up", item=item.id)

    assert item.outcome is None


def test_what_was_not_reached_stands_on_the_next_agenda_as_old_business(make: Make) -> None:
    making.ended(make)

    later = making.scheduled(make, starts_on=date(2026, 3, 12))

    assert [item.kind for item in making.items(later)] == [ItemKind.CARRIED]
    assert not making.items(later)[0].late


def test_every_act_leaves_its_line(make: Make) -> None:
    making.ended(make)

    told = db.session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all()
    for action in (
        "meeting.schedule", "proposal.place", "meeting.open", "meeting.attend", "meeting.record",
        "proposal.adopt", "task.draft", "meeting.pass_over", "proposal.not_reached",
        "task.dispatch", "meeting.end",
    ):  # fmt: skip
        assert action in told
