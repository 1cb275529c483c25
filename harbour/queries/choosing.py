"""What a proposal's forms let one choose: compounds, buildings and units, meetings ahead."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.meetings import MEETING, MeetingState
from harbour.domain.reach import COMPOUND_BOUND
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.places import Building, Compound, Unit
from harbour.queries.visibility import visible


def compounds(actor: Actor) -> tuple[tuple[int, str], ...]:
    """The compounds an actor may put proposals forward in: key and name."""
    chosen = select(Compound.id, Compound.name).order_by(Compound.code)
    if actor.role in COMPOUND_BOUND:
        chosen = chosen.where(Compound.id.in_(sorted(actor.compound_ids)))
    return tuple((row.id, row.name) for row in db.session.execute(chosen))


def buildings(compound_id: int) -> tuple[tuple[int, str], ...]:
    """The buildings of a compound in their natural order: key and name."""
    rows = db.session.execute(
        select(Building.id, Building.name)
        .where(Building.compound_id == compound_id)
        .order_by(Building.sort_key, Building.id)
    )
    return tuple((row.id, row.name) for row in rows)


def units(compound_id: int) -> tuple[tuple[int, int, str], ...]:
    """The units of a compound: building's key, own key, and name."""
    rows = db.session.execute(
        select(Unit.building_id, Unit.id, Unit.name)
        .join(Building, Building.id == Unit.building_id)
        .where(Building.compound_id == compound_id)
        .order_by(Building.sort_key, Unit.sort_key, Unit.id)
    )
    return tuple((row.building_id, row.id, row.name) for row in rows)


@dataclass(frozen=True)
class MeetingAhead:
    """A meeting a proposal may be placed on."""

    number: str
    issue_no: int
    starts_at: datetime


def meetings_ahead(actor: Actor, compound_id: int) -> tuple[MeetingAhead, ...]:
    """The meetings of a compound that have not begun, the next first."""
    rows = db.session.scalars(
        select(Meeting)
        .where(
            Meeting.compound_id == compound_id,
            Meeting.state == MeetingState.SCHEDULED,
            visible(Meeting, MEETING, actor),
        )
        .order_by(Meeting.starts_at)
        .limit(12)
    )
    return tuple(MeetingAhead(one.number, one.issue_no, one.starts_at) for one in rows)
