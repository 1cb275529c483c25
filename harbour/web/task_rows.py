"""Rows of lists of tasks, every word said: fifty on a page, so nothing is looked up twice."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from babel.dates import format_date
from flask import current_app
from flask_babel import get_locale, gettext
from markupsafe import Markup

from harbour.domain.escalation import Reason
from harbour.domain.lights import LightNow
from harbour.domain.tasks import TaskState
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.queries.tasks import TaskLine
from harbour.web.addresses import page
from harbour.web.i18n import mark_of

# What the light does not say already.
PLACE = 40
UNSAID = frozenset({TaskState.DRAFTED, TaskState.ASSIGNED, TaskState.VERIFIED, TaskState.CANCELLED})


class TaskRow(NamedTuple):
    """One row as the template prints it; ``accept`` is the address of the one tap, if it waits."""

    number: str
    title: str
    href: str
    meta: tuple[str, ...]
    colour: str | None
    word: str
    why: str
    badges: tuple[tuple[str, str], ...]
    accept: str | None
    key: str


def rows(lines: Iterable[TaskLine], slug: str | None, *, lead: bool) -> tuple[TaskRow, ...]:
    """The lines of a list in the reader's language; ``lead`` tells who leads each."""
    said: dict[object, tuple[str, str]] = {}
    locale, pattern = str(get_locale() or "zh_Hans_CN"), gettext("EEE, d MMM")
    due = gettext("due %(day)s")
    found = []
    for line in lines:
        word, why = _light(line.light, said)
        meta = (
            line.compound,
            _short(line.place),
            line.lead if lead else "",
            _day(line.due_on, pattern, due, locale, mark_of(line.due_on)),
        )
        href = page("task", line.slug or slug or "", line.number)
        found.append(
            TaskRow(
                number=line.number,
                title=line.title,
                href=href,
                meta=tuple(one for one in meta if one),
                colour=None if line.light is None else str(line.light.colour),
                word=word,
                why=why,
                badges=_badges(line, said),
                accept=f"{href}/accept" if line.waits_for_acceptance else None,
                key=line.accept_key,
            )
        )
    return tuple(found)


def drawn(rows: tuple[TaskRow, ...]) -> Markup:
    """The rows as they stand in a list; the same rows are drawn once."""
    return _drawn(rows, str(get_locale()))


@lru_cache(maxsize=64)
def _drawn(rows: tuple[TaskRow, ...], locale: str) -> Markup:
    macros: Any = current_app.jinja_env.get_template("tasks/_row.html").module
    return Markup(macros.task_rows(rows))  # noqa: S704 - a macro's own output, escaped by it


def _short(place: str) -> str:
    return place if len(place) <= PLACE else f"{place[: PLACE - 1]}…"


@lru_cache(maxsize=4096)
def _day(day: date, pattern: str, due: str, locale: str, mark: str) -> str:
    return due % {"day": format_date(day, pattern, locale=locale) + mark}


def _light(light: LightNow | None, said: dict[object, tuple[str, str]]) -> tuple[str, str]:
    if light is None:
        return "", ""
    why = light.why
    key = (light.word, why and (why.msgid, tuple(why.params.items())))
    if key not in said:
        said[key] = say(light.word), say(why) if why else ""
    return said[key]


def _badges(line: TaskLine, said: dict[object, tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    found = []
    if line.state in UNSAID:
        if line.state not in said:
            said[line.state] = say(line.state_label), "plain"
        found.append(said[line.state])
    level = line.standing.beside_light
    if level is not None:
        found.append((say(level), "warn"))
    # What the level gives as its reason is not said a second time.
    if line.urges and line.standing.reason is not Reason.URGES:
        found.append((say(Text(N_("Urged %(n)d times"), {"n": line.urges})), "plain"))
    if line.round > 1 and line.standing.reason is not Reason.REWORKS:
        found.append((say(Text(N_("Round %(number)s"), {"number": line.round})), "warn"))
    return tuple(found)
