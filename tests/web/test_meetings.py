"""The pages of meetings, the room and the minutes, as people press them."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.making import Make
from tests.making import meetings as making
from tests.pages import Browser, Page

HOME = "/c/ch/meetings"
SignedIn = Callable[[str], Browser]


def follow(browser: Browser, page: Page) -> Page:
    assert page.status == 303, page.text
    return browser.visit(page.location)


def room(browser: Browser, number: str) -> Page:
    return browser.visit(f"{HOME}/{number}/room")


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
