"""Writing the ledger: one line per act, chained per community."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from typing import Any, cast

from sqlalchemy import inspect, select, text
from sqlalchemy.orm import Session

from harbour.domain.actors import Actor
from harbour.domain.text import Text, kept
from harbour.extensions import Model, db, seal
from harbour.models.audit import AuditEvent, LedgerHead
from harbour.models.base import Recorded
from harbour.services import telling

# Never in the ledger in clear: secrets, and persons' numbers.
UNSPOKEN = frozenset(
    {"password_hash", "password", "phone", "digest", "version", "email", "hook", "secret"}
)
GENESIS = "0" * 64

# The server's time for the lines of acts that count from an earlier moment: what the clock catches
# up on takes effect when it fell due, and is recorded when it was done.
recorded_at: ContextVar[datetime | None] = ContextVar("recorded_at", default=None)


def chain_of(community_id: int | None) -> str:
    """The name of the chain an act of this community belongs to."""
    return f"community:{community_id}" if community_id else "installation"


def plain(value: object) -> Any:
    """A value as JSON keeps it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(k): plain(v) for k, v in value.items() if k not in UNSPOKEN}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value)


def changes_of(thing: Model) -> dict[str, list[Any]]:
    """What the unit of work is about to change on a stored thing: column to before and after."""
    state = inspect(thing)
    found: dict[str, list[Any]] = {}
    for attribute in state.mapper.column_attrs:
        if attribute.key in UNSPOKEN:
            continue
        history = state.attrs[attribute.key].history
        if history.has_changes():
            before = history.deleted[0] if history.deleted else None
            after = history.added[0] if history.added else None
            if before != after:
                found[attribute.key] = [plain(before), plain(after)]
    return found


def remember(session: Session, thing: Any) -> None:
    """Keep what a flush changes on a recorded thing until its line is written."""
    if not isinstance(thing, Recorded) or inspect(thing).pending:
        return
    diffs = session.info.setdefault("diffs", {}).setdefault(id(thing), {})
    for column, (before, after) in changes_of(cast(Model, thing)).items():
        first = diffs[column][0] if column in diffs else before
        diffs[column] = [first, after]


def sealed(event: AuditEvent) -> str:
    """The keyed digest of a line over all it says and the digest of the line before."""
    said = {
        "chain": event.chain,
        "seq": event.seq,
        "at": plain(event.at),
        "actor": event.actor_id,
        "name": event.actor_name,
        "role": event.role,
        "action": event.action,
        "kind": event.subject_kind,
        "id": event.subject_id,
        "number": event.number,
        "before": event.before,
        "after": event.after,
        "changes": event.changes,
        "inputs": event.inputs,
        "refused": event.refused,
        "request": event.request_id,
        "previous": event.previous,
    }
    if event.facts:
        said["facts"] = event.facts
    return seal.digest(json.dumps(said, ensure_ascii=False, sort_keys=True))


def head_seal(chain: str, lines: int, digest: str) -> str:
    """The keyed digest of a chain's head: without the key no earlier line can be made the last."""
    return seal.digest(json.dumps(["head", chain, lines, digest]))


def _head(chain: str, community_id: int | None) -> LedgerHead:
    """Where the chain ends now; a chain that has no line yet begins."""
    head = db.session.scalars(
        select(LedgerHead)
        .where(LedgerHead.chain == chain)
        .execution_options(populate_existing=True)
    ).first()
    if head is None:
        head = LedgerHead(chain=chain, community_id=community_id, lines=0, digest=GENESIS)
        db.session.add(head)
    return head


def _lock(chain: str) -> None:
    """Let writers of one chain queue; SQLite's write lock does so already."""
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtext(:chain))"),
            {"chain": chain},
        )


def append(
    actor: Actor,
    action: str,
    *,
    kind: str,
    subject_id: int | None,
    now: datetime,
    community_id: int | None,
    number: str | None = None,
    before: str | None = None,
    after: str | None = None,
    changes: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    refused: Text | None = None,
) -> AuditEvent:
    """Append one line to the chain of the community (or of the installation)."""
    chain = chain_of(community_id)
    _lock(chain)
    head = _head(chain, community_id)
    event = AuditEvent(
        community_id=community_id,
        chain=chain,
        seq=head.lines + 1,
        at=recorded_at.get() or now,
        actor_id=actor.user_id,
        actor_name=actor.name,
        role=str(actor.role),
        action=action,
        subject_kind=kind,
        subject_id=subject_id,
        number=number,
        before=before,
        after=after,
        changes=dict(changes or {}),
        inputs=plain(inputs or {}),
        refused=None if refused is None else refused.msgid[:400],
        facts=kept(refused.params) if refused is not None and refused.params else None,
        request_id=actor.request_id,
        previous=head.digest,
    )
    event.digest = sealed(event)
    db.session.add(event)
    head.lines, head.digest = event.seq, event.digest
    head.seal = head_seal(chain, head.lines, head.digest)
    db.session.flush()
    return event


def record(
    actor: Actor,
    action: str,
    thing: Recorded,
    *,
    now: datetime,
    before: str | None = None,
    inputs: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """The line of an act on a stored thing: ``action`` is the row's name, without the kind."""
    db.session.flush()
    changes = db.session.info.get("diffs", {}).pop(id(thing), {})
    owner = thing.id if thing.subject_kind == "community" else getattr(thing, "community_id", None)  # type: ignore[attr-defined]
    event = append(
        actor,
        f"{thing.subject_kind}.{action}",
        kind=thing.subject_kind,
        subject_id=thing.id,  # type: ignore[attr-defined]
        now=now,
        community_id=owner,
        number=getattr(thing, "number", None),
        before=before,
        after=getattr(thing, "state", None),
        changes=changes,
        inputs=inputs,
    )
    telling.tell(event, thing, inputs or {}, now)
    return event
