"""Lists of tasks: one range of one index a page, whatever the number of tasks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, or_, select, tuple_

from harbour.domain.actors import STAFF, Actor, Role
from harbour.domain.deadlines import Level, Limit, end_of_workday, local_day, past, start_of_day
from harbour.domain.escalation import CALM, Rung, Standing
from harbour.domain.lights import Colour, LightNow, light
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import NOT_REPORTED, OPEN, TASK, LeadKind, TaskState
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.base import BUILT_ONCE
from harbour.models.calendar import working_calendar
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.places import Community, Compound, Street
from harbour.models.tasks import AssistantFirm, Task
from harbour.queries.visibility import visible

PAGE = 50
# A firm reads on a phone, with a button in every row that waits for it.
FIRM_PAGE = 30
EPOCH, MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
OPEN_TASKS, EVERY_TASK = "open", "all"
# Whether the lead reports in time is all a light says; these have reported.
REPORTED = frozenset({TaskState.REPORTED, TaskState.VERIFIED})


class TaskLine(NamedTuple):
    """One task in a list; the days are Shanghai days, ``light`` is None before dispatch."""

    id: int
    number: str
    title: str
    place: str
    compound: str
    slug: str
    state: str
    state_label: str
    lead: str
    due_on: date
    round: int
    version: int
    light: LightNow | None
    mine: bool
    standing: Standing = CALM
    urges: int = 0

    @property
    def waits_for_acceptance(self) -> bool:
        """Whether the reader leads it and has not accepted it yet."""
        return self.mine and self.state == TaskState.ASSIGNED

    @property
    def accept_key(self) -> str:
        """The same tap twice is one acceptance: a key that is the same for both."""
        return f"accept-{self.id}-{self.version}"


@dataclass(frozen=True)
class TaskFilter:
    """What of a list is asked for; ``state`` may also be "open" or "all", ``level`` a least one."""

    state: str = OPEN_TASKS
    category: str = ""
    compound_id: int | None = None
    lead: str = ""
    since: date | None = None
    until: date | None = None
    light: str = ""
    assisting: bool = False
    level: str = ""


@dataclass(frozen=True)
class TaskListing:
    """One page of a list, with the keys of the pages before and after it."""

    lines: tuple[TaskLine, ...]
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True)
class FilterChoices:
    """What a list may be narrowed to: (value, name)."""

    compounds: tuple[tuple[str, str], ...]
    leads: tuple[tuple[str, str], ...]


COLUMNS = (
    Task.id, Task.number, Task.title, Task.place, Task.compound_id, Task.community_id, Task.state,
    Task.lead_kind, Task.lead_firm_id, Task.lead_name, Task.level, Task.due_by_hand, Task.due_at,
    Task.due_soon_at, Task.reported_at, Task.round, Task.version, *escalation.COLUMNS,
)  # fmt: skip


def listing(
    actor: Actor,
    asked: TaskFilter,
    now: datetime,
    settings: CommunitySettings,
    *,
    after: str | None = None,
    before: str | None = None,
) -> TaskListing:
    """The tasks the actor may know of, the most pressing first; ended ones the latest first.

    ``after`` and ``before`` are keys of a page: what comes after it, or before it.
    """
    names = {row.id: row.name for row in db.session.execute(_NAMES)}
    numbers = escalation.asked(settings, working_calendar(), now) if asked.level else {}
    rows, newer, older = _paged(actor, asked, now, numbers, after=after, before=before)
    lines = tuple(
        line_of(row, actor, now, settings, names.get(row.compound_id, "")) for row in rows
    )
    return TaskListing(lines, newer, older)


def firm_tasks(
    actor: Actor, asked: TaskFilter, now: datetime, settings: Mapping[int, CommunitySettings],
    *, after: str | None = None, before: str | None = None,
) -> TaskListing:  # fmt: skip
    """A firm's tasks over all communities in scope; ``settings`` by community."""
    places = {row.id: row for row in db.session.execute(_PLACES)}
    asked = replace(asked, level="")  # each community may count its levels by numbers of its own
    rows, newer, older = _paged(actor, asked, now, {}, after=after, before=before)
    lines = tuple(
        line_of(row, actor, now, settings[row.community_id],
                places[row.compound_id].name, places[row.compound_id].slug)
        for row in rows
    )  # fmt: skip
    return TaskListing(lines, newer, older)


def settings_by_community(ids: Sequence[int]) -> Mapping[int, CommunitySettings]:
    """The numbers of several communities, each over its street's."""
    rows = db.session.execute(
        select(Community.id, Community.settings, Street.settings.label("street"))
        .join(Street, Street.id == Community.street_id)
        .where(Community.id.in_(ids))
    )
    return {row.id: CommunitySettings.overlaid(row.street, row.settings) for row in rows}


