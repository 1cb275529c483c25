"""What home pages show besides the inbox: what became of my words, next meetings, overdue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select

from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import ONE_DAY, local_day, start_of_day
from harbour.domain.meetings import MeetingKind, MeetingState
from harbour.domain.periods import Period, next_monday
from harbour.domain.proposals import PROPOSAL
from harbour.domain.series import next_slot, starts_at
from harbour.domain.settings import CommunitySettings
from harbour.domain.summaries import CONCERN, SummaryState
from harbour.domain.tasks import NOT_REPORTED, TASK, TaskState
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Meeting
from harbour.models.people import Membership
from harbour.models.places import Community, Compound, Street
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task
from harbour.queries import tasks
from harbour.queries.tasks import TaskLine
from harbour.queries.visibility import visible

FILED = (SummaryState.SUBMITTED, SummaryState.ACCEPTED, SummaryState.RETURNED)
COMING = (MeetingState.SCHEDULED, MeetingState.IN_SESSION)
# Those that have heard no summary yet.
UNHEARD = (MeetingState.SCHEDULED, MeetingState.CANCELLED)
FEW = 5


@dataclass(frozen=True)
class Here:
    """One community of a place: its address, name and numbers."""

    id: int
    slug: str
    name: str
    settings: CommunitySettings


@dataclass(frozen=True)
class Raised:
    """A concern of one's own and how far it has come."""

    number: str
    title: str
    state: str
    on: date
    slug: str
    done: bool


@dataclass(frozen=True)
class Week:
    """A compound's next meeting, and how many of its representatives have filed for it."""

    compound: str
    slug: str
    community_id: int
    meeting_at: datetime | None
    place: str
    number: str | None
    cutoff_at: datetime
    due: int
    filed: int

    @property
    def missing(self) -> int:
        """How many have not filed."""
        return max(0, self.due - self.filed)


def communities(ids: Iterable[int]) -> tuple[Here, ...]:
    """The communities of a place, in the order of their names' keys."""
    rows = db.session.execute(
        select(
            Community.id,
            Community.slug,
            Community.name,
            Community.settings,
            Street.settings.label("street"),
        )
        .join(Street, Street.id == Community.street_id)
        .where(Community.id.in_(sorted(ids)))
        .order_by(Community.id)
    )
    return tuple(
        Here(r.id, r.slug, r.name, CommunitySettings.overlaid(r.street, r.settings)) for r in rows
    )


def raised(actor: Actor, here: Iterable[Here]) -> tuple[Raised, ...]:
    """The latest few concerns the actor wrote, each with the furthest it has come."""
    slugs = {one.id: one.slug for one in here}
    latest = (
        select(Summary.id)
        .where(Summary.author_id == actor.user_id, Summary.state.in_(FILED))
        .order_by(Summary.id.desc())
        .limit(FEW)
    )
    newest_task = (
        select(Task.state)
        .where(or_(Task.proposal_id == Concern.proposal_id, Task.id == Concern.task_id))
        .where(Task.state != TaskState.DRAFTED)
        .order_by(Task.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            Concern.number,
            Concern.title,
            Concern.state,
            Concern.community_id,
            func.coalesce(Concern.decided_at, Concern.created_at).label("at"),
            Proposal.state.label("proposal"),
            newest_task.label("task"),
        )
        .outerjoin(Proposal, Proposal.id == Concern.proposal_id)
        .where(Concern.summary_id.in_(latest))
        .order_by(Concern.id.desc())
        .limit(FEW)
    )
    return tuple(
        Raised(
            number=row.number or "",
            title=row.title,
            state=_standing(row),
            on=local_day(row.at),
            slug=slugs[row.community_id],
            done=row.task == TaskState.CLOSED,
        )
        for row in rows
    )


def _standing(row: Any) -> str:
    if row.task is not None:
        return TASK.labels[row.task]
    if row.proposal is not None:
        return PROPOSAL.labels[row.proposal]
    return CONCERN.labels[row.state]


