"""What is asked for beside a task: more time, a return, a rest, a reopening; each a small table.

A request is asked for by its birth row, decided by whom the table names, and then does to its
task what the row of the task's own table says that only a request may take. Two rules are the
product's own care: of one task one request waits at a time, and what a secretary asks for the
street decides, so that nobody decides on their own request.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from harbour.domain.actors import READERS, Actor, Role
from harbour.domain.deadlines import past
from harbour.domain.request_facts import (
    LABELS,
    MOVED_ON,
    WAITING,
    ExtensionState,
    HoldState,
    ReopenState,
    RequestKind,
    RequestState,
    RequestSubject,
    ReturnState,
)
from harbour.domain.tasks import LEADS, TASK
from harbour.domain.tasks import lead as leads_task
from harbour.domain.text import N_
from harbour.domain.workflow import Workflow, guard, row, seen_by

REP, SECRETARY = Role.RESIDENT_REP, Role.SECRETARY
STREET, CLOCK = Role.STREET_SUPERVISOR, Role.CLOCK
_R = RequestState


# ---- who ----------------------------------------------------------------------------------


def lead(actor: Actor, request: RequestSubject) -> bool:
    """Who leads the task."""
    return leads_task(actor, request.task)


def asker(actor: Actor, request: RequestSubject) -> bool:
    """Who asked, or another person of the firm that asked."""
    if request.firm_id is not None and actor.firm_id == request.firm_id:
        return True
    return actor.user_id is not None and actor.user_id == request.asker_id


def decides(actor: Actor, request: RequestSubject) -> bool:
    """The secretary; the street what is disputed, forwarded, or comes a second time.

    What has been answered is closed to both alike: that is a matter of when, not of whom.
    """
    if request.state not in WAITING:
        return True
    street = request.by_street or request.state in (_R.DISPUTED, _R.FORWARDED)
    return actor.role is (STREET if street else SECRETARY)


def known_to(actor: Actor, request: RequestSubject) -> bool:
    """Whoever knows the task; and the firm that asked, though another one leads by now."""
    if actor.role is Role.FIRM_MANAGER and actor.firm_id == request.firm_id:
        return request.firm_id is not None
    return TASK.shows(actor, request.task)


# ---- when ---------------------------------------------------------------------------------


@guard(N_("More time can be asked for only while the task is in hand. Accept it first."))
def in_hand(request: RequestSubject, now: datetime) -> bool:
    """The task has been accepted and not been reported."""
    return request.fits


@guard(N_("The due day is over. More time must be asked for before it has passed."))
def before_due(request: RequestSubject, now: datetime) -> bool:
    """The due date lies ahead."""
    return not past(request.due_at, now)


@guard(N_("The due day passed before an answer was given; this request lapses."))
def answered_in_time(request: RequestSubject, now: datetime) -> bool:
    """An answer still comes before the due date."""
    return not past(request.due_at, now)


@guard(N_("Another request for this task is still waiting for its answer."))
def nothing_else_waits(request: RequestSubject, now: datetime) -> bool:
    """No other request of the task waits."""
    return not request.another


@guard(N_("A task can be returned only before completion has been reported."))
def not_reported(request: RequestSubject, now: datetime) -> bool:
    """The task waits for acceptance or is in hand."""
    return request.fits


@guard(
    N_("A task is returned within %(return_limit)s of being assigned. That time is over."),
    "return_limit",
)
def lately_assigned(request: RequestSubject, now: datetime) -> bool:
    """It was sent to its lead not long ago."""
    return request.return_by is not None and not past(request.return_by, now)


@guard(N_("The street has already decided on a return by this lead. That is final."))
def not_final(request: RequestSubject, now: datetime) -> bool:
    """The street has not refused a return since the task was sent to its lead."""
    return not request.final


@guard(N_("A task can be put on hold only while it is in hand. Accept it first."))
def at_work(request: RequestSubject, now: datetime) -> bool:
    """The task has been accepted and not been reported."""
    return request.fits


@guard(N_("Only a task that has been closed can be reopened."))
def closed(request: RequestSubject, now: datetime) -> bool:
    """The task is closed."""
    return request.fits


@guard(
    N_("A task can be reopened within %(reopen_limit)s of its closing. That time is over."),
    "reopen_limit",
)
def lately_closed(request: RequestSubject, now: datetime) -> bool:
    """It was closed not long ago."""
    return request.reopen_by is not None and not past(request.reopen_by, now)


@guard(MOVED_ON)
def stands(request: RequestSubject, now: datetime) -> bool:
    """The task still stands where this request means something."""
    return request.fits


@guard(N_("The street has decided. That is final."))
def open_to_dispute(request: RequestSubject, now: datetime) -> bool:
    """It was not the street that refused."""
    return not request.ruled_by_street


@guard(N_("A refusal can be disputed within %(return_limit)s. That time is over."), "return_limit")
def disputed_in_time(request: RequestSubject, now: datetime) -> bool:
    """It was refused not long ago."""
    return request.dispute_by is not None and not past(request.dispute_by, now)


@guard(N_("It still stands, and there is time to answer it."))
def nobody_can_answer(request: RequestSubject, now: datetime) -> bool:
    """The task has moved on; a request for more time also ends with the due day."""
    if request.kind == RequestKind.EXTENSION and past(request.due_at, now):
        return True
    return not request.fits


# ---- the tables -----------------------------------------------------------------------------


def _table(name: str, states: type[StrEnum], **rows: Any) -> Workflow[RequestSubject]:
    """A table of requests: whoever knows the task sees all of them, in every state."""
    return Workflow(
        str(name),
        states=states,
        labels={state: LABELS[state] for state in states},
        sees=seen_by(READERS | {CLOCK}, states),
        reach=known_to,
        **rows,
    )


_X, _B, _H, _O = ExtensionState, ReturnState, HoldState, ReopenState
_DECIDERS = {SECRETARY, STREET}
_REFUSE = N_("Do not grant it")
_WITHDRAW = N_("Withdraw the request")
_LAPSE = N_("Let the request lapse")

EXTENSION: Workflow[RequestSubject] = _table(
    RequestKind.EXTENSION,
    ExtensionState,
    birth=(
        row("ask", (), _X.PENDING, LEADS, N_("Ask for more time"), N_("asked for more time"),
            only=lead, when=(in_hand, before_due, nothing_else_waits), needs=("reason", "wished_on")),
    ),
    moves=(
        row("grant", {_X.PENDING}, _X.GRANTED, _DECIDERS, N_("Grant more time"), N_("granted more time"),
            only=decides, when=(stands, answered_in_time), needs=("granted_on", "decision_note"), main=True),
        row("refuse", {_X.PENDING}, _X.REFUSED, _DECIDERS, _REFUSE, N_("did not grant more time"),
            only=decides, when=(stands, answered_in_time), needs=("reason",), bad=True),
        row("withdraw", {_X.PENDING}, _X.WITHDRAWN, LEADS, _WITHDRAW, N_("withdrew the request for more time"),
            only=asker),
        row("lapse", {_X.PENDING}, _X.LAPSED, {CLOCK}, _LAPSE, N_("let the request for more time lapse"),
            when=(nobody_can_answer,)),
    ),
)  # fmt: skip

RETURN: Workflow[RequestSubject] = _table(
    RequestKind.RETURN,
    ReturnState,
    birth=(
        row("ask", (), _B.PENDING, LEADS, N_("Return the task"), N_("asked to return the task"),
            only=lead, when=(not_reported, lately_assigned, not_final, nothing_else_waits),
            needs=("return_reason", "reason"), bad=True),
    ),
    moves=(
        row("grant", {_B.PENDING, _B.DISPUTED}, _B.GRANTED, _DECIDERS, N_("Agree and assign anew"), N_("agreed to the return"),
            only=decides, when=(stands,), needs=("lead", "new_due_on", "decision_note"), main=True),
        row("refuse", {_B.PENDING, _B.DISPUTED}, _B.REFUSED, _DECIDERS, _REFUSE, N_("did not agree to the return"),
            only=decides, when=(stands,), needs=("reason",), bad=True),
        row("dispute", {_B.REFUSED}, _B.DISPUTED, LEADS, N_("Let the street decide"), N_("took the return to the street"),
            only=asker, when=(stands, open_to_dispute, disputed_in_time, nothing_else_waits), needs=("reason",), bad=True),
        row("withdraw", {_B.PENDING, _B.DISPUTED}, _B.WITHDRAWN, LEADS, _WITHDRAW, N_("withdrew the return"),
            only=asker),
        row("lapse", {_B.PENDING, _B.DISPUTED}, _B.LAPSED, {CLOCK}, _LAPSE, N_("let the return lapse"),
            when=(nobody_can_answer,)),
    ),
)  # fmt: skip

HOLD: Workflow[RequestSubject] = _table(
    RequestKind.HOLD,
    HoldState,
    birth=(
        row("ask", (), _H.PENDING, LEADS, N_("Ask to put it on hold"), N_("asked to put it on hold"),
            only=lead, when=(at_work, nothing_else_waits), needs=("hold_reason", "what_first", "review_on")),
    ),
    moves=(
        row("propose", {_H.PENDING}, _H.FORWARDED, {SECRETARY}, N_("Propose it to the street"), N_("proposed the hold to the street"),
            when=(stands,), needs=("decision_note",), main=True),
        row("consent", {_H.FORWARDED}, _H.GRANTED, {STREET}, N_("Consent to the hold"), N_("consented to the hold"),
            when=(stands,), needs=("decision_note",), main=True),
        row("refuse", {_H.PENDING, _H.FORWARDED}, _H.REFUSED, _DECIDERS, _REFUSE, N_("did not agree to the hold"),
            only=decides, when=(stands,), needs=("reason",), bad=True),
        row("withdraw", {_H.PENDING, _H.FORWARDED}, _H.WITHDRAWN, LEADS, _WITHDRAW, N_("withdrew the request for a hold"),
            only=asker),
        row("lapse", {_H.PENDING, _H.FORWARDED}, _H.LAPSED, {CLOCK}, _LAPSE, N_("let the request for a hold lapse"),
            when=(nobody_can_answer,)),
    ),
)  # fmt: skip

# A resident with a token will ask by the same birth row, as Role.PUBLIC.
REOPEN: Workflow[RequestSubject] = _table(
    RequestKind.REOPEN,
    ReopenState,
    birth=(
        row("ask", (), _O.PENDING, {REP}, N_("Ask to reopen it"), N_("asked to reopen it"),
            when=(closed, lately_closed, nothing_else_waits), needs=("what_is_wrong",), bad=True),
    ),
    moves=(
        row("grant", {_O.PENDING}, _O.GRANTED, {SECRETARY}, N_("Reopen the task"), N_("agreed to reopen the task"),
            when=(stands,), needs=("new_due_on", "decision_note"), within="reopen_answer", main=True),
        row("refuse", {_O.PENDING}, _O.REFUSED, {SECRETARY}, _REFUSE, N_("did not reopen the task"),
            when=(stands,), needs=("reason",), within="reopen_answer", bad=True),
        row("withdraw", {_O.PENDING}, _O.WITHDRAWN, {REP}, _WITHDRAW, N_("withdrew the request to reopen"),
            only=asker),
    ),
)  # fmt: skip

REQUESTS: Mapping[str, Workflow[RequestSubject]] = {
    one.name: one for one in (EXTENSION, RETURN, HOLD, REOPEN)
}
# What a granted request does to its task: the row of the task's table it takes.
DOES: Mapping[tuple[str, str], str] = {
    (RequestKind.EXTENSION, "grant"): "extend",
    (RequestKind.RETURN, "grant"): "reassign",
    (RequestKind.HOLD, "consent"): "hold",
    (RequestKind.REOPEN, "grant"): "reopen",
}
