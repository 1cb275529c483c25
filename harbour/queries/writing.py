"""What the page asks for on which one concern is written: its words, places, likely duplicates."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import Actor
from harbour.domain.errors import Missing
from harbour.domain.proposals import PROPOSAL
from harbour.domain.reach import in_own_compounds
from harbour.domain.similar import likely_duplicates
from harbour.domain.summaries import CONCERN, SUMMARY, Fate, SummaryState
from harbour.domain.tasks import TASK
from harbour.domain.workflow import Workflow
from harbour.extensions import db
from harbour.models.places import Building, Compound, SubArea, Unit
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_concern, of_summary, settings_of
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task
from harbour.queries import photos
from harbour.queries.photos import PhotoLine
from harbour.queries.visibility import visible

COMPARED = 300
RECENT, LOOKED_AT = 6, 60
# Offered first where nobody has written anything yet: what compounds complain of most.
USUAL = ("FAC/公共照明", "ENV/垃圾清运", "PRK/乱停乱放", "SAF/电动自行车充电", "UTL/供水")


@dataclass(frozen=True)
class ConcernDraft:
    """A concern as its form shows it; a new one has no id."""

    id: int | None
    version: int | None
    form_key: str | None
    summary_id: int | None
    compound_id: int
    place_in_list: int
    fields: Mapping[str, Any]
    photos: tuple[PhotoLine, ...]
    strikable: bool


@dataclass(frozen=True)
class Spot:
    """A sub-area, building or unit to choose from; ``parent_id`` is what it lies in."""

    id: int
    name: str
    parent_id: int | None = None


@dataclass(frozen=True)
class Spots:
    """The places of a compound; a compound of one sub-area is not asked for it."""

    sub_areas: tuple[Spot, ...]
    buildings: tuple[Spot, ...]
    units: tuple[Spot, ...]


@dataclass(frozen=True)
class Alike:
    """Something that may be the same case."""

    number: str
    title: str
    state_label: str
    at: datetime


def summary_open(actor: Actor, summary_id: int, now: datetime) -> tuple[int, int]:
    """The compound of a summary the actor may go on writing, and how many concerns it has."""
    summary = db.session.scalars(select(Summary).where(Summary.id == summary_id)).first()
    if summary is None:
        raise Missing
    SUMMARY.require(actor, of_summary(summary), "edit", now)
    return summary.compound_id, len(summary.concerns)


def compound_of(actor: Actor, compound_id: int | None) -> int:
    """The compound asked for, or the only one the actor has; Missing where it is not theirs."""
    wanted = compound_id or (min(actor.compound_ids) if actor.compound_ids else None)
    found = db.session.scalar(select(Compound.id).where(Compound.id == wanted))
    if found is None or not in_own_compounds(actor, _Lying(found)):
        raise Missing
    return found


@dataclass(frozen=True)
class _Lying:
    compound_id: int


def concern(actor: Actor, concern_id: int, now: datetime) -> ConcernDraft:
    """A concern to go on writing; raises as the table says where it cannot be changed."""
    found = db.session.scalars(
        select(Concern).where(Concern.id == concern_id).options(joinedload(Concern.summary))
    ).first()
    if found is None:
        raise Missing
    CONCERN.require(actor, of_concern(found), "edit", now, "summary")
    places = db.session.scalars(
        select(Concern.id)
        .where(Concern.summary_id == found.summary_id)
        .order_by(Concern.position, Concern.id)
    ).all()
    return ConcernDraft(
        id=found.id,
        version=found.version,
        form_key=found.form_key,
        summary_id=found.summary_id,
        compound_id=found.compound_id,
        place_in_list=places.index(found.id) + 1,
        fields={
            "concern_title": found.title,
            "residents_words": found.words,
            "category": found.category,
            "sub_area": str(found.sub_area_id or ""),
            "building": str(found.building_id or ""),
            "unit": str(found.unit_id or ""),
            "place": found.place,
            "voices": found.voices,
            "households": found.households,
            "source": found.source,
            "urgency": found.urgency,
            "remedy": found.remedy,
            "same_as": found.same_as,
        },
        photos=photos.of("concern", [found.id]).get(found.id, ()),
        strikable=found.summary.state == SummaryState.DRAFT,
    )


def spots(compound_id: int) -> Spots:
    """The sub-areas, buildings and units of a compound, in their natural order."""
    areas = db.session.execute(
        select(SubArea.id, SubArea.name)
        .where(SubArea.compound_id == compound_id)
        .order_by(SubArea.id)
    ).all()
    buildings = db.session.execute(
        select(Building.id, Building.name, Building.sub_area_id)
        .where(Building.compound_id == compound_id)
        .order_by(Building.sort_key, Building.id)
    ).all()
    units = db.session.execute(
        select(Unit.id, Unit.name, Unit.building_id)
        .join(Building, Building.id == Unit.building_id)
        .where(Building.compound_id == compound_id)
        .order_by(Building.sort_key, Building.id, Unit.sort_key, Unit.id)
    ).all()
    return Spots(
        tuple(Spot(one.id, one.name) for one in areas),
        tuple(Spot(one.id, one.name, one.sub_area_id) for one in buildings),
        tuple(Spot(one.id, one.name, one.building_id) for one in units),
    )


def recent_categories(actor: Actor, compound_id: int) -> tuple[str, ...]:
    """The categories most likely wanted: the actor's latest, the compound's, the usual ones."""
    mine = (
        select(Concern.category)
        .join(Summary, Summary.id == Concern.summary_id)
        .where(Summary.author_id == actor.user_id, Concern.category != "")
        .order_by(Concern.id.desc())
        .limit(LOOKED_AT)
    )
    theirs = (
        select(Concern.category)
        .where(
            Concern.compound_id == compound_id,
            Concern.category != "",
            Concern.number.is_not(None),
            visible(Concern, CONCERN, actor),
        )
        .order_by(Concern.id.desc())
        .limit(LOOKED_AT)
    )
    found = [*db.session.scalars(mine), *db.session.scalars(theirs), *USUAL]
    return tuple(dict.fromkeys(found))[:RECENT]


def alike(
    actor: Actor,
    compound_id: int,
    texts: Iterable[tuple[int | None, str, str]],
    now: datetime,
) -> dict[int | None, tuple[Alike, ...]]:
    """What may be the same case as each (concern id, category, text): at most five each.

    Compared with concerns, proposals and tasks of the same compound and category, open or
    closed, of the community's last days (setting, 90), as far as the actor may see them.
    """
    asked = [one for one in texts if one[1] and one[2].strip()]
    if not asked:
        return {}
    categories = sorted({category for _, category, _ in asked})
    if actor.community_id is None:
        return {}
    since = now - timedelta(days=settings_of(actor.community_id).duplicate_window_days)
    kinds = ((Task, TASK), (Proposal, PROPOSAL), (Concern, CONCERN))
    others = [
        one
        for kind, table in kinds
        for one in _others(kind, table, actor, compound_id, categories, since)
    ]
    own = {key for key, _, _ in asked}
    return {
        key: _likely(
            text, [one for one in others if one.category == category and one.key not in own]
        )
        for key, category, text in asked
    }


@dataclass(frozen=True)
class _Other:
    """What is compared: ``key`` is a concern's id, None for anything else."""

    key: int | None
    category: str
    text: str
    told: Alike


