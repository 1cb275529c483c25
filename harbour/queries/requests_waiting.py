"""Requests that wait for whoever decides on them, as SQL: see queries/waiting.py."""

from typing import Any

from sqlalchemy import ColumnElement, Select, not_, or_

from harbour.domain.actors import Role
from harbour.domain.request_facts import RequestKind, RequestState
from harbour.models.requests import WAITS, Request
from harbour.models.tasks import Task
from harbour.queries.waiting import NEVER, NOW, line


def _requests(kind: RequestKind, *, until: Any = NEVER) -> Select[Any]:
    return (
        line(Request, place=Task, number=Task.number, title=Task.title, who=Request.asker_name,
             until=until, since=Request.asked_at, sort=Request.asked_at)
        .join(Task, Task.id == Request.task_id)
        .where(WAITS, Request.kind == kind)
    )  # fmt: skip


def _decided_by(role: Role) -> ColumnElement[bool]:
    """What the street decides from the start, or what has been taken or sent to it."""
    to_the_street = or_(Request.by_street, Request.state != RequestState.PENDING)
    return to_the_street if role is Role.STREET_SUPERVISOR else not_(to_the_street)


def extensions_to_decide(role: Role) -> Select[Any]:
    """Requests for more time, until the due date: after it they lapse."""
    found = _requests(RequestKind.EXTENSION, until=Task.due_at)
    return found.where(_decided_by(role), Task.due_at >= NOW)


def returns_to_decide(role: Role) -> Select[Any]:
    """Tasks given back by their lead; the clock of the task goes on meanwhile."""
    return _requests(RequestKind.RETURN, until=Task.due_at).where(_decided_by(role))


def holds_to_propose(role: Role) -> Select[Any]:
    """Requests for a rest that the secretary has not looked at."""
    found = _requests(RequestKind.HOLD, until=Task.due_at)
    return found.where(Request.state == RequestState.PENDING)


def holds_to_consent(role: Role) -> Select[Any]:
    """Requests for a rest that the secretary has proposed to the street."""
    found = _requests(RequestKind.HOLD, until=Task.due_at)
    return found.where(Request.state == RequestState.FORWARDED)


def reopenings_to_decide(role: Role) -> Select[Any]:
    """Closed tasks somebody asks to take up again."""
    return _requests(RequestKind.REOPEN)
