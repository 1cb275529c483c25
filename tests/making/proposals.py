"""Concerns at the desk and proposals, walked there through the real commands."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Community
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.services import concerns, proposals, summaries, writing
from harbour.tenancy import scoped_to
from tests.making import Make

LAMP = "FAC/公共照明"
OWNERS = "PRK/停车收费"


@contextmanager
def afresh() -> Iterator[None]:
    """What stands in the database now, in every community, whatever was read before."""
    db.session.rollback()
    with scoped_to(*db.session.scalars(select(Community.id))):
        yield


def handed_in(
    make: Make, *titles: str, by: str = "ch01-rep1", compound: str = "CH-01", **said: Any
) -> list[int]:
    """A submitted summary with a concern per title; the concerns' ids in their order."""
    rep = make.street.actor(by)
    at = make.street.compounds[compound]
    with scoped_to(*make.street.community_ids):
        return _handed_in(make, rep, at, compound, titles, said)


def _handed_in(
    make: Make, rep: Actor, at: int, compound: str, titles: tuple[str, ...], said: dict[str, Any]
) -> list[int]:
    now = make.clock()
    begun = summaries.draft(rep, {"compound_id": at}, now=now)
    ids = []
    for title in titles:
        inputs = {
            "concern_title": title, "category": LAMP, "residents_words": f"{title},晚上看不见。",
            "building": make.street.buildings[f"{compound}/1"], "place": "三层", "voices": 3,
            "households": 12, **said,
        }  # fmt: skip
        written = writing.write(rep, begun, uuid4().hex, inputs, version=None, now=now)
        assert written.concern_id is not None
        ids.append(written.concern_id)
    if not titles:
        summaries.act(rep, begun, "edit", {"nil": True}, version=None, now=now)
    summaries.act(rep, begun, "submit", {}, version=None, now=now)
    return ids


def summary_of(concern_id: int) -> Summary:
    """The summary a concern stands in."""
    found = select(Summary).join(Concern, Concern.summary_id == Summary.id)
    with afresh():
        return db.session.scalars(found.where(Concern.id == concern_id)).one()


def concern(concern_id: int) -> Concern:
    """A concern as it stands now."""
    with afresh():
        return db.session.scalars(select(Concern).where(Concern.id == concern_id)).one()


def proposal(number: str) -> Proposal:
    """A proposal as it stands now."""
    with afresh():
        return db.session.scalars(select(Proposal).where(Proposal.number == number)).one()


def proposed(make: Make, title: str = "三层楼道灯不亮", **changes: Any) -> str:
    """A submitted proposal made of a representative's concern; its number."""
    (key,) = handed_in(make, title, **changes)
    with afresh():
        return concerns.propose(make.street.actor("ch-zhao"), [key], now=make.clock())


def put_forward(
    make: Make, title: str = "三层楼道灯不亮", by: str = "ch01-rep1", **said: Any
) -> str:
    """A submitted proposal put forward directly; its number."""
    inputs = {"title": title, "category": LAMP, "place": "三层", "wanted": "换成感应灯", **said}
    compound = make.street.compounds["CH-01"]
    with afresh():
        return proposals.put_forward(make.street.actor(by), compound, inputs, now=make.clock())


def act(make: Make, number: str, action: str, by: str = "ch-zhao", **inputs: Any) -> None:
    """An act on a proposal, by the secretary unless said otherwise."""
    actor, now = make.street.actor(by), make.clock()
    with afresh():
        proposals.act(actor, number, action, inputs, version=None, now=now)


def lines(kind: str, subject_id: int) -> list[str]:
    """The acts the ledger tells of one thing, refused ones left out."""
    told = select(AuditEvent.action).where(
        AuditEvent.subject_kind == kind,
        AuditEvent.subject_id == subject_id,
        AuditEvent.refused.is_(None),
    )
    with afresh():
        return list(db.session.scalars(told.order_by(AuditEvent.id)))
