"""Accounts: what the door needs to know, one's own devices, and the administrator's list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.persons import mask_phone
from harbour.domain.sign_in import expired
from harbour.extensions import db
from harbour.models.firms import Firm
from harbour.models.people import Membership, User, UserSession
from harbour.models.places import Community, Compound

PAGE = 50


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against."""

    user_id: int
    username: str
    phone: str | None
    password_hash: str
    disabled: bool


def credentials(username: str, phone: str | None) -> Credentials | None:
    """The account of a user name or phone; ends its transaction, for checking takes a while."""
    named = User.username == username
    found = db.session.scalars(
        select(User).where(or_(named, User.phone == phone) if phone else named).limit(1)
    ).first()
    answer = None if found is None else _credentials(found)
    db.session.rollback()
    return answer


def credentials_of(user_id: int) -> Credentials | None:
    """The same for somebody signed in."""
    found = db.session.get(User, user_id)
    answer = None if found is None else _credentials(found)
    db.session.rollback()
    return answer


def _credentials(user: User) -> Credentials:
    return Credentials(
        user.id, user.username, user.phone, user.password_hash, user.disabled_at is not None
    )


def let_go() -> None:
    """End the reading transaction: hashing takes a while, and nothing waits on it."""
    db.session.rollback()


@dataclass(frozen=True)
class DeviceLine:
    """One signed-in device of one's own."""

    session_id: int
    words: str
    begun_at: datetime
    current: bool


def devices(user_id: int, session_id: int, now: datetime) -> tuple[DeviceLine, ...]:
    """The live sessions of a person, this one first, then the newest."""
    live = db.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.created_at.desc(), UserSession.id.desc())
    ).all()
    lines = [
        DeviceLine(s.id, s.device, s.created_at, s.id == session_id)
        for s in live
        if not expired(s.created_at, now)
    ]
    return tuple(sorted(lines, key=lambda line: not line.current))


@dataclass(frozen=True)
class RoleLine:
    """A role at a place, as lists and the account page show it."""

    membership_id: int
    role: Role
    place: str
    title: str
    owners_committee: bool
    since: datetime
    ended_at: datetime | None
    street_id: int | None

    @property
    def role_label(self) -> str:
        """The role's name, to be translated."""
        return ROLE_LABELS[self.role]

    @property
    def everywhere(self) -> bool:
        """Whether it is held for the whole installation."""
        return not self.place


@dataclass(frozen=True)
class AccountLine:
    """One account in the list: its phone masked."""

    user_id: int
    name: str
    username: str
    phone: str
    disabled: bool
    never_changed: bool
    roles: tuple[RoleLine, ...]


@dataclass(frozen=True)
class AccountPage:
    """One account with all its roles, present and past; ``phone`` only masked."""

    user_id: int
    version: int
    name: str
    username: str
    phone: str
    created_at: datetime
    disabled_at: datetime | None
    must_change_password: bool
    held: tuple[RoleLine, ...]
    past: tuple[RoleLine, ...]
    elsewhere: bool


@dataclass(frozen=True)
class Sought:
    """What the list of accounts is narrowed to."""

    words: str = ""
    phone: str | None = None
    role: str = ""
    community_id: int | None = None
    state: str = ""


@dataclass(frozen=True)
class AccountList:
    """A page of accounts, and the keys of the pages beside it."""

    lines: tuple[AccountLine, ...]
    before: str | None
    after: str | None


def listing(
    street_id: int | None, sought: Sought, *, after: str = "", before: str = ""
) -> AccountList:
    """Accounts of a street (None: all) by the pinyin of their names, fifty a page."""
    chosen = _narrowed(select(User), street_id, sought)
    back = bool(before)
    key = _key(before or after)
    if key:
        name, user_id = key
        chosen = chosen.where(
            or_(User.sort_key < name, and_(User.sort_key == name, User.id < user_id))
            if back
            else or_(User.sort_key > name, and_(User.sort_key == name, User.id > user_id))
        )
    order = (User.sort_key.desc(), User.id.desc()) if back else (User.sort_key, User.id)
    found = list(
        db.session.scalars(
            chosen.order_by(*order)
            .limit(PAGE + 1)
            .options(
                selectinload(User.memberships).options(
                    joinedload(Membership.street),
                    joinedload(Membership.community),
                    joinedload(Membership.firm),
                )
            )
        )
    )
    more, found = len(found) > PAGE, found[:PAGE]
    if back:
        found.reverse()
    names = _compound_names([m for user in found for m in user.memberships])
    lines = tuple(_line(user, street_id, names) for user in found)
    newer = _named(found[0]) if found and (more if back else key) else None
    older = _named(found[-1]) if found and (more or back) else None
    return AccountList(lines, newer, older)


def _named(user: User) -> str:
    return f"{user.id}:{user.sort_key}"


def _key(text: str) -> tuple[str, int] | None:
    number, colon, name = text.partition(":")
    if not colon or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    return name, int(number)


