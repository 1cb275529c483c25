"""Telling: notices and deliveries written in the transaction of the change they tell of.

The ledger calls ``tell`` for every act it records; acts that tell nobody cost nothing.
"""

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from harbour.domain.deadlines import Level, local_day
from harbour.domain.notices import RULES, Channel, Rule, after_quiet
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.outbox import Delivery, Notice, Robot, Telling
from harbour.models.people import User
from harbour.models.places import Compound
from harbour.services.recipients import behind, recipients

Facts = dict[str, Any]


def tell(event: AuditEvent, thing: Any, inputs: Mapping[str, Any], now: datetime) -> None:
    """Tell those the table names of an act that was just recorded; asks nothing for the others."""
    rules = RULES.get(event.action)
    if rules:
        _tell(event.action, rules, thing, inputs, now, but=event.actor_id)


def announce(action: str, thing: Any, *, key: str, now: datetime) -> None:
    """Tell of what is no act but a moment that has come, once a person and ``key``.

    To be called inside a command, with a row of the table such as "task.level1".
    """
    _tell(action, RULES[action], thing, {}, now, key=key)


def _tell(
    action: str,
    rules: Iterable[Rule],
    thing: Any,
    inputs: Mapping[str, Any],
    now: datetime,
    *,
    but: int | None = None,
    key: str | None = None,
) -> None:
    about = behind(thing)
    facts = _facts(about, inputs)
    told = {but} | _told_before(key)
    critical = getattr(about, "level", None) == Level.CRITICAL
    for rule in rules:
        found = recipients(rule.to, thing) - told
        told |= found
        at_once = rule.at_once or critical
        for user_id, how in _ways(found):
            db.session.add(_notice(user_id, action, rule, thing, about, facts, key, now))
            if at_once and how is not None and how.email:
                until = after_quiet(now, how.quiet_from, how.quiet_until)
                mail = _delivery(action, rule, thing, about, facts, now, until)
                mail.channel, mail.user_id = Channel.EMAIL, user_id
                db.session.add(mail)
    _tell_groups(action, rules, thing, about, facts, key, now)


def _tell_groups(
    action: str,
    rules: Iterable[Rule],
    thing: Any,
    about: Any,
    facts: Facts,
    key: str | None,
    now: datetime,
) -> None:
    rule = next((one for one in rules if one.group), None)
    if rule is None:
        return
    compound = getattr(about, "compound_id", None)
    robots = select(Robot.id, Robot.channel).where(
        Robot.community_id == thing.community_id,
        Robot.ended_at.is_(None),
        or_(Robot.compound_id.is_(None), Robot.compound_id == compound),
    )
    for robot in db.session.execute(robots).all():
        sent = _delivery(action, rule, thing, about, facts, now, now)
        sent.channel, sent.robot_id = robot.channel, robot.id
        if key is not None:
            sent.key = f"{key}:robot:{robot.id}"
            if db.session.scalar(select(Delivery.id).where(Delivery.key == sent.key)):
                continue
        db.session.add(sent)


def _told_before(key: str | None) -> set[int | None]:
    if key is None:
        return set()
    return set(db.session.scalars(select(Notice.user_id).where(Notice.key == key)))


def _ways(users: Iterable[int]) -> list[tuple[int, Telling | None]]:
    """Those of them whose account is open, each with what they have set."""
    wanted = sorted(users)
    if not wanted:
        return []
    found = db.session.execute(
        select(User.id, Telling)
        .outerjoin(Telling, Telling.user_id == User.id)
        .where(User.id.in_(wanted), User.disabled_at.is_(None))
        .order_by(User.id)
    )
    return [(row[0], row[1]) for row in found]


def _facts(about: Any, inputs: Mapping[str, Any]) -> Facts:
    """What fills the places of a message: never who lives where, nor what was said of them."""
    compound = select(Compound.name).where(Compound.id == about.compound_id)
    found: Facts = {
        "compound": db.session.scalar(compound) or "",
        "title": getattr(about, "title", ""),
        "public": getattr(about, "public_sentence", ""),
        "category": getattr(about, "category", ""),
        "lead": getattr(about, "lead_name", ""),
    }
    if getattr(about, "due_at", None) is not None:
        found["due"] = local_day(about.due_at).isoformat()
    if getattr(about, "starts_at", None) is not None:
        found["at"] = about.starts_at.isoformat()
    if inputs.get("reply_on") is not None:
        found["reply_on"] = str(inputs["reply_on"])
    return found


def _notice(  # noqa: PLR0913, PLR0917 - as many as the row has columns
    user_id: int, action: str, rule: Rule, thing: Any, about: Any, facts: Facts,
    key: str | None, now: datetime,
) -> Notice:  # fmt: skip
    return Notice(
        user_id=user_id,
        community_id=thing.community_id,
        action=action,
        told_as=rule.to,
        kind=thing.subject_kind,
        subject_id=thing.id,
        number=getattr(about, "number", None) or "",
        facts=facts,
        key=key,
        at=now,
    )


def _delivery(
    action: str, rule: Rule, thing: Any, about: Any, facts: Facts, now: datetime, until: datetime
) -> Delivery:
    return Delivery(
        key=secrets.token_hex(16),
        community_id=thing.community_id,
        action=action,
        told_as=rule.to,
        kind=thing.subject_kind,
        subject_id=thing.id,
        number=getattr(about, "number", None) or "",
        facts=facts,
        created_at=now,
        not_before=until,
    )
