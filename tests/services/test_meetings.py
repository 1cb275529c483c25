"""Scheduling, opening, signing in, the agenda, and the gate at the end."""

from datetime import date, time

import pytest
from sqlalchemy import select

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.domain.meetings import Capacity, ItemKind, Outcome, Presence
from harbour.domain.series import HolidayChoice
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.meetings import Attendee
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


# ---- scheduling -----------------------------------------------------------------------------


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


# ---- the weekly slot ------------------------------------------------------------------------


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


# ---- before it begins -----------------------------------------------------------------------


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


# ---- the agenda -----------------------------------------------------------------------------


def test_what_is_placed_on_the_day_is_late(make: Make) -> None:
    number = making.scheduled(make)
    make.clock.at("2026-03-04 23:59")
    making.placed(make, number, making.backlog(make, "早"))
    make.clock.at("2026-03-05 00:00")
    making.placed(make, number, making.backlog(make, "晚"))

    assert [item.late for item in making.items(number)] == [False, True]


def test_a_proposal_of_another_compound_cannot_be_placed(make: Make) -> None:
    number = making.scheduled(make)
    foreign = making.backlog(make, compound="CH-02")

    with pytest.raises(Missing):
        making.placed(make, number, foreign)
    with pytest.raises(Invalid):
        proposals.act(
            make.street.actor("ch-zhao"), foreign, "place", {"meeting": number},
            version=None, now=make.clock(),
        )  # fmt: skip


def overdue(make: Make, title: str = "修门禁", category: str = making.PLAIN) -> str:
    """A direct task in hand whose date is over at the clock's time."""
    lin, zhao = make.street.actor("ch-lin"), make.street.actor("ch-zhao")
    firm = make.street.firms["AH"]
    inputs = {
        "task_title": title, "lead": f"firm:{firm}", "level": "normal", "criteria": "修好",
        "who_pays": "firm", "public_sentence": "修好门禁", "category": category,
        "direct_reason": "等不到开会",
    }  # fmt: skip
    compound = make.street.compounds["CH-01"]
    number = tasks.draft(lin, inputs, compound_id=compound, now=make.clock())
    tasks.act(zhao, number, "dispatch", {}, version=None, now=make.clock())
    return number


def test_old_business_comes_first_by_itself(make: Make) -> None:
    make.clock.at("2026-02-02 09:00")
    overdue(make)
    make.clock.at("2026-03-02 09:00")
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make))

    assert [item.kind for item in making.items(number)] == [ItemKind.OVERDUE_TASK, ItemKind.NEW]


def test_a_safety_task_dispatched_directly_waits_to_be_confirmed_once(make: Make) -> None:
    overdue(make, "拆危险广告牌", SAFETY)
    number = making.scheduled(make)
    assert [item.kind for item in making.items(number)] == [ItemKind.CONFIRM_DIRECT]
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number)
    only = making.items(number)[0]

    act(make, "ch-zhao", number, "review", item=only.id, review_note="同意")
    later = making.scheduled(make, starts_on=date(2026, 3, 12))

    assert only.outcome == Outcome.REVIEWED
    assert making.items(later) == []


def test_refreshing_twice_changes_nothing_and_drops_what_is_settled(make: Make) -> None:
    make.clock.at("2026-02-02 09:00")
    task = overdue(make)
    make.clock.at("2026-03-02 09:00")
    number = making.scheduled(make)
    before = [item.id for item in making.items(number)]

    act(make, "ch-lin", number, "arrange", arrangement={"refresh": True})
    assert [item.id for item in making.items(number)] == before

    tasks.act(make.street.actor("ch-zhao"), task, "cancel", {"reason": "不再需要"}, version=None,
              now=make.clock())  # fmt: skip
    act(make, "ch-lin", number, "arrange", arrangement={"refresh": True})
    assert making.items(number) == []


def test_items_move_up_and_down_and_stop_at_the_ends(make: Make) -> None:
    number = making.scheduled(make)
    making.placed(make, number, *(making.backlog(make, title) for title in "甲乙丙"))
    first, second, third = (item.id for item in making.items(number))

    act(make, "ch-lin", number, "arrange", arrangement={"move": third, "way": "up"})
    act(make, "ch-lin", number, "arrange", arrangement={"move": first, "way": "up"})

    assert [item.id for item in making.items(number)] == [first, third, second]


@pytest.mark.parametrize("minutes", [0, 241])
def test_planned_minutes_stay_within_reason(make: Make, minutes: int) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make))
    item = making.items(number)[0]

    act(make, "ch-lin", number, "arrange", arrangement={"minutes": {str(item.id): 25}})
    assert making.items(number)[0].planned_minutes == 25
    with pytest.raises(Invalid):
        act(make, "ch-lin", number, "arrange", arrangement={"minutes": {str(item.id): minutes}})


