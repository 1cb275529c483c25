"""Places and firms as the administrator sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.places import Building, Community, Compound, Street, SubArea, Unit
from harbour.tenancy import in_scope


@dataclass(frozen=True)
class CompoundLine:
    """One compound in a list."""

    id: int
    code: str
    name: str
    households: int | None
    buildings: int
    units: int


@dataclass(frozen=True)
class CommunityLine:
    """One community in a list."""

    id: int
    code: str
    slug: str
    name: str
    version: int
    compounds: tuple[CompoundLine, ...] = ()


@dataclass(frozen=True)
class StreetLine:
    """One street with its communities."""

    id: int
    code: str
    name: str
    version: int
    communities: tuple[CommunityLine, ...] = ()


@dataclass(frozen=True)
class TeamLine:
    """One volunteer team."""

    id: int
    name: str
    field: str
    version: int


@dataclass(frozen=True)
class CommunityPage:
    """One community: its compounds and its volunteer teams."""

    id: int
    code: str
    slug: str
    name: str
    version: int
    street: StreetLine
    compounds: tuple[CompoundLine, ...]
    teams: tuple[TeamLine, ...]


@dataclass(frozen=True)
class BuildingLine:
    """One building and how many units it has."""

    id: int
    name: str
    units: int
    sub_area_id: int | None
    sub_area: str


@dataclass(frozen=True)
class ContractLine:
    """One contract between a firm and a compound."""

    id: int
    firm_id: int
    firm: str
    compound_id: int
    compound: str
    kind: str
    fee_mode: str
    starts_on: date | None
    ends_on: date | None

    def meets(self, other: "ContractLine") -> bool:
        """Whether the two have a day in common; an unknown end reaches on."""
        first, second = self.starts_on or date.min, other.starts_on or date.min
        return first <= (other.ends_on or date.max) and second <= (self.ends_on or date.max)

    def over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.ends_on is not None and self.ends_on < today


@dataclass(frozen=True)
class CompoundPage:
    """One compound: profile, sub-areas, buildings, contracts and where these overlap."""

    id: int
    version: int
    community: CommunityLine
    code: str
    name: str
    households: int | None
    floor_area: int | None
    built: int | None
    owners_committee: str
    meeting_weekday: int | None
    meeting_time: time | None
    meeting_minutes: int
    meeting_place: str
    note: str
    sub_areas: tuple[tuple[int, str], ...]
    buildings: tuple[BuildingLine, ...]
    contracts: tuple[ContractLine, ...]
    overlaps: tuple[tuple[ContractLine, ContractLine], ...]

    @property
    def units(self) -> int:
        """How many units all its buildings have."""
        return sum(building.units for building in self.buildings)

    def building(self, building_id: int) -> BuildingLine | None:
        """One of its buildings."""
        return next((b for b in self.buildings if b.id == building_id), None)


@dataclass(frozen=True)
class FirmLine:
    """One firm in a list."""

    id: int
    code: str
    name: str
    short_name: str
    street: str
    compounds: int


@dataclass(frozen=True)
class FirmPage:
    """One firm with its contracts."""

    id: int
    version: int
    code: str
    name: str
    short_name: str
    street_id: int
    street: str
    contracts: tuple[ContractLine, ...]


def community_ids(street_id: int | None) -> tuple[int, ...]:
    """The communities of a street (None: of all), to open their scope for administration."""
    chosen = select(Community.id)
    if street_id is not None:
        chosen = chosen.where(Community.street_id == street_id)
    return tuple(db.session.scalars(chosen.order_by(Community.id)))


def tree(street_id: int | None) -> tuple[StreetLine, ...]:
    """Every street (or one) with its communities and their compounds."""
    streets = db.session.scalars(_streets(street_id).order_by(Street.code)).all()
    communities = db.session.scalars(
        select(Community)
        .where(Community.street_id.in_([s.id for s in streets]))
        .order_by(Community.code)
    ).all()
    compounds = _compounds(None)
    inside: dict[int, list[CommunityLine]] = {}
    for c in communities:
        line = CommunityLine(
            c.id, c.code, c.slug, c.name, c.version, tuple(compounds.get(c.id, ()))
        )
        inside.setdefault(c.street_id, []).append(line)
    return tuple(
        StreetLine(s.id, s.code, s.name, s.version, tuple(inside.get(s.id, ()))) for s in streets
    )


def _streets(street_id: int | None) -> Select[Street]:
    chosen = select(Street)
    return chosen if street_id is None else chosen.where(Street.id == street_id)


def street(street_id: int | None, wanted: int) -> StreetLine | None:
    """One street, if it is the administrator's."""
    found = db.session.scalars(_streets(street_id).where(Street.id == wanted)).first()
    return None if found is None else StreetLine(found.id, found.code, found.name, found.version)


def _compounds(community_id: int | None) -> dict[int, list[CompoundLine]]:
    chosen = select(Compound).order_by(Compound.code)
    if community_id is not None:
        chosen = chosen.where(Compound.community_id == community_id)
    buildings = _counted(select(Building.compound_id, func.count()).group_by(Building.compound_id))
    units = _counted(
        select(Building.compound_id, func.count(Unit.id))
        .join(Unit, Unit.building_id == Building.id)
        .group_by(Building.compound_id)
    )
    found: dict[int, list[CompoundLine]] = {}
    for c in db.session.scalars(chosen):
        found.setdefault(c.community_id, []).append(
            CompoundLine(
                c.id, c.code, c.name, c.households, buildings.get(c.id, 0), units.get(c.id, 0)
            )
        )
    return found


