"""One matter by five people, from a resident's words to a closed task, all in the browser."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import DESK, PHONE
from tests.making.photos import picture

TITLE = "修好2号楼1单元门口的路灯"
NUMBER = "CH01-2026-0001"
MEETING = "/c/ch/meetings/CH01-2026-M01"
TASK = f"/c/ch/tasks/{NUMBER}"


def press(page: Page, name: str) -> None:
    """Press the first button or link that says exactly this."""
    page.locator(f'main :is(a, button):text-is("{name}")').first.click()


def pick(page: Page, name: str, value: str) -> None:
    """Touch a pick-box of a field."""
    page.locator(f"[name={name}][value={value}]").first.check(force=True)


def photo(folder: Path, seed: int) -> Path:
    path = folder / f"IMG_{seed:04}.jpg"
    path.write_bytes(picture(seed, 800, 600))
    return path


def the_representative_files_the_summary(phone: Any, folder: Path) -> None:
    page = phone.go("/")
    press(page, "写本周汇总")
    page.locator("[name=concern_title]").fill(TITLE)
    page.locator("[name=residents_words]").fill("晚上黑，老人绕着走。")
    page.get_by_role("searchbox").fill("公共照明")
    page.locator(".finder__found button").first.click()
    page.locator("[name=building]").select_option(label="2号楼")
    page.locator("input[type=file][name=photos]").first.set_input_files(photo(folder, 1))
    page.locator(".photo_field__chosen li").wait_for()
    press(page, "保存，写完了")
    press(page, "提交")
    expect(page.get_by_text(NUMBER).first).to_be_visible()


def the_worker_reads_and_proposes(desk: Any) -> None:
    page = desk.go("/c/ch/summaries/desk")
    page.locator("main a[href*='/summaries/desk/']").first.click()
    press(page, "列为议题")
    press(page, "接收汇总")
    expect(page.get_by_text("已接收").first).to_be_visible()


def the_secretary_calls_the_meeting(desk: Any) -> None:
    page = desk.go(f"/c/ch/proposals/{NUMBER}")
    press(page, "受理议题")
    page = desk.go("/c/ch/meetings")
    press(page, "安排这场会")
    page = desk.go(f"{MEETING}/place")
    page.locator("[name=proposal]").first.check(force=True)
    press(page, "列入议程")
    expect(page.get_by_text(TITLE).first).to_be_visible()


def the_meeting_decides(desk: Any) -> None:
    page = desk.go(MEETING)
    press(page, "开始会议")
    page = desk.go(f"{MEETING}/attend")
    for name in ("王代表", "䶮代表", "赵书记", "孙经理"):
        page.locator("label", has_text=name).locator("input").first.check(force=True)
    press(page, "保存签到")
    page = desk.go(f"{MEETING}/room")
    page.locator("[name=points]").first.fill("王代表：老人夜里出门不方便。孙经理：灯头有现货。")
    press(page, "通过")
    page.locator("[name=criteria]").fill("三盏灯夜里都亮\n灯罩无破损")
    pick(page, "who_pays", "firm")
    page.locator("[name=public_sentence]").fill("2号楼门口的路灯五个工作日内修好。")
    page.locator("main button:has-text('保存任务')").first.click()
    press(page, "结束会议")
    page.wait_for_url(lambda url: "/room" not in url)


def the_firm_accepts_and_reports(phone: Any, folder: Path) -> None:
    page = phone.go(TASK)
    press(page, "我来签收")
    page = phone.go(f"{TASK}/report")
    pick(page, "result", "done")
    for n, met in enumerate(page.locator("[name^=met_][value=yes]").all()):
        met.check(force=True)
        key = (met.get_attribute("name") or "").removeprefix("met_")
        for moment in ("before", "after"):
            page.locator(f"input[type=file][name={moment}_{key}]").first.set_input_files(
                photo(folder, 10 * n + len(moment))
            )
    page.locator("[name=what_was_done]").fill("更换灯头3个。")
    page.locator("[name=public_reply]").fill("路灯已修好，夜里都亮了。")
    pick(page, "contact", "in_person")
    page.locator("[name=contact_on]").fill("2026-03-09")
    press(page, "我已办完")
    expect(page.get_by_text("已报完成").first).to_be_visible()


def the_representative_looks_and_says_yes(phone: Any) -> None:
    page = phone.go(f"{TASK}/verify")
    for tick in page.locator("[name=criteria_ticks]").all():
        tick.check(force=True)
    pick(page, "solved", "solved")
    pick(page, "satisfaction", "very_satisfied")
    page.locator("[name=finding]").fill("昨晚去看了，都亮。")
    press(page, "办好了")
    expect(page.get_by_text("已评价，待销号").first).to_be_visible()


@pytest.mark.browser
def test_a_promise_is_made_kept_seen_and_closed(street, clock, device, tmp_path):
    rep, lin = device("ch01-rep1", PHONE), device("ch-lin", DESK)
    zhao, sun = device("ch-zhao", DESK), device("ah-sunjl", PHONE)

    the_representative_files_the_summary(rep, tmp_path)
    the_worker_reads_and_proposes(lin)
    the_secretary_calls_the_meeting(zhao)
    clock.at("2026-03-05 14:30")
    the_meeting_decides(zhao)
    clock.at("2026-03-09 16:00")
    the_firm_accepts_and_reports(sun, tmp_path)
    clock.at("2026-03-10 09:00")
    the_representative_looks_and_says_yes(rep)
    page = zhao.go(TASK)
    press(page, "销号")

    expect(page.get_by_text("已销号").first).to_be_visible()
    told = rep.go(f"/c/ch/thread/{NUMBER}").locator("main").inner_text()
    for word in ("晚上黑，老人绕着走。", "路灯已修好，夜里都亮了。", "昨晚去看了，都亮。"):
        assert word in told
    street_desk = device("cf-zhou", DESK)
    assert street_desk.go(TASK).locator("main").inner_text().count(TITLE)
    for one in (rep, lin, zhao, sun, street_desk):
        assert one.complaints == []
