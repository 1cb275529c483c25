"""Masthead, tab bar and foot: alike on all pages of one reader, so each is drawn once and kept."""

import secrets
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from flask import current_app
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from harbour.web.navigation import NavItem

# What differs from page to page stands in the kept drawing as a mark nobody can have typed.
TOKEN, PATH = (secrets.token_hex(16) for _ in range(2))


@dataclass(frozen=True)
class Reader:
    """The signed-in person as the masthead shows them."""

    name: str
    role_label: str
    place_label: str
    places_count: int


@dataclass(frozen=True)
class Ui:
    """How the page is to be drawn."""

    elder: bool
    lang: str
    path: str


@dataclass(frozen=True)
class Frame:
    """What stands around a page's content."""

    masthead: Markup
    tab_bar: Markup
    foot: Markup


def around(reader: Reader | None, nav: tuple[NavItem, ...], ui: Ui) -> Frame:
    """The frame of this request's page."""
    token = generate_csrf()
    drawn = _drawn(reader, nav, replace(ui, path=PATH))
    return Frame(*(part.replace(TOKEN, token).replace(PATH, ui.path) for part in drawn))


@lru_cache(maxsize=256)
def _drawn(reader: Reader | None, nav: tuple[NavItem, ...], ui: Ui) -> tuple[Markup, ...]:
    parts = (
        _macro("masthead")(reader, ui), _macro("tab_bar")(nav), _macro("foot")(reader, nav, ui)
    )  # fmt: skip
    return tuple(Markup(part).replace(generate_csrf(), TOKEN) for part in parts)  # noqa: S704


def _macro(name: str) -> Any:
    return getattr(current_app.jinja_env.get_template(f"components/{name}.html").module, name)
