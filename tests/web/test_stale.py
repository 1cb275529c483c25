"""Two people write at once: the later save shows both texts, and nothing is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from harbour.extensions import db
from harbour.models.tasks import Task
from harbour.tenancy import scoped_to
from tests.making.places import Street
from tests.making.tasks import drafted, found
from tests.pages import Browser

MINE, THEIRS = "把扶手焊牢,刷防锈漆", "换三盏声控灯"


def stored(street: Street, path: str) -> Task:
    with scoped_to(*street.community_ids):
        db.session.rollback()
        return found(path.split("/")[-2])


@pytest.fixture
def path(street: Street, make: Any, clock: Any) -> str:
    return f"/c/ch/tasks/{drafted(street, clock)}/edit"


def test_a_stale_save_shows_both_texts(
    street: Street, path: str, signed_in: Callable[[str], Browser]
) -> None:
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    page = lin.visit(path)
    assert zhao.press(zhao.visit(path), "/edit", public_sentence=THEIRS).status == 303

    stale = lin.press(page, "/edit", public_sentence=MINE)

    assert stale.status == 409
    assert MINE in stale.html
    assert THEIRS in stale.html
    assert stored(street, path).public_sentence == THEIRS


def test_what_one_makes_of_both_is_saved_from_that_very_page(
    street: Street, path: str, signed_in: Callable[[str], Browser]
) -> None:
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    page = lin.visit(path)
    zhao.press(zhao.visit(path), "/edit", public_sentence=THEIRS)
    stale = lin.press(page, "/edit", public_sentence=MINE)

    saved = lin.press(stale, "/edit", public_sentence=f"{MINE};{THEIRS}")

    assert saved.status == 303
    assert stored(street, path).public_sentence == f"{MINE};{THEIRS}"


def test_the_rest_of_the_form_travels_along(
    street: Street, path: str, signed_in: Callable[[str], Browser]
) -> None:
    """Fields on which both agree are sent again, several values of one name included."""
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    page = lin.visit(path)
    zhao.press(zhao.visit(path), "/edit", public_sentence=THEIRS)

    stale = lin.press(page, "/edit", public_sentence=MINE)

    before, after = page.form("/edit")["fields"], stale.form("/edit")["fields"]
    for name, value in before.items():
        if name not in ("csrf_token", "version", "key", "public_sentence", "next"):
            assert [v.split() for v in after[name]] == [v.split() for v in value], name


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_it_says_what_happened_in_the_readers_language(
    street: Street, path: str, signed_in: Callable[[str], Browser], language: str
) -> None:
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    lin.client.set_cookie("language", language)
    page = lin.visit(path)
    zhao.press(zhao.visit(path), "/edit", public_sentence=THEIRS)

    stale = lin.press(page, "/edit", public_sentence=MINE)

    said = "Somebody changed this meanwhile"
    assert (said in stale.text) == (language == "en")
    assert "/" in stale.read.links


def test_what_was_chosen_is_shown_by_its_label_and_can_be_chosen_again(
    street: Street, path: str, signed_in: Callable[[str], Browser]
) -> None:
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    page = lin.visit(path)
    zhao.press(zhao.visit(path), "/edit", who_pays="common_income", level="urgent")

    stale = lin.press(page, "/edit", who_pays="maintenance_fund")

    words = re.sub(r"<[^>]+>", " ", stale.html)
    assert stale.status == 409
    for code in ("common_income", "maintenance_fund", "urgent", "firm:"):
        assert code not in words
    for label in ("公共收益", "维修资金", "物业公司"):
        assert label in words
    chosen = re.findall(r'name="(\w+)">(?:(?!</select>).)*?value="(\w+)" selected', stale.html)
    assert chosen == [("level", "normal"), ("who_pays", "maintenance_fund")]
    assert lin.press(stale, "/edit", level="urgent").status == 303
    kept = stored(street, path)
    assert (kept.who_pays, kept.level, kept.lead_kind) == ("maintenance_fund", "urgent", "firm")


def test_what_both_left_alone_is_asked_once_and_by_its_label(
    street: Street, path: str, signed_in: Callable[[str], Browser]
) -> None:
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    page = lin.visit(path)
    zhao.press(zhao.visit(path), "/edit", public_sentence=THEIRS)
    criteria = page.form("/edit")["fields"]["criteria"][0].replace("\n", "\r\n")

    stale = lin.press(page, "/edit", public_sentence=MINE, criteria=criteria)

    asked = re.findall(r'<(?:select|textarea|input)[^>]* id="stale-(\w+)"', stale.html)
    assert asked == ["public_sentence"]


def test_a_stale_save_leaves_no_line(
    street: Street, path: str, signed_in: Callable[[str], Browser]
) -> None:
    lin, zhao = signed_in("ch-lin"), signed_in("ch-zhao")
    page = lin.visit(path)
    zhao.press(zhao.visit(path), "/edit", public_sentence=THEIRS)
    version = stored(street, path).version

    lin.press(page, "/edit", public_sentence=MINE)

    assert stored(street, path).version == version
