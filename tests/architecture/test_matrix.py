"""Route × role × foreign place: generated from the URL map and the tables, side effects included.

Every POST is sent with a true token and plausible words, and stopped at the very moment it would
have been stored: so that each door can be tried by everybody, one after another, on one database.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from harbour.domain.actors import Role
from harbour.domain.errors import Denied, Missing, Refused
from harbour.domain.requests import REQUESTS
from harbour.extensions import db
from harbour.models import subjects
from harbour.models.audit import AuditEvent
from harbour.tenancy import scoped_to
from harbour.web.errors import STATUS
from tests.architecture.contents import contents, differing
from tests.architecture.doors import ALIASES, MODELS, TABLES, Door, Opener
from tests.architecture.typed import typed
from tests.architecture.visiting import ask, token_of
from tests.architecture.visitors import Visitor, visitors
from tests.making.places import Street, plant_elsewhere
from tests.making.scenery import Scene, furnish
from tests.pages import Browser

STOPPED = "this would have been stored"
OF: dict[str, Any] = {
    "summary": lambda one, _now: subjects.of_summary(one),
    "concern": lambda one, _now: subjects.of_concern(one),
    "proposal": lambda one, _now: subjects.of_proposal(one),
    "meeting": lambda one, _now: subjects.of_meeting(one),
    "task": subjects.of_task,
    **dict.fromkeys(REQUESTS, subjects.of_request),
}
#: Rows nobody's page can take in this scene, each with its reason.
NOT_TRIED = {
    ("meeting", "review"): "taken by saving the item's own form (room.write)",
}


class House:
    """The furnished street, and everybody's browser."""

    def __init__(self, app: Flask, street: Street, clock: Any, scene: Scene) -> None:
        self.app, self.street, self.clock, self.scene = app, street, clock, scene
        self.everybody = visitors(street)
        self.browsers = {one: self._browser(one) for one in self.everybody}
        self.opener = Opener(app, street, scene, "CH")

    def _browser(self, visitor: Visitor) -> Browser:
        browser = Browser(self.app)
        return browser.sign_in_as(visitor.username, self.clock.now) if visitor.username else browser

    def doors(self, *methods: str) -> list[Door]:
        with self.everywhere():
            return self.opener.doors(*methods)

    def everywhere(self) -> Any:
        db.session.rollback()
        db.session.expire_all()
        return scoped_to(*self.street.community_ids)

    def expected(self, door: Door, visitor: Visitor) -> str:
        """What audience and table say: the status, "allowed", or "open" (not theirs to say)."""
        audience = door.endpoint.audience
        if visitor.role is None:
            if Role.PUBLIC in audience:
                return "open"
            return "303" if door.endpoint.method == "GET" else "401"
        if door.in_a_community and not visitor.at_home:
            return "404"
        if Role.PUBLIC not in audience and visitor.role not in audience:
            return "403"
        with self.everywhere():
            return self._by_the_table(door, visitor)

    def _by_the_table(self, door: Door, visitor: Visitor) -> str:
        if door.kind is None or visitor.actor is None:
            return "open"
        row = door.transition()
        if door.key is None:
            theirs = row is None or not row.is_birth or visitor.role in row.by
            return "open" if theirs else "403"
        table, now = TABLES[door.kind], self.clock.now
        subject = OF[door.kind](db.session.get(MODELS[door.kind], door.key), now)
        if not table.shows(visitor.actor, subject):
            return "404"
        if row is None or row.is_birth:
            return "open"
        try:
            table.require(visitor.actor, subject, row.name, now, row.through)
        except (Missing, Denied, Refused) as error:
            return str(STATUS[type(error)])
        return "allowed"


@pytest.fixture
def house(app: Flask, street: Street, clock: Any, tmp_path: Path) -> House:
    plant_elsewhere(street, clock.now)
    return House(app, street, clock, furnish(street, clock, tmp_path, "CH-01", "甲"))


@pytest.fixture
def stopped() -> Iterator[None]:
    """Nothing of the work is stored; whatever would have been says so."""

    def stop(session: Session) -> None:
        if session.info.pop("acted", False) or session.info.get("changes"):
            raise Refused(STOPPED)

    def look(session: Session, *_: object) -> None:
        # Seeing a phone number changes nothing, but is an act with a line of its own.
        lines = [one for one in session.new if isinstance(one, AuditEvent)]
        if any(line.refused is None for line in lines):
            session.info["acted"] = True

    event.listen(db.session, "before_flush", look)
    event.listen(db.session, "before_commit", stop)
    yield
    event.remove(db.session, "before_commit", stop)
    event.remove(db.session, "before_flush", look)


def outcome(answer: Any) -> str:
    """A status; what was stopped on its way to the database counts as done."""
    if answer.status_code == 409 and STOPPED in answer.get_data(as_text=True):
        return "done"
    return str(answer.status_code)


