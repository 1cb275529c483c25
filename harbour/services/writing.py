"""Writing a summary's concerns: as one goes, without losing or doubling a word."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import Actor
from harbour.domain.categories import CATEGORIES
from harbour.domain.errors import About, Denied, Invalid, Missing, Refused, Stale
from harbour.domain.summaries import CONCERN, Source, Urgency
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.places import Building, SubArea, Unit
from harbour.models.subjects import of_concern
from harbour.models.summaries import Concern, Summary
from harbour.services import photos, search, summaries
from harbour.services.lifecycle import carry_out, give_birth, may_create
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]
# Columns by the names of the inputs that fill them as they are.
PLAIN = {
    "concern_title": "title",
    "residents_words": "words",
    "category": "category",
    "place": "place",
    "remedy": "remedy",
    "same_as": "same_as",
}
COUNTS = ("voices", "households")
NOT_HERE = N_("Choose one of this compound.")
MOST_CONCERNS = 50


@dataclass(frozen=True)
class Written:
    """How a concern stands after a save; ``files`` are those of photos taken out of it."""

    summary_id: int
    concern_id: int | None
    version: int | None
    files: tuple[str, ...] = ()


@command
def begin(
    actor: Actor,
    compound_id: int,
    form_key: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
) -> Written | None:
    """Write a concern into this period's summary, begun with it if need be; None for no words."""
    if _blank(inputs):
        return None
    summary_id = summaries.draft(actor, {"compound_id": compound_id}, now=now)
    return write(actor, summary_id, form_key, inputs, version=version, now=now)


@command
def write(
    actor: Actor,
    summary_id: int,
    form_key: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
) -> Written:
    """Write the concern of this form: the same form always writes the same concern."""
    summary = summaries.find(summary_id)
    summaries.require_edit(actor, summary, now)
    found = next((one for one in summary.concerns if one.form_key == form_key), None)
    if found is not None:
        return _edit(actor, found, inputs, version, now)
    if _blank(inputs):
        return Written(summary.id, None, None)
    return _create(actor, summary, form_key, inputs, now)


@command
def change(
    actor: Actor, concern_id: int, inputs: Inputs, *, version: int | None, now: datetime
) -> Written:
    """Write anew in a concern of a draft or returned summary; raises Stale as ever.

    What it says already is no change: a double tap is answered like the first.
    """
    return _edit(actor, _found(concern_id), inputs, version, now)


@command
def strike(actor: Actor, concern_id: int, *, now: datetime) -> Written:
    """Take a concern out of a summary that was never submitted, photos included."""
    concern = _found(concern_id)
    gone = db.session.scalars(select(Photo).where(Photo.concern_id == concern.id)).all()
    said = {"concern_title": concern.title}
    carry_out(
        CONCERN, {}, actor, concern, of_concern(concern), "strike", said,
        version=None, now=now, through="summary",
    )  # fmt: skip
    files = tuple(photos.remove(actor, photo, now=now) for photo in gone)
    search.forget(concern)
    db.session.delete(concern)
    return Written(concern.summary_id, None, None, files)


def _found(concern_id: int) -> Concern:
    concern = db.session.scalars(
        select(Concern)
        .where(Concern.id == concern_id)
        .options(joinedload(Concern.summary, innerjoin=True))
        .with_for_update(of=Concern)
    ).first()
    if concern is None:
        raise Missing
    return concern


def _create(
    actor: Actor, summary: Summary, form_key: str, inputs: Inputs, now: datetime
) -> Written:
    may_create(CONCERN, actor, "write")
    if len(summary.concerns) >= MOST_CONCERNS:
        raise Invalid("concern_title", N_("This summary is full. Please submit it first."))
    last = db.session.scalar(
        select(func.max(Concern.position)).where(Concern.summary_id == summary.id)
    )
    concern = Concern(
        community_id=summary.community_id,
        compound_id=summary.compound_id,
        summary_id=summary.id,
        form_key=form_key,
        position=(last or 0) + 1,
        created_at=now,
        **{"title": "", "category": "", **_values(inputs, summary.compound_id)},
    )
    db.session.add(concern)
    summary.nil = False
    give_birth(CONCERN, actor, concern, "write", _told(inputs), now=now)
    photos.attach(actor, inputs.get("photos") or (), concern)
    return Written(summary.id, concern.id, concern.version)