def _narrowed(chosen: Select[User], street_id: int | None, sought: Sought) -> Select[User]:
    chosen = chosen.where(known_in(street_id))
    if sought.words:
        chosen = chosen.where(_called(sought))
    held: list[ColumnElement[bool]] = []
    if sought.role:
        held.append(Membership.role == sought.role)
    if sought.community_id is not None:
        held.append(Membership.community_id == sought.community_id)
    if held:
        chosen = chosen.where(_holds(*held, _in_street(street_id)))
    states: dict[str, ColumnElement[bool]] = {
        "disabled": User.disabled_at.is_not(None),
        "active": User.disabled_at.is_(None),
        "placeless": ~_holds(true()),
    }
    return chosen.where(states[sought.state]) if sought.state in states else chosen


def _called(sought: Sought) -> ColumnElement[bool]:
    low = sought.words.casefold()
    hits: list[ColumnElement[bool]] = [
        User.name.contains(sought.words, autoescape=True),
        User.username.startswith(low, autoescape=True),
        User.sort_key.startswith(low, autoescape=True),
    ]
    if sought.phone:
        # Only a whole number is found: parts would let one guess the hidden digits.
        hits.append(User.phone == sought.phone)
    return or_(*hits)


def _holds(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Membership.user_id == User.id, Membership.ended_at.is_(None), *conditions)


def _in_street(street_id: int | None) -> ColumnElement[bool]:
    """A membership lies in a street: its own, its community's or its firm's."""
    if street_id is None:
        return true()
    return or_(
        Membership.street_id == street_id,
        Membership.community_id.in_(select(Community.id).where(Community.street_id == street_id)),
        Membership.firm_id.in_(select(Firm.id).where(Firm.street_id == street_id)),
    )


def known_in(street_id: int | None) -> ColumnElement[bool]:
    """An account a street's administrator may see: it serves there, or once did."""
    if street_id is None:
        return true()
    return User.id.in_(select(Membership.user_id).where(_in_street(street_id)))


def account(street_id: int | None, user_id: int) -> AccountPage | None:
    """One account as the administrator of a street (None: all) may see it, or None."""
    user = db.session.scalars(
        select(User)
        .where(User.id == user_id, known_in(street_id))
        .options(
            selectinload(User.memberships).options(
                joinedload(Membership.street),
                joinedload(Membership.community),
                joinedload(Membership.firm),
            )
        )
    ).first()
    if user is None:
        return None
    names = _compound_names(user.memberships)
    roles = [_role(m, names) for m in sorted(user.memberships, key=lambda m: m.id)]
    here = [r for r in roles if street_id is None or r.street_id == street_id]
    return AccountPage(
        user_id=user.id,
        version=user.version,
        name=user.name,
        username=user.username,
        phone=mask_phone(user.phone) if user.phone else "",
        created_at=user.created_at,
        disabled_at=user.disabled_at,
        must_change_password=user.must_change_password,
        held=tuple(r for r in here if r.ended_at is None),
        past=tuple(r for r in here if r.ended_at is not None),
        # What lies in another street is not shown; only that there is something.
        elsewhere=any(r.ended_at is None for r in roles if r not in here),
    )


def phone_of(street_id: int | None, user_id: int) -> str | None:
    """A number in full; only after the act of looking at it has been recorded."""
    return db.session.scalar(select(User.phone).where(User.id == user_id, known_in(street_id)))


def own_phone(user_id: int) -> str | None:
    """One's own number."""
    return db.session.scalar(select(User.phone).where(User.id == user_id))


def _line(user: User, street_id: int | None, names: dict[int, str]) -> AccountLine:
    roles = [_role(m, names) for m in sorted(user.memberships, key=lambda m: m.id)]
    return AccountLine(
        user.id,
        user.name,
        user.username,
        mask_phone(user.phone) if user.phone else "",
        user.disabled_at is not None,
        user.must_change_password,
        tuple(
            r for r in roles
            if r.ended_at is None and (street_id is None or r.street_id == street_id)
        ),
    )  # fmt: skip


def _role(m: Membership, names: dict[int, str]) -> RoleLine:
    place, street_id = "", m.street_id
    if m.firm is not None:
        place, street_id = m.firm.short_name, m.firm.street_id
    elif m.community is not None:
        inner = names.get(m.compound_id or 0)
        place = f"{m.community.name} {inner}" if inner else m.community.name
        street_id = m.community.street_id
    elif m.street is not None:
        place = m.street.name
    return RoleLine(
        m.id, Role(m.role), place, m.title, m.owners_committee, m.since, m.ended_at, street_id
    )


def _compound_names(held: Sequence[Any]) -> dict[int, str]:
    ids = {m.compound_id for m in held if m.compound_id is not None}
    if not ids:
        return {}
    rows = db.session.execute(select(Compound.id, Compound.name).where(Compound.id.in_(ids)))
    return {row.id: row.name for row in rows}