def test_an_item_of_another_meeting_is_not_there(make: Make) -> None:
    other = making.scheduled(make, compound=make.street.compounds["CH-02"])
    making.placed(make, other, making.backlog(make, compound="CH-02"))
    number = making.scheduled(make)
    foreign = making.items(other)[0].id

    with pytest.raises(Missing):
        act(make, "ch-lin", number, "arrange", arrangement={"move": foreign, "way": "up"})


# ---- attendance -----------------------------------------------------------------------------


def voter(number: str) -> Attendee:
    return next(one for one in making.attendees(number) if one.voting)


def test_who_leaves_early_counts_no_longer_and_again_on_return(make: Make) -> None:
    number = making.opened(make, "楼道扶手松动")
    one = voter(number)
    act(make, "ch-lin", number, "attend", attendance={str(one.id): {"left": True}})

    with pytest.raises(Refused):
        making.decide(make, number, "楼道扶手松动", "adopt")
    act(make, "ch01-rep1", number, "sign_in")
    act(make, "ch01-rep2", number, "sign_in")

    making.decide(make, number, "楼道扶手松动", "adopt")
    assert one.left_at is None


def test_one_signs_oneself_in_while_the_meeting_is_in_session(make: Make) -> None:
    number = making.scheduled(make)
    with pytest.raises(Refused):
        act(make, "ch01-rep1", number, "sign_in")
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number, present=0)

    act(make, "ch01-rep1", number, "sign_in")

    wang = next(one for one in making.attendees(number) if one.name == "王代表")
    assert (wang.presence, wang.signed_in_at) == (Presence.PRESENT, make.clock())


def test_who_is_not_on_the_list_cannot_sign_in(make: Make) -> None:
    number = making.opened(make)

    with pytest.raises(Missing):
        act(make, "ch02-rep1", number, "sign_in")


def test_a_guest_without_an_account_is_there_at_once(make: Make) -> None:
    number = making.opened(make)

    act(make, "ch-lin", number, "invite", attendee_name="陈老师", unit_name="和平学校",
        capacity="guest", voting=False)  # fmt: skip

    guest = making.attendees(number)[-1]
    assert (guest.name, guest.user_id, guest.presence) == ("陈老师", None, Presence.OBSERVER)


def test_an_attendee_of_another_meeting_is_not_there(make: Make) -> None:
    other = making.scheduled(make, compound=make.street.compounds["CH-02"])
    number = making.opened(make)

    with pytest.raises(Missing):
        act(make, "ch-lin", number, "attend",
            attendance={str(voter(other).id): {"presence": "present"}})  # fmt: skip


# ---- what is said at the table ----------------------------------------------------------------


def test_two_who_write_at_once_lose_nothing(make: Make) -> None:
    number = making.opened(make, "楼道扶手松动")
    item = making.items(number)[0]
    seen = item.version

    act(make, "ch-lin", number, "record", item=item.id, points="小林写的", item_version=seen)
    with pytest.raises(Stale) as raised:
        act(make, "ch-zhao", number, "record", item=item.id, points="书记写的", item_version=seen)

    assert raised.value.theirs == {"points": "小林写的"}
    assert making.items(number)[0].points == "小林写的"


def test_writing_on_different_items_does_not_collide(make: Make) -> None:
    number = making.opened(make, "甲", "乙")
    first, second = making.items(number)
    versions = first.version, second.version

    act(make, "ch-lin", number, "record", item=first.id, points="一", item_version=versions[0])
    act(make, "ch-zhao", number, "record", item=second.id, points="二", item_version=versions[1])

    assert [item.points for item in making.items(number)] == ["一", "二"]


def test_deciding_takes_up_the_next_item(make: Make) -> None:
    number = making.opened(make, "甲", "乙")
    first, second = making.items(number)
    assert making.meeting(number).current_item_id == first.id

    making.decide(make, number, "甲", "defer", reason="资料不全")

    assert making.meeting(number).current_item_id == second.id
    assert second.taken_up_at == make.clock()


def test_deciding_out_of_order_puts_that_item_on_the_table(make: Make) -> None:
    number = making.opened(make, "甲", "乙", "丙")
    first, second, _third = making.items(number)

    making.decide(make, number, "乙", "adopt")
    assert making.meeting(number).current_item_id == second.id

    making.decide(make, number, "丙", "note")
    assert making.meeting(number).current_item_id == first.id


def test_before_the_meeting_deciding_takes_nothing_up(make: Make) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "甲"))

    with pytest.raises(Refused):
        making.decide(make, number, "甲", "note")

    assert making.meeting(number).current_item_id is None


# ---- the gate -------------------------------------------------------------------------------


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
