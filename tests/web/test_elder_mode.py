"""Large print on every page, remembered, and back again."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.architecture.doors import Opener
from tests.architecture.visiting import pages
from tests.making.places import Street
from tests.making.scenery import furnish
from tests.pages import Browser

PEOPLE = ("ch01-rep1", "ch-zhao", "ah-sunjl", "cf-zhou", "cf-admin")


@pytest.fixture
def opener(app: Flask, street: Street, clock: Any, make: Any, tmp_path: Path) -> Opener:
    return Opener(app, street, furnish(street, clock, tmp_path, "CH-01", "甲"), "CH")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("who", PEOPLE)
def test_every_page_can_be_enlarged_and_made_ordinary_again(
    opener: Opener, clock: Any, who: str
) -> None:
    faults = []
    for elder in ("0", "1"):
        for path, page in pages(opener, who, clock.now, elder=elder):
            large = 'data-ui="elder"' in page.html
            # The projector speaks in large type to a whole room, whoever holds the mouse.
            if large != (elder == "1") and "projector" not in path:
                faults.append(f"{path}: large print is {large}")
            ways = [f["fields"].get("on") for f in page.read.forms if f["action"] == "/ui/elder"]
            wanted = [["0" if elder == "1" else "1"]]
            if ways != wanted and "projector" not in path and "print" not in path:
                faults.append(f"{path}: cannot be switched")

    assert not faults, "\n".join(faults)


def test_large_print_is_remembered_and_comes_back_to_the_page(
    signed_in: Callable[[str], Browser],
) -> None:
    browser = signed_in("ch01-rep1")

    answer = browser.press(browser.visit("/c/ch/tasks?state=closed"), "/ui/elder")

    assert answer.location == "/c/ch/tasks?state=closed"
    assert 'data-ui="elder"' in browser.visit("/").html
