"""The agenda and the room: each item with what it is about, as far as the reader may know it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import Actor, Role
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import Level
from harbour.domain.errors import Missing
from harbour.domain.escalation import CALM, Standing
from harbour.domain.lights import LightNow, light
from harbour.domain.meetings import (
    ITEM_LABELS,
    MEETING,
    OUTCOME_LABELS,
    ItemKind,
    Outcome,
)
from harbour.domain.proposals import PROPOSAL, ProposalState
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import TASK, TaskState
from harbour.domain.text import N_, Text
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.calendar import working_calendar
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_meeting, of_proposal
from harbour.models.summaries import Concern
from harbour.models.tasks import Task
from harbour.queries.meetings import (
    AttendeeLine,
    Head,
    Quorum,
    attendee_lines,
    found,
    head_of,
    quorum_of,
)
from harbour.queries.requests import RequestPage, waiting_of
from harbour.queries.visibility import in_compounds

PRIVATE = N_("A private matter")
MOST_IN_BACKLOG = 200
BLIND = frozenset({Role.RESIDENT_REP, Role.FIRM_MANAGER})


@dataclass(frozen=True)
class ItemLine:
    """One item of an agenda; ``what`` is proposal, task or concern."""

    id: int
    position: int
    kind: str
    kind_label: str
    what: str
    title: str
    number: str | None
    category: str
    hidden: bool
    opens: bool
    private: bool
    late: bool
    carried: int
    planned_minutes: int
    points: str
    votes: tuple[int, int, int] | None
    present: int | None
    outcome: str | None
    outcome_label: str | None
    decision: str
    taken_up_at: datetime | None
    light: LightNow | None
    level: Text | None
    lead: str
    due_at: datetime | None
    version: int

    @property
    def is_new(self) -> bool:
        """Whether it is to be decided, not only looked back on."""
        return self.what == "proposal"

    @property
    def adopted(self) -> bool:
        """Whether it was adopted, with or without changes."""
        return self.outcome in (Outcome.ADOPTED, Outcome.ADOPTED_CHANGED)


@dataclass(frozen=True)
class Drafted:
    """A task written for an item."""

    number: str
    title: str
    state: str
    state_label: str
    lead: str
    due_at: datetime
    level: str
    lacking: tuple[str, ...]
    public_sentence: str

    @property
    def may_go_at_once(self) -> bool:
        """Whether it is pressing enough to be dispatched before the meeting ends."""
        return self.state == TaskState.DRAFTED and self.level in (Level.CRITICAL, Level.URGENT)


@dataclass(frozen=True)
class Current:
    """The item on the table, with all one needs to decide on it."""

    line: ItemLine
    wanted: str = ""
    place: str = ""
    raised_by: str = ""
    wording: str = ""
    urgency: str = ""
    owner_decision: bool = False
    offers: tuple[Offer, ...] = ()
    tasks: tuple[Drafted, ...] = ()
    summary_id: int | None = None
    asked: RequestPage | None = None


@dataclass(frozen=True)
class Agenda:
    """The items in their order."""

    head: Head
    items: tuple[ItemLine, ...]

    @property
    def minutes(self) -> int:
        """The planned minutes of all items together."""
        return sum(item.planned_minutes for item in self.items)


@dataclass(frozen=True)
class Room:
    """A meeting in session."""

    head: Head
    items: tuple[ItemLine, ...]
    current: Current | None
    current_id: int | None
    quorum: Quorum
    attendees: tuple[AttendeeLine, ...]
    offers: tuple[Offer, ...]
    undecided: int


def agenda(actor: Actor, number: str, now: datetime) -> Agenda:
    """The agenda of a meeting."""
    meeting = found(actor, number)
    return Agenda(head_of(meeting), lines(meeting, actor, now))


def lines(
    meeting: Meeting, actor: Actor, now: datetime, *, in_public: bool = False
) -> tuple[ItemLine, ...]:
    """The items of a meeting; ``in_public`` hides private matters from every reader."""
    return _lines(_with_what(meeting), actor, now, in_public=in_public)


def _lines(
    listed: Sequence[tuple[AgendaItem, Any]], actor: Actor, now: datetime, *, in_public: bool
) -> tuple[ItemLine, ...]:
    tasks = (about.id for _, about in listed if about.subject_kind == "task")
    levels = escalation.standings(tasks, working_calendar(), now)
    return tuple(
        _line(item, about, actor, now, levels.get(item.task_id or 0, CALM), in_public=in_public)
        for item, about in listed
    )


def _with_what(meeting: Meeting) -> list[tuple[AgendaItem, Any]]:
    """Each item with the proposal, task or concern it is about."""
    rows: Sequence[Any] = db.session.execute(
        select(AgendaItem, Proposal, Task, Concern)
        .outerjoin(Proposal, Proposal.id == AgendaItem.proposal_id)
        .outerjoin(Task, Task.id == AgendaItem.task_id)
        .outerjoin(Concern, Concern.id == AgendaItem.concern_id)
        .options(joinedload(Concern.summary, innerjoin=False), joinedload(Proposal.author))
        .where(AgendaItem.meeting_id == meeting.id)
        .order_by(AgendaItem.position, AgendaItem.id)
    ).all()
    return [(item, next(one for one in about if one is not None)) for item, *about in rows]


def _line(
    item: AgendaItem, about: Any, actor: Actor, now: datetime, level: Standing, *, in_public: bool
) -> ItemLine:
    what = about.subject_kind
    private = CATEGORIES[about.category].restricted
    hidden = (private and in_public) or _hidden_from(actor, about, private=private)
    votes = None
    if item.votes_for is not None:
        votes = (item.votes_for, item.votes_against or 0, item.votes_abstain or 0)
    task = about if what == "task" else None
    return ItemLine(
        id=item.id,
        position=item.position,
        kind=item.kind,
        kind_label=ITEM_LABELS[ItemKind(item.kind)],
        what=what,
        title=PRIVATE if hidden else about.title,
        number=None if hidden else about.number,
        category=about.category,
        hidden=hidden,
        opens=not hidden and _opens(actor, about),
        private=private,
        late=item.late,
        carried=about.carried if what == "proposal" else 0,
        planned_minutes=item.planned_minutes,
        points="" if hidden else item.points,
        votes=votes,
        present=item.present,
        outcome=item.outcome,
        outcome_label=OUTCOME_LABELS[Outcome(item.outcome)] if item.outcome else None,
        decision="" if hidden else item.decision,
        taken_up_at=item.taken_up_at,
        light=None if task is None else _light(task, now),
        level=level.beside_light,
        lead="" if task is None else task.lead_name,
        due_at=None if task is None else task.due_at,
        version=item.version,
    )


def _hidden_from(actor: Actor, about: Any, *, private: bool) -> bool:
    """Private matters and other people's concerns are not for every chair at the table."""
    if actor.role is Role.FIRM_MANAGER and about.subject_kind == "concern":
        return True
    if not private or actor.role not in BLIND:
        return False
    author = about.summary.author_id if about.subject_kind == "concern" else None
    author = about.author_id if about.subject_kind == "proposal" else author
    return author is None or author != actor.user_id


