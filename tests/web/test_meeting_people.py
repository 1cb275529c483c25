"""Signing in, many items and people, and the minutes."""

from datetime import time
from typing import Any

from sqlalchemy import event

from harbour.extensions import db
from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making
from tests.pages import Browser
from tests.web.test_meetings import HOME, SignedIn, follow, room

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
