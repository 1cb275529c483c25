"""One transaction per command, at least one ledger line, or nothing at all."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from contextvars import ContextVar
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import (
    ORMExecuteState,
    Session,
    SessionTransaction,
    UOWTransaction,
    scoped_session,
)

from harbour.domain.actors import Actor
from harbour.domain.errors import Denied, Refused
from harbour.extensions import db, seal, writing
from harbour.models.audit import AuditEvent
from harbour.models.base import Unledgered
from harbour.models.calendar import IN_FORCE
from harbour.models.people import Receipt
from harbour.services import ledger

P = ParamSpec("P")
R = TypeVar("R")


class UnauditedWrite(RuntimeError):
    """A change was about to be stored without a line of the ledger."""


class WriteOnRead(RuntimeError):
    """A reading request (GET) tried to change something."""


class BulkWrite(RuntimeError):
    """A bulk UPDATE or DELETE would slip past the ledger."""


class AlteredLedger(RuntimeError):
    """Somebody tried to change a line of the ledger."""


# So often a command may meet what others stored just then: a form's key, then a name, say.
COLLISIONS = 3

# Set by the web for GET and HEAD: then no command may run.
reading: ContextVar[bool] = ContextVar("reading", default=False)


def guard_flush(session: Session, context: UOWTransaction, instances: object) -> None:
    """Refuse changes outside a command and changes to the ledger; count the rest."""
    new = session.new  # made anew at each look
    changed = (thing for thing in session.dirty if session.is_modified(thing))
    touched = [*new, *changed, *session.deleted]
    if not touched:
        return
    if not writing.get():
        raise WriteOnRead(", ".join(sorted({type(thing).__name__ for thing in touched})))
    for thing in touched:
        ledger.remember(session, thing)
        if isinstance(thing, AuditEvent):
            if thing not in new:
                raise AlteredLedger
            session.info["lines"] = session.info.get("lines", 0) + 1
        elif not isinstance(thing, Unledgered):
            session.info["changes"] = session.info.get("changes", 0) + 1


def guard_commit(session: Session) -> None:
    """Refuse to commit changes of which the ledger says nothing; a savepoint is no commit."""
    if session.in_nested_transaction():
        return
    session.flush()
    if session.info.get("changes") and not session.info.get("lines"):
        raise UnauditedWrite


def guard_bulk(state: ORMExecuteState) -> None:
    """Refuse bulk UPDATE and DELETE on anything the ledger speaks of."""
    if not (state.is_update or state.is_delete or state.is_insert):
        return
    mapper = state.bind_mapper
    if mapper is not None and issubclass(mapper.class_, Unledgered):
        return
    if mapper is None and not writing.get():
        raise WriteOnRead
    if mapper is not None or state.is_orm_statement:
        raise BulkWrite(str(state.statement))


def forget(session: Session, transaction: SessionTransaction) -> None:
    """Start counting anew when a whole transaction is over."""
    if transaction.parent is not None:
        return
    session.info.pop("changes", None)
    session.info.pop("lines", None)
    session.info.pop("diffs", None)
    session.info.pop(IN_FORCE, None)


def watch(session: scoped_session[Any]) -> None:
    """Set the listeners on the application's session, once."""
    if event.contains(session, "before_flush", guard_flush):
        return
    event.listen(session, "before_flush", guard_flush)
    event.listen(session, "before_commit", guard_commit)
    event.listen(session, "do_orm_execute", guard_bulk)
    event.listen(session, "after_transaction_end", forget)


def command(function: Callable[P, R]) -> Callable[P, R]:
    """Run a function as one transaction; inside another command it joins that one.

    A refusal (Denied, Refused) of a signed-in actor is written to the ledger in a transaction
    of its own, after everything else has been rolled back. What collides with something stored
    between its look and its write is done again: then the rules see that other thing, and say
    in words what a UNIQUE index cannot.
    """

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if writing.get():
            return function(*args, **kwargs)
        if reading.get():
            raise WriteOnRead(function.__name__)
        db.session.rollback()
        token = writing.set(True)
        try:
            for _ in range(COLLISIONS):
                with suppress(IntegrityError):
                    return _committed(function, args, kwargs)
            return _committed(function, args, kwargs)
        finally:
            writing.reset(token)

    return run


def _committed(function: Callable[..., R], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> R:
    try:
        result = function(*args, **kwargs)
        db.session.commit()
    except BaseException as error:
        db.session.rollback()
        _note_refusal(error, args, kwargs)
        raise
    return result


def _note_refusal(error: BaseException, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
    if not isinstance(error, Denied | Refused) or error.about is None:
        return
    actor = next((one for one in (*args, *kwargs.values()) if isinstance(one, Actor)), None)
    now = next((one for one in (*args, *kwargs.values()) if isinstance(one, datetime)), None)
    if actor is None or actor.user_id is None or now is None:
        return
    about = error.about
    ledger.append(
        actor,
        f"{about.kind}.{about.action}",
        kind=about.kind,
        subject_id=about.subject_id,
        number=about.number,
        now=now,
        community_id=about.community_id,
        refused=error.text,
    )
    db.session.commit()


@command
def once(
    actor: Actor, key: str | None, now: datetime, act: Callable[[], dict[str, Any]], sent: str = ""
) -> dict[str, Any]:
    """Do ``act`` once for a form's key and content; give every repetition the same answer.

    ``sent`` is a digest of the content; another content under the same key is another act. The
    receipt is stored in the same transaction under a UNIQUE index: of any number of equal
    submits exactly one acts, the others wait for it and get its answer.
    """
    if not key or actor.user_id is None:
        return act()
    key, given = settled(actor, key, sent)
    if given is not None:
        return given
    receipt = Receipt(user_id=actor.user_id, key=key, answer={}, at=now)
    db.session.add(receipt)
    db.session.flush()
    answer = act()
    receipt.answer = {"sent": _sealed(key, sent), "given": answer}
    return dict(answer)


def settled(actor: Actor, key: str, sent: str) -> tuple[str, dict[str, Any] | None]:
    """The key a content is answered under, and its answer, if it was given one before.

    That is the form's own key until another content has spent it, then one made of key and
    content: who goes back, writes something else and sends it means another act.
    """
    while True:
        found = db.session.scalar(
            select(Receipt.answer).where(Receipt.user_id == actor.user_id, Receipt.key == key)
        )
        if found is None:
            return key, None
        if found.get("sent") == _sealed(key, sent):
            return key, dict(found["given"])
        key = hashlib.sha256(f"{key} {sent}".encode()).hexdigest()[:32]


def _sealed(key: str, sent: str) -> str:
    """What is kept of a content: enough to know it again, nothing to guess it from."""
    return seal.digest(f"{key} {sent}")
