"""Sessions of signed-in devices: begun, ended, and how failed tries slow down the next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select

from harbour.domain.actors import Actor, Role
from harbour.domain.errors import Missing
from harbour.domain.sign_in import FORGOTTEN_AFTER, wait_after
from harbour.extensions import db
from harbour.models.people import Membership, SignInFailure, User, UserSession
from harbour.services.administration import record
from harbour.services.unit_of_work import command


@dataclass(frozen=True)
class Tries:
    """Whose tries are counted together: a digest, and whether it stands for all strange devices."""

    subject: str
    everywhere: bool = False


@command
def admit(tries: Sequence[Tries], now: datetime) -> timedelta:
    """Count a try before its password is looked at; if it comes too soon, how long to wait.

    Counting first leaves nothing to gain by sending a hundred guesses at once.
    """
    counted = [(one, _count(one, now)) for one in tries]
    left = max(
        (row.last_at + wait_after(row.count, everywhere=one.everywhere) - now)
        for one, row in counted
    )
    if left > timedelta(0):
        return left
    for _, row in counted:
        row.count += 1
        row.last_at = now
    return timedelta(0)


def _count(one: Tries, now: datetime) -> SignInFailure:
    row = db.session.scalars(
        select(SignInFailure).where(SignInFailure.subject == one.subject).with_for_update()
    ).first()
    if row is None:
        row = SignInFailure(subject=one.subject, count=0, last_at=now)
        db.session.add(row)
    elif now - row.last_at >= FORGOTTEN_AFTER:
        row.count = 0
    return row


@command
def forgive(tries: Sequence[Tries], now: datetime) -> None:
    """The password was right: the tries so far count no more."""
    _forget(tries, now)


def _forget(tries: Sequence[Tries], now: datetime) -> None:
    subjects = [one.subject for one in tries]
    db.session.execute(delete(SignInFailure).where(SignInFailure.subject.in_(subjects)))
    # Nothing grows for ever, however many names somebody makes up.
    db.session.execute(delete(SignInFailure).where(SignInFailure.last_at < now - FORGOTTEN_AFTER))


@dataclass(frozen=True)
class Device:
    """What begins a session: the digest of its cookie's secret, and what kind of device it is."""

    digest: str
    words: str
    request_id: str = "-"


@command
def begin(
    user_id: int,
    device: Device,
    tries: Sequence[Tries],
    *,
    now: datetime,
    fresh_hash: str | None = None,
) -> None:
    """Sign a person in on a device; ``fresh_hash`` replaces one made with weaker settings."""
    user = db.session.scalars(
        select(User).where(User.id == user_id, User.disabled_at.is_(None)).with_for_update()
    ).first()
    if user is None:
        raise Missing
    if fresh_hash is not None:
        user.password_hash = fresh_hash
    db.session.add(
        UserSession(
            user_id=user.id,
            digest=device.digest,
            device=device.words[:200],
            created_at=now,
            seen_at=now,
        )
    )
    _forget(tries, now)
    record(_oneself(user, device.request_id), "sign_in", user, now, {"device": device.words[:200]})


def _oneself(user: User, request_id: str) -> Actor:
    """A person at the door, in the first of their roles."""
    role = db.session.scalar(
        select(Membership.role)
        .where(Membership.user_id == user.id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .limit(1)
    )
    return Actor(user.id, user.name, Role(role) if role else Role.PUBLIC, request_id=request_id)


@command
def end(actor: Actor, session_id: int, *, now: datetime) -> None:
    """End one of one's own sessions; Missing if it is somebody else's."""
    session = db.session.scalars(
        select(UserSession).where(
            UserSession.id == session_id,
            UserSession.user_id == actor.user_id,
            UserSession.ended_at.is_(None),
        )
    ).first()
    if session is None:
        raise Missing
    session.ended_at = now
    record(actor, "sign_out", _self(actor), now, {"device": session.device})


@command
def end_others(actor: Actor, session_id: int, *, now: datetime) -> int:
    """End all of one's own sessions but this one; how many there were."""
    ended = end_all(_self(actor), now, but=session_id)
    record(actor, "sign_out_others", _self(actor), now, {"ended": ended})
    return ended


def end_all(user: User, now: datetime, *, but: int | None = None) -> int:
    """Inside a command: end every session of a person (but one); how many."""
    live = db.session.scalars(
        select(UserSession).where(UserSession.user_id == user.id, UserSession.ended_at.is_(None))
    ).all()
    ending = [session for session in live if session.id != but]
    for session in ending:
        session.ended_at = now
    return len(ending)


@command
def choose_place(actor: Actor, session_id: int, membership_id: int) -> None:
    """Act from now on, on this device, at another of one's own places."""
    held = db.session.scalars(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.user_id == actor.user_id,
            Membership.ended_at.is_(None),
        )
    ).first()
    session = db.session.get(UserSession, session_id)
    if held is None or session is None or session.user_id != actor.user_id:
        raise Missing
    session.membership_id = held.id


def _self(actor: Actor) -> User:
    found = db.session.get(User, actor.user_id) if actor.user_id is not None else None
    if found is None:
        raise Missing
    return found
