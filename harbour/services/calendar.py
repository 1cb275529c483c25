"""Changing the working calendar: laid out, looked at, then taken over whole or not at all."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from harbour.domain.actors import Actor
from harbour.domain.arrangements import Arrangement, changes, counting, faults_of
from harbour.domain.calendar import DayKind, SpecialDay
from harbour.domain.errors import About, Denied, Invalid, Missing, Refused
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.calendar import (
    ArrangementDraft,
    CalendarDay,
    CalendarEdition,
    CalendarYear,
    days_of,
    edition_now,
    kept_by,
    read_anew,
    working_calendar,
)
from harbour.models.places import Community
from harbour.models.recounting import moved
from harbour.services import administration, ledger, recounting
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to

KIND = "calendar_year"
CHANGED = N_("The calendar has changed since this was laid out. Lay it out again and look at it.")
ELSEWHERE = N_("%(day)s stands in the arrangement of %(year)d already. Change it there.")
NOT_YOURS = N_("The calendar is the whole installation's. Its administrator changes it.")


@command
def lay_out(actor: Actor, planned: Arrangement, *, now: datetime) -> int:
    """Keep an arrangement to be looked at before it counts; the draft's id.

    Raises Invalid (``day``) for what cannot be an arrangement of its year.
    """
    _demand_keeper(actor)
    wrong = faults_of(planned.year, planned.days)
    if wrong:
        raise Invalid("day", wrong[0][1])
    _no_other_year_says(planned)
    for earlier in db.session.scalars(
        select(ArrangementDraft).where(ArrangementDraft.by_id == actor.user_id)
    ):
        db.session.delete(earlier)
    draft = ArrangementDraft(
        by_id=actor.user_id,
        at=now,
        year=planned.year,
        official=planned.official,
        source=planned.source,
        days=[[one.day.isoformat(), str(one.kind), one.name] for one in planned.days],
        edition=edition_now(),
    )
    db.session.add(draft)
    db.session.flush()
    return draft.id


def _no_other_year_says(planned: Arrangement) -> None:
    days = [one.day for one in planned.days]
    other = db.session.execute(
        select(CalendarDay.day, CalendarDay.year)
        .where(CalendarDay.day.in_(days), CalendarDay.year != planned.year)
        .order_by(CalendarDay.day)
        .limit(1)
    ).first()
    if other is not None:
        said = {"day": other.day.isoformat(), "year": other.year}
        raise Invalid("day", Text(ELSEWHERE, said))


@command
def take_over(actor: Actor, draft_id: int, *, now: datetime) -> int:
    """Let a draft count, and with it every date that follows; the year.

    Refused where the calendar has changed since it was laid out. What says nothing new changes
    nothing and leaves no line.
    """
    _demand_keeper(actor)
    edition = db.session.scalars(select(CalendarEdition).with_for_update()).one()
    draft = db.session.get(ArrangementDraft, draft_id, with_for_update=True)
    if draft is None or draft.by_id != actor.user_id:
        raise Missing
    planned = draft.arrangement()
    if draft.edition != edition.digest:
        raise Refused(CHANGED)
    db.session.delete(draft)
    year = db.session.scalars(select(CalendarYear).where(CalendarYear.year == planned.year)).first()
    stored = days_of(planned.year)
    changed = changes(stored, planned.days)
    if not changed and year is not None and _says_the_same(year, planned):
        return planned.year
    old = working_calendar()
    arranged = _write(year, planned)
    edition.digest = edition_now()
    with scoped_to(*db.session.scalars(select(Community.id)), installation=True):
        counted = moved(old, working_calendar(), counting(changed), now)
        said = {
            "official": planned.official,
            "source": planned.source,
            "days": {one.day.isoformat(): [_kept(one.before), _kept(one.after)] for one in changed},
            "tasks": len(counted),
        }
        ledger.record(actor, "arrange", arranged, now=now, inputs=said)
        recounting.recount(counted, actor.request_id, now)
    return planned.year


def _says_the_same(year: CalendarYear, planned: Arrangement) -> bool:
    return (year.official, year.source) == (planned.official, planned.source)


def _kept(special: SpecialDay | None) -> str:
    return "" if special is None else f"{special.kind} {special.name}".strip()


def _write(year: CalendarYear | None, planned: Arrangement) -> CalendarYear:
    """Store the arrangement in the place of what stood there, and read the calendar anew."""
    if year is None:
        year = CalendarYear(year=planned.year, official=planned.official, source=planned.source)
        db.session.add(year)
        db.session.flush()
    year.official, year.source = planned.official, planned.source
    flag_modified(year, "source")  # its days stand in a table of their own: the version must rise
    rows = {
        row.day: row
        for row in db.session.scalars(select(CalendarDay).where(CalendarDay.year == planned.year))
    }
    wanted = {one.day: one for one in planned.days}
    for day in rows.keys() - wanted.keys():
        db.session.delete(rows[day])
    for day, one in wanted.items():
        row = rows.get(day)
        if row is None:
            row = CalendarDay(year=planned.year, day=day)
            db.session.add(row)
        row.is_workday = one.kind is DayKind.MAKEUP_WORKDAY
        row.name_zh, row.source = one.name, planned.source
    db.session.flush()
    read_anew()
    return year


def _demand_keeper(actor: Actor) -> None:
    """Raise Denied for everybody who does not keep the calendar."""
    administration.demand_admin(actor, KIND, "arrange")
    if not kept_by(actor.street_id):
        denied = Denied(NOT_YOURS)
        denied.about = About("arrange", KIND)
        raise denied