def _edit(
    actor: Actor, concern: Concern, inputs: Inputs, version: int | None, now: datetime
) -> Written:
    subject = of_concern(concern)
    try:
        CONCERN.require(actor, subject, "edit", now, "summary")
    except (Denied, Refused) as error:
        error.about = About("edit", CONCERN.name, concern.id, concern.number, concern.community_id)
        raise
    values = _values(inputs, concern.compound_id)
    differing = {name: value for name, value in values.items() if getattr(concern, name) != value}
    taken_out = _taken_out(concern, inputs)
    if differing and version is not None and version != concern.version:
        raise Stale(_standing(concern), concern.version)
    fresh = inputs.get("photos") or ()
    if not differing and not taken_out and not fresh:
        return Written(concern.summary_id, concern.id, concern.version)

    def effect(_actor: Actor, thing: Concern, _inputs: Inputs, _now: datetime) -> None:
        for name, value in differing.items():
            setattr(thing, name, value)
        photos.attach(actor, fresh, thing)

    files = tuple(photos.remove(actor, photo, now=now) for photo in taken_out)
    carry_out(
        CONCERN, {"edit": effect}, actor, concern, subject, "edit",
        _told({name: inputs[name] for name in inputs if name == "photos"}),
        version=None, now=now, through="summary",
    )  # fmt: skip
    return Written(concern.summary_id, concern.id, concern.version, files)


def _taken_out(concern: Concern, inputs: Inputs) -> list[Photo]:
    ids = inputs.get("remove_photo") or ()
    if not ids:
        return []
    return list(
        db.session.scalars(
            select(Photo).where(Photo.id.in_(tuple(ids)), Photo.concern_id == concern.id)
        )
    )


def _blank(inputs: Inputs) -> bool:
    """Whether nothing has been said yet: numbers and choices alone are only defaults."""
    said = ("concern_title", "residents_words", "category", "place", "remedy", "photos", "building")
    return not any(inputs.get(name) for name in said)


def _told(inputs: Inputs) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if value not in (None, "", (), [])}


def _standing(concern: Concern) -> dict[str, object]:
    """What stands now, by input name, as the form writes it."""
    found: dict[str, object] = {name: getattr(concern, column) for name, column in PLAIN.items()}
    for name in ("sub_area", "building", "unit"):
        found[name] = str(getattr(concern, f"{name}_id") or "")
    for name in ("voices", "households", "source", "urgency"):
        found[name] = str(getattr(concern, name))
    return found


def _values(inputs: Inputs, compound_id: int) -> dict[str, Any]:
    """Columns and their values; only what the inputs name. Raises Invalid beside the field."""
    values = {column: inputs[name] or "" for name, column in PLAIN.items() if name in inputs}
    if values.get("category") and values["category"] not in CATEGORIES:
        raise Invalid("category", N_("Choose the category that fits best."))
    values |= {name: inputs[name] or 1 for name in COUNTS if name in inputs}
    for name, kind in (("source", Source), ("urgency", Urgency)):
        if inputs.get(name):
            values[name] = _one_of(name, kind, inputs[name])
    if {"sub_area", "building", "unit"} & inputs.keys():
        values |= _where(inputs, compound_id)
    return values


def _one_of(name: str, kind: type[Source] | type[Urgency], value: str) -> str:
    try:
        return str(kind(value))
    except ValueError:
        raise Invalid(name, N_("Choose one of these.")) from None


def _where(inputs: Inputs, compound_id: int) -> dict[str, int | None]:
    """Sub-area, building and unit that fit each other: the narrower one decides."""
    area_id, building_id, unit_id = (
        inputs.get(name) or None for name in ("sub_area", "building", "unit")
    )
    if unit_id is not None:
        unit = db.session.scalars(
            select(Unit)
            .join(Building, Building.id == Unit.building_id)
            .where(Unit.id == unit_id, Building.compound_id == compound_id)
        ).first()
        if unit is None:
            raise Invalid("unit", NOT_HERE)
        if building_id not in (None, unit.building_id):
            raise Invalid("unit", N_("This unit is not in the building you chose."))
        building_id = unit.building_id
    if building_id is not None:
        building = db.session.scalars(
            select(Building).where(Building.id == building_id, Building.compound_id == compound_id)
        ).first()
        if building is None:
            raise Invalid("building", NOT_HERE)
        area_id = building.sub_area_id
    elif area_id is not None:
        area = db.session.scalars(
            select(SubArea).where(SubArea.id == area_id, SubArea.compound_id == compound_id)
        ).first()
        if area is None:
            raise Invalid("sub_area", NOT_HERE)
    return {"sub_area_id": area_id, "building_id": building_id, "unit_id": unit_id}
