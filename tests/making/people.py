"""Doors with real passwords, and a street next door with an administrator of its own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask

from harbour.adapters.passwords import passwords
from harbour.domain.actors import Actor, Role
from harbour.queries.places import community_ids
from harbour.services import people, places
from harbour.services.people import At
from harbour.tenancy import scoped_to
from tests.pages import Browser, Page

OPERATOR = Actor(user_id=None, name="operator", role=Role.ADMIN)
GOOD = "梧桐树下的第三把椅子"
BETTER = "harbour lantern rope"


@dataclass(frozen=True)
class NextDoor:
    """A second street: its administrator and one of everything."""

    street_id: int
    community_id: int
    compound_id: int
    admin_id: int
    rep_id: int


def hashed(app: Flask, password: str = GOOD) -> str:
    """A password's hash with the cheap settings of tests."""
    return passwords(app.config["PASSWORD_HASH"]).hashed(password)


def everywhere() -> Any:
    """The scope of the installation's administrator."""
    return scoped_to(*community_ids(None), installation=True)


def account(app: Flask, now: datetime, username: str, **inputs: Any) -> int:
    """An account with the password GOOD, still to be changed."""
    named = {"username": username, "name": username, "phone": None, **inputs}
    with everywhere():
        return people.create(OPERATOR, named, password_hash=hashed(app), now=now)


def set_password(app: Flask, user_id: int, now: datetime, password: str = GOOD) -> None:
    """Give somebody a password of their own, so that no change is asked for."""
    actor = Actor(user_id=user_id, name="-", role=Role.PUBLIC)
    people.change_password(actor, 0, password_hash=hashed(app, password), now=now)


def root(app: Flask, now: datetime) -> str:
    """The installation's administrator; the user name."""
    set_password(app, account(app, now, "root", role=Role.ADMIN, at=At()), now)
    return "root"


def next_door(app: Flask, now: datetime) -> NextDoor:
    """秋水街道 with 秋月社区, 秋月小区, administrator qs-admin and representative qs-rep."""
    with everywhere():
        street = places.create_street(OPERATOR, {"code": "QS", "name": "秋水街道"}, now=now)
        community = places.create_community(
            OPERATOR, street, {"code": "QY", "slug": "qy", "name": "秋月社区"}, now=now
        )
    with everywhere():
        compound = places.create_compound(
            OPERATOR, community, {"code": "QY-01", "name": "秋月小区"}, now=now
        )
    admin = account(app, now, "qs-admin", role=Role.ADMIN, at=At(street_id=street))
    rep = account(app, now, "qs-rep", role=Role.RESIDENT_REP, at=At(compound_id=compound))
    set_password(app, admin, now)
    return NextDoor(street, community, compound, admin, rep)


def knock(browser: Browser, account_name: str, password: str, onward: str = "/") -> Page:
    """Type a name and a password at the door and press the button."""
    page = browser.visit(f"/sign-in?next={onward}")
    return browser.press(page, "/sign-in", account=account_name, password=password)
