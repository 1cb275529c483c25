"""How far each role's sight reaches inside its community: compounds and firms."""

from typing import Protocol

from harbour.domain.actors import Actor, Role


class Placed(Protocol):
    """A thing that lies in one compound."""

    @property
    def compound_id(self) -> int: ...


COMPOUND_BOUND = frozenset({Role.RESIDENT_REP, Role.FIRM_MANAGER, Role.PUBLIC})


def in_own_compounds(actor: Actor, subject: Placed) -> bool:
    """True for community-wide roles; representatives and firms only in their compounds."""
    return actor.role not in COMPOUND_BOUND or subject.compound_id in actor.compound_ids
