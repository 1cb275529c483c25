"""Every page speaks both languages, says so, and lets one switch."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask

from tests.architecture.doors import Opener
from tests.architecture.test_rooms import ROOT
from tests.architecture.visiting import pages
from tests.making.places import Street
from tests.making.scenery import furnish
from tests.pages import Browser

PEOPLE = ("ch01-rep1", "ch-zhao", "ah-sunjl", "cf-zhou", "cf-admin")
PATTERN = re.compile(r"%\([a-z_]+\)[sd]")


def sentences() -> frozenset[str]:
    """English keys of the catalogue that are long enough not to be a name."""
    path = ROOT / "harbour/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        keys = [str(one.id) for one in read_po(file) if one.id]
    return frozenset(key for key in keys if " " in key and not PATTERN.search(key))


@pytest.fixture
def opener(app: Flask, street: Street, clock: Any, make: Any, tmp_path: Path) -> Opener:
    return Opener(app, street, furnish(street, clock, tmp_path, "CH-01", "甲"), "CH")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", PEOPLE)
def test_no_page_in_chinese_carries_an_english_sentence(
    opener: Opener, clock: Any, who: str
) -> None:
    english = sentences()
    faults = []
    for path, page in pages(opener, who, clock.now):
        if page.read.lang != "zh-Hans":
            faults.append(f"{path}: lang is {page.read.lang}")
        said = {re.sub(r"\s+", " ", part).strip() for part in page.read.text}
        faults += [f"{path}: {one}" for one in said & english]

    assert not faults, "\n".join(faults)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", PEOPLE)
def test_a_page_in_english_says_so_and_offers_chinese(opener: Opener, clock: Any, who: str) -> None:
    faults = []
    for path, page in pages(opener, who, clock.now, language="en"):
        if page.read.lang != "en":
            faults.append(f"{path}: lang is {page.read.lang}")
        ways = [f["fields"].get("lang") for f in page.read.forms if f["action"] == "/ui/language"]
        if (
            ({str(way) for way in ways} != {"['zh-Hans']"})
            and "projector" not in path
            and "print" not in path
        ):
            faults.append(f"{path}: no way to Chinese")

    assert not faults, "\n".join(faults)


def test_the_language_is_remembered(signed_in: Callable[[str], Browser]) -> None:
    browser = signed_in("ch-zhao")

    page = browser.press(browser.visit("/me"), "/ui/language")

    assert page.status == 303
    assert browser.visit("/me").read.lang == "en"
    browser.press(browser.visit("/me"), "/ui/language")
    assert browser.visit("/me").read.lang == "zh-Hans"


def test_an_unknown_language_is_chinese(app: Flask) -> None:
    browser = Browser(app)
    browser.client.set_cookie("language", "../../etc/passwd")

    assert browser.visit("/sign-in").read.lang == "zh-Hans"
