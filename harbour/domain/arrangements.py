"""A year's arrangement of holidays as somebody lays it out: read, checked, and compared."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from harbour.domain.calendar import DAY_WORDS, SATURDAY, DayKind, SpecialDay
from harbour.domain.text import N_, Text

MOST_BYTES = 64 * 1024
MOST_ROWS = 400
MOST_FAULTS = 50
LONGEST_NAME = 40
EARLIEST, LATEST = 2000, 2100
DECEMBER = 12
# A workbook or picture begins like none of these files does; a text file has no NUL in it.
ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",\t;\uff0c"

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_HEADS: Mapping[str, tuple[str, ...]] = {
    "day": ("date", "day", "日期", "时间"),
    "kind": ("kind", "type", "workday", "is_workday", "类型", "安排", "是否上班", "是否工作日"),
    "name": ("name", "name_zh", "holiday", "名称", "节日", "节假日", "假日名称"),
}
_FREE = ("holiday", "off", "休", "放假", "休息", "休假", "节假日", "假日", "法定节假日", "0", "否")
_WORKED = (
    "makeup_workday", "makeup", "workday", "work", "班", "上班", "调休上班", "补班", "工作日",
    "1", "是",
)  # fmt: skip
_KINDS: Mapping[str, DayKind] = {
    **dict.fromkeys((*_FREE, "false", "no"), DayKind.HOLIDAY),
    **dict.fromkeys((*_WORKED, "true", "yes"), DayKind.MAKEUP_WORKDAY),
}


@dataclass(frozen=True)
class Arrangement:
    """What is free and what is worked in a year; it may reach into the December before.

    ``official`` says that it has been published; ``source`` names the notice.
    """

    year: int
    official: bool
    source: str = ""
    days: tuple[SpecialDay, ...] = ()


@dataclass(frozen=True)
class Fault:
    """What is wrong with one line of a file (0: with the whole of it)."""

    line: int
    text: Text


class Unreadable(ValueError):
    """A file that is no arrangement; ``faults`` says why, line by line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = tuple(faults[:MOST_FAULTS])


@dataclass(frozen=True)
class DayChange:
    """A day before and after; None where its weekday alone says what it is."""

    day: date
    before: SpecialDay | None
    after: SpecialDay | None


@dataclass
class _Reading:
    found: dict[date, SpecialDay] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def blame(self, line: int, says: str, **facts: object) -> None:
        self.faults.append(Fault(line, Text(says, facts)))


NOT_TEXT = N_("This is no text file. Save the table as CSV, in UTF-8 or GB18030, and choose that.")
TOO_LARGE = N_("The file is too large for one year's arrangement (64 KB at most).")
EMPTY = N_("There is no day in the file.")
TOO_MANY = N_("The file has more than 400 lines; a year's arrangement has some dozens.")
NO_DAY = N_("“%(typed)s” is no day. Write it like 2027-02-06.")
NO_KIND = N_("“%(typed)s” says neither that the day is free (休) nor that it is worked (班).")
TWICE = N_("%(day)s stands in the file twice.")
TWO_YEARS = N_("%(day)s is not of %(year)d. One file holds the arrangement of one year.")
WORKED_ANYHOW = N_("%(day)s is an ordinary workday already; only a Saturday or Sunday is made one.")
LONG_NAME = N_("The name is longer than %(most)d characters.")
NO_YEAR = N_("A year from 2000 to 2100 is needed.")


def read(content: bytes) -> tuple[int, tuple[SpecialDay, ...]]:
    """The year and the days of a CSV file: date, kind, and the holiday's name.

    A first line of headings is not needed; they may be Chinese, and in any order. Raises
    Unreadable with everything that is wrong.
    """
    rows = _rows(_decoded(content))
    order = _order(rows[0][1])
    reading = _Reading()
    for line, cells in rows if order is None else rows[1:]:
        _take(reading, line, cells, order or {"day": 0, "kind": 1, "name": 2})
    if not reading.found and not reading.faults:
        raise Unreadable([Fault(0, Text(EMPTY))])
    year = max((day.year for day in reading.found), default=0)
    for line, says in faults_of(year, reading.found.values()) if reading.found else ():
        reading.faults.append(Fault(line, says))
    if reading.faults:
        raise Unreadable(sorted(reading.faults, key=lambda one: one.line))
    return year, in_order(reading.found.values())


