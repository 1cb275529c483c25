"""The ledger of a filled database: every act a line, in order of time, sealed like any other."""

import heapq
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from harbour.services.ledger import GENESIS, chain_of, head_seal, sealed


@dataclass(frozen=True)
class Person:
    """Somebody who acts."""

    id: int | None
    name: str
    role: str


CLOCK = Person(None, "clock", "clock")


@dataclass(slots=True)
class Line:
    """What a line of the ledger says; ``sealed`` reads it like a stored one."""

    chain: str
    seq: int
    at: datetime
    actor_id: int | None
    actor_name: str
    role: str
    action: str
    subject_kind: str
    subject_id: int
    number: str | None
    before: str | None
    after: str | None
    changes: dict[str, Any]
    inputs: dict[str, Any]
    previous: str
    refused: str | None = None
    facts: dict[str, Any] | None = None
    request_id: str = "-"


COLUMNS = (
    "community_id", "chain", "seq", "at", "actor_id", "actor_name", "role", "action",
    "subject_kind", "subject_id", "number", "before", "after", "changes", "inputs", "refused",
    "request_id", "previous", "digest",
)  # fmt: skip


HEAD = ("community_id", "chain", "lines", "digest", "seal")


@dataclass(slots=True)
class Act:
    """One thing somebody did, waiting for its turn; changes and inputs as JSON keeps them."""

    community: int | None
    by: Person
    action: str
    subject: int
    number: str | None = None
    before: str | None = None
    after: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, Any] = field(default_factory=dict)


class Chains:
    """Takes acts in any order and writes them in the order of their times."""

    def __init__(self, add: Callable[..., int]) -> None:
        self.add = add
        self.heads: dict[str, tuple[int, str]] = {}
        self.communities: dict[str, int | None] = {}
        self.waiting: list[tuple[datetime, int, Act]] = []
        self.heard = 0

    def say(self, at: datetime, act: Act) -> None:
        """Let an act wait for its turn; acts of one moment keep their order."""
        self.heard += 1
        heapq.heappush(self.waiting, (at, self.heard, act))

    def write_until(self, moment: datetime) -> None:
        """Write all acts before the moment: nothing earlier may come after."""
        while self.waiting and self.waiting[0][0] < moment:
            at, _, act = heapq.heappop(self.waiting)
            self._write(at, act)

    def _write(self, at: datetime, act: Act) -> None:
        chain = chain_of(act.community)
        self.communities[chain] = act.community
        seq, previous = self.heads.get(chain, (0, GENESIS))
        kind = act.action.partition(".")[0]
        line = Line(
            chain, seq + 1, at, act.by.id, act.by.name, act.by.role, act.action, kind,
            act.subject, act.number, act.before, act.after, act.changes, act.inputs, previous,
        )  # fmt: skip
        digest = sealed(line)  # type: ignore[arg-type]
        self.heads[chain] = (line.seq, digest)
        self.add(
            act.community, chain, line.seq, stored(at), line.actor_id, line.actor_name, line.role,
            line.action, kind, line.subject_id, line.number, line.before, line.after,
            written(line.changes), written(line.inputs), None, "-", previous, digest,
        )  # fmt: skip

    def end(self, add: Callable[..., int]) -> None:
        """Seal the head of every chain, when nothing more is to be said."""
        for chain, (lines, digest) in self.heads.items():
            add(self.communities[chain], chain, lines, digest, head_seal(chain, lines, digest))


def written(said: dict[str, Any]) -> str:
    """A mapping as JSON; most acts say nothing beside their name."""
    return json.dumps(said, ensure_ascii=False) if said else "{}"


def stored(moment: datetime | None) -> str | None:
    """A moment as both engines keep it."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds")[:26]
