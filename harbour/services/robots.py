"""Group robots and webhooks of a community: set up, changed, tried, taken away."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor, Role
from harbour.domain.errors import About, Denied, Invalid, Missing, Stale
from harbour.domain.notices import Channel
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.outbox import Robot
from harbour.models.places import Community, Compound
from harbour.services import ledger, outbox
from harbour.services.unit_of_work import command
from harbour.tenancy import in_scope

Inputs = Mapping[str, Any]


@command
def create(actor: Actor, community_id: int, inputs: Inputs, *, now: datetime) -> int:
    """A robot of a community (``channel name compound hook secret``); the hook is kept secret."""
    _allowed(actor, community_id, "create")
    if not inputs["hook"]:
        raise Invalid("hook", N_("Paste the address the platform gave you."))
    robot = Robot(
        community_id=community_id,
        channel=Channel(inputs["channel"]),
        name=inputs["name"],
        compound_id=_compound(community_id, inputs["compound"]),
        hook=inputs["hook"],
        secret=inputs["secret"],
    )
    _signed(robot)
    db.session.add(robot)
    ledger.record(actor, "create", robot, now=now, inputs={"name": robot.name})
    return robot.id


@command
def rewrite(
    actor: Actor, community_id: int, robot_id: int, inputs: Inputs, *, version: int, now: datetime
) -> None:
    """Change a robot; an address or secret left empty stays as it is."""
    robot = _own(actor, community_id, robot_id, "rewrite")
    if version != robot.version:
        raise Stale({"robot_name": robot.name}, robot.version)
    robot.name = inputs["name"]
    robot.compound_id = _compound(community_id, inputs["compound"])
    robot.hook = inputs["hook"] or robot.hook
    robot.secret = inputs["secret"] or robot.secret
    _signed(robot)
    said = {"name": robot.name, "address_changed": bool(inputs["hook"] or inputs["secret"])}
    ledger.record(actor, "rewrite", robot, now=now, inputs=said)


@command
def end(actor: Actor, community_id: int, robot_id: int, *, now: datetime) -> None:
    """Take a robot away, and forget its address and secret."""
    robot = _own(actor, community_id, robot_id, "end")
    robot.ended_at, robot.hook, robot.secret = now, "", ""
    ledger.record(actor, "end", robot, now=now)


@command
def try_out(actor: Actor, community_id: int, robot_id: int, *, now: datetime) -> None:
    """Send a trial message to the group."""
    robot = _own(actor, community_id, robot_id, "try_out")
    outbox.trial(now, channel=robot.channel, robot_id=robot.id, community_id=community_id)
    ledger.record(actor, "try_out", robot, now=now)


def _allowed(actor: Actor, community_id: int, action: str) -> None:
    """The community's secretary, and the administrator of its street (of all)."""
    own = actor.role is Role.SECRETARY and actor.community_id == community_id
    if actor.role is Role.ADMIN:
        street = db.session.scalar(select(Community.street_id).where(Community.id == community_id))
        own = actor.street_id in (None, street)
        if street is None or not own:
            raise Missing
    if not own:
        denied = Denied()
        denied.about = About(action, "robot", community_id=actor.community_id)
        raise denied
    if community_id not in in_scope():
        raise Missing


def _own(actor: Actor, community_id: int, robot_id: int, action: str) -> Robot:
    _allowed(actor, community_id, action)
    found = db.session.scalars(
        select(Robot)
        .where(Robot.id == robot_id, Robot.community_id == community_id, Robot.ended_at.is_(None))
        .with_for_update()
    ).first()
    if found is None:
        raise Missing
    return found


def _compound(community_id: int, compound_id: int | None) -> int | None:
    if compound_id is None:
        return None
    here = select(Compound.id).where(
        Compound.id == compound_id, Compound.community_id == community_id
    )
    if db.session.scalar(here) is None:
        raise Invalid("compound", N_("Choose a compound of this community."))
    return compound_id


def _signed(robot: Robot) -> None:
    if robot.channel == Channel.WEBHOOK and len(robot.secret) < SHORTEST_SECRET:
        raise Invalid("secret", N_("A webhook is signed: type a secret of 16 letters or more."))


SHORTEST_SECRET = 16
