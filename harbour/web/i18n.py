"""The language of this request: Chinese first, English complete."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from babel import dates
from flask import Flask, g, request
from flask_babel import Babel, get_locale

from harbour.domain.calendar import DayKind
from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.domain.text import N_
from harbour.forms.base import in_readers_language, words
from harbour.queries import calendar

LANGUAGES = {"zh_Hans_CN": "zh-Hans", "en": "en"}
COOKIE = "language"
DEFAULT = "zh_Hans_CN"
# A date that says its weekday says too what the calendar makes of it.
WITH_WEEKDAY = "EEE"
DAY = N_("EEE, d MMM yyyy")
MARKS = {
    DayKind.HOLIDAY: N_("public holiday"),
    DayKind.MAKEUP_WORKDAY: N_("make-up workday"),
}


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
    locale = str(get_locale() or DEFAULT)
    said = _day(day, pattern, locale)
    return said + _mark_of(day, locale) if WITH_WEEKDAY in pattern else said


def plain_day(value: date) -> str:
    """A day with its weekday, and without what the calendar in force makes of it."""
    day = local_day(value) if isinstance(value, datetime) else value
    return _day(day, in_readers_language(DAY), str(get_locale() or DEFAULT))


def moment_in(value: datetime, pattern: str) -> str:
    """An instant in the reader's language, by the clock of the place."""
    locale = str(get_locale() or DEFAULT)
    said = _moment(value, pattern, locale)
    return said + _mark_of(local_day(value), locale) if WITH_WEEKDAY in pattern else said


def mark_of(day: date) -> str:
    """What stands behind a date on a holiday or on a weekend that is worked; else nothing."""
    return _mark_of(day, str(get_locale() or DEFAULT))


def _mark_of(day: date, locale: str) -> str:
    found = calendar.mark(day)
    return "" if found is None else _said(*found, locale)


@lru_cache(maxsize=512)
def _said(kind: DayKind, name: str, locale: str) -> str:
    """Kept by the locale, which is the reader's: holidays have their names in Chinese alone."""
    chinese = locale.startswith("zh")
    if chinese and name and kind is DayKind.HOLIDAY:
        return f"（{name}）"
    said = in_readers_language(MARKS[kind])
    return f"（{said}）" if chinese else f" ({said})"


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
    app.jinja_env.globals.update(words=words, not_settled=calendar.not_settled)
    app.jinja_env.filters.update(dateformat=day_in, datetimeformat=moment_in, plain_day=plain_day)