def _counted(chosen: Any) -> dict[int, int]:
    return {row[0]: row[1] for row in db.session.execute(chosen)}


def community(wanted: int) -> CommunityPage | None:
    """One community in scope, or None."""
    found = db.session.scalars(
        select(Community).options(joinedload(Community.street)).where(Community.id == wanted)
    ).first()
    if found is None or found.id not in in_scope():
        return None
    teams = db.session.scalars(
        select(VolunteerTeam)
        .where(VolunteerTeam.community_id == wanted)
        .order_by(VolunteerTeam.name)
    )
    own = found.street
    return CommunityPage(
        found.id,
        found.code,
        found.slug,
        found.name,
        found.version,
        StreetLine(own.id, own.code, own.name, own.version),
        tuple(_compounds(found.id).get(found.id, ())),
        tuple(TeamLine(t.id, t.name, t.field, t.version) for t in teams),
    )


def compound(wanted: int) -> CompoundPage | None:
    """One compound in scope, or None."""
    c = db.session.scalars(select(Compound).where(Compound.id == wanted)).first()
    if c is None:
        return None
    owner = db.session.scalars(select(Community).where(Community.id == c.community_id)).one()
    areas = db.session.scalars(
        select(SubArea).where(SubArea.compound_id == c.id).order_by(SubArea.id)
    ).all()
    contracts = contracts_of(compound_id=c.id)
    return CompoundPage(
        id=c.id,
        version=c.version,
        community=CommunityLine(owner.id, owner.code, owner.slug, owner.name, owner.version),
        code=c.code,
        name=c.name,
        households=c.households,
        floor_area=c.floor_area,
        built=c.built,
        owners_committee=c.owners_committee,
        meeting_weekday=c.meeting_weekday,
        meeting_time=c.meeting_time,
        meeting_minutes=c.meeting_minutes,
        meeting_place=c.meeting_place,
        note=c.note,
        sub_areas=tuple((a.id, a.name) for a in areas),
        buildings=_buildings(c.id, {a.id: a.name for a in areas}),
        contracts=contracts,
        overlaps=_overlaps(contracts),
    )


def _buildings(compound_id: int, areas: dict[int, str]) -> tuple[BuildingLine, ...]:
    rows = db.session.execute(
        select(Building.id, Building.name, Building.sub_area_id, func.count(Unit.id).label("units"))
        .outerjoin(Unit, Unit.building_id == Building.id)
        .where(Building.compound_id == compound_id)
        .group_by(Building.id, Building.name, Building.sub_area_id, Building.sort_key)
        .order_by(Building.sub_area_id, Building.sort_key, Building.id)
    )
    return tuple(
        BuildingLine(r.id, r.name, r.units, r.sub_area_id, areas.get(r.sub_area_id, ""))
        for r in rows
    )


def contracts_of(
    *, compound_id: int | None = None, firm_id: int | None = None
) -> tuple[ContractLine, ...]:
    """The contracts of a compound or a firm, the latest first."""
    chosen = (
        select(ServiceContract, Firm.short_name, Compound.name)
        .join(Firm, Firm.id == ServiceContract.firm_id)
        .join(Compound, Compound.id == ServiceContract.compound_id)
    )
    if compound_id is not None:
        chosen = chosen.where(ServiceContract.compound_id == compound_id)
    if firm_id is not None:
        chosen = chosen.where(ServiceContract.firm_id == firm_id)
    lines = [
        ContractLine(
            k.id, k.firm_id, firm, k.compound_id, compound_name, k.kind, k.fee_mode,
            k.starts_on, k.ends_on,
        )
        for k, firm, compound_name in db.session.execute(chosen)
    ]  # fmt: skip
    lines.sort(key=lambda k: (k.ends_on or date.max, k.starts_on or date.min, k.id), reverse=True)
    return tuple(lines)


def _overlaps(
    contracts: Sequence[ContractLine],
) -> tuple[tuple[ContractLine, ContractLine], ...]:
    """Pairs of contracts of different firms with a day in common."""
    return tuple(
        (one, other)
        for n, one in enumerate(contracts)
        for other in contracts[n + 1 :]
        if one.firm_id != other.firm_id and one.meets(other)
    )


def firms(street_id: int | None) -> tuple[FirmLine, ...]:
    """The firms of a street (None: of all), with how many compounds each has under contract."""
    served = _counted(
        select(ServiceContract.firm_id, func.count(ServiceContract.compound_id.distinct()))
        .group_by(ServiceContract.firm_id)
    )  # fmt: skip
    chosen = select(Firm, Street.name).join(Street, Street.id == Firm.street_id)
    if street_id is not None:
        chosen = chosen.where(Firm.street_id == street_id)
    rows = db.session.execute(chosen.order_by(Street.code, Firm.code))
    return tuple(
        FirmLine(f.id, f.code, f.name, f.short_name, street_name, served.get(f.id, 0))
        for f, street_name in rows
    )


def firm(street_id: int | None, wanted: int) -> FirmPage | None:
    """One firm, if it is of the administrator's street."""
    found = db.session.get(Firm, wanted)
    if found is None or (street_id is not None and found.street_id != street_id):
        return None
    own = db.session.get(Street, found.street_id)
    return FirmPage(
        found.id,
        found.version,
        found.code,
        found.name,
        found.short_name,
        found.street_id,
        own.name if own else "",
        contracts_of(firm_id=found.id),
    )
