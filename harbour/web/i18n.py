"""The language of this request: Chinese first, English complete."""

from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel

LANGUAGES = {"zh_Hans_CN": "zh-Hans", "en": "en"}
COOKIE = "language"


def choose() -> str:
    """The reader's choice: cookie, then the account's, then Chinese."""
    person = getattr(g, "person", None)
    for wanted in (request.cookies.get(COOKIE), person.language if person else None):
        if wanted in LANGUAGES:
            return str(wanted)
    return "zh_Hans_CN"


def init_app(app: Flask) -> None:
    """Set up catalogues, dates and numbers."""
    catalogues = Path(__file__).resolve().parent.parent / "translations"
    Babel(
        app,
        locale_selector=choose,
        default_locale="zh_Hans_CN",
        default_translation_directories=str(catalogues),
    )
