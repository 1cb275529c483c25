"""The language of this request: Chinese first, English complete."""

from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel

from harbour.forms.base import in_readers_language, words

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
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        in_readers_language,
        lambda one, many, n: in_readers_language(one if n == 1 else many),
        newstyle=True,
    )
    app.jinja_env.globals["words"] = words
