"""Every failure is a page in words: with a way back and a number, and without our secrets."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from harbour import create_app
from harbour.extensions import db
from harbour.web.errors import PAGES
from tests.conftest import Clock, settings
from tests.pages import Page
from tests.web.failing import RAISED, STATUSES, add_to

TELLTALE = re.compile(
    r"Traceback|File \"|line \d+, in|SELECT|sqlite|psycopg|sqlalchemy|werkzeug|jinja|gunicorn|"
    r"Python/|/srv/|site-packages|password_hash|ZeroDivision|RecursionError|\.py\b",
    re.IGNORECASE,
)
CHINESE = re.compile(r"[\u4e00-\u9fff]{4,}")
NUMBER = re.compile(r"\b[0-9a-f]{16}\b")
LANGUAGES = {"zh_Hans_CN": "zh-Hans", "en": "en"}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    folder: Path = tmp_path_factory.mktemp("failing")
    app = create_app(settings(f"sqlite:///{folder}/none.db", folder), Clock())
    yield add_to(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(failing: Flask) -> FlaskClient:
    return failing.test_client()


def speaking(client: FlaskClient, language: str) -> FlaskClient:
    client.set_cookie("language", language)
    return client


def test_the_list_of_pages_is_complete() -> None:
    assert set(STATUSES) <= set(PAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_a_page_in_words(client: FlaskClient, status: int, language: str) -> None:
    page = Page(speaking(client, language).get(f"/failing/status/{status}"))

    assert page.status == status
    assert page.response.mimetype == "text/html"
    assert NUMBER.search(page.text), "no number to ask with"
    assert "/" in page.read.links, "no way home"
    assert not TELLTALE.search(page.html), TELLTALE.search(page.html)
    if status == 500:  # it asks nothing of anything, so it speaks both languages at once
        assert CHINESE.search(page.text)
        assert "In danger" in page.text
        return
    assert page.read.lang == LANGUAGES[language]
    title, standing, todo = PAGES[status]
    if language == "en":
        assert title in page.text
        assert not CHINESE.search(page.text.replace("议事港湾", ""))
    else:
        assert CHINESE.search(page.text)
        for english in (title, standing, todo):
            assert english not in page.text, f"not in Chinese: {english}"


@pytest.mark.parametrize("kind", RAISED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_is_raised_has_its_status_and_keeps_our_secrets(
    failing: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, kind: str, method: str
) -> None:
    monkeypatch.setitem(failing.config, "WTF_CSRF_ENABLED", False)

    page = Page(client.open(f"/failing/raise/{kind}", method=method))

    assert page.status == RAISED[kind][1]
    assert not TELLTALE.search(page.html)
    for value in page.response.headers.values():
        assert not TELLTALE.search(value)


@pytest.mark.parametrize("status", STATUSES)
def test_a_script_gets_one_shape_of_problem(client: FlaskClient, status: int) -> None:
    answer = client.get(f"/failing/status/{status}", headers={"X-Requested-With": "fetch"})

    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert {"type", "title", "status", "detail", "instance"} <= set(answer.json)
    assert answer.json["status"] == status
    assert not TELLTALE.search(answer.get_data(as_text=True))


def test_the_failure_page_needs_no_database(client: FlaskClient, failing: Flask) -> None:
    with failing.app_context():
        kept = db._app_engines[failing].pop(None)
    try:
        page = Page(client.get("/failing/raise/bug"))
    finally:
        db._app_engines[failing][None] = kept

    assert page.status == 500
    assert "系统出了故障" in page.text


def test_a_wrong_method_says_which_are_right(client: FlaskClient) -> None:
    answer = client.put("/healthz")

    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_unknown_status_becomes_one_of_the_known_pages(client: FlaskClient) -> None:
    page = Page(client.get("/failing/status/418"))

    assert page.status in (400, 418)
    assert CHINESE.search(page.text)


def test_who_is_not_signed_in_is_led_to_the_door_and_back(client: FlaskClient) -> None:
    answer = client.get("/failing/members?x=1")

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in?")
    assert "next=/failing/members" in answer.location.replace("%2F", "/")


def test_a_way_back_never_leads_to_another_site(client: FlaskClient) -> None:
    page = Page(
        client.get("/failing/status/404", headers={"Referer": "https://evil.example/c/ch/tasks"})
    )

    assert not [link for link in page.read.links if "evil" in link]


def test_a_way_back_leads_where_one_came_from(client: FlaskClient) -> None:
    here = "http://localhost/c/ch/tasks?state=closed"

    page = Page(client.get("/failing/status/404", headers={"Referer": here}))

    assert here in page.read.links
