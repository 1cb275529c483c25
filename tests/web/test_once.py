"""The same form sent many times at once makes one thing and gives one answer."""

import re
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
from harbour.models.photos import Photo
from harbour.models.proposals import Proposal
from harbour.models.tasks import Progress
from harbour.models.urges import Comment
from harbour.tenancy import scoped_to
from tests.architecture.visiting import ask
from tests.making.people import GOOD, account, knock
from tests.making.photos import picture, upload
from tests.making.places import Street
from tests.making.tasks import walk
from tests.pages import Browser, Page

THREADS, TIMES = 8, 12
FRESH = "三月的风吹过春和家园"
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


# ---- the same key, another content --------------------------------------------------------------


def test_other_words_under_a_spent_key_are_an_act_of_their_own(
    street: Street, clock: Any, make: Any, tmp_path: Any, signed_in: Callable[[str], Browser]
) -> None:
    path = f"/c/ch/tasks/{walk(street, clock, tmp_path, 'in_hand').number}/comment"
    browser = signed_in("ch01-rep1")
    data = filled(browser, path, "/comment", remark="辛苦了")

    for words in ("辛苦了", "灯又灭了", "灯又灭了", "辛苦了", "第三盏也灭了"):
        assert ask(browser, "POST", path, data={**data, "remark": words}).status_code == 303

    with scoped_to(*street.community_ids):
        said = db.session.scalars(select(Comment.text).order_by(Comment.id)).all()
    assert said == ["辛苦了", "灯又灭了", "第三盏也灭了"]


def test_unequal_forms_of_one_key_at_once_are_two_things(
    app: Flask, street: Street, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("ch01-rep1")
    data = filled(browser, NEW, "/proposals/new", **MATTER)
    hands, start = [hand_of(browser) for _ in range(4)], Barrier(4)

    def submit(which: int) -> tuple[int, str]:
        start.wait()
        words = {**data, "title": f"第{which % 2}件"}
        answer = ask(hands[which], "POST", NEW, data=words)
        return answer.status_code, answer.headers.get("Location", "")

    with ThreadPoolExecutor(4) as pool:
        answers = Counter(pool.map(submit, range(4)))

    assert [(status, times) for (status, _), times in answers.items()] == [(303, 2), (303, 2)]
    assert count(street, Proposal) == 2


def test_a_photo_sent_again_with_other_words_belongs_to_them_too(
    app: Flask, begin: Any, street: Street, signed_in: Callable[[str], Browser]
) -> None:
    path = f"/c/ch/tasks/{begin().number}/progress"
    browser = signed_in("ah-sunjl")
    data = filled(browser, path, "/progress")
    data.pop("version")

    for words in ("买了灯", "买了灯", "买了灯和线"):
        sent = {**data, "progress_note": words, "photos": [upload(picture(1))]}
        assert ask(browser, "POST", path, data=sent).status_code == 303

    with scoped_to(*street.community_ids):
        photos = db.session.scalars(select(Photo.progress_id)).all()
    assert count(street, Progress) == 2
    assert len(set(photos)) == len(photos) == 2
    assert None not in photos


def test_what_cannot_be_taken_any_more_comes_back_with_its_words(
    begin: Any, signed_in: Callable[[str], Browser]
) -> None:
    path = f"/c/ch/tasks/{begin('reported').number}/verify"
    browser = signed_in("ch01-rep1")
    page = browser.visit(path)
    form = page.form("/verify")
    words = {"solved": "solved", "satisfaction": "satisfied", "finding": "路灯都亮"}
    ticks = re.findall(r'name="criteria_ticks"[^>]*value="(\d+)"', page.html)
    data = {**form["fields"], **words, "criteria_ticks": ticks}
    assert ask(browser, "POST", path, data=data).status_code == 303

    data.pop("version")
    again = Page(ask(browser, "POST", path, data={**data, "finding": "其实还有一盏不亮"}))

    assert again.status == 409
    assert "其实还有一盏不亮" in again.text


def test_a_first_password_tapped_twice_is_changed_once_and_a_third_one_says_what_is_wrong(
    app: Flask, street: Street, clock: Any
) -> None:
    account(app, clock.now, "wang")
    browser = Browser(app)
    knock(browser, "wang", GOOD)
    words = filled(browser, "/me/password", "/me/password", fresh=FRESH, again=FRESH)
    other = {**words, "fresh": f"{FRESH}的雨", "again": f"{FRESH}的雨"}

    answers = [ask(browser, "POST", "/me/password", data=one) for one in (words, words, other)]

    assert [one.status_code for one in answers] == [303, 303, 422]
    assert answers[0].location == answers[1].location
    with scoped_to(*street.community_ids, installation=True):
        kept = [str(one) for one in db.session.scalars(select(Receipt.answer))]
    assert kept
    assert FRESH not in "".join(kept)