def _others(
    kind: type[Any],
    table: Workflow[Any],
    actor: Actor,
    compound_id: int,
    categories: list[str],
    since: datetime,
) -> list[_Other]:
    words: ColumnElement[str] = {Task: Task.public_sentence, Proposal: Proposal.wanted}.get(
        kind, Concern.words
    )  # type: ignore[assignment]
    asked = (
        select(kind.id, kind.number, kind.title, kind.state, kind.created_at, kind.category, words)
        .where(
            kind.compound_id == compound_id,
            kind.category.in_(categories),
            kind.created_at >= since,
            kind.number.is_not(None),
            visible(kind, table, actor),
        )
        .order_by(kind.created_at.desc())
        .limit(COMPARED)
    )
    if kind is Concern:
        # What has become more is shown as that: the proposal, the task.
        asked = asked.where(Concern.state != Fate.PROPOSED)
    return [
        _Other(
            row.id if kind is Concern else None,
            row.category,
            f"{row.title} {row[6]}",
            Alike(row.number, row.title, table.labels[row.state], row.created_at),
        )
        for row in db.session.execute(asked)
    ]


def _likely(text: str, others: list[_Other]) -> tuple[Alike, ...]:
    """Each number once: a task before the proposal it came from, that before the concern."""
    found = likely_duplicates(text, enumerate(one.text for one in others), at_most=15)
    farthest: dict[str, int] = {}
    for one in found:
        number = others[one.key].told.number
        farthest[number] = min(one.key, farthest.get(number, one.key))
    return tuple(others[key].told for key in farthest.values())[:5]
