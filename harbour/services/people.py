"""Accounts and the roles persons hold: made, changed, ended, by administrators and oneself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import local_day, start_of_day
from harbour.domain.errors import Invalid, Missing, Stale
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.firms import Firm
from harbour.models.people import Membership, User
from harbour.models.places import Community, Compound, Street
from harbour.services import sessions
from harbour.services.administration import (
    demand_admin,
    demand_over,
    record,
    refused,
    with_installation,
)
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]

#: Surnames read otherwise than the same character in a sentence.
SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "查": "zha", "区": "ou", "盖": "ge",
    "朴": "piao", "任": "ren", "缪": "miao", "翟": "zhai", "覃": "qin", "乐": "yue", "尉": "yu",
    "洗": "xian", "冼": "xian", "万俟": "moqi", "尉迟": "yuchi", "单于": "chanyu", "纪": "ji",
}  # fmt: skip
#: Looking at numbers is a logged act, and nobody needs more of them in a day.
NUMBERS_A_DAY = 50
GIVEN_ROLES = tuple(role for role in Role if role not in (Role.PUBLIC, Role.CLOCK))


def pinyin_key(name: str) -> str:
    """What a name is sorted by: its pinyin, then itself."""
    # 58 MB of readings and 0.4 s to load them, which only those who make accounts need.
    from pypinyin import lazy_pinyin  # noqa: PLC0415

    surname = next((s for s in sorted(SURNAMES, key=len, reverse=True) if name.startswith(s)), "")
    rest = lazy_pinyin(name[len(surname) :])
    read = " ".join([SURNAMES[surname], *rest] if surname else rest).casefold()
    return f"{read} {name}"[:160]


@dataclass(frozen=True)
class At:
    """Where a role is held: of the four the one its role asks for, or none (the installation)."""

    street_id: int | None = None
    community_id: int | None = None
    compound_id: int | None = None
    firm_id: int | None = None


@command
def create(actor: Actor, inputs: Inputs, *, password_hash: str, now: datetime) -> int:
    """Make an account (``username name phone``), with a first role if ``role`` and ``at`` say so.

    The password it was hashed from must be changed at the first sign-in. Raises Invalid beside
    ``username`` or ``phone`` when another account has it.
    """
    demand_admin(actor, "user", "create")
    if inputs.get("role") is None and actor.street_id is not None:
        # Without a place the account would be nobody's, and out of this administrator's sight.
        raise Invalid("at", N_("Choose the place where the role is held."))
    _unclaimed(inputs, None)
    user = User(
        username=inputs["username"],
        name=inputs["name"],
        phone=inputs.get("phone") or None,
        sort_key=pinyin_key(inputs["name"]),
        password_hash=password_hash,
        must_change_password=True,
        created_at=now,
        preferences={},
    )
    db.session.add(user)
    db.session.flush()
    record(actor, "create", user, now, {"username": user.username, "name": user.name})
    if inputs.get("role") is not None:
        _enrol(actor, user, inputs, now)
    return user.id


@command
def rewrite(actor: Actor, user_id: int, inputs: Inputs, *, version: int, now: datetime) -> None:
    """Correct a person's name, user name or phone."""
    user = _ruled(actor, user_id, "rewrite")
    if version != user.version:
        raise Stale({"name": user.name, "username": user.username}, user.version)
    _unclaimed(inputs, user.id)
    user.name, user.username = inputs["name"], inputs["username"]
    renumbered = user.phone != (inputs.get("phone") or None)
    user.phone = inputs.get("phone") or None
    user.sort_key = pinyin_key(user.name)
    record(actor, "rewrite", user, now, {"phone_changed": renumbered})


@command
def enrol(actor: Actor, user_id: int, inputs: Inputs, *, now: datetime) -> int:
    """Give a person a role: ``role``, ``at`` (an At), and ``title``, ``owners_committee``."""
    demand_admin(actor, "membership", "enrol")
    user = _known(actor, user_id)
    return _enrol(actor, user, inputs, now)


