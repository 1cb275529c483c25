"""The due dates of a task: the first promise and every later one, for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.deadlines import local_day, workdays_between
from harbour.domain.request_facts import KIND_LABELS, RequestKind
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.calendar import working_calendar
from harbour.models.people import User
from harbour.models.requests import Request
from harbour.models.tasks import DueChange

MANY = 200
CLOCK_ITSELF = ROLE_LABELS[Role.CLOCK]


@dataclass(frozen=True)
class DateLine:
    """A due date, who set it and why; the first one is the promise.

    ``kind`` and ``request_id`` name the granted request that moved it, if it was one; ``lost`` are
    the workdays a lead had it who then gave it back.
    """

    due_at: datetime
    first: bool
    reason: str
    by: str
    at: datetime
    kind: str | None = None
    request_id: int | None = None
    lost: int | None = None

    @property
    def through(self) -> str | None:
        """What sort of request moved it, in words."""
        return None if self.kind is None else KIND_LABELS[self.kind]


_DATES = (
    select(
        DueChange.due_before, DueChange.due_after, DueChange.reason, User.name, DueChange.at,
        Request.kind, DueChange.request_id, Request.sent_at,
    )
    .outerjoin(User, User.id == DueChange.by_id)
    .outerjoin(Request, Request.id == DueChange.request_id)
    .where(DueChange.task_id == bindparam("task"))
    .order_by(DueChange.id)
    .limit(MANY)
    .execution_options(**BUILT_ONCE)
)  # fmt: skip


def _lost(row: Any) -> int | None:
    if row.kind != RequestKind.RETURN or row.sent_at is None:
        return None
    return workdays_between(local_day(row.sent_at), local_day(row.at), working_calendar())


def dates(task_id: int) -> tuple[DateLine, ...]:
    """Every due date, the first promise first."""
    return tuple(
        DateLine(row.due_after, row.due_before is None, row.reason, row.name or CLOCK_ITSELF,
                 row.at, row.kind, row.request_id, _lost(row))
        for row in db.session.execute(_DATES, {"task": task_id})
    )  # fmt: skip
