"""Disk full, database locked: a clear page, reads go on, nothing half written, it heals."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert, text
from sqlalchemy.exc import OperationalError

from harbour.adapters import photos
from harbour.extensions import db
from harbour.models.firms import Firm
from harbour.models.people import User
from harbour.models.places import Community
from tests.architecture.contents import contents
from tests.architecture.visiting import ask
from tests.making.photos import picture, upload
from tests.making.places import Street
from tests.making.tasks import walk
from tests.pages import Browser, Page

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
LONG = "楼道灯不亮,夜里看不见台阶。" * 120


@pytest.fixture
def writing(
    street: Street, make: Any, clock: Any, tmp_path: Any, signed_in: Callable[[str], Browser]
) -> Callable[[], Page]:
    """Somebody comments on a task, each time with a form of its own."""
    path = f"/c/ch/tasks/{walk(street, clock, tmp_path, 'in_hand').number}/comment"
    browser = signed_in("ch01-rep1")

    def write() -> Page:
        page = browser.visit(path)
        assert page.status == 200, "reading does not go on"
        return browser.press(page, "/comment", remark=LONG)

    return write


@contextmanager
def full_disk() -> Iterator[None]:
    """The database file may not grow by a single page."""

    def cap(connection: Any, _record: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", cap)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", cap)
        db.session.remove()
        db.engine.dispose()


@contextmanager
def locked_by_another() -> Iterator[None]:
    """Another process holds the write lock and does not let go; nobody waits for long."""

    def hurry(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=50")

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)
    with closing(sqlite3.connect(str(db.engine.url.database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            event.remove(db.engine, "connect", hurry)
            db.session.remove()
            db.engine.dispose()


def tried_until_refused(writing: Callable[[], Page], most: int = 40) -> Page:
    """A file has some room left in its last pages: write until it has not."""
    for _ in range(most):
        page = writing()
        if page.status != 303:
            return page
    raise AssertionError("the disk never filled")


@pytest.mark.sqlite
def test_a_full_disk_is_said_in_chinese_and_reading_goes_on(
    app: Flask, writing: Callable[[], Page]
) -> None:
    with full_disk():
        page = tried_until_refused(writing)
        before = contents(db.engine)
        again = writing()
        after = contents(db.engine)

    assert (page.status, again.status) == (507, 507)
    assert "存储空间已满" in page.text
    assert page.read.lang == "zh-Hans"
    assert before == after, "half written"
    assert writing().status == 303, "it did not heal"


@pytest.mark.sqlite
def test_a_locked_database_is_said_in_chinese_and_reading_goes_on(
    app: Flask, writing: Callable[[], Page]
) -> None:
    before = contents(db.engine)
    with locked_by_another():
        page = writing()

    assert page.status == 503
    assert "稍" in page.text or "等" in page.text
    assert contents(db.engine) == before
    assert writing().status == 303, "it did not heal"


@pytest.mark.postgres
def test_a_locked_table_is_said_in_chinese(app: Flask, writing: Callable[[], Page]) -> None:
    def hurry(connection: Any, _record: object) -> None:
        connection.execute("SET lock_timeout = '200ms'")
        connection.commit()

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", hurry)
    try:
        with db.engine.connect() as other:
            other.execute(text("LOCK TABLE audit_event IN EXCLUSIVE MODE"))
            page = writing()
    finally:
        event.remove(db.engine, "connect", hurry)

    assert page.status == 503
    assert writing().status == 303


@pytest.mark.postgres
def test_a_server_that_only_reads_is_said_in_chinese_and_reading_goes_on(
    app: Flask, writing: Callable[[], Page]
) -> None:
    def only_read(connection: Any, _record: object) -> None:
        connection.execute("SET default_transaction_read_only = on")
        connection.commit()

    before = contents(db.engine)
    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", only_read)
    try:
        page = writing()
    finally:
        event.remove(db.engine, "connect", only_read)
        db.session.remove()
        db.engine.dispose()

    assert page.status == 503
    assert "稍" in page.text or "等" in page.text
    assert contents(db.engine) == before
    assert writing().status == 303, "it did not heal"


#: A form, what is typed into it, and the row somebody else stores between its look and its write.
TAKEN: dict[str, tuple[str, dict[str, Any], type[Any], dict[str, Any]]] = {
    "username": (
        "/admin/people/new?role=secretary",
        {"name": "新人", "username": "xinren", "at": "1"},
        User,
        {"username": "xinren", "name": "旁人", "password_hash": "-", "created_at": MONDAY},
    ),
    "phone": (
        "/admin/people/new?role=secretary",
        {"name": "新人", "username": "xinren", "phone": "13812341234", "at": "1"},
        User,
        {"username": "o", "phone": "+8613812341234", "name": "旁人", "password_hash": "-",
         "created_at": MONDAY},
    ),
    "code": (
        "/admin/firms/new",
        {"code": "XW", "name": "新物业公司", "short_name": "新物业"},
        Firm,
        {"street_id": 1, "code": "XW", "name": "旁", "short_name": "旁"},
    ),
    "slug": (
        "/admin/places/streets/1/communities/new",
        {"name": "新社区", "code": "XS", "slug": "xinshe"},
        Community,
        {"street_id": 1, "code": "QT", "slug": "xinshe", "name": "旁", "settings": {}},
    ),
}  # fmt: skip


@pytest.mark.postgres
@pytest.mark.parametrize("field", TAKEN)
def test_what_somebody_takes_at_the_same_moment_is_said_beside_its_field(
    app: Flask, street: Street, signed_in: Callable[[str], Browser], field: str
) -> None:
    path, typed, kind, row = TAKEN[field]
    browser = signed_in("cf-admin")
    page = browser.visit(path)
    taken: list[type[Any]] = []

    def take(session: Any, *_: object) -> None:
        if not taken and any(isinstance(one, kind) for one in session.new):
            taken.append(kind)
            with db.engine.begin() as other:
                other.execute(insert(kind.__table__), row)

    event.listen(db.session, "before_flush", take)
    try:
        answer = browser.press(page, path, **typed)
    finally:
        event.remove(db.session, "before_flush", take)

    assert taken
    assert answer.status == 422
    assert f'id="{field}-error"' in answer.html


def test_a_disk_full_of_photos_is_said_and_leaves_none_behind(
    app: Flask, street: Street, make: Any, clock: Any, tmp_path: Any,
    signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    path = f"/c/ch/tasks/{walk(street, clock, tmp_path, 'in_hand').number}/progress"
    browser = signed_in("ah-sunjl")
    page = browser.visit(path)
    before = contents(db.engine)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(photos, "keep", full)
        refused = browser.press(
            page, "/progress", progress_note="灯已买回", photos=[upload(picture(1))]
        )

    assert refused.status == 507
    assert contents(db.engine) == before
    data: dict[str, Any] = {"progress_note": "灯已买回", "photos": [upload(picture(1))]}
    assert browser.press(browser.visit(path), "/progress", **data).status == 303


def test_when_the_database_is_away_even_reading_says_so_in_words(
    app: Flask, signed_in: Callable[[str], Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("ch-zhao")

    def away(*_: object, **__: object) -> None:
        raise OperationalError("SELECT secret", {}, Exception("could not connect to server"))

    monkeypatch.setattr("harbour.web.context.people.signed_in", away)
    answer = ask(browser, "GET", "/c/ch/tasks")

    assert answer.status_code == 503
    assert "secret" not in answer.get_data(as_text=True)
    assert "议事港湾" in answer.get_data(as_text=True)