def _opens(actor: Actor, about: Any) -> bool:
    """Whether the thing has a page for this reader."""
    if about.subject_kind == "task" and actor.role is Role.FIRM_MANAGER:
        return bool(about.lead_firm_id == actor.firm_id)
    return bool(about.number)


def _light(task: Task, now: datetime) -> LightNow:
    return light(
        now,
        task.due_at,
        task.due_soon_at,
        working_calendar(),
        reported=task.state in (TaskState.REPORTED, TaskState.VERIFIED),
        on_hold=task.state == TaskState.ON_HOLD,
        closed=not task.is_open,
    )


@dataclass(frozen=True)
class Waiting:
    """A proposal of the backlog that could be put on the agenda."""

    number: str
    title: str
    category: str
    carried: int
    urgency: str
    since: datetime


def waiting(actor: Actor, compound_id: int) -> tuple[Waiting, ...]:
    """The backlog of a compound, what was carried over first."""
    rows = db.session.scalars(
        select(Proposal)
        .where(
            Proposal.compound_id == compound_id,
            Proposal.state == ProposalState.BACKLOG,
            in_compounds(Proposal, actor),
        )
        .order_by(Proposal.carried.desc(), Proposal.waits_since, Proposal.id)
        .limit(MOST_IN_BACKLOG)
    )
    return tuple(
        Waiting(one.number, one.title, one.category, one.carried, one.urgency, one.waits_since)
        for one in rows
    )


