"""Proving the ledger: every line sealed over the one before it, none missing, to the very last."""

import hmac
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select

from harbour.extensions import db
from harbour.models.audit import AuditEvent, LedgerHead
from harbour.models.places import Community
from harbour.services.ledger import GENESIS, chain_of, head_seal, sealed

AT_ONCE = 2000


@dataclass(frozen=True)
class Walked:
    """How much was walked, and what was found first, if anything is wrong."""

    chains: int
    lines: int
    broken: str | None = None


def walk() -> Walked:
    """Walk every chain in scope; the scope must hold all communities and the installation."""
    # The heads first: while one is walking, a chain may grow beyond its head, never end before it.
    heads = {
        head.chain: head
        for head in db.session.scalars(select(LedgerHead).execution_options(populate_existing=True))
    }
    begun = {chain_of(community_id) for community_id in db.session.scalars(select(Community.id))}
    found = db.session.scalars(
        select(AuditEvent)
        .order_by(AuditEvent.chain, AuditEvent.seq)
        .execution_options(yield_per=AT_ONCE, populate_existing=True)
    )
    with closing(found):
        return _follow(found, heads, begun)


def _follow(events: Iterable[AuditEvent], heads: dict[str, LedgerHead], begun: set[str]) -> Walked:
    chains = lines = 0
    left = begun | set(heads)
    for chain, its_lines in groupby(events, key=lambda event: event.chain):
        seq, fault = _to_its_end(its_lines, heads.get(chain))
        if fault:
            return Walked(chains, lines + seq, f"{chain}, {fault}")
        left.discard(chain)
        chains += 1
        lines += seq
    if left:
        return Walked(chains, lines, f"{min(left)}, line 1: every line is missing")
    return Walked(chains, lines)


def _to_its_end(events: Iterable[AuditEvent], head: LedgerHead | None) -> tuple[int, str | None]:
    """How many lines of one chain are right, and what is wrong with the next."""
    seq, previous = 0, GENESIS
    for event in events:
        fault = _fault(event, seq + 1, previous)
        if fault:
            return seq, f"line {event.seq}: {fault}"
        seq, previous = event.seq, event.digest
        if head is not None and seq == head.lines and head.digest != event.digest:
            return seq, f"line {seq}: it is not the one the chain's head names"
        db.session.expunge(event)
    if head is None:
        return seq, f"line {seq}: the chain's head is missing"
    if not hmac.compare_digest(head.seal, head_seal(head.chain, head.lines, head.digest)):
        return seq, f"line {seq}: the chain's head was altered"
    if seq < head.lines:
        return seq, f"line {head.lines}: the end of the chain is missing from line {seq + 1} on"
    return seq, None


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
