"""The working calendar as its pages show it, and what a change of it would do."""

import calendar as months
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select

from harbour.domain.arrangements import Arrangement, DayChange, changes, counting
from harbour.domain.calendar import Calendar, DayKind, SpecialDay
from harbour.domain.deadlines import local_day, start_of_day
from harbour.domain.recounting import RECOUNTED
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models import calendar as stored
from harbour.models.calendar import ArrangementDraft, CalendarDay, CalendarYear
from harbour.models.places import Community
from harbour.models.recounting import Move, moved
from harbour.models.tasks import Task

PAGE = 50


@dataclass(frozen=True)
class YearLine:
    """A year of the list; one without an arrangement is Monday to Friday (``known`` is False)."""

    year: int
    known: bool
    official: bool
    source: str
    free: int
    worked: int


@dataclass(frozen=True)
class DayCell:
    """One day of a month: ``special`` is what an arrangement says of it."""

    day: date
    worked: bool
    special: SpecialDay | None


@dataclass(frozen=True)
class Month:
    """A month in weeks from Monday to Sunday; None fills the first and the last."""

    first: date
    weeks: tuple[tuple[DayCell | None, ...], ...]


@dataclass(frozen=True)
class YearPage:
    """A year's arrangement, month by month."""

    line: YearLine
    months: tuple[Month, ...]
    days: tuple[SpecialDay, ...]


@dataclass(frozen=True)
class MovedTask:
    """A task whose dates would move; administrators are told its number, not what it is about."""

    number: str
    community: str
    due: tuple[datetime, datetime] | None
    accept: tuple[datetime, datetime] | None


@dataclass(frozen=True)
class Preview:
    """What a draft would change: days, and the dates of open tasks, a page of them."""

    id: int
    planned: Arrangement
    before: YearLine
    stale: bool
    days: tuple[DayChange, ...]
    moves: tuple[MovedTask, ...]
    count: int
    page: int
    pages: int

    @property
    def status_changes(self) -> bool:
        """Whether the year becomes official, or provisional again, or is new."""
        return not self.before.known or self.before.official != self.planned.official

    @property
    def says_nothing_new(self) -> bool:
        """Whether everything is as it would be already."""
        same = self.before.source == self.planned.source
        return same and not self.days and not self.status_changes


def in_force() -> Calendar:
    """The calendar in force now."""
    return stored.working_calendar()


def edition() -> str:
    """What names the calendar in force: what is drawn with its words is kept under it."""
    return stored.edition_now()


def may_change(street_id: int | None) -> bool:
    """Whether an administrator of this street (None: of all) keeps the calendar."""
    return stored.kept_by(street_id)


def years(now: datetime) -> tuple[YearLine, ...]:
    """Every year with an arrangement, this one and the next in any case, the latest first."""
    today = local_day(now).year
    known = {line.year: line for line in _known()}
    wanted = known.keys() | {today, today + 1}
    return tuple(known.get(year) or _unknown(year) for year in sorted(wanted, reverse=True))


def line(year: int) -> YearLine:
    """One year."""
    return next((one for one in _known(year)), _unknown(year))


def _unknown(year: int) -> YearLine:
    return YearLine(year, known=False, official=False, source="", free=0, worked=0)


def _known(year: int | None = None) -> tuple[YearLine, ...]:
    wanted = (
        select(
            CalendarYear.year,
            CalendarYear.official,
            CalendarYear.source,
            func.count(case((CalendarDay.is_workday.is_(False), 1))).label("free"),
            func.count(case((CalendarDay.is_workday.is_(True), 1))).label("worked"),
        )
        .outerjoin(CalendarDay, CalendarDay.year == CalendarYear.year)
        .group_by(CalendarYear.year, CalendarYear.official, CalendarYear.source)
        .order_by(CalendarYear.year)
    )
    if year is not None:
        wanted = wanted.where(CalendarYear.year == year)
    return tuple(
        YearLine(row.year, True, row.official, row.source, row.free, row.worked)  # noqa: FBT003
        for row in db.session.execute(wanted)
    )


def year(wanted: int) -> YearPage:
    """A year with its twelve months, known or not."""
    calendar = in_force()
    special = _special(wanted)
    grid = months.Calendar()
    return YearPage(
        line(wanted),
        tuple(
            Month(
                date(wanted, month, 1),
                tuple(
                    tuple(
                        DayCell(day, calendar.is_workday(day), special.get(day))
                        if day.month == month
                        else None
                        for day in week
                    )
                    for week in grid.monthdatescalendar(wanted, month)
                ),
            )
            for month in range(1, 13)
        ),
        tuple(special.values()),
    )