def weeks(here: Iterable[Here], now: datetime) -> tuple[Week, ...]:
    """Every compound's next meeting with how many have filed, the nearest first."""
    settings = {one.id: one for one in here}
    compounds = db.session.execute(
        select(
            Compound.id,
            Compound.community_id,
            Compound.name,
            Compound.meeting_weekday,
            Compound.meeting_time,
            Compound.meeting_place,
        ).order_by(Compound.id)
    ).all()
    coming = _coming(now)
    due = _representatives([row.id for row in compounds])
    filed = _filed(now)
    found = []
    for row in compounds:
        place = settings[row.community_id]
        meeting = coming.get(row.id)
        meeting_id = meeting.id if meeting else None
        at = meeting.starts_at if meeting else _expected(row, now)
        period = Period.before(at or next_monday(now), place.settings)
        found.append(
            Week(
                compound=row.name,
                slug=place.slug,
                community_id=row.community_id,
                meeting_at=at,
                place=meeting.place if meeting else row.meeting_place,
                number=meeting.number if meeting else None,
                cutoff_at=period.cutoff_at,
                due=due.get(row.id, 0),
                filed=len(
                    {
                        one.author_id
                        for one in filed.get(row.id, ())
                        if _is_for(one, meeting_id, period)
                    }
                ),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.meeting_at is None, one.meeting_at)))


def _coming(now: datetime) -> Mapping[int, Any]:
    """The nearest weekly meeting of today or later, by compound."""
    rows = db.session.execute(
        select(Meeting.id, Meeting.compound_id, Meeting.number, Meeting.starts_at, Meeting.place)
        .where(
            Meeting.state.in_(COMING),
            Meeting.kind == MeetingKind.WEEKLY,
            Meeting.starts_at >= start_of_day(local_day(now)),
        )
        .order_by(Meeting.starts_at.desc(), Meeting.id)
    )
    return {row.compound_id: row for row in rows}


def _expected(compound: Any, now: datetime) -> datetime | None:
    """When a compound without a meeting made yet would meet by its slot."""
    if compound.meeting_weekday is None or compound.meeting_time is None:
        return None
    slot = next_slot(compound.meeting_weekday, compound.meeting_time, now, None, working_calendar())
    return starts_at(slot.chosen(None), slot.at)


def _representatives(compounds: list[int]) -> Mapping[int, int]:
    rows = db.session.execute(
        select(Membership.compound_id, func.count(Membership.user_id.distinct()).label("n"))
        .where(
            Membership.role == Role.RESIDENT_REP,
            Membership.compound_id.in_(compounds),
            Membership.ended_at.is_(None),
        )
        .group_by(Membership.compound_id)
    )
    return {row.compound_id: row.n for row in rows}


def _filed(now: datetime) -> Mapping[int, list[Any]]:
    """The summaries that were handed in, by compound, around these days."""
    today = local_day(now)
    rows = db.session.execute(
        select(
            Summary.compound_id,
            Summary.author_id,
            Summary.period_start,
            Summary.period_end,
            Summary.meeting_id,
            Meeting.state.label("meeting_state"),
        )
        .outerjoin(Meeting, Meeting.id == Summary.meeting_id)
        .where(
            Summary.state.in_(FILED),
            Summary.period_end.between(today - 8 * ONE_DAY, today + 21 * ONE_DAY),
        )
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.compound_id, []).append(row)
    return found


def _is_for(one: Any, meeting_id: int | None, period: Period) -> bool:
    """Whether a summary is the coming meeting's: by its name, or by its days if none has heard it.

    Two meetings within a week share most of their days, and each has summaries of its own.
    """
    if one.meeting_id is not None and one.meeting_id == meeting_id:
        return True
    unheard = one.meeting_id is None or one.meeting_state in UNHEARD
    return unheard and period.shares_most_with(one.period_start, one.period_end)


def overdue(actor: Actor, here: Iterable[Here], now: datetime) -> tuple[TaskLine, ...]:
    """The few tasks longest overdue of those the actor may know of."""
    late = (Task.due_at < now, Task.state.in_(sorted(NOT_REPORTED)))
    return _tasks(actor, here, now, *late)


def own_tasks(actor: Actor, here: Iterable[Here], now: datetime) -> tuple[TaskLine, ...]:
    """The firm's own open tasks, the most pressing first."""
    mine = (Task.lead_firm_id == actor.firm_id, Task.state.in_(sorted(NOT_REPORTED)))
    return _tasks(actor, here, now, *mine, most=2 * FEW)


def _tasks(
    actor: Actor, here: Iterable[Here], now: datetime, *which: Any, most: int = FEW
) -> tuple[TaskLine, ...]:
    places = {one.id: one for one in here}
    rows = db.session.execute(
        select(*tasks.COLUMNS, Compound.name.label("compound"))
        .join(Compound, Compound.id == Task.compound_id)
        .where(Task.is_open.is_(True), visible(Task, TASK, actor, everywhere=True), *which)
        .order_by(Task.due_at, Task.id)
        .limit(most)
    ).all()
    return tuple(
        tasks.line_of(row, actor, now, place.settings, row.compound, place.slug)
        for row in rows
        if (place := places.get(row.community_id)) is not None
    )
