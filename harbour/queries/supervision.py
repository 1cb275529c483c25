"""Supervision orders: those of one task, one to be printed, and the street's list of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, bindparam, select
from sqlalchemy.orm import aliased

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Missing
from harbour.domain.settings import CommunitySettings
from harbour.domain.supervision import (
    ORDER_LABELS,
    OUTCOME_LABELS,
    OrderOutcome,
    OrderState,
    order_number,
    order_state,
)
from harbour.domain.text import Text
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.people import User
from harbour.models.places import Community, Compound, Street
from harbour.models.tasks import Task
from harbour.models.urges import SupervisionOrder
from harbour.queries import task_heads
from harbour.queries.task_heads import TaskHead

PAGE = 30
MOST = 50
EVERY_ORDER, WAITING_ORDERS = "all", ""


@dataclass(frozen=True)
class OrderLine:
    """One order with its reply and how it ended; ``late`` says that the reply came too late."""

    id: int
    number: Text
    state: OrderState
    state_label: str
    text: str
    reply_on: date
    at: datetime
    by: str
    reply: str
    reply_by: str
    replied_at: datetime | None
    late: bool
    outcome: str | None
    outcome_words: str
    concluded_by: str
    concluded_at: datetime | None


@dataclass(frozen=True)
class StreetOrder:
    """One order in the street's list: what it is about, and where."""

    order: OrderLine
    task_number: str
    title: str
    lead: str
    compound: str
    community: str
    slug: str


@dataclass(frozen=True)
class OrderFilter:
    """What of the orders is asked for; without a state all that are not concluded."""

    state: str = WAITING_ORDERS
    community_id: int | None = None


@dataclass(frozen=True)
class OrderListing:
    """One page of orders, the newest first, with the keys of the pages before and after it."""

    lines: tuple[StreetOrder, ...]
    newer: str | None = None
    older: str | None = None


@dataclass(frozen=True)
class Slip:
    """One order as it is printed."""

    order: OrderLine
    task: TaskHead
    street: str


_BY, _REPLIED, _CONCLUDED = aliased(User), aliased(User), aliased(User)
_COLUMNS = (
    SupervisionOrder.id, SupervisionOrder.year, SupervisionOrder.sequence, SupervisionOrder.text,
    SupervisionOrder.reply_on, SupervisionOrder.reply, SupervisionOrder.at,
    SupervisionOrder.replied_at, SupervisionOrder.outcome, SupervisionOrder.outcome_words,
    SupervisionOrder.concluded_at, _BY.name.label("by"), _REPLIED.name.label("reply_by"),
    _CONCLUDED.name.label("concluded_by"),
)  # fmt: skip


def _with_names(statement: Any) -> Any:
    """The statement with who issued, answered and concluded each order."""
    return (
        statement.outerjoin(_BY, _BY.id == SupervisionOrder.by_id)
        .outerjoin(_REPLIED, _REPLIED.id == SupervisionOrder.reply_by_id)
        .outerjoin(_CONCLUDED, _CONCLUDED.id == SupervisionOrder.concluded_by_id)
    )


def _line(row: Any, day: date) -> OrderLine:
    state = order_state(row.reply, row.outcome, row.reply_on, day)
    return OrderLine(
        id=row.id,
        number=order_number(row.year, row.sequence),
        state=state,
        state_label=ORDER_LABELS[state],
        text=row.text,
        reply_on=row.reply_on,
        at=row.at,
        by=row.by or "",
        reply=row.reply,
        reply_by=row.reply_by or "",
        replied_at=row.replied_at,
        late=row.replied_at is not None and local_day(row.replied_at) > row.reply_on,
        outcome=OUTCOME_LABELS[OrderOutcome(row.outcome)] if row.outcome else None,
        outcome_words=row.outcome_words,
        concluded_by=row.concluded_by or "",
        concluded_at=row.concluded_at,
    )


_OF_TASK = (
    _with_names(select(*_COLUMNS).select_from(SupervisionOrder))
    .where(SupervisionOrder.task_id == bindparam("task"))
    .order_by(SupervisionOrder.id.desc())
    .limit(MOST)
    .execution_options(**BUILT_ONCE)
)


def of_task(task_id: int, day: date) -> tuple[OrderLine, ...]:
    """The orders about a task, the newest first."""
    return tuple(_line(row, day) for row in db.session.execute(_OF_TASK, {"task": task_id}))


