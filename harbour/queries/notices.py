"""What people are told in the house, how they want to be told, and what could not be delivered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import and_, func, or_, select

from harbour.domain.errors import Missing
from harbour.domain.notices import CHANNEL_LABELS, DIGEST_AT, TRIAL, Channel, Sending, rule_of
from harbour.domain.text import Text, told
from harbour.extensions import db
from harbour.models.outbox import GIVEN_UP, Delivery, Notice, Robot, Telling
from harbour.models.people import User
from harbour.models.places import Community, Compound
from harbour.queries.accounts import known_in
from harbour.tenancy import in_scope

PAGE = 30


@dataclass(frozen=True)
class NoticeLine:
    """One thing somebody was told; ``says`` and ``facts`` make the sentence."""

    id: int
    says: str
    facts: dict[str, Any]
    number: str
    kind: str
    slug: str
    subject_id: int
    at: datetime
    unread: bool


@dataclass(frozen=True)
class NoticePage:
    """A page of what one person was told, newest first; ``older`` is the key to go on from."""

    lines: tuple[NoticeLine, ...]
    unread: int
    newest: int
    older: str | None


def _mine(user_id: int, communities: Iterable[int]) -> Any:
    return and_(Notice.user_id == user_id, Notice.community_id.in_(sorted(communities)))


def page(user_id: int, communities: Iterable[int], before: str | None = None) -> NoticePage:
    """What a person was told about the communities they still serve in."""
    mine = _mine(user_id, communities)
    chosen = (
        select(Notice, Community.slug)
        .join(Community, Community.id == Notice.community_id)
        .where(mine)
        .order_by(Notice.id.desc())
        .limit(PAGE + 1)
    )
    if before and before.isascii() and before.isdigit() and len(before) < 10:
        chosen = chosen.where(Notice.id < int(before))
    rows = db.session.execute(chosen).all()
    unread = db.session.scalar(
        select(func.count()).select_from(Notice).where(mine, Notice.read_at.is_(None))
    )
    shown = rows[:PAGE]
    lines = [_line(one, slug) for one, slug in shown]
    return NoticePage(
        tuple(one for one in lines if one is not None),
        unread or 0,
        shown[0][0].id if shown else 0,
        str(shown[-1][0].id) if len(rows) > PAGE else None,
    )


def _line(one: Notice, slug: str) -> NoticeLine | None:
    rule = rule_of(one.action, one.told_as)
    if rule is None:
        return None
    return NoticeLine(
        one.id, rule.says, one.facts, one.number, one.kind, slug, one.subject_id, one.at,
        one.read_at is None,
    )  # fmt: skip


def line(user_id: int, communities: Iterable[int], notice_id: int) -> NoticeLine:
    """One of a person's notices; Missing where it is somebody else's."""
    found = db.session.execute(
        select(Notice, Community.slug)
        .join(Community, Community.id == Notice.community_id)
        .where(_mine(user_id, communities), Notice.id == notice_id)
    ).first()
    shown = _line(found[0], found[1]) if found else None
    if shown is None:
        raise Missing
    return shown


# ---- how one wants to be told -----------------------------------------------------------------


@dataclass(frozen=True)
class TellingNow:
    """What a person has set; ``tried`` is what came of their last trial mail."""

    email: str = ""
    digest_on: bool = True
    digest_at: time = DIGEST_AT
    quiet_from: time | None = None
    quiet_until: time | None = None
    version: int = 0
    tried: "Tried | None" = None


@dataclass(frozen=True)
class Tried:
    """What came of a message; ``said`` is what the other side answered, if anything went wrong."""

    at: datetime
    state: str
    said: Text | None
    attempts: int


def _tried(one: Delivery) -> Tried:
    return Tried(one.settled_at or one.created_at, one.state, told(one.said), one.attempts)


def telling(user_id: int) -> TellingNow:
    """How a person wants to be told, or what holds while nothing is set."""
    found = db.session.scalars(select(Telling).where(Telling.user_id == user_id)).first()
    if found is None:
        return TellingNow()
    last = db.session.scalars(
        select(Delivery)
        .where(Delivery.user_id == user_id, Delivery.action == TRIAL)
        .order_by(Delivery.id.desc())
        .limit(1)
    ).first()
    return TellingNow(
        found.email, found.digest_on, found.digest_at, found.quiet_from, found.quiet_until,
        found.version, _tried(last) if last else None,
    )  # fmt: skip


# ---- robots -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class RobotLine:
    """A group robot, never with its address; ``last`` is what came of its last message."""

    id: int
    name: str
    channel: Channel
    compound_id: int | None
    compound: str
    version: int
    last: Tried | None

    @property
    def channel_label(self) -> str:
        """What kind of robot it is, to be translated."""
        return CHANNEL_LABELS[self.channel]


@dataclass(frozen=True)
class RobotsPage:
    """The robots of a community, and the compounds one may belong to."""

    community: str
    lines: tuple[RobotLine, ...]
    compounds: tuple[tuple[int, str], ...]


def robots(community_id: int) -> RobotsPage:
    """The robots a community has set up; Missing where it is out of scope."""
    if community_id not in in_scope():
        raise Missing
    name = db.session.scalar(select(Community.name).where(Community.id == community_id))
    rows = db.session.execute(
        select(Robot, Compound.name)
        .outerjoin(Compound, Compound.id == Robot.compound_id)
        .where(Robot.community_id == community_id, Robot.ended_at.is_(None))
        .order_by(Robot.id)
    ).all()
    newest = (
        select(func.max(Delivery.id))
        .where(Delivery.robot_id.in_([one.id for one, _ in rows]))
        .group_by(Delivery.robot_id)
    )
    last = {
        one.robot_id: _tried(one)
        for one in db.session.scalars(select(Delivery).where(Delivery.id.in_(newest)))
    }
    compounds = db.session.execute(
        select(Compound.id, Compound.name)
        .where(Compound.community_id == community_id)
        .order_by(Compound.id)
    ).all()
    lines = tuple(
        RobotLine(one.id, one.name, Channel(one.channel), one.compound_id, compound or "",
                  one.version, last.get(one.id))
        for one, compound in rows
    )  # fmt: skip
    return RobotsPage(name or "", lines, tuple((row.id, row.name) for row in compounds))


# ---- what could not be delivered --------------------------------------------------------------


@dataclass(frozen=True)
class DeadLetter:
    """A delivery that was given up: to whom, about what, and why."""

    id: int
    channel_label: str
    to: str
    action: str
    number: str
    community: str
    at: datetime
    attempts: int
    said: Text | None


@dataclass(frozen=True)
class DeadLetters:
    """A page of them, the latest first; ``waiting`` counts what is still on its way."""

    lines: tuple[DeadLetter, ...]
    waiting: int
    older: str | None


def dead_letters(street_id: int | None, before: str | None = None) -> DeadLetters:
    """What was given up in the administrator's street (None: everywhere)."""
    here = true_of_street(street_id)
    chosen = (
        select(Delivery, User.name, Robot.name.label("robot"), Community.name.label("community"))
        .outerjoin(User, User.id == Delivery.user_id)
        .outerjoin(Robot, Robot.id == Delivery.robot_id)
        .outerjoin(Community, Community.id == Delivery.community_id)
        .where(GIVEN_UP, here)
        .order_by(Delivery.id.desc())
        .limit(PAGE + 1)
    )
    if before and before.isascii() and before.isdigit() and len(before) < 10:
        chosen = chosen.where(Delivery.id < int(before))
    rows = db.session.execute(chosen).all()
    waiting = select(func.count()).select_from(Delivery)
    waiting = waiting.where(Delivery.state == Sending.WAITING, here)
    lines = tuple(
        DeadLetter(
            row.Delivery.id, CHANNEL_LABELS[Channel(row.Delivery.channel)],
            row.name or row.robot or "", row.Delivery.action, row.Delivery.number,
            row.community or "", row.Delivery.settled_at or row.Delivery.created_at,
            row.Delivery.attempts, told(row.Delivery.said),
        )
        for row in rows[:PAGE]
    )  # fmt: skip
    older = str(rows[PAGE - 1].Delivery.id) if len(rows) > PAGE else None
    return DeadLetters(lines, db.session.scalar(waiting) or 0, older)


def true_of_street(street_id: int | None) -> Any:
    """Deliveries about a street's communities, and those of no community to its people."""
    if street_id is None:
        return Delivery.id.is_not(None)
    people = select(User.id).where(known_in(street_id))
    return or_(
        Delivery.community_id.in_(sorted(in_scope())),
        and_(Delivery.community_id.is_(None), Delivery.user_id.in_(people)),
    )
