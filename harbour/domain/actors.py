"""Who acts: the roles of the product and a person in one of them."""

from dataclasses import dataclass, field
from enum import StrEnum

from harbour.domain.text import N_


class Role(StrEnum):
    """A role a person (or the clock) may hold at a place."""

    RESIDENT_REP = "resident_rep"
    SECRETARY = "secretary"
    COMMUNITY_WORKER = "community_worker"
    FIRM_MANAGER = "firm_manager"
    STREET_SUPERVISOR = "street_supervisor"
    ADMIN = "admin"
    PUBLIC = "public"
    CLOCK = "clock"


ROLE_LABELS: dict[Role, str] = {
    Role.RESIDENT_REP: N_("Resident representative"),
    Role.SECRETARY: N_("Community Party secretary"),
    Role.COMMUNITY_WORKER: N_("Community worker"),
    Role.FIRM_MANAGER: N_("Property firm manager"),
    Role.STREET_SUPERVISOR: N_("Street supervisor"),
    Role.ADMIN: N_("Administrator"),
    Role.PUBLIC: N_("The public"),
    Role.CLOCK: N_("The system clock"),
}

STAFF = frozenset({Role.SECRETARY, Role.COMMUNITY_WORKER})
MEMBERS = frozenset({Role.RESIDENT_REP, Role.SECRETARY, Role.COMMUNITY_WORKER, Role.FIRM_MANAGER})
READERS = MEMBERS | {Role.STREET_SUPERVISOR}


@dataclass(frozen=True)
class Actor:
    """A person in one role at one place; within a community's pages always of that community.

    ``compound_ids`` bounds the roles that belong to compounds (representatives, firms);
    ``firm_id`` is set for a firm's people.
    """

    user_id: int | None
    name: str
    role: Role
    community_id: int | None = None
    compound_ids: frozenset[int] = frozenset()
    firm_id: int | None = None
    street_id: int | None = None
    membership_id: int | None = None
    request_id: str = field(default="-", compare=False)


def the_clock(community_id: int | None) -> Actor:
    """The clock as an actor of one community."""
    return Actor(user_id=None, name="clock", role=Role.CLOCK, community_id=community_id)
