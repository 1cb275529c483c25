"""Requests beside a task: all of one task, one on its page, and those whose time is over."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from harbour.domain.actors import ROLE_LABELS, Actor, Role
from harbour.domain.deadlines import Level, local_day
from harbour.domain.errors import Missing
from harbour.domain.promises import promise
from harbour.domain.request_facts import (
    HOLD_REASON_LABELS,
    KIND_LABELS,
    RETURN_REASON_LABELS,
    STANDS,
    WAITING,
    Earlier,
    RequestKind,
    RequestState,
    RequestSubject,
    beside,
    for_the_street,
    limits,
)
from harbour.domain.requests import REQUESTS
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import TaskState, TaskSubject
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.calendar import working_calendar
from harbour.models.requests import WAITS, Hold, Request
from harbour.models.subjects import of_asking, of_request, settings_of
from harbour.models.tasks import Task
from harbour.queries.ledger import Line, history

# So many that fell due at once are found by one look; what is more by the next.
AT_ONCE = 500


@dataclass(frozen=True)
class RequestLine:
    """One request of a task: what was asked, by whom, and what was answered."""

    id: int
    kind: str
    state: str
    version: int
    by_street: bool
    asker_id: int | None
    asker: str
    asker_role: str
    firm_id: int | None
    asked_at: datetime
    due_at: datetime
    sent_at: datetime | None
    reason: str
    return_reason: str | None
    hold_reason: str | None
    what_first: str
    wished_on: date | None
    review_on: date | None
    granted_on: date | None
    decision: str
    decided_by: str
    decided_role: str | None
    decided_at: datetime | None

    @property
    def label(self) -> str:
        """What sort of request it is."""
        return KIND_LABELS[self.kind]

    @property
    def state_label(self) -> str:
        """Where it stands, in words."""
        return REQUESTS[self.kind].labels[self.state]

    @property
    def waits(self) -> bool:
        """Whether somebody still has to answer it."""
        return self.state in WAITING

    @property
    def why(self) -> str | None:
        """The reason that was chosen, in words."""
        if self.return_reason is not None:
            return RETURN_REASON_LABELS[self.return_reason]
        return None if self.hold_reason is None else HOLD_REASON_LABELS[self.hold_reason]

    @property
    def asker_role_label(self) -> str:
        """In which role it was asked."""
        return ROLE_LABELS[Role(self.asker_role)]

    @property
    def decided_role_label(self) -> str | None:
        """In which role it was answered last."""
        return None if self.decided_role is None else ROLE_LABELS[Role(self.decided_role)]


_COLUMNS = (
    Request.id, Request.kind, Request.state, Request.version, Request.by_street, Request.asker_id,
    Request.asker_name, Request.asker_role, Request.firm_id, Request.asked_at, Request.due_at,
    Request.sent_at, Request.reason, Request.return_reason, Request.hold_reason,
    Request.what_first, Request.wished_on, Request.review_on, Request.granted_on,
    Request.decision, Request.decided_by_name, Request.decided_role, Request.decided_at,
)  # fmt: skip
_OF_TASK = (
    select(*_COLUMNS)
    .where(Request.task_id == bindparam("task"))
    .order_by(Request.id)
    .execution_options(**BUILT_ONCE)
)


def of_task(task_id: int) -> tuple[RequestLine, ...]:
    """Everything that was ever asked for beside a task, in order."""
    rows = db.session.execute(_OF_TASK, {"task": task_id})
    return tuple(RequestLine(*tuple(row)) for row in rows)


# ---- on the task's page -------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a reader may ask for beside a task, and what may be done with the last request."""

    lines: tuple[RequestLine, ...] = ()
    asks: tuple[Offer, ...] = ()
    answers: tuple[Offer, ...] = ()

    @property
    def last(self) -> RequestLine | None:
        """The last request: the one that waits, if any does."""
        return self.lines[-1] if self.lines else None


def asked(
    actor: Actor,
    row: Any,
    task: TaskSubject,
    lines: Sequence[RequestLine],
    now: datetime,
    settings: CommunitySettings,
) -> Asked:
    """The requests of a task for one reader; ``row`` has the task's dates, ``lines`` all of them.

    The same facts as models.subjects gathers for one request, from what the page has already.
    """
    if task.state == TaskState.DRAFTED:
        return Asked()
    every = tuple(Earlier(r.id, r.kind, r.state, r.decided_role, r.sent_at) for r in lines)
    times = limits(
        settings,
        working_calendar(),
        due_at=row.due_at,
        sent_at=row.dispatched_at,
        closed_at=row.closed_at,
        refused_at=lines[-1].decided_at if lines else None,
    )
    asks = []
    for kind, table in REQUESTS.items():
        if task.state not in STANDS[kind]:
            continue
        subject = RequestSubject(
            kind, RequestState.PENDING, task, None, None,
            by_street=for_the_street(kind, actor.role, every), **times,
            **beside(every, sent_at=row.dispatched_at),
        )  # fmt: skip
        asks += [replace(one, name=kind) for one in table.beginnings(actor, subject, now)]
    last = lines[-1].id if lines else None
    others = {**times, **beside(every, sent_at=row.dispatched_at, own_id=last)}
    return Asked(tuple(lines), tuple(asks), _answers(actor, task, lines, others, now))


