"""Requests that come to their end by themselves, since their task has moved on."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor, the_clock
from harbour.domain.request_facts import MOVED_ON, STANDS
from harbour.domain.requests import REQUESTS
from harbour.extensions import db
from harbour.models.requests import WAITS, Request
from harbour.models.subjects import of_request
from harbour.models.tasks import Task
from harbour.services.lifecycle import Effect, Inputs, carry_out


def settle(task: Task, now: datetime) -> None:
    """Let the request lapse that the task's last act has left without a meaning, if there is one.

    It is part of that act: nobody is ever asked for an answer that nobody could give.
    """
    request = db.session.scalars(
        select(Request).where(Request.task_id == task.id, WAITS).with_for_update()
    ).first()
    if request is None or task.state in STANDS[request.kind]:
        return
    carry_out(
        REQUESTS[request.kind], EFFECTS, the_clock(task.community_id), request,
        of_request(request, now), "lapse", {"reason": MOVED_ON}, version=None, now=now,
    )  # fmt: skip


def _lapse(actor: Actor, request: Request, inputs: Inputs, now: datetime) -> None:
    answer(actor, request, inputs.get("reason"), now)


def answer(actor: Actor, request: Request, words: Any, now: datetime) -> None:
    """Write down who answered a request, when, and what they said with it."""
    request.decision = str(words or "")
    request.decided_at = now
    request.decided_by_id = actor.user_id
    request.decided_by_name = actor.name if actor.user_id is not None else ""
    request.decided_role = actor.role


EFFECTS: dict[str, Effect[Request]] = {"lapse": _lapse}
