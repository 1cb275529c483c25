"""The next meeting of a compound, made already or to be expected, and the week before it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from harbour.domain.deadlines import local_day
from harbour.domain.meetings import MeetingKind, MeetingState
from harbour.domain.periods import Period, next_monday
from harbour.domain.series import next_slot, starts_at
from harbour.domain.settings import CommunitySettings
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Meeting
from harbour.models.places import Compound
from harbour.models.summaries import Summary


@dataclass(frozen=True)
class NextMeeting:
    """``at`` is None where the compound has no slot either, ``id`` where none is made yet."""

    id: int | None
    at: datetime | None
    place: str
    period: Period


def next_meeting(compound: Compound, settings: CommunitySettings, now: datetime) -> NextMeeting:
    """The first scheduled weekly meeting from now on, else the compound's next slot."""
    weekly = (Meeting.compound_id == compound.id, Meeting.kind == MeetingKind.WEEKLY)
    found = db.session.execute(
        select(Meeting.id, Meeting.starts_at, Meeting.place)
        .where(*weekly, Meeting.state == MeetingState.SCHEDULED, Meeting.starts_at > now)
        .order_by(Meeting.starts_at)
        .limit(1)
    ).first()
    if found is not None:
        period = Period.before(found.starts_at, settings)
        return NextMeeting(found.id, found.starts_at, found.place, period)
    at = _slot(compound, now, weekly)
    period = Period.before(at or next_monday(now), settings)
    return NextMeeting(None, at, compound.meeting_place, period)


def unheard(coming: NextMeeting) -> ColumnElement[bool]:
    """The condition of a summary that no meeting has heard yet, other than the coming one.

    Where two meetings follow each other within a week, each has a summary of its own.
    """
    waiting = (MeetingState.SCHEDULED, MeetingState.CANCELLED)
    heard = select(Meeting.id).where(
        Meeting.id == Summary.meeting_id,
        Meeting.id.is_distinct_from(coming.id),
        Meeting.state.not_in(waiting),
    )
    return ~heard.exists()


def _slot(compound: Compound, now: datetime, weekly: tuple[object, ...]) -> datetime | None:
    if compound.meeting_weekday is None or compound.meeting_time is None:
        return None
    last = db.session.scalar(
        select(func.max(Meeting.starts_at)).where(
            *weekly,  # type: ignore[arg-type]
            Meeting.state != MeetingState.CANCELLED,
        )
    )
    slot = next_slot(
        compound.meeting_weekday,
        compound.meeting_time,
        now,
        None if last is None else local_day(last),
        working_calendar(),
    )
    return starts_at(slot.chosen(None), slot.at)
