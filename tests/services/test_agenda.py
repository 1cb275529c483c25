"""The agenda by itself, moved and planned by people; what is said at the table."""

from datetime import date

import pytest
from sqlalchemy import select

from harbour.domain.errors import Invalid, Missing, Refused, Stale
from harbour.domain.meetings import ItemKind, Outcome
from harbour.extensions import db
from harbour.models.tasks import Task
from harbour.services import meetings, proposals, tasks
from tests.making import Make
from tests.making import meetings as making

SAFETY = making.SAFETY


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())


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


def test_what_stands_highest_on_the_ladder_is_looked_back_on_first(make: Make) -> None:
    make.clock.at("2026-03-02 09:00")
    early = overdue(make, "早到期")
    make.clock.at("2026-03-05 09:00")
    urged = overdue(make, "催办三次")
    fresh = overdue(make, "还没到期")
    firm = make.street.actor("ah-sunjl")
    for number in (early, urged, fresh):
        tasks.act(firm, number, "accept", {}, version=None, now=make.clock())
    for day in ("06", "09", "10"):
        make.clock.at(f"2026-03-{day} 10:00")
        urging = {"urge_note": "请快些"}
        tasks.act(make.street.actor("ch-zhao"), urged, "urge", urging, version=None,
                  now=make.clock())  # fmt: skip

    meeting = making.scheduled(make, starts_on=date(2026, 3, 12))
    listed = [item.task_id for item in making.items(meeting)]

    titles = {one.id: one.title for one in db.session.scalars(select(Task))}
    # Level 2 though not due yet, then level 1; the third is on none.
    assert [titles[key] for key in listed if key] == ["催办三次", "早到期"]


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
    confirming = [one for one in making.items(later) if one.kind == ItemKind.CONFIRM_DIRECT]
    assert confirming == []


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