def slip(
    actor: Actor, number: str, order_id: int, now: datetime, settings: CommunitySettings
) -> Slip:
    """One order about this very task; Missing where the actor may not know of the task."""
    head = task_heads.head(actor, number, now, settings)
    row = db.session.execute(
        _with_names(
            select(*_COLUMNS, Street.name.label("street"))
            .select_from(SupervisionOrder)
            .join(Street, Street.id == SupervisionOrder.street_id)
        ).where(SupervisionOrder.id == order_id, SupervisionOrder.task_id == head.id)
    ).first()
    if row is None:
        raise Missing
    return Slip(_line(row, local_day(now)), head, row.street)


# ---- the street's list ----------------------------------------------------------------------


def listing(
    asked: OrderFilter, now: datetime, *, after: str | None = None, before: str | None = None
) -> OrderListing:
    """The orders of the communities in scope, the newest first, a page at a time.

    ``after`` and ``before`` are keys of a page: what comes after it, or before it.
    """
    day, key = local_day(now), _key(before or after)
    backwards = before is not None and key is not None
    statement = _page(asked, keyed=key is not None, backwards=backwards)
    found = db.session.execute(
        statement, {"today": day, "key": key, "place": asked.community_id}
    ).all()
    more, rows = len(found) > PAGE, list(found[:PAGE])
    if backwards:
        rows.reverse()
    lines = tuple(
        StreetOrder(_line(row, day), row.task_number, row.title, row.lead, row.compound,
                    row.community, row.slug)
        for row in rows
    )  # fmt: skip
    if not lines:
        return OrderListing(())
    there_before = more if backwards else key is not None
    there_after = True if backwards else more
    return OrderListing(
        lines,
        str(rows[0].id) if there_before else None,
        str(rows[-1].id) if there_after else None,
    )


@lru_cache(maxsize=64)
def _page(asked: OrderFilter, *, keyed: bool, backwards: bool) -> Any:
    found = _with_names(
        select(
            *_COLUMNS, Task.number.label("task_number"), Task.title, Task.lead_name.label("lead"),
            Compound.name.label("compound"), Community.name.label("community"), Community.slug,
        )
        .select_from(SupervisionOrder)
        .join(Task, Task.id == SupervisionOrder.task_id)
        .join(Compound, Compound.id == Task.compound_id)
        .join(Community, Community.id == SupervisionOrder.community_id)
    ).where(*_which(asked.state))  # fmt: skip
    if asked.community_id is not None:
        found = found.where(SupervisionOrder.community_id == bindparam("place", type_=Integer))
    key = bindparam("key", type_=Integer)
    if keyed:
        found = found.where(SupervisionOrder.id > key if backwards else SupervisionOrder.id < key)
    order = SupervisionOrder.id.asc() if backwards else SupervisionOrder.id.desc()
    return found.order_by(order).limit(PAGE + 1).execution_options(**BUILT_ONCE)


def _which(state: str) -> Iterable[ColumnElement[bool]]:
    """The condition of a state: the same as domain/supervision.py says."""
    today = bindparam("today", type_=Date)
    unended, unanswered = SupervisionOrder.outcome.is_(None), SupervisionOrder.reply == ""
    match state:
        case OrderState.OPEN:
            return (unended, unanswered, SupervisionOrder.reply_on >= today)
        case OrderState.OVERDUE:
            return (unended, unanswered, SupervisionOrder.reply_on < today)
        case OrderState.ANSWERED:
            return (unended, SupervisionOrder.reply != "")
        case OrderState.CONCLUDED:
            return (SupervisionOrder.outcome.is_not(None),)
        case _:
            return () if state == EVERY_ORDER else (unended,)


def _key(written: str | None) -> int | None:
    """A page's key as it was written; nonsense begins at the beginning."""
    known = written is not None and written.isascii() and written.isdigit() and len(written) < 10
    return int(written or 0) if known else None


def communities() -> tuple[tuple[str, str], ...]:
    """The communities in scope that have had an order: (key, name)."""
    supervised = select(SupervisionOrder.id).where(SupervisionOrder.community_id == Community.id)
    rows = db.session.execute(
        select(Community.id, Community.name).where(supervised.exists()).order_by(Community.id)
    )
    return tuple((str(row.id), row.name) for row in rows)
