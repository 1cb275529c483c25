"""Kinds, states and reasons of requests, and what the rules see of one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from harbour.domain.actors import Role
from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import counted, due_after, end_of_workday, local_day, workdays
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import TaskState, TaskSubject
from harbour.domain.text import N_, Text


class RequestKind(StrEnum):
    """What is asked for; each is a table of its own."""

    EXTENSION = "extension"
    RETURN = "return"
    HOLD = "hold"
    REOPEN = "reopen"


KIND_LABELS: Mapping[str, str] = {
    RequestKind.EXTENSION: N_("Request for more time"),
    RequestKind.RETURN: N_("Return of a task"),
    RequestKind.HOLD: N_("Request to put on hold"),
    RequestKind.REOPEN: N_("Request to reopen"),
}


class RequestState(StrEnum):
    """Every state any request may stand in, as the database knows them."""

    PENDING = "pending"
    FORWARDED = "forwarded"
    DISPUTED = "disputed"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ExtensionState(StrEnum):
    """Where a request for more time stands."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ReturnState(StrEnum):
    """Where a return stands; a refused one may be taken to the street once."""

    PENDING = "pending"
    DISPUTED = "disputed"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class HoldState(StrEnum):
    """Where a hold stands; the secretary proposes it to the street."""

    PENDING = "pending"
    FORWARDED = "forwarded"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class ReopenState(StrEnum):
    """Where a request to reopen stands; it waits until it is answered."""

    PENDING = "pending"
    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WAITING = frozenset({RequestState.PENDING, RequestState.FORWARDED, RequestState.DISPUTED})
LABELS: Mapping[str, str] = {
    RequestState.PENDING: N_("Waiting for an answer"),
    RequestState.FORWARDED: N_("Waiting for the street's consent"),
    RequestState.DISPUTED: N_("Disputed, the street decides"),
    RequestState.GRANTED: N_("Granted"),
    RequestState.REFUSED: N_("Not granted"),
    RequestState.WITHDRAWN: N_("Withdrawn"),
    RequestState.LAPSED: N_("Lapsed"),
}


class ReturnReason(StrEnum):
    """Why a lead gives a task back."""

    WRONG_COMPOUND = "wrong_compound"
    NOT_IN_CONTRACT = "not_contract_duty"
    OTHER_UNIT = "other_unit_duty"
    DUPLICATE = "duplicate"
    UNCLEAR = "unclear"


RETURN_REASON_LABELS: Mapping[str, str] = {
    ReturnReason.WRONG_COMPOUND: N_("It lies in another compound"),
    ReturnReason.NOT_IN_CONTRACT: N_("Not a duty under our contract"),
    ReturnReason.OTHER_UNIT: N_("The duty of another unit"),
    ReturnReason.DUPLICATE: N_("The same thing was assigned twice"),
    ReturnReason.UNCLEAR: N_("It is unclear what is to be done"),
}


class HoldReason(StrEnum):
    """What sort of thing a task must wait for."""

    SEASON = "season"
    FUNDS = "funds"
    OWNERS = "owners"
    OTHER_UNIT = "other_unit"
    MATERIAL = "material"
    LEGAL = "legal"
    OTHER = "other"


HOLD_REASON_LABELS: Mapping[str, str] = {
    HoldReason.SEASON: N_("Season or weather"),
    HoldReason.FUNDS: N_("Money has to be raised first"),
    HoldReason.OWNERS: N_("The owners have to decide first"),
    HoldReason.OTHER_UNIT: N_("Another unit or authority has to act first"),
    HoldReason.MATERIAL: N_("Material or equipment has to come first"),
    HoldReason.LEGAL: N_("A dispute or a procedure at law is running"),
    HoldReason.OTHER: N_("Another reason"),
}

