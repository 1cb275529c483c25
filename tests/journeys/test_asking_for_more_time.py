"""A firm asks for more time, then for a rest, on a phone; both are answered at the desk."""

from typing import Any

import pytest
from flask import Flask

from tests.browser import DESK
from tests.making.tasks import walk


@pytest.mark.browser
def test_more_time_and_a_rest_are_asked_for_and_answered(
    make: Any, street: Any, clock: Any, app: Flask, device: Any
) -> None:
    made = walk(street, clock, app.config["HARBOUR_DATA_DIR"], "in_hand")
    task = f"/c/ch/tasks/{made.number}"

    firm = device("ah-sunjl")
    firm.go(task)
    assert fit(firm)
    firm.tap(firm.page.get_by_role("link", name="申请延期"))
    firm.write(firm.page.locator("#reason"), "配件缺货，厂家下周到货")
    firm.page.locator("#wished_on").fill("2026-03-16")
    assert fit(firm)
    firm.tap(firm.page.get_by_role("button", name="申请延期"))
    assert firm.page.get_by_text("等待答复").first.is_visible()
    assert firm.taps <= 4

    secretary = device("ch-zhao", DESK)
    secretary.go("/inbox")
    secretary.tap(secretary.page.get_by_role("link", name="答复延期申请").first)
    assert fit(secretary)
    secretary.tap(secretary.page.get_by_role("link", name="同意延期"))
    assert secretary.page.locator("#granted_on").input_value() == "2026-03-16"
    assert fit(secretary)
    secretary.tap(secretary.page.get_by_role("button", name="同意延期"))
    assert secretary.taps == 3
    assert str(made.task.due_at.date()) == "2026-03-16"

    firm.go(task)
    firm.tap(firm.page.get_by_role("link", name="申请挂账"))
    firm.tap(firm.page.locator("#hold_reason label.pick").first)
    firm.write(firm.page.locator("#what_first"), "地温升到10度以上才能补种")
    firm.page.locator("#review_on").fill("2026-05-06")
    assert fit(firm)
    firm.tap(firm.page.get_by_role("button", name="申请挂账"))
    secretary.go("/inbox")
    secretary.tap(secretary.page.get_by_role("link", name="答复挂账申请").first)
    secretary.tap(secretary.page.get_by_role("link", name="同意并报街道"))
    secretary.tap(secretary.page.get_by_role("button", name="同意并报街道"))
    above = device("cf-zhou", DESK)
    above.go("/inbox")
    above.tap(above.page.get_by_role("link", name="是否同意挂账").first)
    assert fit(above)
    above.tap(above.page.get_by_role("link", name="同意挂账"))
    above.tap(above.page.get_by_role("button", name="同意挂账"))

    assert made.task.state == "on_hold"
    for elder in (False, True):
        if elder:
            firm.elder()
        for path in (task, "/c/ch/extensions/1", "/c/ch/holds/2"):
            firm.go(path)
            assert fit(firm, elder=elder)


def fit(someone: Any, *, elder: bool = False) -> bool:
    """Nothing found by the accessibility checker, nothing to be scrolled sideways."""
    assert someone.axe(elder=elder) == []
    assert someone.too_wide() <= 0
    return True
