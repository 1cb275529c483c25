"""An administrator takes in a year's arrangement and sets a limit, on a phone and at the desk."""

from typing import Any

import pytest

from tests.browser import DESK, PHONE

FILE = "日期,安排,节日\n2026-03-04,休,某节\n2026-03-14,班,某节\n".encode("gb18030")
WRONG = "2026-13-01,休\n2026-03-04,也许\n".encode()


def chosen(page: Any, content: bytes) -> None:
    page.set_input_files(
        "input[type=file]", files=[{"name": "2026.csv", "mimeType": "text/csv", "buffer": content}]
    )
    page.get_by_role("button", name="先看会改动什么").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_year_is_taken_in_and_a_limit_set(
    begin: Any, device: Any, street: Any, size: Any
) -> None:
    task = begin()
    someone = device("cf-admin", size)
    faults: list[str] = []

    def looked_at() -> None:
        faults.extend(someone.axe())
        assert someone.too_wide() <= 0, someone.page.url

    page = someone.go("/admin/calendar/import")
    chosen(page, WRONG)
    looked_at()
    assert "第 1 行" in page.inner_text("main")
    chosen(page, FILE)
    looked_at()
    assert task.number in page.inner_text("#tasks")
    page.get_by_role("button", name="确认修改日历").click()
    looked_at()

    community = f"/admin/settings/communities/{street.communities['CH']}"
    page = someone.go(f"{community}/limits")
    looked_at()
    page.fill("#limits_normal_handle", "7")
    page.get_by_role("button", name="保存").click()
    looked_at()

    assert "7个工作日" in page.inner_text("#limits")
    assert task.task.due_at.day == 10
    assert faults == []
    assert someone.complaints == []