# ---- the room -------------------------------------------------------------------------------


def room(
    actor: Actor,
    number: str,
    now: datetime,
    settings: CommunitySettings,
    item_id: int | None = None,
) -> Room:
    """The meeting as the secretary and the worker run it; ``item_id`` looks at another item."""
    meeting = found(actor, number)
    listed = _with_what(meeting)
    items = _lines(listed, actor, now, in_public=False)
    shown = item_id or meeting.current_item_id
    here = next((n for n, one in enumerate(items) if one.id == shown), None)
    if item_id is not None and here is None:
        raise Missing
    return Room(
        head=head_of(meeting),
        items=items,
        current=None if here is None else _current(actor, items[here], listed[here][1], now),
        current_id=meeting.current_item_id,
        quorum=quorum_of(meeting, settings),
        attendees=attendee_lines(meeting, actor),
        offers=MEETING.offers(actor, of_meeting(meeting), now),
        undecided=sum(1 for one in items if one.outcome is None),
    )


def _current(actor: Actor, line: ItemLine, about: Any, now: datetime) -> Current:
    if line.what == "task":
        waits = line.outcome is None and line.kind == ItemKind.REQUEST
        return Current(line, asked=waiting_of(actor, about.id, now) if waits else None)
    if line.what == "concern":
        return Current(line, wanted=about.words, place=about.place, urgency=about.urgency,
                       summary_id=about.summary_id)  # fmt: skip
    return Current(
        line,
        wanted=about.wanted,
        place=about.place,
        raised_by=about.author.name if about.author else "",
        wording=about.wording,
        urgency=about.urgency,
        owner_decision=CATEGORIES[about.category].owner_decision,
        offers=PROPOSAL.offers(actor, of_proposal(about), now),
        tasks=_tasks(about.id),
    )


def _tasks(proposal_id: int) -> tuple[Drafted, ...]:
    rows = db.session.scalars(
        select(Task)
        .where(Task.proposal_id == proposal_id, Task.state != TaskState.CANCELLED)
        .options(joinedload(Task.criteria))
        .order_by(Task.id)
    ).unique()
    return tuple(
        Drafted(
            number=task.number,
            title=task.title,
            state=task.state,
            state_label=TASK.labels[task.state],
            lead=task.lead_name,
            due_at=task.due_at,
            level=task.level,
            lacking=task.lacking() if task.state == TaskState.DRAFTED else (),
            public_sentence=task.public_sentence,
        )
        for task in rows
    )


# ---- the screen on the wall -----------------------------------------------------------------


@dataclass(frozen=True)
class Screen:
    """What everybody in the room sees: the item, the votes, the quorum."""

    head: Head
    item: ItemLine | None
    place: int
    items: int
    quorum: Quorum
    decided: int


def screen(actor: Actor, number: str, now: datetime, settings: CommunitySettings) -> Screen:
    """The meeting as the projector shows it; private matters are never named there."""
    meeting = found(actor, number)
    items = lines(meeting, actor, now, in_public=True)
    here = next((one for one in items if one.id == meeting.current_item_id), None)
    return Screen(
        head=head_of(meeting),
        item=here,
        place=items.index(here) + 1 if here else 0,
        items=len(items),
        quorum=quorum_of(meeting, settings),
        decided=sum(1 for one in items if one.outcome is not None),
    )
