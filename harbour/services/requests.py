"""Asking for something beside a task, and deciding on it: what is granted moves the task."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor, the_clock
from harbour.domain.deadlines import local_day
from harbour.domain.errors import About, Denied, Invalid, Missing, Refused
from harbour.domain.request_facts import (
    NOT_ANSWERED,
    RETURN_REASON_LABELS,
    HoldReason,
    RequestKind,
    ReturnReason,
)
from harbour.domain.requests import DOES, REQUESTS
from harbour.domain.tasks import LEADS
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.requests import CLASSES, Request
from harbour.models.subjects import of_asking, of_request, settings_of
from harbour.models.tasks import Task
from harbour.services import lapses, tasks
from harbour.services.deadlines import day_of
from harbour.services.drafts import one_of
from harbour.services.lifecycle import Effect, carry_out, give_birth
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]
NOT_LATER = N_("It is due on %(day)s. Choose a later day.")
TOO_LATE = N_("A hold is looked at again after at most %(days)d days.")


@command
def ask(actor: Actor, number: str, kind: str, inputs: Inputs, *, now: datetime) -> int:
    """Ask for something beside the task with this number; the request's id.

    Raises Missing, Denied or Refused as the birth row of the kind's table says, and Invalid beside
    the input that cannot be right.
    """
    task = _task(select(Task.id).where(Task.number == number))
    table = REQUESTS[kind]
    subject = of_asking(kind, task, actor.role, now)
    try:
        table.require_beginning(actor, subject, "ask", now)
    except (Denied, Refused) as error:
        error.about = About("ask", kind, None, task.number, task.community_id)
        raise
    request = CLASSES[kind](
        community_id=task.community_id,
        task_id=task.id,
        task=task,
        by_street=subject.by_street,
        asker_id=actor.user_id,
        asker_name=actor.name,
        asker_role=actor.role,
        firm_id=actor.firm_id if actor.role in LEADS else None,
        asked_at=now,
        due_at=task.due_at,
        sent_at=task.dispatched_at,
        reason=str(inputs.get("reason") or inputs.get("what_is_wrong") or ""),
    )
    _ASKED[kind](task, request, inputs, now)
    db.session.add(request)
    db.session.flush()
    give_birth(table, actor, request, "ask", inputs, now=now)
    return request.id


@command
def act(
    actor: Actor,
    kind: str,
    request_id: int,
    action: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
) -> str:
    """Take ``action`` on a request of this kind; the answer is the number of its task."""
    request = _found(kind, request_id)
    carry_out(
        REQUESTS[kind], EFFECTS, actor, request, of_request(request, now), action, inputs,
        version=version, now=now,
    )  # fmt: skip
    return request.number


@command
def lapse(community_id: int, kind: str, request_id: int, *, now: datetime) -> None:
    """Let a request lapse whose time is over; Refused while it can still be answered."""
    clock = the_clock(community_id)
    act(clock, kind, request_id, "lapse", {"reason": NOT_ANSWERED}, version=None, now=now)


def _found(kind: str, request_id: int) -> Request:
    """The request, locked after its task: so does every act on the task itself."""
    _task(select(Request.task_id).where(Request.id == request_id, Request.kind == kind))
    return db.session.scalars(
        select(Request)
        .where(Request.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _task(which: Any) -> Task:
    task = db.session.scalars(
        select(Task).where(Task.id.in_(which.scalar_subquery())).with_for_update()
    ).first()
    if task is None:
        raise Missing
    return task


# ---- what is asked for --------------------------------------------------------------------


def _ask_for_time(task: Task, request: Request, inputs: Inputs, now: datetime) -> None:
    request.wished_on = _later("wished_on", task, inputs, now)


def _ask_to_return(task: Task, request: Request, inputs: Inputs, now: datetime) -> None:
    why = one_of(ReturnReason, "return_reason", inputs)
    if why is None:
        raise Invalid("return_reason", N_("Choose why."))
    request.return_reason = why


def _ask_for_rest(task: Task, request: Request, inputs: Inputs, now: datetime) -> None:
    why = one_of(HoldReason, "hold_reason", inputs)
    if why is None:
        raise Invalid("hold_reason", N_("Choose why."))
    day = day_of("review_on", inputs, now)
    most = settings_of(task.community_id).hold_review_max_days
    if day is None or day <= local_day(now):
        raise Invalid("review_on", N_("Choose a day to come."))
    if day > local_day(now) + timedelta(days=most):
        raise Invalid("review_on", Text(TOO_LATE, {"days": most}))
    request.hold_reason, request.review_on = why, day
    request.what_first = str(inputs.get("what_first") or "")


def _ask_to_reopen(task: Task, request: Request, inputs: Inputs, now: datetime) -> None:
    """Its words are kept as the reason; there is nothing else to it."""


def _later(name: str, task: Task, inputs: Inputs, now: datetime) -> Any:
    """A day after the present due day."""
    day, due = day_of(name, inputs, now), local_day(task.due_at)
    if day is None or day <= due:
        raise Invalid(name, Text(NOT_LATER, {"day": due.isoformat()}))
    return day


_ASKED: Mapping[str, Callable[[Task, Request, Inputs, datetime], None]] = {
    RequestKind.EXTENSION: _ask_for_time,
    RequestKind.RETURN: _ask_to_return,
    RequestKind.HOLD: _ask_for_rest,
    RequestKind.REOPEN: _ask_to_reopen,
}


# ---- what is decided ----------------------------------------------------------------------


def _grant(actor: Actor, request: Request, inputs: Inputs, now: datetime) -> None:
    if request.kind == RequestKind.EXTENSION:
        day = _later("granted_on", request.task, inputs, now)
    else:
        day = day_of("new_due_on", inputs, now)
        if day is None:
            raise Invalid("new_due_on", N_("Choose the day it is to be done by."))
    request.granted_on = day
    lapses.answer(actor, request, inputs.get("decision_note"), now)
    _move(actor, request, "grant", now, new_due_on=day, lead=inputs.get("lead"))


def _consent(actor: Actor, request: Request, inputs: Inputs, now: datetime) -> None:
    lapses.answer(actor, request, inputs.get("decision_note"), now)
    _move(actor, request, "consent", now)


def _move(actor: Actor, request: Request, action: str, now: datetime, **more: Any) -> None:
    """Take the row of the task's table that a request of this kind may take."""
    typed = {name: value for name, value in more.items() if value is not None}
    typed |= {"reason": _why(request), "request": request.id}
    tasks.move(
        actor, request.task, DOES[request.kind, action], typed,
        version=None, now=now, through="request",
    )  # fmt: skip


def _why(request: Request) -> str:
    """Why a due date moves, in the words of those who asked."""
    return (
        request.reason
        or request.what_first
        or RETURN_REASON_LABELS.get(request.return_reason or "", "")
    )


def _refuse(actor: Actor, request: Request, inputs: Inputs, now: datetime) -> None:
    lapses.answer(actor, request, inputs.get("reason"), now)


def _forward(actor: Actor, request: Request, inputs: Inputs, now: datetime) -> None:
    """The first of two decides; what they said stands in the record and beside the request."""
    lapses.answer(actor, request, inputs.get("decision_note"), now)


EFFECTS: dict[str, Effect[Request]] = {
    "grant": _grant,
    "consent": _consent,
    "propose": _forward,
    "refuse": _refuse,
    **lapses.EFFECTS,
}
