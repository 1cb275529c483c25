"""Summaries and their concerns, written and submitted through the real commands."""

from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.extensions import db
from harbour.models.places import Building, SubArea, Unit
from harbour.models.summaries import Concern, Summary
from harbour.services import ledger, summaries, writing
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.places import PLANTER, Street

TITLES = ("修好3号楼2单元门口的路灯", "清理东门外的垃圾", "给地下车库的坡道做防滑")
CATEGORIES = ("FAC/公共照明", "ENV/垃圾清运", "FAC/道路")


def inputs(place: int = 0, **more: Any) -> dict[str, Any]:
    """What a representative types of one concern."""
    return {
        "concern_title": TITLES[place % len(TITLES)],
        "residents_words": f"第{place + 1}件:居民说了好几次,晚上看不清路。",
        "category": CATEGORIES[place % len(CATEGORIES)],
        "place": "东门旁",
        "voices": 3,
        "households": 12,
        **more,
    }


def draft(street: Street, clock: Any, username: str = "ch01-rep1") -> int:
    """A summary begun by a representative; its id."""
    actor = street.actor(username)
    with scoped_to(*street.community_ids):
        return summaries.draft(actor, {"compound_id": min(actor.compound_ids)}, now=clock.now)


def concern(
    street: Street, clock: Any, summary_id: int, key: str, username: str = "ch01-rep1", **typed: Any
) -> int:
    """One more concern of a summary; its id."""
    with scoped_to(*street.community_ids):
        written = writing.write(
            street.actor(username), summary_id, key, inputs(**typed), version=None, now=clock.now
        )
    assert written.concern_id is not None
    return written.concern_id


def summary(
    street: Street,
    clock: Any,
    username: str = "ch01-rep1",
    concerns: int = 2,
    *,
    submit: bool = True,
) -> int:
    """A summary with so many concerns, submitted unless told otherwise; its id."""
    summary_id = draft(street, clock, username)
    for place in range(concerns):
        concern(street, clock, summary_id, f"{username}-{clock.now}-{place}", username, place=place)
    if submit:
        act(street, clock, summary_id, "submit", street.actor(username))
    return summary_id


@command
def enlarge(street: Street, clock: Any, code: str = "CH-01") -> None:
    """Let a compound have 70 buildings in two parts, of seven units each."""
    owner = street.communities[code[:2]]
    home: Any = {"community_id": owner}
    compound_id = street.compounds[code]
    with scoped_to(*street.community_ids):
        area = SubArea(**home, compound_id=compound_id, name="乙园")
        db.session.add(area)
        db.session.flush()
        for n in range(4, 71):
            building = Building(**home, compound_id=compound_id, sub_area_id=area.id,
                                name=f"{n}号楼", sort_key=f"{n:05}")  # fmt: skip
            db.session.add(building)
            db.session.flush()
            for u in range(1, 8):
                db.session.add(Unit(**home, building_id=building.id, name=f"{u}单元",
                                    sort_key=f"{u:05}"))  # fmt: skip
        ledger.append(PLANTER, "test.enlarge", kind="test", subject_id=None, now=clock.now, **home)


def act(
    street: Street, clock: Any, summary_id: int, action: str, actor: Actor, **typed: Any
) -> None:
    """An act on a summary, at the version that stands."""
    with scoped_to(*street.community_ids):
        if action == "submit" and not concerns_of(street, summary_id):
            summaries.act(actor, summary_id, "edit", {"nil": True}, version=None, now=clock.now)
        summaries.act(actor, summary_id, action, typed, version=None, now=clock.now)


def concerns_of(street: Street, summary_id: int) -> list[Concern]:
    """The concerns of a summary, in their order."""
    with scoped_to(*street.community_ids):
        db.session.rollback()
        return list(
            db.session.scalars(
                select(Concern)
                .where(Concern.summary_id == summary_id)
                .order_by(Concern.position, Concern.id)
            )
        )


def stored(street: Street, summary_id: int) -> Summary:
    """A summary as it stands in the database."""
    with scoped_to(*street.community_ids):
        db.session.rollback()
        return db.session.scalars(select(Summary).where(Summary.id == summary_id)).one()
