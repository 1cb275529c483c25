"""Streets, communities, compounds and what stands in them: made and changed by administrators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from harbour.domain.actors import Actor
from harbour.domain.errors import Denied, Invalid, Missing, Stale
from harbour.domain.places import natural_key
from harbour.domain.text import N_
from harbour.extensions import Model, db
from harbour.models.places import Building, Community, Compound, Street, SubArea, Unit
from harbour.services.administration import demand_admin, demand_over, record, refused
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]

PROFILE = (
    "name", "households", "floor_area", "built", "owners_committee", "meeting_weekday",
    "meeting_time", "meeting_minutes", "meeting_place", "note",
)  # fmt: skip


@command
def create_street(actor: Actor, inputs: Inputs, *, now: datetime) -> int:
    """A new street (``code name``); only for the installation's administrator."""
    demand_admin(actor, "street", "create")
    if actor.street_id is not None:
        raise Denied
    _free(select(Street.id).where(Street.code == inputs["code"]), "code")
    street = Street(code=inputs["code"], name=inputs["name"], settings={})
    return _born(actor, street, inputs, now)


@command
def rewrite_street(
    actor: Actor, street_id: int, inputs: Inputs, *, version: int, now: datetime
) -> None:
    """Correct a street's name."""
    demand_over(actor, street_id, "street", "rewrite")
    street = _stored(Street, street_id)
    _rewritten(actor, street, {"name": inputs["name"]}, version, now)


@command
def create_community(actor: Actor, street_id: int, inputs: Inputs, *, now: datetime) -> int:
    """A new community (``code slug name``); its slug stands in addresses and stays."""
    demand_over(actor, street_id, "community", "create")
    _stored(Street, street_id)
    _free(select(Community.id).where(
        Community.street_id == street_id, Community.code == inputs["code"]), "code")  # fmt: skip
    _free(select(Community.id).where(Community.slug == inputs["slug"]), "slug")
    community = Community(
        street_id=street_id,
        code=inputs["code"],
        slug=inputs["slug"],
        name=inputs["name"],
        settings={},
    )
    return _born(actor, community, inputs, now)


@command
def rewrite_community(
    actor: Actor, community_id: int, inputs: Inputs, *, version: int, now: datetime
) -> None:
    """Correct a community's name."""
    community = own_community(actor, community_id, "community", "rewrite")
    _rewritten(actor, community, {"name": inputs["name"]}, version, now)


@command
def create_compound(actor: Actor, community_id: int, inputs: Inputs, *, now: datetime) -> int:
    """A new compound (``code`` and its profile); the code begins its public numbers and stays."""
    own_community(actor, community_id, "compound", "create")
    taken = select(Compound.id).where(
        Compound.community_id == community_id, Compound.code == inputs["code"]
    )
    _free(taken, "code")
    compound = Compound(community_id=community_id, code=inputs["code"], **_profile(inputs))
    return _born(actor, compound, inputs, now)


@command
def rewrite_compound(
    actor: Actor, compound_id: int, inputs: Inputs, *, version: int, now: datetime
) -> None:
    """Change a compound's profile and its regular meeting slot."""
    compound = own_compound(actor, compound_id, "rewrite")
    _rewritten(actor, compound, _profile(inputs), version, now)


def _profile(inputs: Inputs) -> dict[str, Any]:
    given = {name: inputs[name] for name in PROFILE if name in inputs}
    if given.get("meeting_minutes") is None:
        given.pop("meeting_minutes", None)
    for name in ("meeting_place", "note"):
        if name in given:
            given[name] = given[name] or ""
    return given


@command
def add_sub_area(actor: Actor, compound_id: int, name: str, *, now: datetime) -> int:
    """A named part of a large compound."""
    compound = own_compound(actor, compound_id, "add_sub_area")
    _free(select(SubArea.id).where(
        SubArea.compound_id == compound.id, SubArea.name == name), "sub_area_name")  # fmt: skip
    area = SubArea(community_id=compound.community_id, compound_id=compound.id, name=name)
    db.session.add(area)
    db.session.flush()
    record(actor, "add_sub_area", compound, now, {"name": name})
    return area.id


@command
def remove_sub_area(actor: Actor, compound_id: int, sub_area_id: int, *, now: datetime) -> None:
    """Take away a sub-area nothing lies in."""
    compound = own_compound(actor, compound_id, "remove_sub_area")
    area = _part(SubArea, SubArea.compound_id == compound.id, sub_area_id)
    name = area.name
    _remove(area, compound, "remove_sub_area")
    record(actor, "remove_sub_area", compound, now, {"name": name})


@dataclass(frozen=True)
class Added:
    """How many buildings and units a plan made, and how many buildings stood there before."""

    buildings: int
    units: int
    standing: int


@command
def add_buildings(
    actor: Actor,
    compound_id: int,
    names: Sequence[str],
    *,
    units: int,
    sub_area_id: int | None,
    now: datetime,
) -> Added:
    """Put up buildings of these names, units "1单元" … each; those that stand are left alone."""
    compound = own_compound(actor, compound_id, "add_buildings")
    if sub_area_id is not None:
        _part(SubArea, SubArea.compound_id == compound.id, sub_area_id)
    standing = set(
        db.session.scalars(
            select(Building.name).where(
                Building.compound_id == compound.id,
                Building.sub_area_id.is_not_distinct_from(sub_area_id),
            )
        )
    )
    made = [
        Building(
            community_id=compound.community_id,
            compound_id=compound.id,
            sub_area_id=sub_area_id,
            name=name,
            sort_key=natural_key(name),
        )
        for name in dict.fromkeys(names)
        if name not in standing
    ]
    if not made:
        raise Invalid("numbers", N_("These buildings stand there already."))
    db.session.add_all(made)
    db.session.flush()
    for building in made:
        _put_units(building, 1, units)
    record(actor, "add_buildings", compound, now,
           {"names": [b.name for b in made], "units": units, "sub_area": sub_area_id})  # fmt: skip
    return Added(len(made), len(made) * units, len(dict.fromkeys(names)) - len(made))


