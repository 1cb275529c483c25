"""Telling a history: ledger lines as the timeline draws them, with the labels of the forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext

from harbour.domain.text import N_, Text
from harbour.forms.fields import FIELDS, label_of
from harbour.forms.proposals import category_name
from harbour.queries.ledger import Line
from harbour.web.i18n import day_in

# What a list of acts need not repeat: technical, or shown elsewhere on every page of the thing.
SILENT = frozenset({"photos", "before_photos", "after_photos", "attendance", "arrangement", "item"})


@dataclass(frozen=True)
class Told:
    """One entry of a timeline."""

    at: datetime
    who: str
    role_label: str
    what: str | Text
    detail: tuple[tuple[str, object], ...]
    bad: bool
    round: int | None


def told(
    lines: Iterable[Line],
    *,
    silent: frozenset[str] = SILENT,
    words: Mapping[str, Mapping[str, object]] | None = None,
    about: str | None = None,
) -> tuple[Told, ...]:
    """Ledger lines for the macro ``timeline``.

    ``silent`` names inputs not to be shown; ``words`` gives, by input name, what to say for a
    stored value (a meeting's key, a person's). Lines of another number than ``about`` say theirs.
    """
    return tuple(
        Told(
            line.at, line.who, line.role_label, line.what,
            (*_other(line, about), *_detail(line, silent, words or {})),
            line.bad, line.round,
        )
        for line in lines
    )  # fmt: skip


def _other(line: Line, about: str | None) -> tuple[tuple[str, object], ...]:
    if about is None or line.number in (None, about):
        return ()
    return ((N_("Number"), line.number),)


def _detail(
    line: Line, silent: frozenset[str], words: Mapping[str, Mapping[str, object]]
) -> tuple[tuple[str, object], ...]:
    return tuple(
        (label_of(name), _said(name, value, words.get(name, {})))
        for name, value in line.inputs
        if name in FIELDS and name not in silent and not isinstance(value, dict)
    )


def _said(name: str, value: object, words: Mapping[str, object]) -> object:
    """What a stored input says to a reader."""
    if isinstance(value, list):
        return Text("%(list)s", {"list": tuple(_said(name, one, words) for one in value)})
    if str(value) in words:
        return words[str(value)]
    if isinstance(value, bool):
        return N_("Yes") if value else N_("No")
    return _plain(name, value)


def _plain(name: str, value: object) -> object:
    if name == "category":
        return category_name(str(value))
    if name == "linked_to":
        return str(value).rpartition("/")[2]
    chosen = next((label for key, label in _choices(name) if str(key) == str(value)), None)
    if chosen is not None:
        return chosen
    day = _day(value)
    return str(value) if day is None else day_in(day, gettext("EEE, d MMM yyyy"))


def _choices(name: str) -> list[tuple[Any, Any]]:
    given = FIELDS[name].kwargs.get("choices")
    return [(one.value, one.label) for one in given] if isinstance(given, list) else []


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else None
    except ValueError:
        return None
