"""One transaction per command, at least one ledger line, or nothing at all."""

from collections.abc import Callable
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
from harbour.extensions import db, writing
from harbour.models.audit import AuditEvent
from harbour.models.base import Unledgered
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
    of its own, after everything else has been rolled back.
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
            try:
                result = function(*args, **kwargs)
                db.session.commit()
            except BaseException as error:
                db.session.rollback()
                _note_refusal(error, args, kwargs)
                raise
            return result
        finally:
            writing.reset(token)

    return run


def _note_refusal(error: BaseException, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
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


def once(
    actor: Actor, key: str | None, now: datetime, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Do ``act`` once for a form's key and give the same answer to every repetition.

    The receipt is stored in the same transaction under a UNIQUE index: of any number of equal
    submits exactly one acts, the others wait for it and get its answer.
    """
    if not key or actor.user_id is None:
        return act()
    found = _receipt(actor.user_id, key)
    if found is not None:
        return found
    try:
        return _first(actor, actor.user_id, key, now, act)
    except IntegrityError:
        db.session.rollback()
        found = _receipt(actor.user_id, key)
        if found is None:
            raise
        return found


def _receipt(user_id: int, key: str) -> dict[str, Any] | None:
    found = db.session.scalars(
        select(Receipt).where(Receipt.user_id == user_id, Receipt.key == key)
    ).first()
    return None if found is None else dict(found.answer)


@command
def _first(
    actor: Actor, user_id: int, key: str, now: datetime, act: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    found = _receipt(user_id, key)
    if found is not None:
        return found
    receipt = Receipt(user_id=user_id, key=key, answer={}, at=now)
    db.session.add(receipt)
    db.session.flush()
    receipt.answer = act()
    return dict(receipt.answer)
