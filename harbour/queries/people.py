"""Who is signed in, what they may be, and where: read once per request."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import ROLE_LABELS, Actor, Role
from harbour.extensions import db
from harbour.models.firms import ServiceContract
from harbour.models.people import Membership, User, UserSession
from harbour.models.places import Community, Compound
from harbour.tenancy import scoped_to


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


def community(slug: str) -> CommunityHere | None:
    """The community of an address, or None."""
    found = db.session.scalars(
        select(Community).options(joinedload(Community.street)).where(Community.slug == slug)
    ).first()
    if found is None:
        return None
    return CommunityHere(
        found.id, found.slug, found.name, found.street_id, found.settings, found.street.settings
    )


def signed_in(digest: str, now: datetime) -> SignedIn | None:
    """The person of a session secret's digest; None once ended, disabled or unknown."""
    session = db.session.scalars(
        select(UserSession)
        .options(joinedload(UserSession.user))
        .where(UserSession.digest == digest, UserSession.ended_at.is_(None))
    ).first()
    if session is None or session.user.disabled_at is not None:
        return None
    user = session.user
    return SignedIn(
        session_id=session.id,
        user_id=user.id,
        name=user.name,
        username=user.username,
        must_change_password=user.must_change_password,
        places=places_of(user.id, now),
        chosen_id=session.membership_id,
        elder=user.preferences.get("elder"),
        language=user.preferences.get("language"),
    )


def places_of(user_id: int, now: datetime) -> tuple[Place, ...]:
    """Every place a person holds a role at, now."""
    held = db.session.scalars(
        select(Membership)
        .options(
            joinedload(Membership.community),
            joinedload(Membership.street),
            joinedload(Membership.firm),
        )
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
    ).all()
    served = _served([m.firm_id for m in held if m.firm_id is not None], now)
    streets = {m.street_id for m in held if m.street_id and m.role == Role.STREET_SUPERVISOR}
    reach = _communities_of(streets)
    names = _compound_names([m.compound_id for m in held if m.compound_id is not None])
    return tuple(_place(m, served, reach, names) for m in held)


def _place(
    m: Membership,
    served: dict[int, list[tuple[int, int, str]]],
    reach: dict[int, list[tuple[int, str]]],
    names: dict[int, str],
) -> Place:
    role = Role(m.role)
    compounds: frozenset[int] = frozenset()
    if m.firm_id is not None:
        contracts = served.get(m.firm_id, [])
        compounds = frozenset(compound for compound, _, _ in contracts)
        communities = sorted({(community, slug) for _, community, slug in contracts})
        label = m.firm.short_name if m.firm else ""
    elif role is Role.STREET_SUPERVISOR and m.street_id is not None:
        communities = reach.get(m.street_id, [])
        label = m.street.name if m.street else ""
    elif m.community is not None:
        communities = [(m.community.id, m.community.slug)]
        label = m.community.name
        if m.compound_id is not None:
            compounds = frozenset({m.compound_id})
            label = names.get(m.compound_id, label)
    else:
        communities = []
        label = m.street.name if m.street else ""
    return Place(
        m.id, role, label, tuple(slug for _, slug in communities),
        tuple(community for community, _ in communities), m.street_id, compounds, m.firm_id,
    )  # fmt: skip


def _served(firm_ids: list[int], now: datetime) -> dict[int, list[tuple[int, int, str]]]:
    """The compounds each firm serves today: compound, community, slug."""
    if not firm_ids:
        return {}
    today = now.date()
    every = db.session.execute(select(Community.id, Community.slug)).all()
    slugs = {row.id: row.slug for row in every}
    with scoped_to(*slugs):
        rows = db.session.execute(
            select(
                ServiceContract.firm_id, ServiceContract.compound_id, ServiceContract.community_id
            ).where(
                ServiceContract.firm_id.in_(firm_ids),
                or_(ServiceContract.starts_on.is_(None), ServiceContract.starts_on <= today),
                or_(ServiceContract.ends_on.is_(None), ServiceContract.ends_on >= today),
            )
        ).all()
    found: dict[int, list[tuple[int, int, str]]] = {}
    for row in rows:
        found.setdefault(row.firm_id, []).append(
            (row.compound_id, row.community_id, slugs[row.community_id])
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


def _compound_names(ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    owners = db.session.scalars(select(Membership.community_id).where(
        Membership.compound_id.in_(ids), Membership.community_id.is_not(None))).all()  # fmt: skip
    with scoped_to(*{owner for owner in owners if owner is not None}):
        rows = db.session.execute(
            select(Compound.id, Compound.name).where(Compound.id.in_(ids))
        ).all()
    return {row.id: row.name for row in rows}


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
