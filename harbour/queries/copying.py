"""What may be copied into a group's chat: public words of tasks, and nothing about persons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day, past
from harbour.domain.errors import Missing, Refused
from harbour.domain.tasks import NOT_REPORTED, OPEN, TASK, TaskState
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.places import Compound
from harbour.models.tasks import Task
from harbour.queries.visibility import RESTRICTED, visible

#: A message of more lines is read by nobody.
MOST = 20
WEEK = timedelta(days=7)
GOING_ON = sorted(OPEN - {TaskState.DRAFTED})


@dataclass(frozen=True)
class PublicTask:
    """A task in the words that are fit for everybody."""

    number: str
    words: str
    category: str
    compound: str
    lead: str
    due_on: date
    state: str
    state_label: str
    overdue: bool


@dataclass(frozen=True)
class Week:
    """The practical things of a compound (or of all the reader's), the overdue first."""

    compound: str
    compound_id: int | None
    day: date
    tasks: tuple[PublicTask, ...]
    further: int
    closed: tuple[PublicTask, ...]
    compounds: tuple[tuple[int, str], ...]


def _public(row: Any, now: datetime) -> PublicTask:
    late = row.state in NOT_REPORTED and past(row.due_at, now)
    return PublicTask(
        row.number, row.public_sentence, row.category, row.compound, row.lead_name,
        local_day(row.due_at), row.state, TASK.labels[row.state], late,
    )  # fmt: skip


def _tasks(actor: Actor) -> Any:
    return (
        select(
            Task.number, Task.public_sentence, Task.category, Task.lead_name, Task.due_at,
            Task.state, Compound.name.label("compound"),
        )
        .join(Compound, Compound.id == Task.compound_id)
        .where(visible(Task, TASK, actor), Task.category.not_in(RESTRICTED))
    )  # fmt: skip


def week(actor: Actor, compound_id: int | None, now: datetime) -> Week:
    """What is being done, and what was closed within seven days; Missing for another's compound."""
    here = _compounds(actor)
    names = dict(here)
    if compound_id is not None and compound_id not in names:
        raise Missing
    if compound_id is None and len(here) == 1:
        compound_id = here[0][0]
    chosen = _tasks(actor)
    if compound_id is not None:
        chosen = chosen.where(Task.compound_id == compound_id)
    going = chosen.where(Task.state.in_(GOING_ON))
    rows = db.session.execute(going.order_by(Task.due_at, Task.id).limit(MOST)).all()
    further = 0
    if len(rows) == MOST:
        all_of_them = select(func.count()).select_from(going.subquery())
        further = (db.session.scalar(all_of_them) or 0) - MOST
    closed = db.session.execute(
        chosen.where(Task.state == TaskState.CLOSED, Task.closed_at > now - WEEK)
        .order_by(Task.closed_at, Task.id)
        .limit(MOST)
    ).all()
    return Week(
        names.get(compound_id or 0, ""), compound_id, local_day(now),
        tuple(_public(row, now) for row in rows), further,
        tuple(_public(row, now) for row in closed), tuple(here),
    )  # fmt: skip


def _compounds(actor: Actor) -> Sequence[tuple[int, str]]:
    """The compounds a reader may speak of: their own, or the community's."""
    chosen = select(Compound.id, Compound.name).where(
        Compound.community_id == actor.community_id,
    )
    if actor.compound_ids:
        chosen = chosen.where(or_(Compound.id.in_(sorted(actor.compound_ids))))
    return [(row.id, row.name) for row in db.session.execute(chosen.order_by(Compound.id))]


def task(actor: Actor, number: str, now: datetime) -> PublicTask:
    """One task; Missing where it is not the reader's to see, Refused where not for a group."""
    known = select(Task.category, Task.state).where(
        Task.number == number, visible(Task, TASK, actor)
    )
    found = db.session.execute(known).first()
    if found is None:
        raise Missing
    if found.category in RESTRICTED or found.state == TaskState.DRAFTED:
        raise Refused(N_("This is not meant for a group."))
    row = db.session.execute(_tasks(actor).where(Task.number == number)).one()
    return _public(row, now)
