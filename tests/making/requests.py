"""Requests beside a task, asked for and answered through the real commands."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.requests import Request
from harbour.models.tasks import DueChange
from harbour.services import requests
from tests.making.tasks import FIRMS, REPS, STAFF, STREETS, Walk, everywhere


def stored(request_id: int) -> Request:
    """The stored request, read anew."""
    with everywhere():
        return db.session.scalars(select(Request).where(Request.id == request_id)).one()


def somebody(walk: Walk, name: str) -> Actor:
    """One of the street's people, acting in the community the task is of."""
    here = walk.street.communities[walk.compound[:2]]
    return replace(walk.street.actor(name), community_id=here)


def typed(walk: Walk, kind: str) -> dict[str, Any]:
    """What is usually typed to ask for something of this kind."""
    today = local_day(walk.clock.now)
    due = local_day(walk.task.due_at)
    every: dict[str, dict[str, Any]] = {
        "extension": {"reason": "配件缺货", "wished_on": max(due, today) + timedelta(days=5)},
        "return": {"return_reason": "other_unit_duty", "reason": "属于环卫设置"},
        "hold": {
            "hold_reason": "season", "what_first": "地温升到10度以上",
            "review_on": today + timedelta(days=60),
        },
        "reopen": {"what_is_wrong": "又不亮了"},
    }  # fmt: skip
    return every[kind]


def ask(walk: Walk, kind: str, by: str | None = None, **inputs: Any) -> int:
    """Ask for something beside a task, as its lead (or representative) usually would."""
    if by is None:
        lead = FIRMS[walk.compound[:2]][1] if walk.task.lead_kind == "firm" else None
        by = REPS[walk.compound] if kind == "reopen" else lead or STAFF[walk.compound[:2]][1]
    said = {**typed(walk, kind), **inputs}
    with everywhere():
        return requests.ask(
            somebody(walk, by), walk.number, kind, said, now=walk.clock.now
        )  # fmt: skip


def answer(
    walk: Walk, request_id: int, action: str, by: str | None = None,
    version: int | None = None, **inputs: Any,
) -> None:  # fmt: skip
    """Take an act on a request, as whoever usually does."""
    one = stored(request_id)
    secretary, worker = STAFF[walk.compound[:2]]
    street = STREETS[walk.compound[:2]]
    day = local_day(walk.clock.now) + timedelta(days=7)
    firm = walk.street.firms.get("HL")
    said: dict[str, dict[str, Any]] = {
        "grant": {
            "granted_on": one.wished_on or day, "new_due_on": day, "decision_note": "同意",
            "lead": f"firm:{firm}" if walk.compound.startswith("CX") else "community",
        },
        "refuse": {"reason": "按期可以办成"},
        "dispute": {"reason": "合同里没有这一项"},
    }  # fmt: skip
    asker = next((n for n, key in walk.street.users.items() if key == one.asker_id), worker)
    usual = {"consent": street, "withdraw": asker, "dispute": asker}
    decider = street if one.by_street or one.state in ("disputed", "forwarded") else secretary
    actor = somebody(walk, by or usual.get(action, decider))
    with everywhere():
        requests.act(
            actor, one.kind, request_id, action, {**said.get(action, {}), **inputs},
            version=version, now=walk.clock.now,
        )  # fmt: skip


def held(walk: Walk, review_on: date | None = None) -> int:
    """A task put to rest: asked for, proposed and consented to."""
    more: dict[str, Any] = {} if review_on is None else {"review_on": review_on}
    key = ask(walk, "hold", **more)
    answer(walk, key, "propose")
    answer(walk, key, "consent")
    return key


def due_days() -> list[tuple[date, int | None, str]]:
    """Every due day of the only task, with the request that moved it and why."""
    rows = db.session.scalars(select(DueChange).order_by(DueChange.id)).all()
    return [(local_day(one.due_after), one.request_id, one.reason) for one in rows]


def taken(kind: str) -> list[str]:
    """The acts the record tells of one kind of thing, in order."""
    lines = select(AuditEvent.action).where(
        AuditEvent.subject_kind == kind, AuditEvent.refused.is_(None)
    )
    return list(db.session.scalars(lines.order_by(AuditEvent.id)))
