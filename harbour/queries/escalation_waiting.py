"""What waits because something slipped, as SQL: levels reached, orders to read, silent compounds.

The columns are those of queries/waiting.py, so that all of a role are one statement.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Date, Select, bindparam, case, func, literal, or_, select

from harbour.domain.actors import Role
from harbour.domain.escalation import Rung
from harbour.domain.meetings import HELD
from harbour.models import escalation
from harbour.models.base import Moment
from harbour.models.meetings import Meeting
from harbour.models.places import Compound
from harbour.models.summaries import Summary
from harbour.models.tasks import NOT_A_FIRMS, Task
from harbour.models.urges import NO_REPLY, SupervisionOrder
from harbour.queries.waiting import line

TODAY: Any = bindparam("today", type_=Date)
SILENT_SINCE: Any = bindparam("silent_since", type_=Moment)
LONG_AGO: Any = literal(datetime(1970, 1, 1, tzinfo=UTC), Moment)


def _tasks() -> Select[Any]:
    return line(
        Task, number=Task.number, title=Task.title, until=Task.due_at, soon=Task.due_soon_at,
        since=Task.due_at, sort=Task.due_at, who=Task.lead_name,
    )  # fmt: skip


def tasks_escalated(role: Role) -> Select[Any]:
    """Firms' and teams' tasks that have reached the first level: the secretary is to press."""
    return _tasks().where(
        Task.is_open.is_(True), escalation.against_lead(Rung.FIRST), Task.lead_firm_id.is_not(None)
    )


def tasks_unverified(role: Role) -> Select[Any]:
    """Reported tasks nobody has verified in time: the secretary answers for it."""
    return line(
        Task, number=Task.number, title=Task.title, since=Task.reported_at, sort=Task.reported_at
    ).where(Task.is_open.is_(True), escalation.unverified(Rung.FIRST))


def tasks_stuck(role: Role) -> Select[Any]:
    """Tasks of which the street is told, whoever is behind, and not yet supervised."""
    order = select(SupervisionOrder.id).where(SupervisionOrder.task_id == Task.id)
    return _tasks().where(Task.is_open.is_(True), escalation.at_least(Rung.SECOND), ~order.exists())


def _orders() -> Select[Any]:
    return (
        line(SupervisionOrder, place=Task, number=Task.number, title=Task.title,
             n=SupervisionOrder.sequence, day=SupervisionOrder.reply_on, who=Task.lead_name,
             since=SupervisionOrder.at, sort=SupervisionOrder.at)
        .join(Task, Task.id == SupervisionOrder.task_id)
        .where(SupervisionOrder.outcome.is_(None))
    )  # fmt: skip


def orders_to_reply(role: Role) -> Select[Any]:
    """Supervision orders without a written reply: their task's lead's."""
    firms = role is Role.FIRM_MANAGER
    mine = Task.lead_firm_id == bindparam("my_firm") if firms else _NOT_A_FIRMS
    return _orders().where(SupervisionOrder.reply == NO_REPLY.right, mine)


_NOT_A_FIRMS = Task.lead_kind != NOT_A_FIRMS.right


def orders_overdue(role: Role) -> Select[Any]:
    """Orders whose reply has not come by its day."""
    return _orders().where(
        SupervisionOrder.reply == NO_REPLY.right, SupervisionOrder.reply_on < TODAY
    )


def orders_answered(role: Role) -> Select[Any]:
    """Orders that have their reply: the street is to say how they ended."""
    return (
        line(SupervisionOrder, place=Task, number=Task.number, title=Task.title,
             n=SupervisionOrder.sequence, who=Task.lead_name, since=SupervisionOrder.at,
             sort=SupervisionOrder.replied_at)
        .join(Task, Task.id == SupervisionOrder.task_id)
        .where(SupervisionOrder.outcome.is_(None), SupervisionOrder.replied_at.is_not(None))
    )  # fmt: skip


LAST_MET = (
    select(func.max(Meeting.starts_at))
    .where(Meeting.compound_id == Compound.id, Meeting.state.in_(sorted(HELD)))
    .correlate(Compound)
    .scalar_subquery()
)
LAST_FILED = (
    select(func.max(Summary.submitted_at))
    .where(Summary.compound_id == Compound.id)
    .correlate(Compound)
    .scalar_subquery()
)


_LAST = select(
    Compound.id, Compound.community_id, Compound.name,
    LAST_MET.label("met"), LAST_FILED.label("filed"),
).subquery()  # fmt: skip


class _Itself:
    """A compound stands where it is itself."""

    community_id = _LAST.c.community_id
    compound_id = _LAST.c.id


def silent_compounds(role: Role) -> Select[Any]:
    """Compounds that have had no meeting or no summary for too long.

    One that has never had either has not begun yet; nobody is reproached with it.
    """
    last = _LAST.c
    met, filed = func.coalesce(last.met, LONG_AGO), func.coalesce(last.filed, LONG_AGO)
    earlier = case((met < filed, met), else_=filed)
    columns = line(last, title=last.name, since=last.met, soon=last.filed, sort=earlier,
                   place=_Itself)  # fmt: skip
    begun = or_(last.met.is_not(None), last.filed.is_not(None))
    return columns.where(begun, or_(met <= SILENT_SINCE, filed <= SILENT_SINCE))