def faults_of(year: int, days: Iterable[SpecialDay]) -> list[tuple[int, Text]]:
    """Why these days are no arrangement of the year; the lines are not known here (0)."""
    found = []
    if not EARLIEST <= year <= LATEST:
        found.append((0, Text(NO_YEAR)))
    for one in days:
        said = {"day": one.day.isoformat()}
        eve = one.day.year == year - 1 and one.day.month == DECEMBER
        if one.day.year != year and not eve:
            found.append((0, Text(TWO_YEARS, {**said, "year": year})))
        if one.kind is DayKind.MAKEUP_WORKDAY and one.day.weekday() < SATURDAY:
            found.append((0, Text(WORKED_ANYHOW, said)))
    return found


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise Unreadable([Fault(0, Text(TOO_LARGE))])
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Unreadable([Fault(0, Text(NOT_TEXT))])


def _rows(text: str) -> list[tuple[int, list[str]]]:
    lines = text.splitlines()
    first = next((line for line in lines if line.strip()), "")
    sign = max(DELIMITERS, key=first.count)
    found = []
    # Line by line: no cell of such a file goes over two, and an open quote must not eat the rest.
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in next(csv.reader([line], delimiter=sign), [])]
        if any(cells):
            found.append((number, cells))
    if not found:
        raise Unreadable([Fault(0, Text(EMPTY))])
    if len(found) > MOST_ROWS:
        raise Unreadable([Fault(0, Text(TOO_MANY))])
    return found


def _order(cells: Sequence[str]) -> dict[str, int] | None:
    """Which column holds what, if these are headings."""
    lowered = [cell.casefold() for cell in cells]
    found = {
        what: next(place for place, cell in enumerate(lowered) if cell in words)
        for what, words in _HEADS.items()
        if any(cell in words for cell in lowered)
    }
    return found if "day" in found else None


def _take(reading: _Reading, line: int, cells: Sequence[str], order: Mapping[str, int]) -> None:
    def cell(what: str) -> str:
        place = order.get(what, len(cells))
        return cells[place] if place < len(cells) else ""

    day, kind = _day(cell("day")), _KINDS.get(cell("kind").casefold())
    if day is None:
        reading.blame(line, NO_DAY, typed=cell("day")[:LONGEST_NAME])
        return
    if kind is None:
        reading.blame(line, NO_KIND, typed=cell("kind")[:LONGEST_NAME])
        return
    if len(cell("name")) > LONGEST_NAME:
        reading.blame(line, LONG_NAME, most=LONGEST_NAME)
    if day in reading.found:
        reading.blame(line, TWICE, day=day.isoformat())
    reading.found[day] = SpecialDay(day, kind, cell("name"))


def _day(typed: str) -> date | None:
    found = _DAY.fullmatch(typed) or _PLAIN_DAY.fullmatch(typed)
    try:
        return date(*(int(part) for part in found.groups())) if found else None
    except ValueError:
        return None


def in_order(days: Iterable[SpecialDay]) -> tuple[SpecialDay, ...]:
    """The days from the first to the last."""
    return tuple(sorted(days, key=lambda one: one.day))


def changes(before: Iterable[SpecialDay], after: Iterable[SpecialDay]) -> tuple[DayChange, ...]:
    """The days that two lists of special days say different things of, in order."""
    old, new = ({one.day: one for one in days} for days in (before, after))
    return tuple(
        DayChange(day, old.get(day), new.get(day))
        for day in sorted(old.keys() | new.keys())
        if old.get(day) != new.get(day)
    )


def counting(changed: Iterable[DayChange]) -> tuple[date, ...]:
    """The days of these that are worked before and not after, or the other way round."""
    return tuple(
        one.day for one in changed if _worked(one.day, one.before) != _worked(one.day, one.after)
    )


def _worked(day: date, special: SpecialDay | None) -> bool:
    if special is None:
        return day.weekday() < SATURDAY
    return special.kind is DayKind.MAKEUP_WORKDAY


def with_day(
    days: Iterable[SpecialDay], day: date, special: SpecialDay | None
) -> tuple[SpecialDay, ...]:
    """The days, with one of them being something else, or nothing special any more."""
    others = [one for one in days if one.day != day]
    return in_order([*others, *([special] if special else [])])


def said(special: SpecialDay | None) -> Text:
    """What a day is, in words."""
    if special is None:
        return Text(N_("As its weekday says"))
    word = Text(DAY_WORDS[special.kind])
    if not special.name:
        return word
    return Text(N_("%(kind)s (%(name)s)"), {"kind": word, "name": special.name})
