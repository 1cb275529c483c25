"""The pages of meetings, the room and the minutes, as people press them."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from sqlalchemy import event

from harbour.extensions import db
from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making
from tests.pages import Browser, Page

HOME = "/c/ch/meetings"
SignedIn = Callable[[str], Browser]


def follow(browser: Browser, page: Page) -> Page:
    assert page.status == 303, page.text
    return browser.visit(page.location)


# ---- the list and scheduling ----------------------------------------------------------------


def test_the_weekly_slot_is_made_by_one_press(make: Make, signed_in: SignedIn) -> None:
    zhao = signed_in("ch-zhao")
    page = zhao.visit(HOME)
    compound = make.street.compounds["CH-01"]

    shown = follow(zhao, zhao.press(page, f"/next/{compound}"))

    assert "春和家园〔2026〕第1期" in shown.text
    assert making.meeting("CH01-2026-M01").state == "scheduled"


def test_the_slot_pressed_twice_with_one_key_makes_one(make: Make, signed_in: SignedIn) -> None:
    zhao = signed_in("ch-zhao")
    page = zhao.visit(HOME)
    ending = f"/next/{make.street.compounds['CH-01']}"

    first, second = zhao.press(page, ending), zhao.press(page, ending)

    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location


def test_two_buttons_of_one_page_are_two_acts(make: Make, signed_in: SignedIn) -> None:
    zhao = signed_in("ch-zhao")
    page = zhao.visit(HOME)

    made = [
        zhao.press(page, f"/next/{make.street.compounds[code]}").location
        for code in ("CH-01", "CH-02")
    ]

    assert [one.rsplit("/", 1)[1] for one in made] == ["CH01-2026-M01", "CH02-2026-M01"]


def test_two_buttons_of_the_room_are_two_acts(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    second = making.items(number)[1].id
    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/room?item={second}")

    zhao.press(page, f"/items/{second}/take_up")
    zhao.press(page, "/pass_over")

    assert [one.outcome for one in making.items(number)] == ["not_reached", "not_reached"]


def test_back_and_another_button_is_another_act(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    zhao = signed_in("ch-zhao")
    page = room(zhao, number)

    zhao.press(page, "/write", ("do", "defer"))
    zhao.press(page, "/write", ("do", "adopt"))

    assert making.items(number)[0].outcome == "adopted"


def test_back_and_other_words_are_told_of_not_dropped(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    lin = signed_in("ch-lin")
    page = room(lin, number)
    assert lin.press(page, "/write", ("do", "save"), points="第一次").status == 303

    again = lin.press(page, "/write", ("do", "save"), points="第二次")

    assert again.status == 409
    assert "第二次" in again.html


def test_the_same_press_twice_is_still_one_act(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    making.decide(make, number, "修路灯", "adopt")
    zhao = signed_in("ch-zhao")
    page = room(zhao, number)
    typed = {"criteria": "灯亮了", "who_pays": "firm"}

    first = zhao.press(page, "/task", ("do", "next"), **typed)
    second = zhao.press(page, "/task", ("do", "next"), **typed)

    assert (first.status, second.status, first.location) == (303, 303, second.location)
    making.complete_task_of(making.items(number)[0])


def test_moving_back_and_forth_from_one_page_moves_each_time(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "甲"), making.backlog(make, "乙"))
    first, second = (one.id for one in making.items(number))
    lin = signed_in("ch-lin")
    page = lin.visit(f"{HOME}/{number}/agenda")

    lin.press(page, "/arrange", ("do", f"up-{second}"))
    assert [one.id for one in making.items(number)] == [second, first]
    lin.press(page, "/arrange", ("do", f"down-{second}"))

    assert [one.id for one in making.items(number)] == [first, second]


def test_a_holiday_offers_three_ways(make: Make, signed_in: SignedIn) -> None:
    make.clock.at("2026-09-28 09:00")
    zhao = signed_in("ch-zhao")
    compound = make.street.compounds["CH-01"]
    page = zhao.visit(f"{HOME}/next/{compound}")
    assert "法定节假日" in page.text

    undecided = zhao.press(page, f"/next/{compound}")
    assert undecided.status == 422
    moved = zhao.press(page, f"/next/{compound}", choice="move")

    assert moved.status == 303
    assert making.meeting("CH01-2026-M01").starts_at.isoformat().startswith("2026-09-30")


def test_a_meeting_is_scheduled_by_hand(make: Make, signed_in: SignedIn) -> None:
    lin = signed_in("ch-lin")
    page = lin.visit(f"{HOME}/new")
    typed: dict[str, Any] = {
        "compound": str(make.street.compounds["CH-02"]), "starts_on": "2026-03-04",
        "starts_time": "19:00", "planned_minutes": "60", "meeting_place": "活动室",
        "kind": "other",
    }  # fmt: skip

    bad = lin.press(page, "/new", **{**typed, "starts_on": "2026-02-30"})
    assert bad.status == 422
    assert "活动室" in bad.html
    assert lin.press(page, "/new", **typed).status == 303


def test_the_list_shows_what_is_to_come_and_pages_what_was(make: Make, signed_in: SignedIn) -> None:
    making.scheduled(make)

    page = signed_in("ch01-rep1").visit(HOME)

    assert "CH01-2026-M01" in page.text
    assert "安排会议" not in page.text


@pytest.mark.parametrize("who", ["ch02-rep1", "hl-lijl", "cx-qian"])
def test_who_is_not_of_the_compound_finds_nothing(
    make: Make, signed_in: SignedIn, who: str
) -> None:
    number = making.scheduled(make)
    browser = signed_in(who)

    for path in ("", "/agenda", "/agenda/print", "/sign-in-sheet", "/sign-in", "/projector"):
        assert browser.visit(f"{HOME}/{number}{path}").status in (403, 404)


# ---- the agenda -----------------------------------------------------------------------------


def test_several_proposals_are_put_on_the_agenda_at_once(make: Make, signed_in: SignedIn) -> None:
    number = making.scheduled(make)
    first, second = making.backlog(make, "修路灯"), making.backlog(make, "修门禁")
    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/place")

    nothing = zhao.press(page, "/place")
    assert nothing.status == 422
    agenda = follow(zhao, zhao.press(page, "/place", proposal=[first, second]))

    assert agenda.text.index("修路灯") < agenda.text.index("修门禁")


def test_moving_an_item_keeps_the_minutes_just_typed(make: Make, signed_in: SignedIn) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "修路灯"), making.backlog(make, "修门禁"))
    first, second = making.items(number)
    lin = signed_in("ch-lin")
    page = lin.visit(f"{HOME}/{number}/agenda")

    lin.press(page, "/arrange", ("do", f"up-{second.id}"), **{f"minutes_{first.id}": "25"})

    assert [one.id for one in making.items(number)] == [second.id, first.id]
    assert making.items(number)[1].planned_minutes == 25


def test_minutes_out_of_reason_are_told_beside_the_field(make: Make, signed_in: SignedIn) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "修路灯"))
    only = making.items(number)[0]
    lin = signed_in("ch-lin")

    page = lin.press(lin.visit(f"{HOME}/{number}/agenda"), "/arrange", ("do", "save"),
                     **{f"minutes_{only.id}": "900"})  # fmt: skip

    assert page.status == 422
    assert 'value="900"' in page.html


def test_taken_off_by_the_secretary(make: Make, signed_in: SignedIn) -> None:
    number = making.scheduled(make)
    proposal = making.backlog(make, "修路灯")
    making.placed(make, number, proposal)
    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/agenda")

    assert zhao.press(page, "/arrange", ("do", f"off-{proposal}")).status == 303
    assert making.items(number) == []


def test_a_private_matter_shows_no_title_to_the_others_nor_on_paper(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "王家深夜吵闹", making.PRIVATE))

    assert "王家深夜吵闹" in signed_in("ch-zhao").visit(f"{HOME}/{number}/agenda").text
    for who, path in (
        ("ch01-rep1", "/agenda"), ("ah-sunjl", "/agenda"), ("ch-zhao", "/agenda/print"),
    ):  # fmt: skip
        assert "王家深夜吵闹" not in signed_in(who).visit(f"{HOME}/{number}{path}").text


# ---- the room -------------------------------------------------------------------------------


def room(browser: Browser, number: str) -> Page:
    return browser.visit(f"{HOME}/{number}/room")


def test_the_room_is_the_offices(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")

    assert room(signed_in("ch-lin"), number).status == 200
    assert room(signed_in("ch01-rep1"), number).status == 403


def test_adopting_and_writing_the_task_in_the_same_place(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    first, second = making.items(number)
    zhao = signed_in("ch-zhao")
    page = room(zhao, number)
    form = page.form("/write")
    assert form["fields"]["votes_for"] == ["2"]

    adopted = follow(zhao, zhao.press(page, "/write", ("do", "adopt"), points="都同意"))
    assert "安和物业" in adopted.text
    done = zhao.press(adopted, "/task", ("do", "next"), criteria="灯亮了", who_pays="firm",
                      lead=f"firm:{make.street.firms['AH']}", level="normal")  # fmt: skip

    assert done.status == 303
    assert making.items(number)[0].points == "都同意"
    assert making.meeting(number).current_item_id == second.id
    assert first.outcome == "adopted"


def test_an_item_decided_out_of_order_gets_its_task_in_the_same_place(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    second = making.items(number)[1].id
    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/room?item={second}")

    shown = follow(zhao, zhao.press(page, "/write", ("do", "adopt")))

    assert shown.form(f"/items/{second}/task")
    assert "修门禁" in zhao.visit(f"{HOME}/{number}/projector").text


def test_another_item_is_put_on_the_table_and_one_is_passed_over(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    first, second = (one.id for one in making.items(number))
    zhao = signed_in("ch-zhao")
    assert "/take_up" not in room(zhao, number).html

    page = zhao.visit(f"{HOME}/{number}/room?item={second}")
    zhao.press(page, f"/items/{second}/take_up")
    assert making.meeting(number).current_item_id == second
    zhao.press(room(zhao, number), "/write", ("do", "pass_over"), points="时间不够")

    passed = making.items(number)[1]
    assert (passed.outcome, passed.points) == ("not_reached", "时间不够")
    assert making.meeting(number).current_item_id == first


def test_votes_that_do_not_carry_keep_what_was_typed(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    zhao = signed_in("ch-zhao")

    page = zhao.press(room(zhao, number), "/write", ("do", "adopt"), points="长长的讨论",
                      votes_for="1", votes_against="1")  # fmt: skip

    assert page.status == 422
    assert "长长的讨论" in page.html
    assert making.items(number)[0].outcome is None


@pytest.mark.parametrize("outcome", ["adopt", "defer", "note", "pass_over"])
def test_a_decided_item_can_be_looked_at_again(
    make: Make, signed_in: SignedIn, outcome: str
) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    item = making.items(number)[0].id
    if outcome == "pass_over":
        meetings.act(
            make.street.actor("ch-zhao"), number, outcome, {"item": item}, now=make.clock()
        )
    else:
        making.decide(make, number, "修路灯", outcome, reason="资料不全")

    for who in ("ch-zhao", "ch-lin"):
        browser = signed_in(who)
        assert browser.visit(f"{HOME}/{number}/room?item={item}").status == 200


def test_a_critical_task_goes_out_from_the_room_and_another_may_be_written(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.opened(make, "冰溜子要掉", "修门禁")
    item = making.items(number)[0].id
    making.decide(make, number, "冰溜子要掉", "adopt")
    proposal = making.proposal_number(number, "冰溜子要掉")
    with making.everywhere():
        task = making.drafted(make, proposal, level="critical")
    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/room?item={item}")

    sent = zhao.press(page, f"/tasks/{task}/dispatch")
    again = zhao.visit(f"{HOME}/{number}/room?item={item}&more=1")

    assert sent.status == 303
    assert making.complete_task_of(making.items(number)[0]).state == "assigned"
    assert again.form("/task")


def test_an_incomplete_task_leads_to_where_it_is_completed(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    item = making.items(number)[0].id
    making.decide(make, number, "修路灯", "adopt")
    proposal = making.proposal_number(number, "修路灯")
    with making.everywhere():
        task = making.drafted(make, proposal, criteria="")

    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/room?item={item}")

    assert f"/c/ch/tasks/{task}/edit" in page.read.links
    assert zhao.visit(f"/c/ch/tasks/{task}/edit").status == 200


def test_two_in_the_room_see_both_texts(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    zhao, lin = signed_in("ch-zhao"), signed_in("ch-lin")
    his, hers = room(zhao, number), room(lin, number)
    lin.press(hers, "/write", ("do", "save"), points="小林写的")

    late = zhao.press(his, "/write", ("do", "adopt"), points="书记写的")

    assert late.status == 409
    assert "小林写的" in late.text
    assert "书记写的" in late.html
    assert making.items(number)[0].outcome is None
    merged = zhao.press(late, "/write", points="两人写的")
    assert merged.status == 303
    assert making.items(number)[0].points == "两人写的"
    assert making.items(number)[0].outcome == "adopted"


def test_a_decision_takes_nothing_back_that_others_wrote(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    zhao, lin = signed_in("ch-zhao"), signed_in("ch-lin")
    his, hers = room(zhao, number), room(lin, number)
    lin.press(hers, "/write", ("do", "save"), points="小林写的")

    assert zhao.press(his, "/write", ("do", "adopt")).status == 303
    assert making.items(number)[0].points == "小林写的"


def test_words_are_kept_while_one_types(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    lin = signed_in("ch-lin")
    form = room(lin, number).form("/write")
    data = {k: v[0] for k, v in form["fields"].items()}
    fetch = {"X-Requested-With": "fetch"}
    address = form["action"].replace("/write", "/record")

    kept = lin.client.post(address, data={**data, "points": "一半"}, headers=fetch)
    stale = lin.client.post(address, data={**data, "points": "另一半"}, headers=fetch)

    assert kept.get_json()["version"] == int(data["version"]) + 1
    assert stale.status_code == 409
    assert making.items(number)[0].points == "一半"


def test_below_the_quorum_adoption_waits_with_its_reason(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯", present=1)

    page = room(signed_in("ch-zhao"), number)

    assert ("do", "adopt") not in page.form("/write")["buttons"]
    assert ("do", "defer") in page.form("/write")["buttons"]


def test_owner_decisions_say_why_and_offer_the_assembly(make: Make, signed_in: SignedIn) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "地面停车收费", making.OWNERS))
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number)
    zhao = signed_in("ch-zhao")
    page = room(zhao, number)
    assert "第二百七十八条" in page.text

    asked = follow(zhao, zhao.press(page, "/write", ("do", "refer"), points="请业主大会定"))
    assert asked.form("/refer")
    referred = zhao.press(asked, "/refer", referred_to="owners_assembly", answer_on="2026-04-01")

    assert referred.status == 303
    item = making.items(number)[0]
    assert (item.outcome, item.points) == ("referred", "请业主大会定")


def test_a_worker_writes_and_has_no_outcome_buttons(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, "修路灯")
    lin = signed_in("ch-lin")

    page = room(lin, number)

    assert page.form("/write")["buttons"] == [("do", "save")]
    assert lin.press(page, "/write", ("do", "adopt"), votes_for="2").status == 403


def test_the_rest_is_passed_over_by_one_press_and_the_meeting_ends(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    zhao = signed_in("ch-zhao")
    page = room(zhao, number)
    assert "结束会议" in page.text

    after = follow(zhao, zhao.press(page, "/pass_over"))
    ended = follow(zhao, zhao.press(after, "/end"))

    assert "会议议定" in ended.text
    assert making.meeting(number).state == "minuted"


# ---- signing in -----------------------------------------------------------------------------


def test_ticking_off_does_not_undo_who_signed_in_meanwhile(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, present=0)
    lin, wang = signed_in("ch-lin"), signed_in("ch01-rep1")
    page = lin.visit(f"{HOME}/{number}/attend")
    wang.press(wang.visit(f"{HOME}/{number}/sign-in"), "/sign_in")
    other = next(one for one in making.attendees(number) if one.name == "䶮代表")

    lin.press(page, "/attend", present=[str(other.id)], way="phone")

    standing = {one.name: (one.presence, one.way) for one in making.attendees(number)}
    assert standing["王代表"] == ("present", "on_site")
    assert standing["䶮代表"] == ("present", "phone")


def test_signing_in_by_the_code_on_the_screen(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make, present=0)
    wang = signed_in("ch01-rep1")
    code = wang.client.get(f"{HOME}/{number}/sign-in.svg")
    assert code.mimetype == "image/svg+xml"

    page = follow(wang, wang.press(wang.visit(f"{HOME}/{number}/sign-in"), "/sign_in"))

    assert "您已签到" in page.text


def test_somebody_on_leave_or_leaving_early(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make)
    one = making.attendees(number)[0]
    lin = signed_in("ch-lin")
    address = f"/attendees/{one.id}"
    page = lin.visit(f"{HOME}/{number}{address}")

    lin.press(page, address, left="y")
    assert making.attendees(number)[0].left_at == make.clock()
    lin.press(lin.visit(f"{HOME}/{number}{address}"), address, presence="on_leave")
    assert making.attendees(number)[0].presence == "on_leave"
    assert lin.visit(f"{HOME}/{number}/attendees/999999").status == 404


def test_a_guest_is_added_at_the_door(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make)
    lin = signed_in("ch-lin")
    page = lin.visit(f"{HOME}/{number}/invite")

    assert lin.press(page, "/invite").status == 422
    assert lin.press(page, "/invite", attendee_name="陈老师", unit_name="和平学校",
                     capacity="guest").status == 303  # fmt: skip
    assert making.attendees(number)[-1].unit_name == "和平学校"


def test_the_screen_shows_item_votes_and_quorum_but_nothing_private(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, "王家深夜吵闹", making.PRIVATE))
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number)

    page = signed_in("ch-zhao").visit(f"{HOME}/{number}/projector")

    assert page.status == 200
    assert "王家深夜吵闹" not in page.text
    assert "/sign-in.svg" in page.html


# ---- many items, many people ------------------------------------------------------------------


def statements(browser: Browser, path: str) -> int:
    """How many statements a page costs."""
    seen: list[str] = []

    def note(*told: Any) -> None:
        seen.append(told[2])

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert browser.visit(path).status == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return sum(1 for one in seen if one.lstrip().upper().startswith("SELECT"))


def crowd(make: Make, number: str, people: int, items: int) -> None:
    """So many guests with a vote, and so many more proposals, on a scheduled meeting."""
    lin, now = make.street.actor("ch-lin"), make.clock()
    for one in range(people):
        guest = {"attendee_name": f"代表{one}", "capacity": "representative", "voting": True}
        meetings.act(lin, number, "invite", guest, now=now)
    making.placed(make, number, *(making.backlog(make, f"议题{one}") for one in range(items)))


PAGES = ("", "/agenda", "/room", "/attend", "/projector", "/sign-in", "/agenda/print",
         "/sign-in-sheet")  # fmt: skip


def test_no_page_grows_with_its_items_or_people(make: Make, signed_in: SignedIn) -> None:
    small = making.scheduled(make, starts_time=time(9))
    making.placed(make, small, making.backlog(make, "一项"))
    large = making.scheduled(make, starts_time=time(14))
    crowd(make, large, people=20, items=30)
    make.clock.at("2026-03-05 14:30")
    for number in (small, large):
        making.begun(make, number)
    zhao = signed_in("ch-zhao")

    costs = {
        path: (statements(zhao, f"{HOME}/{small}{path}"), statements(zhao, f"{HOME}/{large}{path}"))
        for path in PAGES
    }

    assert {path: cost for path, cost in costs.items() if cost[0] != cost[1]} == {}
    every = [cost for pair in costs.values() for cost in pair] + [statements(zhao, HOME)]
    assert min(every) > 0  # the counter counts
    assert max(every) <= 15


def test_writing_the_task_and_reading_the_minutes_stay_cheap(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.opened(make, "修路灯", "修门禁")
    making.decide(make, number, "修路灯", "adopt")
    zhao = signed_in("ch-zhao")
    costs = {"writing": statements(zhao, f"{HOME}/{number}/room")}
    with making.everywhere():
        making.drafted(make, making.proposal_number(number, "修路灯"))
    item = making.items(number)[0].id
    costs["another"] = statements(zhao, f"{HOME}/{number}/room?item={item}&more=1")
    with making.everywhere():
        zhao_acts = make.street.actor("ch-zhao")
        for action, inputs in (("pass_over", {"item": None}), ("end", {}), ("circulate", {})):
            meetings.act(zhao_acts, number, action, inputs, now=make.clock())
    for path in ("", "/minutes", "/minutes/print", "/agenda"):
        costs[path] = statements(zhao, f"{HOME}/{number}{path}")

    assert {path: cost for path, cost in costs.items() if not 0 < cost <= 15} == {}


def test_the_room_does_not_cost_more_with_every_task_written(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.opened(make, *"甲乙丙丁戊")
    zhao, costs = signed_in("ch-zhao"), []
    for title in "甲乙丙丁":
        with making.everywhere():
            making.decide(make, number, title, "adopt")
            making.drafted(make, making.proposal_number(number, title))
            meetings.go_on(make.street.actor("ch-zhao"), number, now=make.clock())
        costs.append(statements(zhao, f"{HOME}/{number}/room"))

    assert len(set(costs)) == 1, costs


def test_two_hundred_items_are_passed_over_and_the_meeting_ends(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.scheduled(make)
    crowd(make, number, people=55, items=200)
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number)
    zhao = signed_in("ch-zhao")

    after = follow(zhao, zhao.press(room(zhao, number), "/pass_over"))
    ended = follow(zhao, zhao.press(after, "/end"))

    assert "二百、议题" in ended.text
    assert statements(zhao, f"{HOME}/{number}/minutes") <= 15


# ---- the minutes ----------------------------------------------------------------------------


def test_the_minutes_go_round_are_answered_final_and_published(
    make: Make, signed_in: SignedIn
) -> None:
    number = making.ended(make)
    zhao, wang, sun = signed_in("ch-zhao"), signed_in("ch01-rep1"), signed_in("ah-sunjl")
    address = f"{HOME}/{number}/minutes"
    edited = zhao.press(zhao.visit(f"{HOME}/{number}/minute"), "/minute", minutes_text="定稿文本")
    assert edited.status == 303
    zhao.press(zhao.visit(address), "/circulate")
    wang.press(wang.visit(address), "/confirm")
    asked = sun.visit(f"{HOME}/{number}/object")
    sun.press(asked, "/object", objection="金额不对")
    zhao.press(zhao.visit(address), "/confirm")

    shown = follow(zhao, zhao.press(zhao.visit(address), "/finalise"))
    assert "金额不对" in shown.text
    asked = zhao.visit(f"{HOME}/{number}/publish")
    assert zhao.press(asked, "/publish").status == 303
    paper = zhao.visit(f"{HOME}/{number}/minutes/print")

    assert "定稿文本" in paper.text
    assert making.meeting(number).state == "published"


def test_silence_is_no_objection_and_not_agreement(make: Make, signed_in: SignedIn) -> None:
    number = making.circulated(make)
    make.clock.at("2026-03-10 09:00")
    zhao = signed_in("ch-zhao")

    page = zhao.visit(f"{HOME}/{number}/minutes")

    assert page.text.count("未收到异议") == 3
    assert "已确认" not in page.text


def test_a_correction_leaves_the_earlier_text_readable(make: Make, signed_in: SignedIn) -> None:
    number = making.finalised(make)
    zhao = signed_in("ch-zhao")
    page = zhao.visit(f"{HOME}/{number}/correct")

    zhao.press(page, "/correct", reason="票数有误", minutes_text="更正后的文本")

    first = zhao.visit(f"{HOME}/{number}/minutes/revisions/1")
    assert "更正后的文本" not in first.text
    assert "票数有误" in first.text
    assert "更正后的文本" in zhao.visit(f"{HOME}/{number}/minutes/print").text
    assert zhao.visit(f"{HOME}/{number}/minutes/revisions/3").status == 404


def test_there_are_no_minutes_before_the_end(make: Make, signed_in: SignedIn) -> None:
    number = making.opened(make)

    assert signed_in("ch-zhao").visit(f"{HOME}/{number}/minutes").status == 404
