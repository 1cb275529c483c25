"""One pass of the clock's work: what is due is found, and taken slot by slot, in order."""

import logging
import os
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import current_app

from harbour.adapters.photos import photo_store
from harbour.cli.photos import sweep
from harbour.domain.clock import DUTIES, Due
from harbour.domain.errors import DomainError
from harbour.domain.text import N_, Text
from harbour.extensions import db, writing
from harbour.queries import clock as queries
from harbour.queries.places import community_ids
from harbour.services import clock as services
from harbour.tenancy import scoped_to

log = logging.getLogger("harbour.clock")
BROKEN = N_("It broke off: %(what)s. The log of the worker says more.")
# One thing done may make another due; more rounds than this at one moment would never end.
MOST_ROUNDS = 20


def _sweep_photos(now: datetime) -> None:
    sweep(photo_store(current_app.config["HARBOUR_DATA_DIR"]), now)


# Work beyond the database, safe to be done again where a worker died over it.
OUTSIDE: Mapping[str, Callable[[datetime], object]] = {"photos.sweep": _sweep_photos}


@dataclass
class Done:
    """What a pass did: slots taken, slots that failed."""

    taken: int = 0
    failed: int = 0


def name_of_worker() -> str:
    """This process, told apart from others on this and other machines."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}"


def run(
    now: datetime,
    *,
    only: Collection[str] = DUTIES,
    strict: bool = False,
    going_on: Callable[[], bool] = lambda: True,
) -> Done:
    """Do what is due at ``now`` until nothing more is; ``going_on`` is asked between two slots.

    ``strict`` lets a refusal out instead of keeping it: for a replay, which is one transaction.
    """
    done, worker = Done(), name_of_worker()
    for _ in range(MOST_ROUNDS):
        waiting = _waiting(now, only, strict=strict)
        for due in waiting:
            if not going_on():
                return done
            _one(due, now, worker, done, strict=strict)
        if not waiting:
            break
    return done


def _waiting(now: datetime, only: Collection[str], *, strict: bool) -> list[Due]:
    """What is due and neither in somebody's hands nor to be left alone after a failure."""
    with scoped_to(*community_ids(None), installation=True):
        found = queries.due(now, only)
        begun = () if strict else queries.not_done()
        slots = {(one.duty, one.subject_id, one.at) for one in found}
        gone = [one.id for one in begun if one.slot not in slots and one.slot[0] in only]
        if gone:
            services.drop(gone)
    if not writing.get():
        db.session.rollback()  # nothing read waits for what is to be written
    resting = {one.slot for one in begun if one.try_at is not None and one.try_at > now}
    return [one for one in found if (one.duty, one.subject_id, one.at) not in resting]


def _one(due: Due, now: datetime, worker: str, done: Done, *, strict: bool) -> None:
    """One slot, in the scope of its community; what goes wrong stops no other."""
    scope = () if due.community_id is None else (due.community_id,)
    with scoped_to(*scope, installation=due.community_id is None):
        try:
            done.taken += _taken(due, now, worker)
        except Exception as error:
            if strict:
                raise
            done.failed += 1
            log.warning("%s %s: %s", due.duty, due.number or due.subject_id, error,
                        exc_info=None if isinstance(error, DomainError) else error)  # fmt: skip
            db.session.rollback()
            services.fail(due, _words(error), now=now)
        else:
            log.info("%s %s", due.duty, due.number or due.at.isoformat())


def _taken(due: Due, now: datetime, worker: str) -> bool:
    outside = OUTSIDE.get(due.duty)
    if outside is None:
        return services.take(due, services.ACTS[due.duty], now=now)
    if not services.lease(due, worker, now=now):
        return False
    outside(now)
    services.settle(due, now=now)
    return True


def _words(error: Exception) -> Text:
    if isinstance(error, DomainError):
        return error.text
    return Text(BROKEN, {"what": type(error).__name__})