def _answers(
    actor: Actor,
    task: TaskSubject,
    lines: Sequence[RequestLine],
    others: dict[str, Any],
    now: datetime,
) -> tuple[Offer, ...]:
    """What may be done with the last request; what is over offers nothing that is over too."""
    if not lines:
        return ()
    last = lines[-1]
    by_street = last.decided_role == Role.STREET_SUPERVISOR
    subject = RequestSubject(
        last.kind, last.state, task, last.asker_id, last.firm_id, by_street=last.by_street,
        ruled_by_street=last.state == RequestState.REFUSED and by_street, **others,
    )  # fmt: skip
    offers = REQUESTS[last.kind].offers(actor, subject, now)
    return offers if last.waits else tuple(one for one in offers if one.refusal is None)


# ---- a page of its own --------------------------------------------------------------------


@dataclass(frozen=True)
class RequestPage:
    """One request with its task in short, what its reader may do with it, and its history.

    ``suggested_on`` is the due day the task's level would give it from now on.
    """

    line: RequestLine
    number: str
    title: str
    lead: str
    lead_value: str
    compound_id: int
    due_at: datetime
    suggested_on: date
    offers: tuple[Offer, ...]
    opens: bool
    history: tuple[Line, ...] = field(default=(), repr=False)


def page(
    actor: Actor, kind: str, request_id: int, now: datetime, *, acting: str | None = None
) -> RequestPage:
    """A request of this kind; Missing where the actor may not know of it.

    ``acting`` names the act whose page it is: Denied or Refused where it is not open to the actor.
    """
    found = db.session.scalars(
        select(Request).where(Request.id == request_id, Request.kind == kind)
    ).first()
    if found is None:
        raise Missing
    subject, table = of_request(found, now), REQUESTS[kind]
    if not table.shows(actor, subject):
        raise Missing
    if acting is not None:
        table.require(actor, subject, acting, now)
    lines = () if acting else history(kind, found.id)
    return _page(actor, found, subject, now, lines)


def _page(
    actor: Actor,
    found: Request,
    subject: RequestSubject,
    now: datetime,
    lines: tuple[Line, ...] = (),
) -> RequestPage:
    task = found.task
    promised = promise(now, Level(task.level), settings_of(task.community_id), working_calendar())
    return RequestPage(
        line=_line(found),
        number=task.number,
        title=task.title,
        lead=task.lead_name,
        lead_value=f"{task.lead_kind}:{key}"
        if (key := task.lead_firm_id or task.lead_team_id)
        else str(task.lead_kind),
        compound_id=task.compound_id,
        due_at=task.due_at,
        suggested_on=local_day(promised.due_at),
        offers=REQUESTS[found.kind].offers(actor, subject, now),
        opens=_opens(actor, subject.task),
        history=lines,
    )


def _opens(actor: Actor, task: TaskSubject) -> bool:
    """Whether the task itself has a page for this reader: a firm may have given it back."""
    return actor.role is not Role.FIRM_MANAGER or actor.firm_id in (
        task.lead_firm_id,
        *task.assistant_firm_ids,
    )


def _line(found: Request) -> RequestLine:
    return RequestLine(*(getattr(found, column.key) for column in _COLUMNS))


@dataclass(frozen=True)
class Start:
    """The task one is about to ask something for."""

    number: str
    title: str
    due_at: datetime
    first_due_at: datetime | None


def start(actor: Actor, number: str, kind: str, now: datetime) -> Start:
    """What one sees before asking; raises as the birth row of the kind's table does."""
    task = db.session.scalars(select(Task).where(Task.number == number)).first()
    if task is None:
        raise Missing
    subject = of_asking(kind, task, actor.role, now)
    REQUESTS[kind].require_beginning(actor, subject, "ask", now)
    return Start(task.number, task.title, task.due_at, task.first_due_at)


def waiting_of(actor: Actor, task_id: int, now: datetime) -> RequestPage | None:
    """The request of a task that waits for an answer, as far as the actor may know of it."""
    found = db.session.scalars(select(Request).where(Request.task_id == task_id, WAITS)).first()
    if found is None:
        return None
    subject, table = of_request(found, now), REQUESTS[found.kind]
    return _page(actor, found, subject, now) if table.shows(actor, subject) else None


# ---- for the clock --------------------------------------------------------------------------


@dataclass(frozen=True)
class Over:
    """Something whose time is over: since when, of which community."""

    at: datetime
    community_id: int
    kind: str
    id: int
    number: str


def lapsing(now: datetime) -> tuple[Over, ...]:
    """Requests for more time nobody answered by the due date."""
    rows = db.session.execute(
        select(Task.due_at, Request.community_id, Request.kind, Request.id, Task.number)
        .join(Task, Task.id == Request.task_id)
        .where(
            WAITS,
            Request.kind == RequestKind.EXTENSION,
            Task.due_at < now.replace(microsecond=0),
        )
        .order_by(Task.due_at, Request.id)
        .limit(AT_ONCE)
    )
    return tuple(Over(*row) for row in rows)


def to_resume(now: datetime) -> tuple[tuple[date, int, int, str], ...]:
    """Tasks on hold whose review day has come: that day, community, task and its number."""
    last = (
        select(func.max(Hold.id))
        .where(Hold.task_id == Task.id, Hold.state == RequestState.GRANTED)
        .correlate(Task)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Hold.review_on, Task.community_id, Task.id, Task.number)
        .join(Hold, Hold.id == last)
        .where(Task.state == TaskState.ON_HOLD, Hold.review_on <= local_day(now))
        .order_by(Hold.review_on, Task.id)
        .limit(AT_ONCE)
    )
    return tuple((row.review_on, row.community_id, row.id, row.number) for row in rows)