def _put_units(building: Building, first: int, last: int) -> None:
    db.session.add_all(
        Unit(
            community_id=building.community_id,
            building_id=building.id,
            name=f"{n}单元",
            sort_key=natural_key(f"{n}单元"),
        )
        for n in range(first, last + 1)
    )


@command
def rewrite_building(
    actor: Actor,
    compound_id: int,
    building_id: int,
    *,
    name: str,
    sub_area_id: int | None,
    now: datetime,
) -> None:
    """Rename a building or put it into another sub-area."""
    compound, building = own_building(actor, compound_id, building_id, "rewrite_building")
    if sub_area_id is not None:
        _part(SubArea, SubArea.compound_id == compound.id, sub_area_id)
    _free(select(Building.id).where(
        Building.compound_id == compound.id, Building.name == name, Building.id != building.id,
        Building.sub_area_id.is_not_distinct_from(sub_area_id)), "building_name")  # fmt: skip
    before = building.name
    building.name, building.sub_area_id = name, sub_area_id
    building.sort_key = natural_key(name)
    record(actor, "rewrite_building", compound, now,
           {"building": building.id, "before": before, "name": name})  # fmt: skip


@command
def set_units(
    actor: Actor, compound_id: int, building_id: int, *, count: int, now: datetime
) -> None:
    """Give a building units 1 to ``count``: missing ones are added, unused ones taken away."""
    compound, building = own_building(actor, compound_id, building_id, "set_units")
    have = {unit.name: unit for unit in building.units}
    wanted = [f"{n}单元" for n in range(1, count + 1)]
    for name in wanted:
        if name not in have:
            db.session.add(Unit(community_id=building.community_id, building_id=building.id,
                                name=name, sort_key=natural_key(name)))  # fmt: skip
    for name, unit in have.items():
        if name not in wanted:
            _remove(unit, compound, "set_units")
    before = len(have)
    record(actor, "set_units", compound, now,
           {"building": building.name, "before": before, "units": count})  # fmt: skip


@command
def remove_building(actor: Actor, compound_id: int, building_id: int, *, now: datetime) -> None:
    """Take away a building that nothing refers to, with its units."""
    compound, building = own_building(actor, compound_id, building_id, "remove_building")
    name = building.name
    for unit in list(building.units):
        _remove(unit, compound, "remove_building")
    _remove(building, compound, "remove_building")
    record(actor, "remove_building", compound, now, {"name": name})


def own_community(actor: Actor, community_id: int, kind: str, action: str) -> Community:
    """A community of the administrator's; else Missing (Denied without the role)."""
    demand_admin(actor, kind, action)
    community: Community = _stored(Community, community_id)
    demand_over(actor, community.street_id, kind, action)
    return community


def own_compound(actor: Actor, compound_id: int, action: str) -> Compound:
    """A compound of the administrator's, locked; else Missing (Denied without the role)."""
    demand_admin(actor, "compound", action)
    compound = db.session.scalars(
        select(Compound).where(Compound.id == compound_id).with_for_update()
    ).first()
    if compound is None:
        raise Missing
    own_community(actor, compound.community_id, "compound", action)
    return compound


def own_building(
    actor: Actor, compound_id: int, building_id: int, action: str
) -> tuple[Compound, Building]:
    """A building and its compound, of the administrator's; else Missing."""
    compound = own_compound(actor, compound_id, action)
    return compound, _part(Building, Building.compound_id == compound.id, building_id)


def _stored(kind: Any, thing_id: int) -> Any:
    found = db.session.get(kind, thing_id)
    if found is None:
        raise Missing
    return found


def _part(kind: Any, within: Any, thing_id: int) -> Any:
    found = db.session.scalars(select(kind).where(kind.id == thing_id, within)).first()
    if found is None:
        raise Missing
    return found


def _free(taken: Any, field: str) -> None:
    if db.session.scalar(taken.limit(1)) is not None:
        raise Invalid(field, N_("This is taken already. Choose another."))


def _born(actor: Actor, thing: Any, inputs: Inputs, now: datetime) -> int:
    db.session.add(thing)
    db.session.flush()
    record(actor, "create", thing, now, dict(inputs))
    return int(thing.id)


def _rewritten(
    actor: Actor, thing: Any, values: Mapping[str, Any], version: int, now: datetime
) -> None:
    if version != thing.version:
        raise Stale({name: _typed(getattr(thing, name)) for name in values}, thing.version)
    for name, value in values.items():
        setattr(thing, name, value)
    record(actor, "rewrite", thing, now)


def _typed(value: object) -> str:
    """A stored value as its form would show it."""
    if value is None:
        return ""
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


def _remove(thing: Model, compound: Compound, action: str) -> None:
    """Delete what nothing refers to; Refused where a concern or a task names the place."""
    try:
        with db.session.begin_nested():
            db.session.delete(thing)
            db.session.flush()
    except IntegrityError:
        raise refused(
            N_("Something is recorded for this place; it has to stay."),
            "compound",
            action,
            compound,
        ) from None
