"""The table: who may move what, from where to where, and when; read by everything else.

A workflow checks itself when its module loads: a wrong table does not start.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from harbour.domain.actors import READERS, Actor, Role
from harbour.domain.errors import Denied, Missing, Refused
from harbour.domain.text import N_, Text


class Subject(Protocol):
    """The least a rule can know of a thing: where it belongs and how it stands."""

    @property
    def state(self) -> str: ...
    @property
    def community_id(self) -> int: ...
    @property
    def compound_id(self) -> int: ...


S = TypeVar("S", bound=Subject)

Relation = Callable[[Actor, S], bool]


@dataclass(frozen=True)
class Guard(Generic[S]):
    """What must be true now, and the sentence said while it is not."""

    name: str
    holds: Callable[[S, datetime], bool]
    says: str
    facts: tuple[str, ...] = ()

    def refusal(self, subject: S, now: datetime) -> Text | None:
        """The reason it holds one back, or None."""
        if self.holds(subject, now):
            return None
        return Text(self.says, {name: getattr(subject, name) for name in self.facts})


def guard(says: str, *facts: str) -> Callable[[Callable[[S, datetime], bool]], Guard[S]]:
    """Make a guard of a predicate and its sentence; ``facts`` fill the sentence's places."""

    def made(holds: Callable[[S, datetime], bool]) -> Guard[S]:
        return Guard(holds.__name__, holds, says, facts)

    return made


@dataclass(frozen=True)
class Transition(Generic[S]):
    """One row of a table: an act, and all that is said about it."""

    name: str
    sources: frozenset[str]
    target: str | None
    by: frozenset[Role]
    label: str
    past: str
    only: "Relation[S] | None" = None
    when: tuple[Guard[S], ...] = ()
    needs: tuple[str, ...] = ()
    within: str | None = None
    main: bool = False
    bad: bool = False
    hint: str | None = None
    through: str | None = None

    @property
    def is_birth(self) -> bool:
        """Whether the row creates its subject."""
        return not self.sources


STAY = None


def seen_by(roles: frozenset[Role], states: Iterable[str]) -> dict[Role, frozenset[str]]:
    """The sight of a table that hides no state from these roles, and all from the others."""
    return {role: frozenset(states) if role in roles else frozenset() for role in Role}


def row(
    name: str,
    sources: Iterable[str],
    target: str | None,
    by: Iterable[Role],
    label: str,
    past: str,
    *,
    only: "Relation[S] | None" = None,
    when: tuple[Guard[S], ...] = (),
    needs: tuple[str, ...] = (),
    within: str | None = None,
    main: bool = False,
    bad: bool = False,
    hint: str | None = None,
    through: str | None = None,
) -> Transition[S]:
    """A row of a table.

    ``bad`` marks acts that tell of trouble (returns, rework); ``through`` names the other
    subject whose act alone takes this row (a granted request), so that it is never a button.
    """
    return Transition(
        name, frozenset(sources), target, frozenset(by), label, past,
        only, when, needs, within, main, bad, hint, through,
    )  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """An act open to a reader, or the reason it must wait."""

    name: str
    label: str
    needs: tuple[str, ...] = ()
    refusal: Text | None = None
    main: bool = False
    hint: str | None = None


def _offered(one: Transition[S], subject: S, now: datetime) -> Offer:
    refusals = (g.refusal(subject, now) for g in one.when)
    refusal = next((r for r in refusals if r is not None), None)
    return Offer(one.name, one.label, one.needs, refusal, one.main, one.hint)


class WrongTable(TypeError):
    """A workflow table contradicts itself; the application does not start."""


