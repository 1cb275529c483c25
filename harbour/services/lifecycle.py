"""carry_out: the one way any subject changes. Check, move, apply, record."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeVar, cast

from harbour.domain.actors import Actor
from harbour.domain.errors import About, Denied, DomainError, Refused, Stale
from harbour.domain.workflow import Subject, Transition, Workflow
from harbour.models.base import Recorded
from harbour.services import ledger, search

Inputs = Mapping[str, Any]
S = TypeVar("S", bound=Subject)
T = TypeVar("T", bound=Recorded)
Effect = Callable[[Actor, T, Inputs, datetime], None]
Effects = Mapping[str, Effect[T]]


def carry_out(
    workflow: Workflow[S],
    effects: Effects[T],
    actor: Actor,
    thing: T,
    subject: S,
    action: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
    through: str | None = None,
) -> Transition[S]:
    """Take ``action`` on ``thing`` as ``actor``, or raise why not; writes one ledger line.

    ``version`` is what the actor saw (None where they act on a list, not on a text); raises
    Stale when it moved meanwhile, Missing, Denied or Refused as the table says.
    """
    moving = cast(Any, thing)  # all that have a table have a state and a version
    try:
        row = workflow.require(actor, subject, action, now, through)
        if version is not None and version != moving.version:
            raise Stale(_standing(thing, row.needs), moving.version)
        before = moving.state
        if row.target is not None:
            moving.state = row.target
        effect = effects.get(action)
        if effect is not None:
            effect(actor, thing, inputs, now)
    except (Denied, Refused) as error:
        _say_about(error, workflow.name, action, thing)
        raise
    ledger.record(actor, action, thing, now=now, before=before, inputs=inputs)
    search.refresh(thing)
    return row


def give_birth(
    workflow: Workflow[S],
    actor: Actor,
    thing: Any,
    action: str,
    inputs: Inputs,
    *,
    now: datetime,
) -> None:
    """Record a thing just made (already added to the session) under a birth row of its table."""
    workflow.require_birth(actor, action)
    ledger.record(actor, action, thing, now=now, inputs=inputs)
    search.refresh(thing)


def may_create(workflow: Workflow[S], actor: Actor, action: str) -> None:
    """Raise Denied unless the actor's role has the birth row; asked before anything is made."""
    try:
        workflow.require_birth(actor, action)
    except Denied as error:
        error.about = About(action, workflow.name, community_id=actor.community_id)
        raise


def may_ever(
    workflow: Workflow[S], actor: Actor, thing: Any, subject: S, action: str, now: datetime
) -> None:
    """Raise Missing or Denied as the act itself would; what is only not yet passes.

    Asked before anything is kept for the actor that the act is to take up, such as photos.
    """
    try:
        workflow.require(actor, subject, action, now)
    except Refused:
        return
    except Denied as error:
        _say_about(error, workflow.name, action, thing)
        raise


def _standing(thing: Any, needs: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(thing, name) for name in needs if hasattr(thing, name)}


def _say_about(error: DomainError, kind: str, action: str, thing: Any) -> None:
    error.about = About(action, kind, thing.id, getattr(thing, "number", None), thing.community_id)