_NAMES = select(Compound.id, Compound.name).execution_options(**BUILT_ONCE)
_PLACES = (
    select(Compound.id, Compound.name, Community.slug)
    .join(Community, Community.id == Compound.community_id)
    .execution_options(**BUILT_ONCE)
)


def _paged(
    actor: Actor,
    asked: TaskFilter,
    now: datetime,
    numbers: Mapping[str, Any],
    *,
    after: str | None,
    before: str | None,
) -> tuple[Sequence[Any], str | None, str | None]:
    """One page of rows, and the keys of its neighbours (None at the ends)."""
    order = _order(asked)
    key = _key(before or after, by_due=order != "newest")
    backwards = before is not None and key is not None
    values = {"now": now.replace(microsecond=0), **numbers, **(key or {})}
    statement = _page(actor, asked, keyed=key is not None, backwards=backwards)
    found = db.session.execute(statement, values).all()
    size = _size(actor)
    more, rows = len(found) > size, list(found[:size])
    if backwards:
        rows.reverse()
    if not rows:
        return rows, None, None
    first, last = (_written(one, by_due=order != "newest") for one in (rows[0], rows[-1]))
    there_before = more if backwards else key is not None
    there_after = True if backwards else more
    return rows, first if there_before else None, last if there_after else None


@lru_cache(maxsize=256)
def _page(actor: Actor, asked: TaskFilter, *, keyed: bool, backwards: bool) -> Any:
    """The statement of one page; where it begins and the time come as parameters."""
    order = _order(asked)
    columns = (Task.due_at, Task.id) if order != "newest" else (Task.id,)
    rising = (order == "due") != backwards
    statement = select(*COLUMNS).where(_seen(actor, asked), *_narrowed(asked))
    if keyed:
        # A range on the first column lets the index begin there.
        here = tuple_(*columns)
        there = tuple_(*(bindparam(one.key, type_=one.type) for one in columns))
        statement = statement.where(here > there if rising else here < there)
    ordered = (one.asc() if rising else one.desc() for one in columns)
    limited = statement.order_by(*ordered).limit(_size(actor) + 1)
    return limited.execution_options(**BUILT_ONCE)


def _size(actor: Actor) -> int:
    return FIRM_PAGE if actor.role is Role.FIRM_MANAGER else PAGE


def _key(written: str | None, *, by_due: bool) -> dict[str, Any] | None:
    """A page's key as it was written; nonsense begins at the beginning."""
    parts = (written or "").split("-")
    try:
        numbers = [int(part) for part in parts if part.isascii() and part.isdigit()]
        if by_due and len(numbers) == 2:
            return {"due_at": EPOCH + numbers[0] * MICROSECOND, "id": min(numbers[1], 2**62)}
        if not by_due and len(numbers) == 1:
            return {"id": min(numbers[0], 2**62)}
    except OverflowError:
        return None
    return None


def _written(row: Any, *, by_due: bool) -> str:
    return f"{(row.due_at - EPOCH) // MICROSECOND}-{row.id}" if by_due else str(row.id)


def _order(asked: TaskFilter) -> str:
    if asked.light == Colour.BLUE or asked.state in (TaskState.CLOSED, TaskState.CANCELLED):
        return "due, latest first"
    return "newest" if asked.state == EVERY_TASK and not asked.light else "due"


def _seen(actor: Actor, asked: TaskFilter) -> ColumnElement[bool]:
    """What the sight table shows; a firm's list is of what it leads, or of what it assists."""
    among = _states(asked)
    if actor.role is not Role.FIRM_MANAGER:
        return visible(Task, TASK, actor, among=among)
    shown = Task.state.in_(sorted(TASK.sees[actor.role] & (among or frozenset(TaskState))))
    if asked.assisting:
        assisted = select(AssistantFirm.task_id).where(AssistantFirm.firm_id == actor.firm_id)
        return and_(shown, Task.id.in_(assisted))
    return and_(shown, Task.lead_firm_id == actor.firm_id, Task.lead_kind == LeadKind.FIRM)


def _states(asked: TaskFilter) -> frozenset[str] | None:
    """The states a list is of; None where it is of all."""
    if asked.light == Colour.BLUE:
        return frozenset({TaskState.CLOSED})
    if asked.state == EVERY_TASK:
        return OPEN if asked.light else None
    return OPEN if asked.state == OPEN_TASKS else frozenset({asked.state})


