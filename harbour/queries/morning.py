"""What people are told each morning: due days that come, days that are here, levels that rose."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select

from harbour.domain.calendar import Calendar
from harbour.domain.clock import DUTIES, STEPS, Due
from harbour.domain.deadlines import ONE_DAY, add_workdays, end_of_workday, local_day
from harbour.domain.escalation import Party, Rung
from harbour.domain.meetings import MeetingKind, MeetingState
from harbour.domain.periods import Period
from harbour.domain.settings import CommunitySettings
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.base import Moment
from harbour.models.calendar import working_calendar
from harbour.models.clock import ClockSlot
from harbour.models.meetings import Meeting
from harbour.models.places import Community, Street
from harbour.models.tasks import Task
from harbour.tenancy import in_scope

# The cut-off is at most so long before its meeting, by any sensible setting.
FARTHEST_CUT_OFF = timedelta(days=15)
# So many at a round; what is more is found by the next.
AT_ONCE = 500

# Only what may have to be told: on a level, or due soon; the rest of the open tasks is not read.
_TASKS = (
    select(
        Task.id, Task.number, Task.state, Task.due_at, Task.reported_at, Task.round,
        *escalation.COLUMNS,
    )
    .where(
        Task.community_id == bindparam("here"),
        Task.is_open.is_(True),
        escalation.RUNNING,
        or_(
            Task.due_at <= bindparam("horizon", type_=Moment),
            escalation.against_lead(Rung.FIRST),
        ),
    )
    .order_by(Task.due_at, Task.id)
)  # fmt: skip
_TOLD = (
    select(ClockSlot.duty, ClockSlot.subject_id)
    .join(Task, (Task.id == ClockSlot.subject_id) & (Task.due_at == ClockSlot.at))
    .where(
        Task.community_id == bindparam("here"),
        Task.is_open.is_(True),
        ClockSlot.duty.in_(STEPS),
        ClockSlot.done_at.is_not(None),
    )
)


def to_tell(now: datetime) -> list[Due]:
    """What failed before, and once a morning every step not told yet; last the morning itself.

    A morning that was missed is not made up for: the next one tells where things stand by then.
    """
    found = _failed()
    at = DUTIES["clock.morning"].slot(now)
    if at is None or _over(at):
        return found
    calendar, every = working_calendar(), _settings()
    found += _cut_off_today(every, now)
    for community_id, settings in every.items():
        asked = escalation.asked(settings, calendar, now)
        found += _of_community(community_id, settings, calendar, now, asked)
        if len(found) >= AT_ONCE:
            return found
    return [*found, Due("clock.morning", at)]


def _over(at: datetime) -> bool:
    slot = select(ClockSlot.id).where(
        ClockSlot.duty == "clock.morning",
        ClockSlot.at == at,
        ClockSlot.done_at.is_not(None),
    )
    return db.session.scalar(slot) is not None


def _failed() -> list[Due]:
    rows = db.session.execute(
        select(
            ClockSlot.duty, ClockSlot.at, ClockSlot.community_id, ClockSlot.subject_id,
            ClockSlot.number,
        )
        .where(ClockSlot.done_at.is_(None), ClockSlot.duty.in_((*STEPS, "meeting.cutoff")))
        .limit(AT_ONCE)
    )  # fmt: skip
    return [Due(*row) for row in rows]


def _settings() -> Mapping[int, CommunitySettings]:
    rows = db.session.execute(
        select(Community.id, Community.settings, Street.settings.label("street"))
        .join(Street, Street.id == Community.street_id)
        .where(Community.id.in_(sorted(in_scope())))
        .order_by(Community.id)
    ).all()
    return {row.id: CommunitySettings.overlaid(row.street, row.settings) for row in rows}


def _cut_off_today(every: Mapping[int, CommunitySettings], now: datetime) -> list[Due]:
    """The weekly meetings whose summaries are late from this evening on."""
    rows = db.session.execute(
        select(Meeting.id, Meeting.community_id, Meeting.number, Meeting.starts_at).where(
            Meeting.state == MeetingState.SCHEDULED,
            Meeting.kind == MeetingKind.WEEKLY,
            Meeting.starts_at.between(now, now + FARTHEST_CUT_OFF),
        )
    ).all()
    found = []
    for row in rows:
        cutoff = Period.before(row.starts_at, every[row.community_id]).cutoff_at
        if local_day(cutoff) == local_day(now) and cutoff > now:
            found.append(Due("meeting.cutoff", cutoff, row.community_id, row.id, row.number))
    if not found:
        return found
    told = select(ClockSlot.subject_id).where(
        ClockSlot.duty == "meeting.cutoff",
        ClockSlot.subject_id.in_([one.subject_id for one in found]),
        ClockSlot.done_at.is_not(None),
        ClockSlot.at > now,
    )
    done = frozenset(db.session.scalars(told))
    return [one for one in found if one.subject_id not in done]


def _of_community(
    community_id: int,
    settings: CommunitySettings,
    calendar: Calendar,
    now: datetime,
    asked: dict[str, Any],
) -> list[Due]:
    today = local_day(now)
    last = add_workdays(today, settings.remind_before_workdays, calendar)
    horizon = end_of_workday(last)
    told = {(row.duty, row.subject_id) for row in db.session.execute(_TOLD, {"here": community_id})}
    found = []
    for row in db.session.execute(_TASKS, {"here": community_id, "horizon": horizon, **asked}):
        step = _step(row, settings, calendar, now, today)
        if step is not None and (step, row.id) not in told:
            found.append(Due(step, row.due_at, community_id, row.id, row.number))
            if len(found) >= AT_ONCE:
                break
    return found


def _step(
    row: Any, settings: CommunitySettings, calendar: Calendar, now: datetime, today: date
) -> str | None:
    """What is to be told of a task this morning: of all that has come to pass the last alone."""
    stands = escalation.standing_of(row, settings, calendar, now)
    if stands.rung and stands.against is Party.LEAD:
        return f"task.level{int(stands.rung)}"
    due_on = local_day(row.due_at)
    if due_on <= today:
        return "task.due_today" if due_on == today else None
    return "task.remind" if _reminded(row, due_on, settings, calendar, today) else None


def _reminded(
    row: Any, due_on: date, settings: CommunitySettings, calendar: Calendar, today: date
) -> bool:
    """So many workdays before the due day, unless it was sent out no earlier than that."""
    day, left = due_on, settings.remind_before_workdays
    while left:
        left -= calendar.is_workday(day)
        day -= ONE_DAY
    while not calendar.is_workday(day):
        day -= ONE_DAY
    return day <= today and (row.dispatched_at is None or local_day(row.dispatched_at) < day)
