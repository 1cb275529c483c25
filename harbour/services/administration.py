"""Who may administer what: a street's administrator that street, the installation's all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from harbour.domain.actors import Actor, Role
from harbour.domain.errors import About, Denied, Missing, Refused
from harbour.domain.text import Text
from harbour.extensions import db
from harbour.models.base import Recorded
from harbour.services import ledger
from harbour.tenancy import Unscoped, in_scope, scoped_to


def demand_admin(actor: Actor, kind: str, action: str) -> None:
    """Raise Denied for everybody who is no administrator."""
    if actor.role is not Role.ADMIN:
        denied = Denied()
        denied.about = About(action, kind, community_id=actor.community_id)
        raise denied


def demand_over(actor: Actor, street_id: int, kind: str, action: str) -> None:
    """Raise Denied without the role; Missing where the street is another administrator's."""
    demand_admin(actor, kind, action)
    if actor.street_id is not None and actor.street_id != street_id:
        raise Missing


def refused(text: Text | str, kind: str, action: str, thing: Any) -> Refused:
    """A refusal that the ledger will remember."""
    error = Refused(text)
    error.about = About(action, kind, thing.id, None, getattr(thing, "community_id", None))
    return error


def record(
    actor: Actor, action: str, thing: Recorded, now: datetime, inputs: dict[str, Any] | None = None
) -> None:
    """The line of an act on a person, place or firm, in the chain where it belongs."""
    with with_installation(thing):
        ledger.record(actor, action, thing, now=now, inputs=inputs)


@contextmanager
def with_installation(thing: Any = None) -> Iterator[None]:
    """Widen the scope by the installation's own lines, and by a community just made."""
    db.session.flush()
    made = (thing.id,) if getattr(thing, "subject_kind", "") == "community" else ()
    with scoped_to(*_open(), *made, installation=True):
        yield


def _open() -> frozenset[int]:
    try:
        return in_scope()
    except Unscoped:  # a person at the door, or on pages of their own
        return frozenset()
