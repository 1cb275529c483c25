"""The text of the minutes (会议纪要), composed from what was recorded.

The minutes are a document of the community, written in its own language like everything people
type; the wording stands in ``seeds/minutes.csv``, and the composed text may be edited.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import SHANGHAI, local_day

# A number by which a person can be rung.
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


@dataclass(frozen=True)
class Present:
    """Somebody at the meeting, or due there."""

    name: str
    unit: str
    voting: bool
    presence: str
    left_at: datetime | None
    resident: bool


@dataclass(frozen=True)
class Agreed:
    """A task that follows from an item."""

    title: str
    number: str
    lead: str
    due_at: datetime
    round_the_clock: bool
    criteria: tuple[str, ...]
    payer: str | None
    sentence: str


@dataclass(frozen=True)
class Item:
    """One item of the agenda and what became of it."""

    kind: str
    title: str
    number: str | None
    category: str | None
    restricted: bool
    points: str
    votes: tuple[int, int, int] | None
    outcome: str | None
    decision: str
    wording: str
    tasks: tuple[Agreed, ...] = ()
    referred: tuple[str, str, date] | None = None


@dataclass(frozen=True)
class Held:
    """A meeting as it was held."""

    starts_at: datetime
    ended_at: datetime
    place: str
    chair: str
    recorder: str
    due: int
    present: int
    people: tuple[Present, ...]
    items: tuple[Item, ...]


@cache
def wording() -> dict[str, str]:
    """The phrases of the minutes, by key."""
    text = (files("harbour") / "seeds" / "minutes.csv").read_text(encoding="utf-8")
    return {line["key"]: line["zh"] for line in csv.DictReader(text.splitlines())}


def say(key: str, **values: object) -> str:
    """One phrase with its values filled in."""
    return wording()[key].format(**values)


def ordinal(number: int) -> str:
    """A number from 1 to 999 in Chinese figures, as the points of official papers are counted."""
    digits = wording()["digits"]
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    written = digits[hundreds] + wording()["hundred"] if hundreds else ""
    if tens:
        written += ("" if tens == 1 and not hundreds else digits[tens]) + digits[10]
    elif hundreds and ones:
        written += digits[0]
    return written + (digits[ones] if ones else "")


def long_day(day: date) -> str:
    """A day as official papers write it: year, month, day, without zeros in front."""
    return say("long_day", year=day.year, month=day.month, day=day.day)


def weekday(day: date) -> str:
    """The name of the day of the week."""
    return say("weekday", weekday=wording()["weekdays"][day.weekday()])


def public_words(text: str, names: Iterable[str]) -> str:
    """A text without door numbers, telephone numbers and the names given."""
    door = re.compile(wording()["door"])
    said = _PHONE.sub("***", door.sub(wording()["masked_door"], text))
    for name in sorted((n for n in names if n), key=len, reverse=True):
        said = said.replace(name, wording()["masked_name"])
    return said


def internal(held: Held) -> str:
    """The text for those who took part: who was there, what was said, what was agreed."""
    return "\n".join([*_head(held), *_attendance(held), "", *_items(held, public=False)])


def public(held: Held) -> str:
    """The same meeting for everybody: no name of a resident, no door, nothing said at the table."""
    names = {one.name for one in held.people if one.resident}
    counted = say("counted", due=held.due, present=held.present)
    lines = [*_head(held, public=True), counted, "", *_items(held, public=True)]
    return public_words("\n".join(lines), names)


def _head(held: Held, *, public: bool = False) -> list[str]:
    begin, end = held.starts_at.astimezone(SHANGHAI), held.ended_at.astimezone(SHANGHAI)
    day = local_day(held.starts_at)
    lines = [
        say("when", day=long_day(day), weekday=weekday(day), begin=f"{begin:%H:%M}",
            end=f"{end:%H:%M}"),
        say("place", place=held.place or wording()["none"]),
    ]  # fmt: skip
    if not public:
        lines.append(say("chair", chair=held.chair or wording()["none"]))
        if held.recorder:
            lines.append(say("recorder", recorder=held.recorder))
    return lines


def _attendance(held: Held) -> list[str]:
    def names(chosen: Iterable[Present]) -> str:
        return wording()["comma"].join(
            say("of_unit", name=one.name, unit=one.unit)
            if one.unit and not one.voting
            else one.name
            for one in chosen
        )

    there = [one for one in held.people if one.presence in ("present", "observer")]
    groups = (
        ("voters", [one for one in there if one.voting]),
        ("observers", [one for one in there if not one.voting]),
        ("left", [one for one in there if one.left_at is not None]),
        ("on_leave", [one for one in held.people if one.presence == "on_leave"]),
        ("absent", [one for one in held.people if one.presence in ("due", "absent")
                    and one.voting]),
    )  # fmt: skip
    lines = [say("counted", due=held.due, present=held.present)]
    lines += [say(key, names=names(chosen)) for key, chosen in groups if chosen]
    return lines


def _items(held: Held, *, public: bool) -> list[str]:
    lines = [wording()["agreed"]]
    for number, item in enumerate(held.items, 1):
        lines += ["", say("item", number=ordinal(number), title=_title(item))]
        lines += _told(item, public=public)
    return lines


def _title(item: Item) -> str:
    if not item.restricted:
        return item.title
    category = CATEGORIES[item.category].group() if item.category else ""
    return say("private", category=category)


def _told(item: Item, *, public: bool) -> list[str]:
    said: list[tuple[str, object]] = [
        ("votes", item.votes and dict(zip(("yes", "no", "abstain"), item.votes, strict=True))),
        ("outcome", item.outcome and {"outcome": wording()[f"outcome.{item.outcome}"]}),
    ]
    if not item.restricted:
        said = [
            ("from", item.number and {"number": item.number}),
            ("points", item.points and not public and {"points": item.points}),
            *said,
            ("wording", item.wording and {"wording": item.wording}),
            ("decision", item.decision and {"decision": item.decision}),
            ("refer", item.referred and _referred(*item.referred)),
        ]
    lines = [say(key, **values) for key, values in said if isinstance(values, dict)]
    tasks = () if item.restricted else item.tasks
    return [*lines, *(_task(task, public=public) for task in tasks)]


def _referred(to: str, name: str, day: date) -> dict[str, str]:
    office = wording()[f"referred.{to}"]
    named = say("of_unit", name=office, unit=name) if name else office
    return {"to": named, "day": long_day(day)}


def parts(text: str) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    """A text of minutes as paper sets it: the lines on top, then each point with its lines."""
    top: list[str] = []
    points: list[tuple[str, list[str]]] = []
    heading = re.compile(wording()["numerals"])
    for line in (one.strip() for one in text.splitlines()):
        if heading.match(line):
            points.append((line, []))
        elif line:
            (points[-1][1] if points else top).append(line)
    return tuple(top), tuple((title, tuple(lines)) for title, lines in points)


def _task(task: Agreed, *, public: bool) -> str:
    end = task.due_at.astimezone(SHANGHAI)
    due = long_day(end.date()) + (f"{end:%H:%M}" if task.round_the_clock else "")
    comma, semicolon, stop = (wording()[key] for key in ("comma", "semicolon", "stop"))
    parts = [
        say("task", title=task.title) + say("task_number", number=task.number),
        say("lead", lead=task.lead),
        say("due", due=due),
    ]
    if not public:
        parts.append(say("criteria", criteria=comma.join(task.criteria)))
        if task.payer:
            parts.append(say("payer", payer=wording()[f"payer.{task.payer}"]))
    parts.append(say("sentence", sentence=task.sentence))
    return semicolon.join(part.rstrip(stop + semicolon) for part in parts) + stop