@dataclass(frozen=True)
class Workflow(Generic[S]):
    """One subject's table of acts, and its table of sight."""

    name: str
    states: type[StrEnum]
    sees: Mapping[Role, frozenset[str]]
    birth: tuple[Transition[S], ...]
    moves: tuple[Transition[S], ...]
    owner: "Relation[S] | None" = None
    own: frozenset[str] = frozenset()
    reach: "Relation[S] | None" = None
    labels: Mapping[str, str] = field(default_factory=dict)
    rows: Mapping[str, Transition[S]] = field(init=False)

    def __post_init__(self) -> None:
        every = (*self.birth, *self.moves)
        object.__setattr__(self, "rows", {one.name: one for one in every})
        if len(self.rows) != len(every):
            raise WrongTable(f"{self.name}: two rows share a name")
        self._check(every)

    def _check(self, every: tuple[Transition[S], ...]) -> None:
        states = {str(state) for state in self.states}
        unlabelled = states - set(self.labels)
        if unlabelled:
            raise WrongTable(f"{self.name}: no word for {sorted(unlabelled)}")
        for role in READERS | {Role.CLOCK, Role.ADMIN, Role.PUBLIC}:
            if role not in self.sees:
                raise WrongTable(f"{self.name}: the sight of {role} is not stated")
        for one in every:
            if not one.by:
                raise WrongTable(f"{self.name}.{one.name}: nobody may take it")
            if not one.sources <= states or (one.target and one.target not in states):
                raise WrongTable(f"{self.name}.{one.name}: unknown state")
            for role in one.by:
                blind = one.sources - self.sees[role]
                if blind:
                    raise WrongTable(f"{self.name}.{one.name}: {role} cannot see {sorted(blind)}")
        lost = states - set(self.paths())
        if lost:
            raise WrongTable(f"{self.name}: no path reaches {sorted(lost)}")

    # ---- readings -------------------------------------------------------------------------

    def shows(self, actor: Actor, subject: S) -> bool:
        """Whether the actor may know of the subject."""
        if actor.community_id != subject.community_id:
            return False
        if subject.state not in self.sees.get(actor.role, frozenset()):
            return False
        if self.reach is not None and not self.reach(actor, subject):
            return False
        if subject.state in self.own and actor.role is not Role.CLOCK:
            return self.owner is not None and self.owner(actor, subject)
        return True

    def require(
        self,
        actor: Actor,
        subject: S,
        action: str,
        now: datetime,
        through: str | None = None,
    ) -> Transition[S]:
        """The row that lets the actor act now.

        Raises Missing where the actor may not know of the subject, Denied where the act is
        never theirs, Refused (with the reason) where it is not yet or no longer possible.
        """
        if not self.shows(actor, subject):
            raise Missing
        found = self.rows.get(action)
        if found is None or found.is_birth or found.through != through:
            raise Missing
        if actor.role not in found.by or (found.only and not found.only(actor, subject)):
            raise Denied
        if subject.state not in found.sources:
            raise Refused(
                Text(
                    N_("This is not possible any more or not yet: it stands at “%(state)s”."),
                    {"state": Text(self.labels[subject.state])},
                )
            )
        for one in found.when:
            refusal = one.refusal(subject, now)
            if refusal is not None:
                raise Refused(refusal)
        return found

    def require_birth(self, actor: Actor, action: str) -> Transition[S]:
        """The birth row that lets the actor create a subject, or Denied."""
        found = self.rows[action]
        if actor.role not in found.by or not found.is_birth:
            raise Denied
        return found

    def offers(self, actor: Actor, subject: S, now: datetime) -> tuple[Offer, ...]:
        """Every act of the actor's from the subject's state; those that must wait say why."""
        if not self.shows(actor, subject):
            return ()
        found = []
        for one in self.moves:
            if actor.role not in one.by or subject.state not in one.sources or one.through:
                continue
            if one.only is not None and not one.only(actor, subject):
                continue
            found.append(_offered(one, subject, now))
        return tuple(found)

    def beginnings(self, actor: Actor, subject: S, now: datetime) -> tuple[Offer, ...]:
        """The birth rows open to the actor, asked of what the subject would be."""
        return tuple(
            _offered(one, subject, now)
            for one in self.birth
            if actor.role in one.by and (one.only is None or one.only(actor, subject))
        )

    def require_beginning(
        self, actor: Actor, subject: S, action: str, now: datetime
    ) -> Transition[S]:
        """The birth row that lets the actor create just this subject now.

        Raises Missing where they may not know of it, Denied and Refused as ``require`` does.
        """
        if not self.shows(actor, subject):
            raise Missing
        found = self.require_birth(actor, action)
        if found.only is not None and not found.only(actor, subject):
            raise Denied
        refusal = _offered(found, subject, now).refusal
        if refusal is not None:
            raise Refused(refusal)
        return found

    def awaits(self, role: Role) -> frozenset[str]:
        """The states from which the role has a main move: what waits for it."""
        return frozenset(
            state for one in self.moves if one.main and role in one.by for state in one.sources
        )

    def paths(self) -> Mapping[str, tuple[Transition[S], ...]]:
        """The shortest road of rows to each state that can be reached."""
        found: dict[str, tuple[Transition[S], ...]] = {}
        queue: deque[str] = deque()
        for one in self.birth:
            if one.target and one.target not in found:
                found[one.target] = (one,)
                queue.append(one.target)
        while queue:
            here = queue.popleft()
            for one in self.moves:
                if one.target and here in one.sources and one.target not in found:
                    found[one.target] = (*found[here], one)
                    queue.append(one.target)
        return found
