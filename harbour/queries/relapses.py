"""What may have come back: closed tasks of the same place and category, and what was found to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, literal, or_, select, union_all

from harbour.domain.actors import Actor
from harbour.domain.relapses import Spot, same_place, since
from harbour.domain.summaries import CONCERN
from harbour.domain.tasks import TASK, TaskState
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.proposals import Proposal
from harbour.models.relapses import Relapse
from harbour.models.summaries import Concern
from harbour.models.tasks import Task
from harbour.queries.concerns import Earlier, placed, where
from harbour.queries.visibility import visible

COMPARED = 400
OFFERED = 3
CAME_BACK, RELAPSE_OF = "came_back", "relapse_of"


@dataclass(frozen=True)
class Related:
    """The other end of a relapse: a concern in which it came back, or the task it comes from."""

    way: str
    number: str
    title: str
    at: datetime


def offered(
    actor: Actor, compound_id: int, concerns: Iterable[Any], now: datetime, window_days: int
) -> Mapping[int, tuple[Earlier, ...]]:
    """By concern the closed tasks it may be a relapse of, the latest first (one statement)."""
    open_ones = list(concerns)
    categories = {one.category for one in open_ones} - {""}
    if not categories:
        return {}
    rows = db.session.execute(
        select(Task, Proposal.building_id, Proposal.unit_id)
        .outerjoin(Proposal, Proposal.id == Task.proposal_id)
        .where(
            Task.compound_id == compound_id,
            Task.category.in_(categories),
            Task.state == TaskState.CLOSED,
            Task.closed_at >= since(now, window_days),
            visible(Task, TASK, actor),
        )
        .order_by(Task.closed_at.desc(), Task.id)
        .limit(COMPARED)
    ).all()
    spots = [(task, Spot(building, unit, task.place)) for task, building, unit in rows]
    return {
        one.id: tuple(
            _earlier(task)
            for task, spot in spots
            if task.category == one.category
            and same_place(spot, Spot(one.building_id, one.unit_id, where(one)))
        )[:OFFERED]
        for one in open_ones
    }


def of_concern(
    actor: Actor, concern_id: int, now: datetime, window_days: int
) -> tuple[Earlier, ...]:
    """The closed tasks one concern may be a relapse of."""
    concern = db.session.scalars(
        select(Concern)
        .where(Concern.id == concern_id, visible(Concern, CONCERN, actor))
        .options(*placed(Concern))
    ).one()
    found = offered(actor, concern.compound_id, [concern], now, window_days)
    return found.get(concern_id, ())


def _earlier(task: Task) -> Earlier:
    at = task.closed_at or task.created_at
    return Earlier("task", task.number, task.title, task.state, TASK.labels[task.state], at)


# Both ends of what hangs on a task: what came back of it, and what it is a relapse of.
_RELATED: Any = union_all(
    select(literal(CAME_BACK).label("way"), Concern.number, Concern.title, Relapse.at.label("at"))
    .join(Concern, Concern.id == Relapse.concern_id)
    .where(Relapse.task_id == bindparam("task")),
    select(literal(RELAPSE_OF), Task.number, Task.title, Task.closed_at)
    .join(Relapse, Relapse.task_id == Task.id)
    .join(Concern, Concern.id == Relapse.concern_id)
    .join(Proposal, Proposal.id == Concern.proposal_id)
    .where(or_(Proposal.id == bindparam("proposal"), Proposal.master_id == bindparam("proposal"))),
).execution_options(**BUILT_ONCE)


def of_task(task_id: int, proposal_id: int | None) -> tuple[Related, ...]:
    """What a task is a relapse of, and what has come back of it, the latest first."""
    rows = db.session.execute(_RELATED, {"task": task_id, "proposal": proposal_id})
    return tuple(sorted((Related(*row) for row in rows), key=lambda one: one.at, reverse=True))