def _enrol(actor: Actor, user: User, inputs: Inputs, now: datetime) -> int:
    role, at = Role(inputs["role"]), inputs["at"]
    if role not in GIVEN_ROLES:
        raise Invalid("role", N_("Choose a role."))
    place = _settled(actor, role, at)
    same = select(Membership.id).where(
        Membership.user_id == user.id,
        Membership.role == role,
        Membership.ended_at.is_(None),
        Membership.street_id.is_not_distinct_from(place.street_id),
        Membership.community_id.is_not_distinct_from(place.community_id),
        Membership.compound_id.is_not_distinct_from(place.compound_id),
        Membership.firm_id.is_not_distinct_from(place.firm_id),
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise Invalid("at", N_("This person holds this role there already."))
    member = Membership(
        user_id=user.id,
        role=role,
        street_id=place.street_id,
        community_id=place.community_id,
        compound_id=place.compound_id,
        firm_id=place.firm_id,
        title=inputs.get("title") or "",
        owners_committee=bool(inputs.get("owners_committee")),
        since=now,
    )
    db.session.add(member)
    db.session.flush()
    record(actor, "enrol", member, now, {"user": user.id, "name": user.name, "role": str(role)})
    return member.id


def _settled(actor: Actor, role: Role, at: At) -> At:
    """The place as it is stored, after proving that it fits the role and is the actor's to give."""
    if role is Role.ADMIN and at == At():
        if actor.street_id is not None:
            raise Missing
        return at
    if role in (Role.ADMIN, Role.STREET_SUPERVISOR) and at.street_id is not None:
        found: Any = db.session.get(Street, at.street_id)
        street_id, place = at.street_id, At(street_id=at.street_id)
    elif role in (Role.SECRETARY, Role.COMMUNITY_WORKER) and at.community_id is not None:
        found = db.session.get(Community, at.community_id)
        street_id, place = found.street_id if found else 0, At(community_id=at.community_id)
    elif role is Role.RESIDENT_REP and at.compound_id is not None:
        found = db.session.scalars(select(Compound).where(Compound.id == at.compound_id)).first()
        owner = db.session.get(Community, found.community_id) if found else None
        street_id = owner.street_id if owner else 0
        place = At(community_id=found.community_id if found else None, compound_id=at.compound_id)
    elif role is Role.FIRM_MANAGER and at.firm_id is not None:
        found = db.session.get(Firm, at.firm_id)
        street_id, place = found.street_id if found else 0, At(firm_id=at.firm_id)
    else:
        raise Invalid("at", N_("This role is held at another kind of place."))
    if found is None:
        raise Missing
    demand_over(actor, street_id, "membership", "enrol")
    return place


@command
def dismiss(actor: Actor, user_id: int, membership_id: int, *, now: datetime) -> None:
    """End a role; the person's next request is without it."""
    demand_admin(actor, "membership", "end")
    member = db.session.scalars(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    ).first()
    if member is None or not _in_street(actor, member):
        raise Missing
    if member.id == actor.membership_id:
        raise refused(N_("You cannot take your own role away; another administrator can."),
                      "membership", "end", member)  # fmt: skip
    member.ended_at = now
    record(actor, "end", member, now, {"user": user_id, "role": member.role})


@command
def disable(actor: Actor, user_id: int, *, now: datetime) -> None:
    """Close an account: every session of it is dead at once, nothing of it is deleted."""
    user = _ruled(actor, user_id, "disable")
    if user.id == actor.user_id:
        raise refused(N_("You cannot disable your own account."), "user", "disable", user)
    if user.disabled_at is None:
        user.disabled_at = now
    ended = sessions.end_all(user, now)
    record(actor, "disable", user, now, {"sessions_ended": ended})


@command
def enable(actor: Actor, user_id: int, *, now: datetime) -> None:
    """Open a closed account again; its password and roles are as they were."""
    user = _ruled(actor, user_id, "enable")
    user.disabled_at = None
    record(actor, "enable", user, now)


@command
def reset_password(actor: Actor, user_id: int, *, password_hash: str, now: datetime) -> None:
    """Put a one-time password in place of a forgotten one, and end the account's sessions."""
    user = _ruled(actor, user_id, "reset_password")
    if user.id == actor.user_id:
        raise refused(N_("Change your own password on your own page."),
                      "user", "reset_password", user)  # fmt: skip
    user.password_hash = password_hash
    user.must_change_password = True
    ended = sessions.end_all(user, now)
    record(actor, "reset_password", user, now, {"sessions_ended": ended})


@command
def show_phone(actor: Actor, user_id: int, *, now: datetime) -> None:
    """Leave the line that somebody looked at a number in full; Refused beyond the day's quota."""
    demand_admin(actor, "user", "show_phone")
    user = _known(actor, user_id)
    with with_installation():
        seen = db.session.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(
                AuditEvent.actor_id == actor.user_id,
                AuditEvent.action == "user.show_phone",
                AuditEvent.refused.is_(None),
                AuditEvent.at >= start_of_day(local_day(now)),
            )
        )
    if (seen or 0) >= NUMBERS_A_DAY:
        raise refused(
            Text(N_("You have looked at %(most)d numbers today. Go on tomorrow."),
                 {"most": NUMBERS_A_DAY}),
            "user", "show_phone", user,
        )  # fmt: skip
    record(actor, "show_phone", user, now)


