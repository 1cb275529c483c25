"""A twin of everything stands next door; nobody who belongs here alone ever reads a word of it."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.architecture.doors import Opener
from tests.architecture.visiting import ask
from tests.making.places import ELSEWHERE, PEOPLE, Street, plant_elsewhere
from tests.making.scenery import furnish
from tests.pages import Browser

TWIN, FAR = "孪生", "远街"
#: What names the other community: its places, its people, its firm, and every word written there.
NEXT_DOOR = (
    TWIN,
    "春晓社区",
    "晓园新村",
    "惠邻物业",
    "CX01-2026",
    "CX-01",
    *(name for username, name, *_ in PEOPLE if username.startswith(("cx", "hl"))),
)
FAR_AWAY = (
    FAR,
    "西风街道",
    "西河社区",
    "西河苑",
    "西旺物业",
    "XH01-2026",
    "XH-01",
    *(name for _, name, *_ in ELSEWHERE),
)
HERE_ALONE = ("ch01-rep1", "ch-zhao", "ch-lin", "ah-sunjl")
THE_STREETS = ("cf-zhou", "cf-admin")
SEARCHES = (
    "/search?q=楼道灯",
    "/c/ch/search?q=修好",
    "/search?q=路灯&kind=task",
    "/search?q=CX01-2026-0008",
    "/c/ch/search?q=扶手&kind=proposal",
    "/search?q=XH01-2026-0021",
    "/c/ch/tasks?q=路灯&state=closed",
    "/c/ch/tasks?lead=firm:2",
    "/c/ch/ledger?kind=task",
    "/admin/people?q=经理",
    "/admin/people?q=hl-lijl",
)


@pytest.fixture
def opener(app: Flask, street: Street, clock: Any, tmp_path: Path) -> Opener:
    plant_elsewhere(street, clock.now)
    start, scenes = clock.now, {}
    for compound, mark in (("CX-01", TWIN), ("XH-01", FAR), ("CH-01", "本处")):
        clock.now = start
        scenes[compound] = furnish(street, clock, tmp_path, compound, mark)
    return Opener(app, street, scenes["CH-01"], "CH")


def read(opener: Opener, browser: Browser, paths: list[str], foreign: tuple[str, ...]) -> list[str]:
    """The pages on which a foreign word stands; an address one asked for oneself does not count."""
    found = []
    for path in paths:
        answer = ask(browser, "GET", path)
        if answer.mimetype == "image/jpeg" or answer.status_code >= 400:
            continue
        words = answer.get_data(as_text=True)
        for asked in ("CX01-2026-0008", "XH01-2026-0021"):
            words = words.replace(asked, "") if asked in path else words
        found += [f"{path}: {word}" for word in foreign if word in words]
    return found


@pytest.mark.timeout(900)
def test_nothing_of_the_twins_is_seen(opener: Opener, clock: Any) -> None:
    paths = sorted({door.path(opener.app) for door in opener.doors("GET")})
    seen, pages = [], 0
    for username in (*HERE_ALONE, *THE_STREETS):
        foreign = FAR_AWAY if username in THE_STREETS else (*NEXT_DOOR, *FAR_AWAY)
        browser = Browser(opener.app).sign_in_as(username, clock.now)
        seen += [f"{username} {one}" for one in read(opener, browser, [*paths, *SEARCHES], foreign)]
        pages += len(paths)

    assert not seen, "\n".join(seen)
    assert pages > 300


def test_the_marks_would_be_noticed(opener: Opener, clock: Any) -> None:
    """Who does belong there reads them: the words are on the pages that are looked at."""
    browser = Browser(opener.app).sign_in_as("cx-qian", clock.now)
    paths = ["/", "/inbox", "/c/cx/tasks", "/c/cx/meetings", "/c/cx/proposals", "/search?q=楼道灯"]

    seen = read(opener, browser, paths, (TWIN,))

    assert {one.split(":")[0] for one in seen} >= {
        "/c/cx/tasks",
        "/c/cx/proposals",
        "/search?q=楼道灯",
    }


def test_the_photos_of_the_twins_are_not_there(opener: Opener, clock: Any) -> None:
    """The same address with another community's photo: 404, large and small."""
    browser = Browser(opener.app).sign_in_as("ch-zhao", clock.now)
    mine = opener.scene.photos
    others = [n for n in range(1, max(mine) + 1) if n not in mine]

    for photo in others:
        for path in (f"/c/ch/photos/{photo}.jpg", f"/c/ch/photos/{photo}-small.jpg"):
            assert ask(browser, "GET", path).status_code == 404, path
    assert others
    assert ask(browser, "GET", f"/c/ch/photos/{mine[-1]}.jpg").status_code == 200
