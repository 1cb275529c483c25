"""Reading files of a street's meetings and of what followed; nothing is done with them here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from harbour.domain.deadlines import SHANGHAI
from harbour.domain.text import N_, Text

#: libyaml's reader is ten times as quick, where there is one.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Unreadable(ValueError):
    """A file is not of the structure: ``text`` says what and where."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.msgid)
        self.text = text


@dataclass(frozen=True)
class Entry:
    """A mapping of a file that knows where it stands, to say what it lacks."""

    where: str
    values: Mapping[str, Any]

    def __getitem__(self, key: str) -> Any:
        """The value; Unreadable where there is none."""
        found = self.values.get(key)
        if found is None:
            raise Unreadable(
                Text(N_("%(where)s: “%(key)s” is missing."), {"where": self.where, "key": key})
            )
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self.values)

    def __bool__(self) -> bool:
        return bool(self.values)

    def get(self, key: str, otherwise: Any = None) -> Any:
        """A value that may be missing."""
        found = self.values.get(key)
        return otherwise if found is None else found

    def text(self, key: str) -> str:
        """A text that may be missing."""
        return str(self.values.get(key) or "").strip()

    def entry(self, key: str) -> "Entry":
        """A mapping within; an empty one where it is missing."""
        return _entry(f"{self.where}/{key}", self.values.get(key) or {})

    def entries(self, key: str) -> tuple["Entry", ...]:
        """The mappings of a list within, none where it is missing."""
        found = self.values.get(key) or []
        if not isinstance(found, list):
            raise _wrong(f"{self.where}/{key}")
        return tuple(
            _entry(f"{self.where}/{_name(one) or f'{key}[{n}]'}", one)
            for n, one in enumerate(found, 1)
        )

    def moment(self, key: str) -> datetime:
        """A time with its hour."""
        found = when(f"{self.where}/{key}", self[key])
        if not isinstance(found, datetime):
            raise _wrong(f"{self.where}/{key}")
        return found

    def when(self, key: str) -> date | datetime:
        """A time, or a day of which the hour is not known."""
        return when(f"{self.where}/{key}", self[key])


def when(where: str, written: object) -> date | datetime:
    """A moment in Shanghai, or a day; Unreadable for anything else."""
    try:
        text = str(written)
        if len(text) <= len("2026-03-05"):
            return date.fromisoformat(text)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(where) from None
    return found if found.tzinfo else found.replace(tzinfo=SHANGHAI)


def clock_time(where: str, written: object) -> time:
    """A time of day such as "14:30"."""
    try:
        return time.fromisoformat(str(written))
    except ValueError:
        raise _wrong(where) from None


def _name(one: object) -> str:
    if not isinstance(one, dict):
        return ""
    return str(one.get("code") or one.get("login") or one.get("action") or one.get("no") or "")


def _entry(where: str, found: object) -> Entry:
    if not isinstance(found, dict):
        raise _wrong(where)
    return Entry(where, found)


def _wrong(where: str) -> Unreadable:
    return Unreadable(Text(N_("%(where)s cannot be read."), {"where": where}))


@dataclass(frozen=True)
class StreetFile:
    """One file: its organisation and its meetings, in the order they were held."""

    name: str
    root: Entry

    @property
    def meetings(self) -> tuple[Entry, ...]:
        """The meetings."""
        return tuple(sorted(self.root.entries("meetings"), key=lambda one: one.moment("starts_at")))


def read(path: Path) -> StreetFile:
    """A file from the disk; Unreadable where it is none of this structure."""
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), LOADER)  # noqa: S506 - a safe one
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = str(error).splitlines()[0]
        raise Unreadable(
            Text(N_("%(file)s cannot be read: %(reason)s"), {"file": path.name, "reason": reason})
        ) from error
    return StreetFile(path.name, _entry(path.name, found))