@command
def change_password(actor: Actor, session_id: int, *, password_hash: str, now: datetime) -> None:
    """Change one's own password; every other session of the account is dead at once."""
    user = _oneself(actor)
    user.password_hash = password_hash
    user.must_change_password = False
    ended = sessions.end_all(user, now, but=session_id)
    record(actor, "change_password", user, now, {"sessions_ended": ended})


@command
def prefer(actor: Actor, language: str, *, elder: bool, now: datetime) -> None:
    """Remember how one wants pages drawn, on every device."""
    user = _oneself(actor)
    user.preferences = {**user.preferences, "language": language, "elder": elder}
    record(actor, "prefer", user, now)


def _oneself(actor: Actor) -> User:
    found = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    if found is None:
        raise Missing
    return found


def _unclaimed(inputs: Inputs, but: int | None) -> None:
    for field, taken in (
        ("username", N_("Another account has this user name.")),
        ("phone", N_("Another account has this phone number.")),
    ):
        wanted = inputs.get(field)
        if not wanted:
            continue
        owner = db.session.scalar(select(User.id).where(getattr(User, field) == wanted))
        if owner is not None and owner != but:
            raise Invalid(field, taken)


def _in_street(actor: Actor, member: Membership) -> bool:
    """Whether a role is held in the administrator's street (in any, for the installation's)."""
    return actor.street_id is None or street_of(member) == actor.street_id


def street_of(member: Membership) -> int | None:
    """The street a role belongs to; none for the installation's administrators."""
    if member.street_id is not None:
        return member.street_id
    if member.firm_id is not None:
        return member.firm.street_id if member.firm else None
    return member.community.street_id if member.community else None


def _known(actor: Actor, user_id: int) -> User:
    """An account the administrator may see: of their street, now or once; else Missing."""
    user = db.session.scalars(select(User).where(User.id == user_id).with_for_update()).first()
    if user is None:
        raise Missing
    if actor.street_id is not None and not any(_in_street(actor, m) for m in user.memberships):
        raise Missing
    return user


def _ruled(actor: Actor, user_id: int, action: str) -> User:
    """An account the administrator may change: one that serves nowhere outside their street."""
    demand_admin(actor, "user", action)
    user = _known(actor, user_id)
    outside = [m for m in user.memberships if m.ended_at is None and not _in_street(actor, m)]
    if outside:
        raise refused(
            N_("This person also serves outside your street; the installation's administrator "
               "can do this."),
            "user", action, user,
        )  # fmt: skip
    return user


@command
def first_administrator(
    actor: Actor, inputs: Inputs, *, password_hash: str, now: datetime, street_code: str | None
) -> int:
    """From the command line: an administrator of the installation, or of the street of a code."""
    at = At()
    if street_code is not None:
        street = db.session.scalars(select(Street).where(Street.code == street_code)).first()
        if street is None:
            raise Invalid("street", N_("There is no street with this code."))
        at = At(street_id=street.id)
    return create(
        actor, {**inputs, "role": Role.ADMIN, "at": at}, password_hash=password_hash, now=now
    )
