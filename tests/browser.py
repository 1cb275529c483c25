"""A real Chromium on a real server: phones and desks of the street's people.

Where Chromium is missing these tests are skipped, loudly; with HARBOUR_REQUIRE_BROWSER=1 they fail.
HARBOUR_CHROMIUM names another executable.
"""

import os
import random
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Error, Locator, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from tests.making.places import Street
from tests.pages import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
    "--disable-sync",
    "--no-first-run",
)
PHONE = {"viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1366, "height": 768}}
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
MISSING = "CHROMIUM IS NOT INSTALLED: the browser tests did NOT run (make .ci/run installs it)"
PATIENCE_MS = 10_000


def _chromium() -> str | None:
    named = os.environ.get("HARBOUR_CHROMIUM")
    return named or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """The application on 127.0.0.1, below the ports outgoing connections use; its address."""
    with socket.socket() as listening:
        for port in random.sample(range(20_000, 32_000), 50):
            try:
                listening.bind(("127.0.0.1", port))
                break
            except OSError:
                continue
        listening.listen(64)
        server = make_server("127.0.0.1", port, app, threaded=True, fd=os.dup(listening.fileno()))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class Device:
    """One person's browser window, which counts what a finger does."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.page: Page = context.new_page()
        self.address = address
        self.taps = 0
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> Page:
        """Open a page of the harbour."""
        self.page.goto(self.address + path)
        return self.page

    def tap(self, what: Locator) -> None:
        """One tap; a form sent by it is answered before this returns."""
        what.click()
        self.taps += 1

    def write(self, where: Locator, words: str) -> None:
        """Tap into a field (counted) and type (not counted)."""
        self.tap(where)
        where.fill(words)

    def choose(self, select: Locator, label: str) -> None:
        """Open a list and pick from it: two taps."""
        select.select_option(label=label)
        self.taps += 2

    def axe(self, *, elder: bool = False) -> list[str]:
        """What the accessibility checker finds wrong with the page as it stands."""
        self.page.evaluate(AXE.read_text() + ";0")
        found: list[dict[str, Any]] = self.page.evaluate(
            "tags => axe.run({runOnly: {type: 'tag', values: tags}}).then(r => r.violations)",
            RULES + (["wcag2aaa"] if elder else []),
        )
        return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]

    def elder(self) -> None:
        """Switch to large print, as the masthead's button does."""
        self.context.add_cookies([{"name": "elder", "value": "1", "url": self.address}])

    def too_wide(self) -> int:
        """By how many pixels the page can be scrolled sideways."""
        return int(
            self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
        )


@pytest.fixture(scope="session")
def playwright_started() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator[Chromium]:
    """One Chromium a worker; skips loudly where there is none."""
    path = _chromium()
    if path is None:
        if os.environ.get("HARBOUR_REQUIRE_BROWSER") == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    started: Playwright = request.getfixturevalue("playwright_started")
    try:
        browser = started.chromium.launch(executable_path=path, args=list(FLAGS))
    except Error as error:
        if os.environ.get("HARBOUR_REQUIRE_BROWSER") == "1":
            raise
        pytest.skip(f"{MISSING}: {error.message[:200]}")
    yield browser
    browser.close()


@pytest.fixture
def live(app: Flask) -> Iterator[str]:
    """The address of the application, served to real browsers while the test runs."""
    with serving(app) as address:
        yield address


@pytest.fixture
def device(
    app: Flask, street: Street, clock: Any, chromium: Chromium, live: str
) -> Iterator[Callable[..., Device]]:
    """``device("ch01-rep1")`` is a phone signed in as that person, ``device(name, DESK)`` a desk.

    Without a name nobody is signed in; more keyword options go to Chromium's context.
    """
    opened: list[BrowserContext] = []

    def made(username: str | None = None, size: dict[str, Any] = PHONE, **more: Any) -> Device:
        context = chromium.new_context(**{"locale": "zh-CN", **size, **more})
        context.set_default_timeout(PATIENCE_MS)
        opened.append(context)
        if username is not None:
            name = app.config["SESSION_COOKIE_NAME"]
            cookie = Browser(app).sign_in_as(username, clock.now).client.get_cookie(name)
            assert cookie is not None
            context.add_cookies([{"name": name, "value": cookie.value, "url": live}])
        return Device(context, live)

    yield made
    for context in opened:
        context.close()