def _narrowed(asked: TaskFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if _states(asked) == OPEN:
        found.append(Task.is_open.is_(True))
    found += _standing(asked)
    if asked.category:
        found.append(Task.category == asked.category)
    if asked.compound_id is not None:
        found.append(Task.compound_id == asked.compound_id)
    if asked.lead:
        found.append(_led_by(asked.lead))
    if asked.since:
        found.append(Task.due_at >= start_of_day(asked.since))
    if asked.until:
        found.append(Task.due_at <= end_of_workday(asked.until))
    return found


def _standing(asked: TaskFilter) -> list[ColumnElement[bool]]:
    """How they stand now: the light, and the level of the ladder they have reached."""
    found = [_shining(asked.light)] if asked.light else []
    if asked.level:
        found.append(escalation.at_least(Rung(int(asked.level))))
    return found


def _shining(colour: str) -> ColumnElement[bool]:
    """The rows whose light is this one now: the same rule as domain/lights.py, as SQL."""
    now = bindparam("now", type_=Task.due_at.type)
    running = Task.state.in_(sorted(NOT_REPORTED))
    match colour:
        case Colour.RED:
            return and_(running, Task.due_at < now)
        case Colour.YELLOW:
            return and_(running, Task.due_at >= now, Task.due_soon_at <= now)
        case Colour.GREEN:
            early = and_(running, Task.due_at >= now, Task.due_soon_at > now)
            return or_(Task.state.in_(sorted(REPORTED)), early)
        case Colour.GREY:
            return Task.state == TaskState.ON_HOLD
        case _:
            return Task.state == TaskState.CLOSED


def _led_by(lead: str) -> ColumnElement[bool]:
    kind, _, key = lead.partition(":")
    if kind == LeadKind.COMMUNITY:
        return Task.lead_kind == LeadKind.COMMUNITY
    number = int(key) if key.isascii() and key.isdigit() else 0
    return Task.lead_firm_id == number if kind == LeadKind.FIRM else Task.lead_team_id == number


def line_of(
    row: Any,
    actor: Actor,
    now: datetime,
    settings: CommunitySettings,
    compound: str,
    slug: str = "",
) -> TaskLine:
    """A row of ``COLUMNS`` as a list shows it."""
    return TaskLine(
        id=row.id,
        number=row.number,
        title=row.title,
        place=row.place,
        compound=compound,
        slug=slug,
        state=row.state,
        state_label=TASK.labels[row.state],
        lead=row.lead_name,
        due_on=local_day(row.due_at),
        round=row.round,
        version=row.version,
        light=light_of(row, now, settings),
        mine=led_by(actor, row),
        standing=escalation.standing_of(row, settings, working_calendar(), now),
        urges=row.urges,
    )


def led_by(actor: Actor, row: Any) -> bool:
    """Whether the actor is of the lead of a row with the columns of a task."""
    if row.lead_kind == LeadKind.FIRM:
        return actor.firm_id is not None and row.lead_firm_id == actor.firm_id
    return row.lead_kind is not None and actor.role in STAFF


def light_of(row: Any, now: datetime, settings: CommunitySettings) -> LightNow | None:
    """The light of a row with the columns of a task; None where no promise runs."""
    if row.state in (TaskState.DRAFTED, TaskState.CANCELLED):
        return None
    return light(
        now,
        row.due_at,
        row.due_soon_at,
        working_calendar(),
        limit=limit_of(row, settings),
        reported=row.state in REPORTED,
        on_hold=row.state == TaskState.ON_HOLD,
        closed=row.state == TaskState.CLOSED,
        late=row.reported_at is not None and past(row.due_at, row.reported_at),
    )


def limit_of(row: Any, settings: CommunitySettings) -> Limit | None:
    """The limit a task's due date comes from; None where it was set by hand."""
    return None if row.due_by_hand else settings.limits[Level(row.level)].handle


def choices(actor: Actor) -> FilterChoices:
    """What the actor may narrow a list of this community to."""
    compounds = db.session.execute(select(Compound.id, Compound.name).order_by(Compound.code)).all()
    if actor.role is Role.FIRM_MANAGER:
        return FilterChoices(tuple((str(row.id), row.name) for row in compounds), ())
    if actor.role is Role.RESIDENT_REP:
        compounds = [row for row in compounds if row.id in actor.compound_ids]
    firms = db.session.execute(
        select(Firm.id, Firm.short_name)
        .where(Firm.id.in_(select(ServiceContract.firm_id)))
        .order_by(Firm.id)
    )
    teams = db.session.execute(
        select(VolunteerTeam.id, VolunteerTeam.name).order_by(VolunteerTeam.id)
    )
    leads = [(f"firm:{row.id}", row.short_name) for row in firms]
    leads.append((str(LeadKind.COMMUNITY), ""))
    leads.extend((f"team:{row.id}", row.name) for row in teams)
    return FilterChoices(tuple((str(row.id), row.name) for row in compounds), tuple(leads))
