"""The same form sent many times at once makes one thing and gives one answer."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.people import Receipt
from harbour.models.proposals import Proposal
from harbour.models.tasks import Comment
from harbour.tenancy import scoped_to
from tests.architecture.visiting import ask
from tests.making.places import Street
from tests.making.tasks import walk
from tests.pages import Browser

THREADS, TIMES = 8, 12
NEW = "/c/ch/proposals/new"
MATTER: dict[str, Any] = {
    "title": "楼道灯不亮",
    "category": "ENV/楼道保洁",
    "place": "3号楼",
    "wanted": "换一盏灯",
}


def count(street: Street, model: Any, **where: Any) -> int:
    db.session.rollback()
    with scoped_to(*street.community_ids):
        wanted = select(func.count()).select_from(model).filter_by(**where)
        return db.session.scalar(wanted) or 0


def filled(browser: Browser, path: str, ending: str, **words: Any) -> dict[str, Any]:
    """The page's own form with these words typed in; its key stays, however often it is sent."""
    return {**browser.visit(path).form(ending)["fields"], **words}


def hand_of(browser: Browser) -> Browser:
    """The same session in another hand: a tab, a nervous finger, a retrying proxy."""
    other = Browser(browser.app)
    name = browser.app.config["SESSION_COOKIE_NAME"]
    cookie = browser.client.get_cookie(name)
    assert cookie is not None
    other.client.set_cookie(name, cookie.value)
    return other


def at_once(browser: Browser, path: str, data: dict[str, Any]) -> list[tuple[int, str]]:
    """The answers to so many equal submits from as many hands at once."""
    start = Barrier(THREADS)

    def submit(hand: Browser) -> list[tuple[int, str]]:
        start.wait()
        answers = [ask(hand, "POST", path, data=data) for _ in range(TIMES)]
        return [(one.status_code, one.headers.get("Location", "")) for one in answers]

    hands = [hand_of(browser) for _ in range(THREADS)]
    with ThreadPoolExecutor(THREADS) as pool:
        return [answer for found in pool.map(submit, hands) for answer in found]


@pytest.mark.timeout(300)
def test_a_hundred_equal_submits_make_one_proposal_and_one_answer(
    app: Flask, street: Street, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("ch01-rep1")
    data = filled(browser, NEW, "/proposals/new", **MATTER)

    answers = Counter(at_once(browser, NEW, data))

    assert len(answers) == 1, answers
    assert next(iter(answers))[0] == 303
    assert count(street, Proposal) == 1
    assert count(street, AuditEvent, action="proposal.submit") == 1
    assert count(street, Receipt) == 1


@pytest.mark.timeout(300)
def test_a_hundred_equal_comments_are_one(
    app: Flask,
    street: Street,
    make: Any,
    clock: Any,
    tmp_path: Any,
    signed_in: Callable[[str], Browser],
) -> None:
    number = walk(street, clock, tmp_path, "in_hand").number
    path = f"/c/ch/tasks/{number}/comment"
    browser = signed_in("ch01-rep1")
    data = filled(browser, path, "/comment", remark="辛苦了")

    answers = Counter(at_once(browser, path, data))

    assert [status for status, _ in answers] == [303], answers
    assert count(street, Comment) == 1


def test_another_key_is_another_thing(street: Street, signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("ch01-rep1")

    for _ in range(2):
        browser.press(browser.visit(NEW), "/proposals/new", **MATTER)

    assert count(street, Proposal) == 2


def test_another_persons_equal_key_is_no_answer_of_mine(
    street: Street, signed_in: Callable[[str], Browser]
) -> None:
    wang, other = signed_in("ch01-rep1"), signed_in("ch01-rep2")
    mine = filled(wang, NEW, "/proposals/new", **MATTER)
    theirs = {**filled(other, NEW, "/proposals/new", **MATTER), "key": mine["key"]}

    first = ask(wang, "POST", NEW, data=mine)
    second = ask(other, "POST", NEW, data=theirs)

    assert first.location != second.location
    assert count(street, Proposal) == 2


def test_a_refused_form_may_be_corrected_under_its_own_key(
    street: Street, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("ch01-rep1")
    data = filled(browser, NEW, "/proposals/new", **{**MATTER, "title": ""})

    refused = ask(browser, "POST", NEW, data=data)
    corrected = ask(browser, "POST", NEW, data={**data, "title": MATTER["title"]})

    assert (refused.status_code, corrected.status_code) == (422, 303)
    assert count(street, Proposal) == 1
