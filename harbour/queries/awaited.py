"""The kinds of things that wait: for each main act of the tables, whom for, and how they are found.

A role's kinds are one statement, built once: only what it is asked with changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CompoundSelect,
    Integer,
    Select,
    and_,
    bindparam,
    literal,
    or_,
    select,
    union_all,
)

from harbour.domain.actors import MEMBERS, STAFF, Role
from harbour.domain.tasks import LEADS
from harbour.models.base import Moment
from harbour.models.places import Compound
from harbour.queries import escalation_waiting, requests_waiting, waiting

Which = Callable[[Role], Select[Any]]
REP, WORKER = Role.RESIDENT_REP, Role.COMMUNITY_WORKER
CHAIR = frozenset({Role.SECRETARY})


@dataclass(frozen=True)
class Kind:
    """What waits for one act; ``limit`` names how its time is counted from ``since``."""

    name: str
    roles: frozenset[Role]
    which: Which
    limit: str | None = None


REOPEN = "reopen_answer_workdays"
STREET = frozenset({Role.STREET_SUPERVISOR})
DECIDERS = CHAIR | STREET
VERIFY, CLOSE, TAKE_IN = "verify_workdays", "close_workdays", "proposal_accept_workdays"
KINDS: Mapping[str, Kind] = {
    one.name: one
    for one in (
        Kind("meeting.end", CHAIR, waiting.meetings_to_end),
        Kind("meeting.schedule", STAFF, waiting.meetings_to_settle),
        Kind("meeting.open", STAFF, waiting.meetings_to_open),
        Kind("task.draft", STAFF, waiting.adopted_without_task),
        Kind("task.accept", LEADS, waiting.tasks_to_accept),
        Kind("task.report", LEADS, waiting.tasks_to_report),
        Kind("task.answer_urge", LEADS, waiting.urges_to_answer),
        Kind("task.reply", LEADS, escalation_waiting.orders_to_reply),
        Kind("task.verify", frozenset({REP}), waiting.tasks_i_raised_to_verify, VERIFY),
        Kind("task.verify_too", frozenset({REP, WORKER}), waiting.tasks_others_may_verify, VERIFY),
        Kind("task.close", CHAIR, waiting.tasks_to_close, CLOSE),
        Kind("task.dispatch", CHAIR, waiting.tasks_to_dispatch),
        Kind("summary.submit", frozenset({REP, WORKER}), waiting.summaries_to_submit),
        Kind("summary.accept", STAFF, waiting.summaries_to_read),
        Kind("concern.propose", STAFF, waiting.concerns_without_fate),
        Kind("proposal.resubmit", MEMBERS, waiting.proposals_to_resubmit),
        Kind("proposal.accept", CHAIR, waiting.proposals_to_accept, TAKE_IN),
        Kind("proposal.place", STAFF, waiting.proposals_to_place),
        Kind("meeting.confirm", MEMBERS, waiting.minutes_to_confirm),
        Kind("meeting.circulate", STAFF, waiting.minutes_to_circulate),
        Kind("meeting.finalise", CHAIR, waiting.minutes_to_finalise),
        Kind("meeting.publish", CHAIR, waiting.minutes_to_publish),
        Kind("extension.grant", DECIDERS, requests_waiting.extensions_to_decide),
        Kind("return.grant", DECIDERS, requests_waiting.returns_to_decide),
        Kind("hold.propose", CHAIR, requests_waiting.holds_to_propose),
        Kind("hold.consent", STREET, requests_waiting.holds_to_consent),
        Kind("reopen.grant", CHAIR, requests_waiting.reopenings_to_decide, REOPEN),
        Kind("task.resume", CHAIR, waiting.tasks_to_resume),
        Kind("task.press", CHAIR, escalation_waiting.tasks_escalated),
        Kind("task.look_after", CHAIR, escalation_waiting.tasks_unverified, VERIFY),
        Kind("compound.wake", CHAIR, escalation_waiting.silent_compounds),
        Kind("task.chase", STREET, escalation_waiting.orders_overdue),
        Kind("task.conclude", STREET, escalation_waiting.orders_answered),
        Kind("task.supervise", STREET, escalation_waiting.tasks_stuck),
    )
}


def kinds_of(role: Role) -> tuple[Kind, ...]:
    """The kinds that can wait for a role."""
    return tuple(kind for kind in KINDS.values() if role in kind.roles)


@lru_cache(maxsize=64)
def everything(role: Role, most: int) -> CompoundSelect[Any]:
    """The first ``most`` things of every kind that can wait for a role, as one statement."""
    return union_all(*(_window(kind, role, most) for kind in kinds_of(role)))


# What the secretary owes and the street watches over: decisions, closings, meetings.
OWED = ("proposal.accept", "reopen.grant", "task.look_after", "task.close", "compound.wake")


@lru_cache(maxsize=8)
def owed(most: int) -> CompoundSelect[Any]:
    """The first ``most`` things of every kind that secretaries owe, as one statement."""
    return union_all(*(_window(KINDS[name], Role.SECRETARY, most) for name in OWED))


@lru_cache(maxsize=256)
def one_kind(kind: str, role: Role, most: int, *, further: bool) -> Select[Any]:
    """The first ``most`` things of a kind; ``further``: from a key on, given when asked."""
    return _window(KINDS[kind], role, most, further=further)


def _window(kind: Kind, role: Role, most: int, *, further: bool = False) -> Select[Any]:
    found = kind.which(role)
    columns = {column.key: column for column in found.selected_columns}
    sort, key = columns["sort"].element, columns["id"].element
    if further:
        at, after = bindparam("after_at", type_=Moment), bindparam("after_id", type_=Integer)
        found = found.where(or_(sort > at, and_(sort == at, key > after)))
    ordered = found.order_by(sort, key).limit(most).subquery()
    place = select(Compound.name).where(Compound.id == ordered.c.compound_id).scalar_subquery()
    return select(literal(kind.name).label("kind"), ordered, place.label("place"))
