"""The same headers on every answer: pages, refusals, redirects, files, photos."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from harbour.web.access import ANYONE, open_to
from harbour.web.security import HEADERS
from tests.architecture.census import plain_addresses
from tests.architecture.visiting import ask
from tests.pages import Browser

DIRECTIVES = {
    "default-src": {"'self'", "'none'"},
    "object-src": {"'none'"},
    "base-uri": {"'none'"},
    "frame-ancestors": {"'none'"},
    "form-action": {"'self'"},
}


def policy(text: str) -> dict[str, str]:
    return {part.split()[0]: " ".join(part.split()[1:]) for part in text.split(";") if part.strip()}


def wanting(headers) -> list[str]:
    return [name for name in HEADERS if name not in headers]


def test_the_policy_lets_nothing_in_from_elsewhere() -> None:
    found = policy(HEADERS["Content-Security-Policy"])

    for name, allowed in DIRECTIVES.items():
        assert found[name] in allowed, name
    assert "unsafe" not in HEADERS["Content-Security-Policy"]
    assert not re.search(r"https?:|\*", HEADERS["Content-Security-Policy"])


@pytest.mark.parametrize(
    "path",
    [
        "/healthz",
        "/readyz",
        "/sign-in",
        "/nowhere",
        "/c/ch/tasks",
        "/c/nowhere/tasks",
        "/static/js/enhance.js",
        "/static/none.js",
        "/assets/0000.css",
        "/search?q=%FF",
        "/%00",
    ],
)
def test_answers_to_strangers_are_dressed(app: Flask, path: str) -> None:
    answer = ask(Browser(app), "GET", path)
    answer.get_data()

    assert wanting(answer.headers) == []
    answer.close()


def test_answers_to_members_are_dressed_and_kept_by_no_cache(
    app: Flask, signed_in: Callable[[str], Browser]
) -> None:
    browser = signed_in("ch-zhao")
    for path in plain_addresses(app, community="ch"):
        answer = ask(browser, "GET", path)

        assert wanting(answer.headers) == [], path
        if answer.mimetype == "text/html":
            assert answer.headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_answers_to_odd_methods_are_dressed(app: Flask, method: str) -> None:
    answer = app.test_client().open("/ui/elder", method=method)

    assert wanting(answer.headers) == []


def test_a_failure_is_dressed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = open_to(ANYONE)(lambda: 1 / 0)
    monkeypatch.setitem(app.view_functions, "health.alive", broken)

    answer = app.test_client().get("/healthz")

    assert answer.status_code == 500
    assert wanting(answer.headers) == []


def test_under_https_browsers_are_told_to_stay_there(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = app.test_client().get("/healthz")
    secure = app.test_client().get("/healthz", base_url="https://localhost")
    monkeypatch.setitem(app.config, "HARBOUR_HTTPS", True)
    behind = app.test_client().get("/healthz")

    assert "Strict-Transport-Security" not in plain.headers
    assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
    assert "Strict-Transport-Security" in behind.headers
