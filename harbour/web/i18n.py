"""The language of this request: Chinese first, English complete."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel import dates
from flask import Flask, g, request
from flask_babel import Babel, get_locale

from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.forms.base import in_readers_language, words

LANGUAGES = {"zh_Hans_CN": "zh-Hans", "en": "en"}
COOKIE = "language"
DEFAULT = "zh_Hans_CN"


def choose() -> str:
    """The reader's choice: cookie, then the account's, then Chinese."""
    person = getattr(g, "person", None)
    for wanted in (request.cookies.get(COOKIE), person.language if person else None):
        if wanted in LANGUAGES:
            return str(wanted)
    return DEFAULT


def day_in(value: date, pattern: str) -> str:
    """A day in the reader's language; lists say the same few days again and again."""
    day = local_day(value) if isinstance(value, datetime) else value
    return _day(day, pattern, str(get_locale() or DEFAULT))


def moment_in(value: datetime, pattern: str) -> str:
    """An instant in the reader's language, by the clock of the place."""
    return _moment(value, pattern, str(get_locale() or DEFAULT))


@lru_cache(maxsize=4096)
def _day(value: date, pattern: str, locale: str) -> str:
    return dates.format_date(value, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _moment(value: datetime, pattern: str, locale: str) -> str:
    return dates.format_datetime(value, pattern, tzinfo=SHANGHAI, locale=locale)


def init_app(app: Flask) -> None:
    """Set up catalogues, dates and numbers."""
    catalogues = Path(__file__).resolve().parent.parent / "translations"
    Babel(
        app,
        locale_selector=choose,
        default_locale=DEFAULT,
        default_translation_directories=str(catalogues),
    )
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        in_readers_language,
        lambda one, many, n: in_readers_language(one if n == 1 else many),
        newstyle=True,
    )
    app.jinja_env.globals["words"] = words
    app.jinja_env.filters.update(dateformat=day_in, datetimeformat=moment_in)
