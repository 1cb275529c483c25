"""The administrator's calendar: read, laid out, looked at, confirmed; and dates that say it."""

import io
from datetime import date
from typing import Any

import pytest

from harbour.models.calendar import working_calendar
from tests.making.tasks import everywhere
from tests.pages import Page

FILE = "日期,安排,节日\n2026-03-04,休,某节\n2026-03-14,班,某节\n"
HOLIDAYS = "/admin/calendar"


def laid_out(browser: Any, text: str = FILE, status: str = "official") -> Page:
    sent = {
        "file": (io.BytesIO(text.encode("gb18030")), "2026.csv"),
        "status": status,
        "source": "国办发明电〔2025〕7号",
    }
    page: Page = browser.post(f"{HOLIDAYS}/import", **sent)
    return page


def test_the_years_say_how_certain_they_are(signed_in):
    page = signed_in("cf-admin").visit(HOLIDAYS)

    assert page.status == 200
    assert "2027 是否已公布 暂定" in page.text
    assert "2026 是否已公布 正式" in page.text


def test_a_year_is_shown_month_by_month(signed_in):
    page = signed_in("cf-admin").visit(f"{HOLIDAYS}/2026")

    assert page.html.count('class="month"') == 12
    assert page.html.count("month__day--holiday") == 33
    assert page.html.count("month__day--makeup_workday") == 6
    assert 'href="/admin/calendar/days/2026-05-09"' in page.html


def test_a_file_is_looked_at_before_it_counts(begin, signed_in):
    task, browser = begin(), signed_in("cf-admin")

    answer = laid_out(browser)
    preview = browser.visit(answer.location)

    assert answer.status == 303
    # The file leaves out what stood there before: every day that changes is shown.
    assert "3月4日 周三" in preview.text
    assert task.number in preview.text
    assert "国办发明电〔2025〕7号" in preview.text
    with everywhere():
        assert working_calendar().is_workday(task.task.due_at.date())

    done = browser.press(preview, "/take-over")

    assert done.location == f"{HOLIDAYS}/2026"
    with everywhere():
        free = [str(one) for one in sorted(working_calendar().holidays) if one.year == 2026]
    assert free == ["2026-03-04"]
    again = browser.visit(laid_out(browser).location)
    assert "完全相同" in again.text
    assert "take-over" not in again.html


def test_a_wrong_file_is_told_line_by_line_and_changes_nothing(signed_in):
    browser = signed_in("cf-admin")
    before = working_calendar()

    page = laid_out(browser, "2026-03-04,休\n2026-13-01,休\n2026-03-06,也许\n")

    assert page.status == 422
    assert "第 2 行：“2026-13-01”不是日期" in page.text
    assert "第 3 行：“也许”看不出是休还是班" in page.text
    assert working_calendar() == before


def test_one_day_is_changed_the_same_way(begin, signed_in):
    task, browser = begin(), signed_in("cf-admin")
    page = browser.visit(f"{HOLIDAYS}/days/2026-03-04")

    asked = browser.press(page, "/2026-03-04", day_kind="holiday", day_name="某节")
    browser.press(browser.visit(asked.location), "/take-over")

    assert "3月10日" in browser.visit(asked.location).text or task.task.due_at.day == 10
    assert browser.visit(asked.location).status == 404  # the draft is used up


def test_no_weekday_can_be_made_a_make_up_day(signed_in):
    browser = signed_in("cf-admin")

    page = browser.visit(f"{HOLIDAYS}/days/2026-03-04")

    assert "makeup_workday" not in page.html
    assert "makeup_workday" in browser.visit(f"{HOLIDAYS}/days/2026-03-07").html
    assert browser.visit(f"{HOLIDAYS}/days/2026-02-30").status == 404


def test_a_year_becomes_official(signed_in):
    browser = signed_in("cf-admin")
    page = browser.visit(f"{HOLIDAYS}/2027/status")

    asked = browser.press(page, "/status", status="official", source="通知")
    browser.press(browser.visit(asked.location), "/take-over")

    with everywhere():
        assert working_calendar().settled(2027)


def test_anothers_draft_is_not_there(signed_in, street):
    address = laid_out(signed_in("cf-admin")).location

    assert signed_in("cf-zhou").visit(address).status == 403


def test_many_tasks_are_shown_a_page_at_a_time(begin, signed_in, monkeypatch):
    monkeypatch.setattr("harbour.queries.calendar.PAGE", 2)
    numbers = [begin().number for _ in range(3)]
    browser = signed_in("cf-admin")

    address = laid_out(browser).location
    first, second = browser.visit(address), browser.visit(f"{address}?page=2")

    assert [number in first.text for number in numbers] == [True, True, False]
    assert [number in second.text for number in numbers] == [False, False, True]
    assert "第 1 页，共 2 页" in first.text


def test_a_date_on_a_make_up_day_says_so_and_one_on_a_holiday_its_name(begin, signed_in):
    begin(due_on=date(2026, 5, 9))
    begin(due_on=date(2026, 10, 1))

    page = signed_in("ch-zhao").visit("/c/ch/tasks")

    assert "5月9日 周六（调休上班）" in page.text
    assert "10月1日 周四（国庆节）" in page.text


def test_a_date_in_a_year_not_arranged_says_that_it_may_change(begin, signed_in):
    task = begin(due_on=date(2027, 2, 24))
    other = begin()
    browser = signed_in("ch-zhao")

    says = "2027 年安排尚未公布，截止日期可能调整"

    assert says in browser.visit(f"/c/ch/tasks/{task.number}").text
    assert says not in browser.visit(f"/c/ch/tasks/{other.number}").text


def test_a_form_that_offers_such_a_date_says_so(make, street, signed_in, clock):
    clock.at("2026-12-28 09:00")
    page = signed_in("ch-zhao").visit(f"/c/ch/tasks/new?compound={street.compounds['CH-01']}")

    assert "2027 年安排尚未公布，截止日期可能调整" in page.text


def test_the_administrators_home_says_what_the_calendar_lacks(signed_in, clock):
    assert "年安排尚未" not in signed_in("cf-admin").visit("/").text
    clock.at("2026-11-23 09:00")
    assert "2027 年的放假安排还没有录入" in signed_in("cf-admin").visit("/").text
    clock.at("2029-01-05 09:00")
    assert "2029 年还没有日历，暂按周一至周五" in signed_in("cf-admin").visit("/").text


@pytest.mark.parametrize("who", ["cf-zhou", "ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl"])
def test_nobody_else_gets_in(signed_in, who):
    assert signed_in(who).visit(HOLIDAYS).status == 403


def test_a_slot_on_a_stored_holiday_asks_what_to_do(signed_in, street):
    admin = signed_in("cf-admin")
    laid = laid_out(admin, "2026-03-05,休,某节\n")  # the Thursday of CH-01's weekly meeting
    admin.press(admin.visit(laid.location), "/take-over")

    page = signed_in("ch-zhao").visit(f"/c/ch/meetings/next/{street.compounds['CH-01']}")

    for choice in ("move", "skip", "hold"):
        assert f'value="{choice}"' in page.html