def sent(house: House, door: Door, visitor: Visitor) -> str:
    browser = house.browsers[visitor]
    with house.everywhere():
        words = typed(house.opener, door, house.clock.now)
    words["csrf_token"] = token_of(browser)
    words["key"] = f"{door}-{visitor}"[:64]
    return outcome(ask(browser, "POST", door.path(house.app), data=words))


def fits(found: str, expected: str) -> bool:
    if int(found if found != "done" else 303) >= 500:
        return False
    if expected == "allowed":  # what was typed, or the thing's own rule, may still say no
        return found in ("done", "303", "200", "422", "409")
    return expected in {"open", found}


@pytest.mark.timeout(900)
def test_every_post_answers_as_audience_and_table_say(house: House, stopped: None) -> None:
    before = contents(db.engine)
    wrong: list[str] = []
    done: Counter[tuple[str, str]] = Counter()
    could: dict[tuple[str, str], list[str]] = defaultdict(list)

    for door in house.doors("POST"):
        for visitor in house.everybody:
            expected, found = house.expected(door, visitor), sent(house, door, visitor)
            if not fits(found, expected):
                wrong.append(f"{door} by {visitor}: {found} instead of {expected}")
            if expected == "allowed" and door.kind and door.row:
                could[door.kind, door.row].append(found)
                done[door.kind, door.row] += found in ("done", "303")

    assert not wrong, "\n".join(wrong)
    assert differing(before, contents(db.engine)) == []
    never = {row: answers for row, answers in could.items() if not done[row]}
    assert never == {}, "these proved nothing: nobody who may could"


@pytest.mark.timeout(900)
def test_every_get_answers_as_audience_and_table_say(house: House) -> None:
    before = contents(db.engine, without=())
    wrong = []
    for door in house.doors("GET"):
        for visitor in house.everybody:
            expected = house.expected(door, visitor)
            status = ask(house.browsers[visitor], "GET", door.path(house.app)).status_code
            if expected in ("409", "allowed"):
                right = status in (200, 303, 409)
            elif expected == "open":
                right = status < 500
            elif expected == "403" and door.row:  # never theirs, or not theirs now
                right = status in (403, 409)
            else:
                right = str(status) == expected
            if not right:
                wrong.append(f"{door} by {visitor}: {status} instead of {expected}")

    assert not wrong, "\n".join(wrong)
    assert differing(before, contents(db.engine, without=())) == []


def test_the_matrix_covers_every_row_a_page_may_take(house: House) -> None:
    tried = {(door.kind, door.row) for door in house.doors("POST")}
    wanted = {
        (name, row.name)
        for name, table in TABLES.items()
        for row in table.moves
        if row.through is None
    }

    assert wanted - tried - set(NOT_TRIED) == set()


def test_every_alias_is_still_an_address(app: Flask) -> None:
    assert {name for name in ALIASES if name not in app.view_functions} == set()


# ---- children under the wrong parent -------------------------------------------------------------


def wrong_parents(house: House) -> Iterator[tuple[Door, dict[str, Any]]]:
    """Every address that names two things of one community, with a child of another parent."""
    for door in house.doors("GET", "POST"):
        for child, parent in (
            ("item", "number"),
            ("attendee", "number"),
            ("which", "number"),
            ("building", "wanted"),
            ("area", "wanted"),
            ("team", "wanted"),
            ("contract_id", "wanted"),
            ("membership_id", "user_id"),
        ):
            if {child, parent} <= door.endpoint.arguments:
                yield (
                    door,
                    {"number": house.scene.meetings["scheduled"]}
                    if parent == "number"
                    else {
                        "wanted": house.street.compounds["CH-02"]
                        if child != "team"
                        else house.street.communities["CX"],
                        "user_id": house.street.users["ch-lin"],
                    },
                )


@pytest.mark.timeout(900)
def test_a_child_under_the_wrong_parent_is_not_there(house: House, stopped: None) -> None:
    before = contents(db.engine)
    wrong, tried = [], 0
    insiders = [v for v in house.everybody if v.username in ("ch-zhao", "cf-admin")]
    for door, instead in wrong_parents(house):
        for visitor in insiders:
            if visitor.role not in door.endpoint.audience:
                continue
            browser, tried = house.browsers[visitor], tried + 1
            path = door.path(house.app, **instead)
            with house.everywhere():
                words = {
                    **typed(house.opener, door, house.clock.now),
                    "csrf_token": token_of(browser),
                }
            data = words if door.endpoint.method == "POST" else None
            answer = ask(browser, door.endpoint.method, path, data=data)
            if outcome(answer) not in ("404", "409"):
                wrong.append(f"{door.endpoint.method} {path} by {visitor}: {outcome(answer)}")

    assert not wrong, "\n".join(wrong)
    assert tried > 5
    assert differing(before, contents(db.engine)) == []
