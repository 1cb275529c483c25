"""Supervision orders on the street's pages: listed, filtered, answered, concluded, printed."""

from typing import Any

import pytest
from sqlalchemy import event

from harbour.extensions import db
from tests.pages import Browser


@pytest.fixture
def orders(begin: Any, clock: Any) -> dict[str, Any]:
    """An order in each state; today is a day after the replies were due."""
    made = {}
    for name, compound in (("overdue", "CH-01"), ("answered", "CX-01"), ("concluded", "CH-01")):
        made[name] = begin("in_hand", compound=compound)
        made[name].take("supervise")
    for name in ("answered", "concluded"):
        made[name].take("reply")
    made["concluded"].take("conclude")
    clock.pass_(days=4)
    made["open"] = begin("in_hand", compound="CX-01")
    made["open"].take("supervise")
    return made


def numbers(page: Any) -> list[str]:
    return [one for one in page.text.split() if one.startswith(("CH01-", "CX01-"))]


@pytest.mark.parametrize("state", ["open", "overdue", "answered", "concluded"])
def test_each_state_has_its_list(orders: Any, signed_in: Any, state: str) -> None:
    page = signed_in("cf-zhou").visit(f"/orders?state={state}")

    assert numbers(page) == [orders[state].number]


def test_the_list_begins_with_all_that_is_not_concluded_the_newest_first(
    orders: Any, signed_in: Any
) -> None:
    page = signed_in("cf-zhou").visit("/orders")

    assert numbers(page) == [orders[name].number for name in ("open", "answered", "overdue")]
    assert "督办〔2026〕第4号" in page.text


def test_a_list_is_narrowed_to_a_community(orders: Any, signed_in: Any, street: Any) -> None:
    there = street.communities["CX"]

    page = signed_in("cf-zhou").visit(f"/orders?state=all&community={there}")

    assert numbers(page) == [orders["open"].number, orders["answered"].number]


def test_a_community_reads_its_own_orders_alone(orders: Any, signed_in: Any) -> None:
    page = signed_in("ch-zhao").visit("/orders?state=all")

    assert numbers(page) == [orders["concluded"].number, orders["overdue"].number]


@pytest.mark.parametrize("nonsense", ["state=x", "community=x", "after=x", "before=-1"])
def test_nonsense_in_the_address_counts_for_nothing(
    orders: Any, signed_in: Any, nonsense: str
) -> None:
    page = signed_in("cf-zhou").visit(f"/orders?{nonsense}")

    assert len(numbers(page)) == 3


def test_a_long_list_goes_on_by_key(begin: Any, signed_in: Any, clock: Any) -> None:
    made = begin("in_hand")
    for _ in range(35):
        made.take("supervise")
    browser = signed_in("cf-zhou")

    first = browser.visit("/orders")
    second = browser.visit("/orders?after=6")
    back = browser.visit("/orders?before=5")

    assert (len(numbers(first)), len(numbers(second))) == (30, 5)
    assert numbers(back) == numbers(first)


def test_the_list_is_few_statements(orders: Any, signed_in: Any) -> None:
    browser, seen = signed_in("cf-zhou"), []
    browser.visit("/orders")
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))

    browser.visit("/orders?state=all")

    assert len(seen) <= 8


def test_the_lead_replies_and_the_street_concludes(begin: Any, signed_in: Any, clock: Any) -> None:
    made = begin("in_hand")
    made.take("supervise")
    path = f"/c/ch/tasks/{made.number}"
    firm: Browser = signed_in("ah-sunjl")
    assert "回复督办单" in firm.visit("/inbox").text

    firm.press(firm.visit(f"{path}/reply"), "/reply", order_reply="今晚办结")
    street: Browser = signed_in("cf-zhou")
    assert "今晚办结" in street.visit(path).text
    page = street.visit(f"{path}/conclude")
    street.press(page, "/conclude", order_outcome="carried_out", outcome_words="已到现场")

    page = firm.visit(path)
    assert "已落实" in page.text
    assert "已到现场" in page.text
    assert "回复督办单" not in firm.visit("/inbox").text


def test_a_slip_is_of_its_own_task(orders: Any, signed_in: Any) -> None:
    browser = signed_in("cf-zhou")
    mine, other = orders["overdue"].number, orders["concluded"].number

    page = browser.visit(f"/c/ch/tasks/{mine}/orders/1")
    assert "督办〔2026〕第1号" in page.text
    assert browser.visit(f"/c/ch/tasks/{other}/orders/1").status == 404
