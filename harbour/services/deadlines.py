"""The dates of a task as they are written down: the first promise stays visible for ever."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from harbour.domain.actors import Actor
from harbour.domain.deadlines import Level, due_after, due_soon_at, local_day, resume_due
from harbour.domain.errors import Invalid
from harbour.domain.promises import dated, promise
from harbour.domain.request_facts import RequestState
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.calendar import working_calendar
from harbour.models.requests import Hold
from harbour.models.subjects import settings_of
from harbour.models.tasks import DueChange, Task

# From these on the days of a task are counted anew.
BEGINNINGS = ("task.resume", "task.rework", "task.reopen", "task.reassign")
FARTHEST = timedelta(days=3660)
PAST = N_("This day is over already. Choose today or a later day.")
TOO_FAR = N_("This day is more than ten years away. Please look at the year.")


def day_of(name: str, inputs: Mapping[str, Any], now: datetime) -> date | None:
    """A day typed for the future; Invalid where it is over or absurdly far."""
    typed: date | str | None = inputs.get(name)
    if not typed:
        return None
    day = date.fromisoformat(typed) if isinstance(typed, str) else typed
    if day < local_day(now):
        raise Invalid(name, PAST)
    if day > local_day(now) + FARTHEST:
        raise Invalid(name, TOO_FAR)
    return day


def set_due(task: Task, by_hand: date | None, start_at: datetime) -> datetime:
    """Give a task its dates, counted from ``start_at``; the answer is when to accept by."""
    found = promise(
        start_at,
        Level(task.level),
        settings_of(task.community_id),
        working_calendar(),
        by_hand=by_hand,
        milestones=[one.due_on for one in task.milestones],
    )
    task.due_by_hand = by_hand is not None
    task.due_at, task.due_soon_at = found.due_at, found.due_soon_at
    return found.accept_due_at


def accept_by(task: Task, now: datetime) -> datetime:
    """By when something assigned now must be accepted, by its level."""
    limit = settings_of(task.community_id).limits[Level(task.level)].accept
    return due_after(now, limit, working_calendar())


def promised(
    actor: Actor,
    task: Task,
    due_at: datetime,
    reason: str,
    now: datetime,
    *,
    before: datetime | None = None,
    request_id: int | None = None,
) -> None:
    """Write a due date down: without one before it, it is the first promise.

    ``request_id`` is the granted request that moved it, if one did.
    """
    if before is None:
        task.first_due_at = due_at
    task.due_at = due_at
    db.session.add(
        DueChange(
            community_id=task.community_id,
            task_id=task.id,
            due_before=before,
            due_after=due_at,
            reason=reason,
            request_id=request_id,
            by_id=actor.user_id,
            at=now,
        )
    )


def postpone(
    actor: Actor,
    task: Task,
    day: date,
    reason: str,
    now: datetime,
    *,
    request_id: int | None = None,
) -> None:
    """Move the due date to a day set by hand, and say why."""
    before = task.due_at
    due, soon = dated(now, day, settings_of(task.community_id), working_calendar())
    task.due_by_hand = True
    task.due_soon_at = soon
    promised(actor, task, due, reason, now, before=before, request_id=request_id)


def resume(actor: Actor, task: Task, now: datetime) -> None:
    """Let the unused workdays of a held task go on from now."""
    last = db.session.scalar(
        select(func.max(AuditEvent.at)).where(
            AuditEvent.subject_kind == "task",
            AuditEvent.subject_id == task.id,
            AuditEvent.action.in_(BEGINNINGS),
        )
    )
    settings, calendar = settings_of(task.community_id), working_calendar()
    limit = None if task.due_by_hand else settings.limits[Level(task.level)].handle
    before = task.due_at
    begun, held = last or task.dispatched_at or now, task.held_at or now
    due = resume_due(begun, held, before, now, limit, calendar)
    task.held_at = None
    task.due_soon_at = due_soon_at(due, now, limit, calendar, settings.due_soon_workdays)
    request_id = db.session.scalar(
        select(func.max(Hold.id)).where(Hold.task_id == task.id, Hold.state == RequestState.GRANTED)
    )
    says = N_("Resumed: the unused days go on.")
    promised(actor, task, due, says, now, before=before, request_id=request_id)
