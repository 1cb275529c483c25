"""Who is signed in, what they may be, and where: read once per request."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, func, select

from harbour.domain.actors import ROLE_LABELS, Actor, Role
from harbour.domain.deadlines import local_day
from harbour.domain.sign_in import SESSION_LIFE
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract
from harbour.models.people import Membership, User, UserSession
from harbour.models.places import Community, Compound, Street
from harbour.tenancy import BEFORE_ANY_SCOPE

#: Where an administrator without a street is at home.
WHOLE = N_("Whole installation")


@dataclass(frozen=True)
class Place:
    """One membership, as the place switch shows it; ``slugs`` are the communities it opens."""

    membership_id: int
    role: Role
    label: str
    slugs: tuple[str, ...]
    community_ids: tuple[int, ...]
    street_id: int | None
    compound_ids: frozenset[int]
    firm_id: int | None

    @property
    def role_label(self) -> str:
        """The role's name, to be translated."""
        return ROLE_LABELS[self.role]


@dataclass(frozen=True)
class Served:
    """A compound a firm serves by contract, or served."""

    compound_id: int
    community_id: int
    slug: str
    in_force: bool


@dataclass(frozen=True)
class SignedIn:
    """A person behind a live session, with all their places."""

    session_id: int
    user_id: int
    name: str
    username: str
    must_change_password: bool
    places: tuple[Place, ...]
    chosen_id: int | None
    elder: bool | None
    language: str | None

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What flask-login asks for; the cookie itself holds the session's secret."""
        return str(self.session_id)

    def place_for(self, slug: str | None) -> Place | None:
        """The chosen place, if it opens this community; else the first that does."""
        fitting = [p for p in self.places if slug is None or slug in p.slugs]
        chosen = next((p for p in fitting if p.membership_id == self.chosen_id), None)
        return chosen or (fitting[0] if fitting else None)


@dataclass(frozen=True)
class CommunityHere:
    """The community in the address."""

    id: int
    slug: str
    name: str
    street_id: int
    settings: dict[str, object]
    street_settings: dict[str, object]


# Asked on every request: each statement is built once, with places for what changes.


@cache
def _community_of_slug() -> Any:
    return (
        select(
            Community.id,
            Community.slug,
            Community.name,
            Community.street_id,
            Community.settings,
            Street.settings.label("street_settings"),
        )
        .join(Street, Street.id == Community.street_id)
        .where(Community.slug == bindparam("slug"))
    )


@cache
def _session_of_digest() -> Any:
    return (
        select(
            UserSession.id,
            UserSession.user_id,
            UserSession.membership_id,
            User.name,
            User.username,
            User.must_change_password,
            User.preferences,
        )
        .join(User, User.id == UserSession.user_id)
        .where(
            UserSession.digest == bindparam("digest"),
            UserSession.ended_at.is_(None),
            UserSession.created_at > bindparam("oldest"),
            User.disabled_at.is_(None),
        )
    )


@cache
def _memberships_of_user() -> Any:
    return (
        select(
            Membership.id,
            Membership.role,
            Membership.street_id,
            Membership.community_id,
            Membership.compound_id,
            Membership.firm_id,
            Community.slug,
            Community.name.label("community"),
            Street.name.label("street"),
            Firm.short_name.label("firm"),
            Compound.name.label("compound"),
        )
        .outerjoin(Community, Community.id == Membership.community_id)
        .outerjoin(Street, Street.id == Membership.street_id)
        .outerjoin(Firm, Firm.id == Membership.firm_id)
        .outerjoin(Compound, Compound.id == Membership.compound_id)
        .where(Membership.user_id == bindparam("user_id"), Membership.ended_at.is_(None))
        .order_by(Membership.id)
    )


def community(slug: str) -> CommunityHere | None:
    """The community of an address, or None."""
    row = db.session.execute(_community_of_slug(), {"slug": slug}).first()
    return None if row is None else CommunityHere(*row)


