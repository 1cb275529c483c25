"""The ladder's facts as columns, and its levels as conditions: for lists, pages and agendas."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, or_, select

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import end_of_workday, local_day
from harbour.domain.escalation import WEEK, Cuts, Facts, Rung, Standing, cuts, standing
from harbour.domain.meetings import HELD, ItemKind
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import NOT_REPORTED, TaskState
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.base import Moment as Instant
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.places import Community, Street
from harbour.models.tasks import Task
from harbour.models.urges import SupervisionOrder, Urge

RUNNING = Task.state.in_(sorted(NOT_REPORTED))
_OVERDUE_AT = (
    select(func.count())
    .select_from(AgendaItem)
    .join(Meeting, Meeting.id == AgendaItem.meeting_id)
    .where(
        AgendaItem.task_id == Task.id,
        AgendaItem.kind == ItemKind.OVERDUE_TASK,
        Meeting.state.in_(sorted(HELD)),
    )
    .correlate(Task)
    .scalar_subquery()
)


def _counted(kind: Any) -> Any:
    return select(func.count()).where(kind.task_id == Task.id).correlate(Task).scalar_subquery()


_URGES, _ORDERS = _counted(Urge), _counted(SupervisionOrder)
# Asked only where something still runs: most rows of a long list have ended.
_MAY_CLIMB = Task.state.in_(sorted({*NOT_REPORTED, TaskState.REPORTED, TaskState.VERIFIED}))
URGES = case((RUNNING, _URGES), else_=0).label("urges")
CARRIED = case((RUNNING, _OVERDUE_AT), else_=0).label("carried_over")
ORDERED = case((_MAY_CLIMB, _ORDERS), else_=0).label("ordered")
# Beside the state, the due date, the round and ``reported_at``, which lists have anyhow.
COLUMNS = (Task.dispatched_at, Task.verified_at, URGES, CARRIED, ORDERED)


def facts_of(row: Any) -> Facts:
    """The ladder's facts from a row with a task's columns and ``COLUMNS``."""
    return Facts(
        state=row.state,
        due_on=local_day(row.due_at),
        dispatched_on=_day(row.dispatched_at),
        reported_on=_day(row.reported_at),
        verified_on=_day(row.verified_at),
        urges=row.urges,
        reworks=row.round - 1,
        carried=row.carried_over,
        ordered=bool(row.ordered),
    )


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else local_day(moment)


def standing_of(
    row: Any, settings: CommunitySettings, calendar: Calendar, now: datetime
) -> Standing:
    """Where the task of such a row stands now."""
    return standing(facts_of(row), settings, calendar, local_day(now))


# With each community's numbers: whoever asks may have tasks of several.
_OF = (
    select(
        Task.id, Task.state, Task.due_at, Task.reported_at, Task.round, *COLUMNS,
        Community.settings, Street.settings.label("street"),
    )
    .join(Community, Community.id == Task.community_id)
    .join(Street, Street.id == Community.street_id)
    .where(Task.id.in_(bindparam("ids", expanding=True)), _MAY_CLIMB)
    .execution_options(**BUILT_ONCE)
)  # fmt: skip


def standings(ids: Iterable[int], calendar: Calendar, now: datetime) -> Mapping[int, Standing]:
    """Where each of these tasks stands, those on no level left out (one statement)."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    found = {}
    for row in db.session.execute(_OF, {"ids": wanted}):
        settings = CommunitySettings.overlaid(row.street, row.settings)
        found[row.id] = standing_of(row, settings, calendar, now)
    return {key: one for key, one in found.items() if one.rung > Rung.NONE}


# ---- the same as conditions -----------------------------------------------------------------

_STEPS = {Rung.FIRST: "1", Rung.SECOND: "2", Rung.THIRD: "3"}


def _until(name: str) -> Any:
    return bindparam(name, type_=Instant)


def _number(name: str) -> Any:
    return bindparam(name, type_=Integer)


def against_lead(rung: Rung) -> ColumnElement[bool]:
    """The tasks that stand at this level or above it, and wait for their lead."""
    return and_(RUNNING, or_(*_of_lead(rung)))


def _of_lead(rung: Rung) -> list[ColumnElement[bool]]:
    """The reasons of a level and of all above it; what costs a look elsewhere comes last."""
    found: list[ColumnElement[bool]] = []
    if rung <= Rung.FIRST:
        found.append(Task.due_at <= _until("due_1"))
    if rung <= Rung.SECOND:
        found.append(Task.due_at <= _until("due_2"))
    found.append(Task.round > _number("level3_reworks"))
    if rung <= Rung.SECOND:
        unaccepted = Task.dispatched_at <= _until("unaccepted")
        found.append(and_(Task.state == TaskState.ASSIGNED, unaccepted))
        found.append(_number("level2_urges") <= _URGES)
    found.append(and_(Task.due_at <= _until("due_3"), _ORDERS > 0))
    found.append(_number("level3_carries") <= _OVERDUE_AT)
    return found


def against_secretary(rung: Rung) -> ColumnElement[bool]:
    """The tasks at this level or above it because nobody verified or closed them in time."""
    waiting = ((TaskState.REPORTED, Task.reported_at), (TaskState.VERIFIED, Task.verified_at))
    return or_(*(and_(Task.state == state, _late(rung, state, since)) for state, since in waiting))


def unverified(rung: Rung) -> ColumnElement[bool]:
    """Of these the reported ones, which nobody has verified in time."""
    late = _late(rung, TaskState.REPORTED, Task.reported_at)
    return and_(Task.state == TaskState.REPORTED, late)


def _late(rung: Rung, name: str, since: Any) -> ColumnElement[bool]:
    found = [since <= _until(f"{name}_{step}") for one, step in _STEPS.items()
             if rung <= one < Rung.THIRD]  # fmt: skip
    return or_(*found, and_(since <= _until(f"{name}_3"), _ORDERS > 0))


def at_least(rung: Rung) -> ColumnElement[bool]:
    """The tasks that stand at this level or above it: what ``standing`` says, as SQL."""
    return or_(against_lead(rung), against_secretary(rung))


def asked(settings: CommunitySettings, calendar: Calendar, now: datetime) -> dict[str, Any]:
    """What the conditions are filled in with for a community's numbers.

    Moments are the later the looser the numbers are, counts the smaller.
    """
    at: Cuts = cuts(settings, calendar, local_day(now))
    days = {"due": at.due, "reported": at.reported, "verified": at.verified}
    return {
        "today": local_day(now),
        "silent_since": end_of_workday(local_day(now) - settings.idle_weeks * WEEK),
        **{
            f"{name}_{step}": end_of_workday(day)
            for name, three in days.items()
            for step, day in enumerate(three, 1)
        },
        "unaccepted": end_of_workday(at.dispatched),
        "level2_urges": settings.level2_urges,
        "level3_reworks": settings.level3_reworks,
        "level3_carries": settings.level3_carries,
    }


def loosely(
    several: Iterable[CommunitySettings], calendar: Calendar, now: datetime
) -> dict[str, Any]:
    """The same for communities with numbers of their own: nothing at a level is left out.

    What is found so is judged once more by its own community's numbers (``standings``).
    """
    different: list[CommunitySettings] = []
    for one in several:
        if one not in different:  # most communities keep to their street's numbers
            different.append(one)
    every = [asked(one, calendar, now) for one in different]
    counted = {name for name, value in every[0].items() if isinstance(value, int)}
    return {
        name: (min if name in counted else max)(one[name] for one in every) for name in every[0]
    }
