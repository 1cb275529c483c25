"""The secretary runs a meeting at the desk: votes, tasks, two writers, the screen on the wall."""

from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import DESK, PHONE
from tests.making import Make
from tests.making import meetings as making

WALL = {"viewport": {"width": 1920, "height": 1080}}
HOME = "/c/ch/meetings"
MOST_TAPS = 6


@pytest.mark.browser
def test_an_ordinary_item_is_decided_and_its_task_written_in_six_taps(
    make: Make, device: Any
) -> None:
    number = making.opened(make, "楼道扶手松动，请修好", "东门车辆进出拥堵")
    desk = device("ch-zhao", DESK)
    page = desk.go(f"{HOME}/{number}/room")

    desk.write(page.get_by_label("发言要点"), "王代表：三号楼最松。")
    desk.tap(page.get_by_role("button", name="通过", exact=True))
    desk.write(page.get_by_label("验收标准"), "扶手不再晃动")
    desk.tap(page.get_by_role("radio", name="物业公司（合同内）"))
    desk.tap(page.get_by_role("button", name="保存任务，议下一项"))

    expect(page.get_by_role("heading", name="2. 东门车辆进出拥堵", level=2)).to_be_visible()
    first = making.items(number)[0]
    assert (first.outcome, first.points, first.votes_for) == ("adopted", "王代表：三号楼最松。", 2)
    making.complete_task_of(first)
    assert desk.taps <= MOST_TAPS
    assert desk.complaints == []


@pytest.mark.browser
def test_two_who_write_at_once_see_both_texts(make: Make, device: Any) -> None:
    number = making.opened(make, "楼道扶手松动")
    zhao, lin = device("ch-zhao", DESK), device("ch-lin", DESK)
    his, hers = zhao.go(f"{HOME}/{number}/room"), lin.go(f"{HOME}/{number}/room")

    hers.get_by_label("发言要点").fill("小林写的")
    hers.get_by_role("button", name="只保存发言要点").click()
    expect(hers.get_by_label("发言要点")).to_have_value("小林写的")
    his.get_by_label("发言要点").fill("书记写的")
    his.get_by_role("button", name="通过", exact=True).click()

    expect(his.get_by_text("小林写的")).to_be_visible()
    expect(his.locator("[name=points]")).to_have_value("书记写的")
    assert making.items(number)[0].points == "小林写的"


@pytest.mark.browser
def test_words_are_kept_without_pressing_anything(make: Make, device: Any) -> None:
    number = making.opened(make, "楼道扶手松动")
    lin = device("ch-lin", DESK)
    page = lin.go(f"{HOME}/{number}/room")

    with page.expect_response(lambda reply: reply.url.endswith("/record")) as kept:
        page.get_by_label("发言要点").press_sequentially("边写边存")

    assert kept.value.status == 200
    assert making.items(number)[0].points == "边写边存"


@pytest.mark.browser
def test_the_screen_on_the_wall_follows_by_itself(make: Make, device: Any) -> None:
    number = making.opened(make, "楼道扶手松动", "东门车辆进出拥堵", present=1)
    wall = device("ch-lin", WALL).go(f"{HOME}/{number}/projector")
    expect(wall.get_by_role("heading", name="楼道扶手松动")).to_be_visible()
    image = wall.locator(".projector_code img")
    expect(image).to_be_visible()
    assert image.evaluate("one => one.naturalWidth") > 0

    with making.everywhere():
        making.decide(make, number, "楼道扶手松动", "defer", reason="资料不全")

    expect(wall.get_by_role("heading", name="东门车辆进出拥堵")).to_be_visible()


@pytest.mark.browser
def test_the_screen_also_follows_without_a_script(make: Make, device: Any) -> None:
    number = making.opened(make, "楼道扶手松动")
    wall = device("ch-lin", WALL, java_script_enabled=False).go(f"{HOME}/{number}/projector")

    assert wall.locator("meta[http-equiv=refresh]").count() == 1


@pytest.mark.browser
def test_the_room_works_without_a_script(make: Make, device: Any) -> None:
    number = making.opened(make, "楼道扶手松动")
    page = device("ch-zhao", DESK, java_script_enabled=False).go(f"{HOME}/{number}/room")

    page.get_by_label("发言要点").fill("没有脚本也能写")
    page.get_by_role("button", name="通过", exact=True).click()

    expect(page.get_by_role("heading", name="形成任务")).to_be_visible()
    assert making.items(number)[0].points == "没有脚本也能写"


@pytest.mark.browser
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_pages_of_meetings_are_fit_for_everybody(
    make: Make, device: Any, size: dict[str, Any], elder: bool
) -> None:
    done = making.finalised(make)
    making.backlog(make, "健身器材螺丝松动")
    running = making.scheduled(make, starts_on=date(2026, 3, 6))
    making.placed(make, running, making.backlog(make, "东门车辆进出拥堵"))
    making.placed(make, running, making.backlog(make, "地面停车收费", making.OWNERS))
    making.placed(
        make, running, making.backlog(make, "楼道灯不亮"), making.backlog(make, "健身路径")
    )
    make.clock.at("2026-03-06 14:30")
    making.begun(make, running)
    making.decide(make, running, "楼道灯不亮", "adopt")
    making.decide(make, running, "健身路径", "adopt", wording="先修东边的")
    making.drafted(make, making.proposal_number(running, "健身路径"), level="critical")
    ahead = making.scheduled(make, starts_on=date(2026, 3, 12))
    first = making.items(running)[0].id
    window = device("ch-zhao", size)
    if elder:
        window.elder()

    found = {}
    for path in (
        "", "/new", f"/{ahead}", f"/{ahead}/agenda", f"/{ahead}/place", f"/{ahead}/reschedule",
        f"/{ahead}/cancel", f"/{running}", f"/{running}/room",
        *(f"/{running}/room?item={one.id}" for one in making.items(running)),
        f"/{running}/items/{first}/refer", f"/{running}/attend", f"/{running}/invite",
        f"/{running}/sign-in", f"/{running}/projector", f"/{running}/agenda/print",
        f"/{running}/sign-in-sheet", f"/{done}", f"/{done}/agenda", f"/{done}/minutes",
        f"/{done}/minutes?text=public", f"/{done}/minutes/print", f"/{done}/correct",
        f"/{done}/publish",
    ):  # fmt: skip
        page = window.go(HOME + path)
        assert page.url == window.address + HOME + path
        found[path] = (window.axe(elder=elder), window.too_wide())

    assert {path: wrong for path, wrong in found.items() if wrong != ([], 0)} == {}
    assert window.complaints == []