# The states of a task in which a request of a kind can be asked for and decided.
STANDS: Mapping[str, frozenset[TaskState]] = {
    RequestKind.EXTENSION: frozenset({TaskState.IN_HAND}),
    RequestKind.RETURN: frozenset({TaskState.ASSIGNED, TaskState.IN_HAND}),
    RequestKind.HOLD: frozenset({TaskState.IN_HAND}),
    RequestKind.REOPEN: frozenset({TaskState.CLOSED}),
}
MOVED_ON = N_("The task has moved on meanwhile, so this request has come to its end.")
NOT_ANSWERED = N_("The due day passed before an answer was given.")


@dataclass(frozen=True)
class RequestSubject:
    """What the rules see of a request, or of one that is about to be asked for.

    ``by_street``: the street decides from the start; ``ruled_by_street``: it has refused this one;
    ``final``: it has refused a return since the task was sent to its lead. ``another`` tells that
    another request of the task waits. The last moments in time are None where there is none.
    """

    kind: str
    state: str
    task: TaskSubject
    asker_id: int | None
    firm_id: int | None
    due_at: datetime
    by_street: bool = False
    ruled_by_street: bool = False
    final: bool = False
    another: bool = False
    return_by: datetime | None = None
    dispute_by: datetime | None = None
    reopen_by: datetime | None = None
    return_workdays: int = 1
    reopen_days: int = 30

    @property
    def community_id(self) -> int:
        """The task's community."""
        return self.task.community_id

    @property
    def compound_id(self) -> int:
        """The task's compound."""
        return self.task.compound_id

    @property
    def return_limit(self) -> Text:
        """How long a task may be returned, in words."""
        return workdays(self.return_workdays).text()

    @property
    def reopen_limit(self) -> Text:
        """How long a closed task may be reopened, in words."""
        return counted(self.reopen_days, N_("1 day"), N_("%(n)d days"))

    @property
    def fits(self) -> bool:
        """Whether the task stands where a request of this kind means something."""
        return self.task.state in STANDS[self.kind]


@dataclass(frozen=True)
class Earlier:
    """One request of a task, as far as it bears on the others."""

    id: int
    kind: str
    state: str
    decided_role: str | None
    sent_at: datetime | None


def limits(
    settings: CommunitySettings,
    calendar: Calendar,
    *,
    due_at: datetime,
    sent_at: datetime | None,
    closed_at: datetime | None,
    refused_at: datetime | None = None,
) -> dict[str, Any]:
    """Until when a task may be returned, a refusal disputed, a closed task reopened."""
    within = workdays(settings.return_within_workdays)
    days = timedelta(days=settings.reopen_within_days)
    return {
        "due_at": due_at,
        "return_by": sent_at and due_after(sent_at, within, calendar),
        "dispute_by": refused_at and due_after(refused_at, within, calendar),
        "reopen_by": closed_at and end_of_workday(local_day(closed_at) + days),
        "return_workdays": settings.return_within_workdays,
        "reopen_days": settings.reopen_within_days,
    }


def beside(
    every: Iterable[Earlier], *, sent_at: datetime | None, own_id: int | None = None
) -> dict[str, Any]:
    """What the other requests of a task mean for one: one waits, or the street's word is final."""
    others = [one for one in every if one.id != own_id]
    return {
        "another": any(one.state in WAITING for one in others),
        "final": any(
            one.kind == RequestKind.RETURN
            and one.state == RequestState.REFUSED
            and one.decided_role == Role.STREET_SUPERVISOR
            and one.sent_at == sent_at
            for one in others
        ),
    }


def for_the_street(kind: str, role: Role, every: Iterable[Earlier]) -> bool:
    """Whether the street decides from the start.

    So it is with the second extension, with a return after one that was decided, and with what
    the secretary asks for; a hold comes to the street in any case, a reopening never.
    """
    if kind not in (RequestKind.EXTENSION, RequestKind.RETURN):
        return False
    counts = {RequestState.GRANTED}
    if kind == RequestKind.RETURN:
        counts |= {RequestState.REFUSED}
    again = any(one.kind == kind and one.state in counts for one in every)
    return again or role is Role.SECRETARY