def signed_in(digest: str, now: datetime) -> SignedIn | None:
    """The person of a session secret's digest; None once ended, too old, disabled or unknown."""
    row = db.session.execute(
        _session_of_digest(), {"digest": digest, "oldest": now - SESSION_LIFE}
    ).first()
    if row is None:
        return None
    return SignedIn(
        session_id=row.id,
        user_id=row.user_id,
        name=row.name,
        username=row.username,
        must_change_password=row.must_change_password,
        places=places_of(row.user_id, now),
        chosen_id=row.membership_id,
        elder=row.preferences.get("elder"),
        language=row.preferences.get("language"),
    )


def places_of(user_id: int, now: datetime) -> tuple[Place, ...]:
    """Every place a person holds a role at, now."""
    held = db.session.execute(
        _memberships_of_user(), {"user_id": user_id}, execution_options=BEFORE_ANY_SCOPE
    ).all()
    served = _served([m.firm_id for m in held if m.firm_id is not None], now)
    reach = _communities_of(
        {m.street_id for m in held if m.street_id and m.role == Role.STREET_SUPERVISOR}
    )
    return tuple(_place(m, served, reach) for m in held)


def _place(
    m: Any,
    served: dict[int, list[Served]],
    reach: dict[int, list[tuple[int, str]]],
) -> Place:
    compounds: frozenset[int] = frozenset()
    communities: list[tuple[int, str]] = []
    if m.firm_id is not None:
        contracts = served.get(m.firm_id, [])
        compounds = frozenset(one.compound_id for one in contracts if one.in_force)
        communities = sorted({(one.community_id, one.slug) for one in contracts})
    elif m.role == Role.STREET_SUPERVISOR:
        communities = reach.get(m.street_id, [])
    elif m.community_id is not None:
        communities = [(m.community_id, m.slug)]
        compounds = frozenset({m.compound_id} if m.compound_id is not None else ())
    return Place(
        membership_id=m.id,
        role=Role(m.role),
        label=m.firm or m.compound or m.community or m.street or WHOLE,
        slugs=tuple(slug for _, slug in communities),
        community_ids=tuple(community for community, _ in communities),
        street_id=m.street_id,
        compound_ids=compounds,
        firm_id=m.firm_id,
    )


def _served(firm_ids: list[int], now: datetime) -> dict[int, list[Served]]:
    """The compounds each firm serves or served: what it led before stays within its reach."""
    if not firm_ids:
        return {}
    today = local_day(now)
    rows = db.session.execute(
        select(
            ServiceContract.firm_id,
            ServiceContract.compound_id,
            ServiceContract.community_id,
            ServiceContract.starts_on,
            ServiceContract.ends_on,
            Community.slug,
        )
        .join(Community, Community.id == ServiceContract.community_id)
        .where(ServiceContract.firm_id.in_(firm_ids)),
        execution_options=BEFORE_ANY_SCOPE,
    ).all()
    found: dict[int, list[Served]] = {}
    for row in rows:
        begun = row.starts_on is None or row.starts_on <= today
        in_force = begun and (row.ends_on is None or row.ends_on >= today)
        found.setdefault(row.firm_id, []).append(
            Served(row.compound_id, row.community_id, row.slug, in_force)
        )
    return found


def _communities_of(streets: set[int]) -> dict[int, list[tuple[int, str]]]:
    if not streets:
        return {}
    rows = db.session.execute(
        select(Community.street_id, Community.id, Community.slug)
        .where(Community.street_id.in_(streets))
        .order_by(Community.id)
    ).all()
    found: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        found.setdefault(row.street_id, []).append((row.id, row.slug))
    return found


def actor(person: SignedIn, place: Place, community_id: int | None, request_id: str) -> Actor:
    """The person in one role, at one community (or at none, for wider pages)."""
    return Actor(
        user_id=person.user_id,
        name=person.name,
        role=place.role,
        community_id=community_id,
        compound_ids=place.compound_ids,
        firm_id=place.firm_id,
        street_id=place.street_id,
        membership_id=place.membership_id,
        request_id=request_id,
    )


def is_empty() -> bool:
    """Whether nobody has an account yet."""
    return not db.session.scalar(select(func.count()).select_from(User))
