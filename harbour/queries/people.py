"""Who is signed in, what they may be, and where: read once per request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import aliased

from harbour.domain.actors import ROLE_LABELS, Actor, Role
from harbour.domain.deadlines import local_day
from harbour.domain.sign_in import SESSION_LIFE
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.calendar import EDITION, in_force
from harbour.models.firms import Firm, ServiceContract
from harbour.models.outbox import Notice
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
class CommunityHere:
    """The community in the address."""

    id: int
    slug: str
    name: str
    street_id: int
    settings: dict[str, object]
    street_settings: dict[str, object]


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
    unread: int = 0
    communities: Mapping[str, CommunityHere] = field(default_factory=dict)

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def community(self, slug: str) -> CommunityHere | None:
        """The community of an address: among one's own memberships, or else asked for."""
        return self.communities.get(slug) or community(slug)

    def get_id(self) -> str:
        """What flask-login asks for; the cookie itself holds the session's secret."""
        return str(self.session_id)

    def place_for(self, slug: str | None) -> Place | None:
        """The chosen place, if it opens this community; else the first that does."""
        fitting = [p for p in self.places if slug is None or slug in p.slugs]
        chosen = next((p for p in fitting if p.membership_id == self.chosen_id), None)
        return chosen or (fitting[0] if fitting else None)


# Asked on every request: each statement is built once, with places for what changes.
_HERE = (
    Community.id.label("here_id"),
    Community.slug,
    Community.name.label("community"),
    Community.street_id.label("here_street_id"),
    Community.settings,
)


@cache
def _community_of_slug() -> Any:
    return (
        select(*_HERE, Street.settings.label("street_settings"))
        .join(Street, Street.id == Community.street_id)
        .where(Community.slug == bindparam("slug"))
        .execution_options(**BEFORE_ANY_SCOPE)
    )


@cache
def _memberships() -> Any:
    """What a person is, each with its community: all that most requests ask of people."""
    around = aliased(Street)
    return (
        select(
            *_HERE,
            around.settings.label("street_settings"),
            Membership.id.label("membership_id"),
            Membership.role,
            Membership.street_id,
            Membership.community_id,
            Membership.compound_id,
            Membership.firm_id,
            Street.name.label("street"),
            Firm.short_name.label("firm"),
            Compound.name.label("compound"),
        )
        .select_from(User)
        .outerjoin(Membership, and_(Membership.user_id == User.id, Membership.ended_at.is_(None)))
        .outerjoin(Community, Community.id == Membership.community_id)
        .outerjoin(around, around.id == Community.street_id)
        .outerjoin(Street, Street.id == Membership.street_id)
        .outerjoin(Firm, Firm.id == Membership.firm_id)
        .outerjoin(Compound, Compound.id == Membership.compound_id)
        .order_by(Membership.id)
        .execution_options(**BEFORE_ANY_SCOPE)
    )


@cache
def _memberships_of_user() -> Any:
    return _memberships().where(User.id == bindparam("user_id"))


@cache
def _person_of_digest() -> Any:
    unread = (
        select(func.count())
        .select_from(Notice)
        .where(Notice.user_id == User.id, Notice.read_at.is_(None))
        .correlate(User)
        .scalar_subquery()
    )
    return (
        _memberships()
        .add_columns(
            UserSession.id.label("session_id"),
            User.id.label("user_id"),
            UserSession.membership_id.label("chosen_id"),
            User.name,
            User.username,
            User.must_change_password,
            User.preferences,
            EDITION.label("edition"),
            unread.label("unread"),
        )
        .join(UserSession, UserSession.user_id == User.id)
        .where(
            UserSession.digest == bindparam("digest"),
            UserSession.ended_at.is_(None),
            UserSession.created_at > bindparam("oldest"),
            User.disabled_at.is_(None),
        )
    )


def community(slug: str) -> CommunityHere | None:
    """The community of an address, or None."""
    row = db.session.execute(_community_of_slug(), {"slug": slug}).first()
    return None if row is None else _here(row)


def _here(row: Any) -> CommunityHere:
    return CommunityHere(
        row.here_id, row.slug, row.community, row.here_street_id, row.settings, row.street_settings
    )


def signed_in(digest: str, now: datetime) -> SignedIn | None:
    """The person of a session secret's digest; None once ended, too old, disabled or unknown."""
    rows = db.session.execute(
        _person_of_digest(), {"digest": digest, "oldest": now - SESSION_LIFE}
    ).all()
    if not rows:
        return None
    row = rows[0]
    in_force(row.edition)
    return SignedIn(
        session_id=row.session_id,
        user_id=row.user_id,
        name=row.name,
        username=row.username,
        must_change_password=row.must_change_password,
        places=_places(rows, now),
        chosen_id=row.chosen_id,
        elder=row.preferences.get("elder"),
        language=row.preferences.get("language"),
        unread=row.unread,
        communities={one.slug: _here(one) for one in rows if one.slug is not None},
    )


def places_of(user_id: int, now: datetime) -> tuple[Place, ...]:
    """Every place a person holds a role at, now."""
    return _places(db.session.execute(_memberships_of_user(), {"user_id": user_id}).all(), now)


def _places(rows: Sequence[Any], now: datetime) -> tuple[Place, ...]:
    held = [row for row in rows if row.membership_id is not None]
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
        membership_id=m.membership_id,
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
