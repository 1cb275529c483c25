"""The working calendar as it is stored: years with their arrangement, and their special days."""

import hashlib
import json
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from harbour.domain.arrangements import Arrangement
from harbour.domain.calendar import Calendar, DayKind, SpecialDay
from harbour.extensions import Model, db
from harbour.models.base import Moment, Recorded, Unledgered, Versioned
from harbour.models.places import Street

# The session remembers for one transaction which edition is in force (services/unit_of_work.py).
IN_FORCE = "calendar"


class CalendarYear(Recorded, Versioned, Model):
    """A year's arrangement: official once it is published, else only what is to be expected."""

    __tablename__ = "calendar_year"
    subject_kind = "calendar_year"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(unique=True)
    official: Mapped[bool] = mapped_column(default=False)
    source: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (CheckConstraint("year BETWEEN 2000 AND 2100", name="year_plausible"),)

    @property
    def number(self) -> str:
        """What the ledger calls it."""
        return str(self.year)


class CalendarDay(Model):
    """A day an arrangement speaks of: free, or worked on a weekend (调休上班).

    ``year`` is the arrangement's: that of a year may reach into the December before.
    """

    __tablename__ = "calendar_day"
    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(ForeignKey("calendar_year.year"), index=True)
    day: Mapped[date] = mapped_column(unique=True)
    is_workday: Mapped[bool]
    name_zh: Mapped[str] = mapped_column(String(40), default="")
    source: Mapped[str] = mapped_column(String(200), default="")


class CalendarEdition(Unledgered, Model):
    """The digest of all that stands in the calendar: one row, by which a kept copy is judged."""

    __tablename__ = "calendar_edition"
    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))


class ArrangementDraft(Unledgered, Model):
    """An arrangement somebody laid out to look at; it counts for nothing until it is taken over.

    ``days`` are (day, kind, name); ``edition`` is the calendar it was compared with.
    """

    __tablename__ = "arrangement_draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    year: Mapped[int]
    official: Mapped[bool]
    source: Mapped[str] = mapped_column(String(200), default="")
    days: Mapped[list[Any]] = mapped_column(JSON, default=list)
    edition: Mapped[str] = mapped_column(String(64))

    def arrangement(self) -> Arrangement:
        """What was laid out, as a value."""
        days = tuple(
            SpecialDay(date.fromisoformat(day), DayKind(kind), name)
            for day, kind, name in self.days
        )
        return Arrangement(self.year, self.official, self.source, days)


# As a column of a statement that is asked anyway: who is signed in, say.
EDITION = select(CalendarEdition.digest).where(CalendarEdition.id == 1).scalar_subquery()
_EDITION = select(CalendarEdition.digest).where(CalendarEdition.id == 1)
_YEARS = select(CalendarYear.year, CalendarYear.official)
_DAYS = select(CalendarDay.day, CalendarDay.is_workday, CalendarDay.name_zh)

# The editions this process has met lately: tests and workers go back and forth between databases.
KEPT = 8
_kept: dict[str, Calendar] = {}


def working_calendar() -> Calendar:
    """The calendar in force now, as this transaction sees it.

    Kept in the process; its edition is looked up once in a transaction, unless the statement that
    found the signed-in person has said it already (``in_force``). So a change made by any process
    counts from the next transaction on.
    """
    info = db.session().info
    edition = info.get(IN_FORCE)
    if edition is None:
        edition = info[IN_FORCE] = db.session.scalar(_EDITION)
    found = _kept.get(str(edition))
    return read_anew() if found is None else found


def in_force(edition: str | None) -> None:
    """Say which edition this transaction has read beside something else."""
    if edition is not None:
        db.session().info[IN_FORCE] = edition


def edition_now() -> str:
    """The edition of the calendar in force, as this transaction sees it."""
    working_calendar()
    return str(db.session().info[IN_FORCE])


def read_anew() -> Calendar:
    """The calendar as its rows say, whatever was kept; the transaction goes on with it."""
    years = {row.year: row.official for row in db.session.execute(_YEARS)}
    days = [
        SpecialDay(row.day, kind_of(worked=row.is_workday), row.name_zh)
        for row in db.session.execute(_DAYS)
    ]
    calendar = Calendar.of_days(days, years, (year for year, known in years.items() if not known))
    # What was read decides, not what was expected: between two statements it may have changed.
    edition = db.session().info[IN_FORCE] = digest_of(years.items(), days)
    while len(_kept) >= KEPT:
        _kept.pop(next(iter(_kept)), None)
    _kept[edition] = calendar
    return calendar


def days_of(year: int) -> tuple[SpecialDay, ...]:
    """The special days of a year's arrangement, in order."""
    rows = db.session.execute(_DAYS.where(CalendarDay.year == year).order_by(CalendarDay.day))
    return tuple(SpecialDay(row.day, kind_of(worked=row.is_workday), row.name_zh) for row in rows)


def with_arrangement(planned: Arrangement) -> Calendar:
    """What the calendar would be, were a year arranged like this."""
    rows = db.session.execute(_DAYS.where(CalendarDay.year != planned.year))
    others = [SpecialDay(row.day, kind_of(worked=row.is_workday), row.name_zh) for row in rows]
    years = {row.year: row.official for row in db.session.execute(_YEARS)}
    years[planned.year] = planned.official
    provisional = (year for year, official in years.items() if not official)
    return Calendar.of_days([*others, *planned.days], years, provisional)


def kept_by(street_id: int | None) -> bool:
    """Whether an administrator keeps the calendar: it is the whole installation's.

    The installation's administrator does (no street), and a street's where there is no other.
    """
    return street_id is None or (db.session.scalar(select(func.count(Street.id))) or 0) <= 1


def kind_of(*, worked: bool) -> DayKind:
    """What a stored special day is."""
    return DayKind.MAKEUP_WORKDAY if worked else DayKind.HOLIDAY


def digest_of(years: Iterable[tuple[int, bool]], days: Iterable[SpecialDay]) -> str:
    """The edition of a calendar with these years and special days."""
    said = [
        sorted((year, bool(official)) for year, official in years),
        sorted((one.day.isoformat(), str(one.kind), one.name) for one in days),
    ]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