def _special(wanted: int) -> Mapping[date, SpecialDay]:
    """The special days that lie in a year, whichever arrangement says them."""
    rows = db.session.execute(
        select(CalendarDay.day, CalendarDay.is_workday, CalendarDay.name_zh)
        .where(CalendarDay.day.between(date(wanted, 1, 1), date(wanted, 12, 31)))
        .order_by(CalendarDay.day)
    )
    return {
        row.day: SpecialDay(row.day, stored.kind_of(worked=row.is_workday), row.name_zh)
        for row in rows
    }


def arrangement(wanted: int) -> Arrangement:
    """A year's arrangement as it stands, to lay out another from."""
    now = line(wanted)
    return Arrangement(wanted, now.official, now.source, stored.days_of(wanted))


def special_day(day: date) -> tuple[int, SpecialDay | None]:
    """What is special about a day, and the year whose arrangement says it, or would."""
    row = db.session.execute(
        select(CalendarDay.year, CalendarDay.is_workday, CalendarDay.name_zh).where(
            CalendarDay.day == day
        )
    ).first()
    if row is None:
        return day.year, None
    return row.year, SpecialDay(day, stored.kind_of(worked=row.is_workday), row.name_zh)


def preview(draft_id: int, user_id: int | None, now: datetime, page: int) -> Preview | None:
    """What a person's own draft would change, with this page of tasks; None where there is none."""
    draft = db.session.scalars(
        select(ArrangementDraft).where(
            ArrangementDraft.id == draft_id, ArrangementDraft.by_id == user_id
        )
    ).first()
    if draft is None:
        return None
    planned = draft.arrangement()
    changed = changes(stored.days_of(planned.year), planned.days)
    moves = moved(in_force(), stored.with_arrangement(planned), counting(changed), now)
    pages = max(1, -(-len(moves) // PAGE))
    chosen = min(max(page, 1), pages)
    return Preview(
        id=draft.id,
        planned=planned,
        before=line(planned.year),
        stale=draft.edition != edition(),
        days=changed,
        moves=_named(moves[(chosen - 1) * PAGE : chosen * PAGE]),
        count=len(moves),
        page=chosen,
        pages=pages,
    )


def _named(moves: list[Move]) -> tuple[MovedTask, ...]:
    ids = {one.community_id for one in moves}
    names = {
        row.id: row.name
        for row in db.session.execute(
            select(Community.id, Community.name).where(Community.id.in_(ids))
        )
    }
    return tuple(
        MovedTask(one.number, names.get(one.community_id, ""), one.due, one.accept) for one in moves
    )


def warnings(now: datetime) -> tuple[Text, ...]:
    """What an administrator must be told of the calendar: years assumed that are needed soon.

    A year is needed when it is this one, when it begins within two months, or when a running
    promise falls into it.
    """
    calendar = in_force()
    today = local_day(now)
    needed = {today.year, *({today.year + 1} if today.month > 10 else ())}
    last = db.session.scalar(
        select(func.max(Task.due_at)).where(
            Task.is_open.is_(True),
            Task.state.in_(sorted(RECOUNTED)),
            Task.due_at >= start_of_day(date(today.year + 1, 1, 1)),
        )
    )
    needed |= set(range(today.year + 1, local_day(last).year + 1) if last else ())
    return tuple(
        Text(ASSUMED if not calendar.knows(year) else PROVISIONAL, {"year": year})
        for year in sorted(needed)
        if not calendar.settled(year)
    )


ASSUMED = N_("%(year)d has no calendar. Monday to Friday are counted as workdays.")
PROVISIONAL = N_("The arrangement of %(year)d has not been taken in yet. Due dates may change.")


def not_settled(day: date | datetime) -> Text | None:
    """What is said beside a date whose year is not arranged yet; None where it is."""
    year = (local_day(day) if isinstance(day, datetime) else day).year
    if in_force().settled(year):
        return None
    return Text(MAY_CHANGE, {"year": year})


MAY_CHANGE = N_("The arrangement of %(year)d has not been published; due dates may change.")


def mark(day: date) -> tuple[DayKind, str] | None:
    """What a day's kind adds to its date, and its holiday's name; None on an ordinary day."""
    calendar = in_force()
    kind = calendar.day_kind(day)
    return None if kind is None else (kind, calendar.names.get(day, ""))
