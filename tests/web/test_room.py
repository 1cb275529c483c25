"""The room: one item at a time, votes, tasks, two writers."""

import pytest

from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making
from tests.web.test_meetings import HOME, SignedIn, follow, room


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
