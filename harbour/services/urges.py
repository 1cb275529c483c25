"""Pressing and speaking: urges and their answers, the street's orders, comments."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Invalid
from harbour.domain.promises import urge_day
from harbour.domain.supervision import OrderOutcome
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.places import Community, Street
from harbour.models.tasks import Task
from harbour.models.urges import NO_REPLY, Comment, SupervisionOrder, Urge
from harbour.services.deadlines import day_of
from harbour.services.lifecycle import Effect
from harbour.tenancy import scoped_to

Inputs = Mapping[str, Any]


def _urge(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    db.session.add(
        Urge(
            community_id=task.community_id,
            task_id=task.id,
            day=urge_day(now, working_calendar()),
            note=str(inputs.get("urge_note") or ""),
            by_id=actor.user_id,
            at=now,
        )
    )
    db.session.flush()


def _answer(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """One answer serves every urge that waits."""
    waiting = db.session.scalars(
        select(Urge).where(Urge.task_id == task.id, Urge.answered_at.is_(None))
    ).all()
    for urge in waiting:
        urge.answer = str(inputs.get("urge_answer") or "")
        urge.answered_at = now
        urge.answered_by_id = actor.user_id


def _supervise(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """Orders are numbered over the whole street, so the last one is looked for in all of it."""
    reply_on = day_of("reply_on", inputs, now)
    if reply_on is None:
        raise Invalid("reply_on", N_("Choose the day the written reply is due."))
    street = db.session.scalars(
        select(Street)
        .join(Community, Community.street_id == Street.id)
        .where(Community.id == task.community_id)
        .with_for_update(of=Street)
    ).one()
    year = local_day(now).year
    communities = db.session.scalars(
        select(Community.id).where(Community.street_id == street.id)
    ).all()
    with scoped_to(*communities):
        last = db.session.scalar(
            select(func.max(SupervisionOrder.sequence)).where(
                SupervisionOrder.street_id == street.id, SupervisionOrder.year == year
            )
        )
    db.session.add(
        SupervisionOrder(
            community_id=task.community_id,
            street_id=street.id,
            task_id=task.id,
            year=year,
            sequence=(last or 0) + 1,
            text=str(inputs.get("order_text") or ""),
            reply_on=reply_on,
            by_id=actor.user_id,
            at=now,
        )
    )
    db.session.flush()


def _reply(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """The reply goes to the order that has waited longest for one."""
    order = _standing(task, SupervisionOrder.reply == NO_REPLY.right)
    order.reply = str(inputs.get("order_reply") or "").strip()
    if not order.reply:
        raise Invalid("order_reply", N_("Write the reply to the street."))
    order.reply_by_id, order.replied_at = actor.user_id, now


def _conclude(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """What has been answered is concluded first, the oldest of it before the rest."""
    order = _standing(task)
    try:
        order.outcome = OrderOutcome(str(inputs.get("order_outcome")))
    except ValueError:
        raise Invalid("order_outcome", N_("Choose how the order ended.")) from None
    order.outcome_words = str(inputs.get("outcome_words") or "").strip()
    order.concluded_by_id, order.concluded_at = actor.user_id, now


def _standing(task: Task, *which: ColumnElement[bool]) -> SupervisionOrder:
    """The order of a task an act is about; the table has made sure that there is one."""
    unanswered = SupervisionOrder.reply == NO_REPLY.right
    return db.session.scalars(
        select(SupervisionOrder)
        .where(SupervisionOrder.task_id == task.id, SupervisionOrder.outcome.is_(None), *which)
        .order_by(unanswered, SupervisionOrder.id)
        .limit(1)
    ).one()


def _comment(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    db.session.add(
        Comment(
            community_id=task.community_id,
            task_id=task.id,
            text=str(inputs.get("remark") or ""),
            by_id=actor.user_id,
            by_name=actor.name,
            at=now,
        )
    )


EFFECTS: dict[str, Effect[Task]] = {
    "urge": _urge,
    "answer_urge": _answer,
    "supervise": _supervise,
    "reply": _reply,
    "conclude": _conclude,
    "comment": _comment,
}
