"""Proving the ledger: every line sealed over the one before it, none missing."""

import hmac
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from sqlalchemy import select

from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.services.ledger import GENESIS, chain_of, sealed

AT_ONCE = 2000


@dataclass(frozen=True)
class Walked:
    """How much was walked, and what was found first, if anything is wrong."""

    chains: int
    lines: int
    broken: str | None = None


def walk() -> Walked:
    """Walk every chain in scope; the scope must hold all communities and the installation."""
    found = db.session.scalars(
        select(AuditEvent)
        .order_by(AuditEvent.chain, AuditEvent.seq)
        .execution_options(yield_per=AT_ONCE, populate_existing=True)
    )
    with closing(found):
        return _follow(found)


def _follow(events: Iterable[AuditEvent]) -> Walked:
    chains = lines = 0
    chain, previous, seq = "", GENESIS, 0
    for event in events:
        if event.chain != chain:
            chain, previous, seq = event.chain, GENESIS, 0
            chains += 1
        seq += 1
        fault = _fault(event, seq, previous)
        if fault:
            return Walked(chains, lines, f"{event.chain}, line {event.seq}: {fault}")
        previous = event.digest
        lines += 1
        db.session.expunge(event)
    return Walked(chains, lines)


def _fault(event: AuditEvent, seq: int, previous: str) -> str | None:
    if event.seq != seq:
        return f"line {seq} is missing"
    if event.chain != chain_of(event.community_id):
        return "it stands in the wrong chain"
    if not hmac.compare_digest(event.previous, previous):
        return "it does not follow the line before"
    if not hmac.compare_digest(event.digest, sealed(event)):
        return "it was altered"
    return None
