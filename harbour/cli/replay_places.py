"""The organisation of a file: what is not there yet is made, through the real commands."""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from harbour.cli.replay_files import Entry, StreetFile, clock_time
from harbour.domain.actors import Actor, Role
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.places import Building, Community, Compound, Street, SubArea
from harbour.services import firms, places
from harbour.tenancy import scoped_to

#: Whoever replays a file is the installation's administrator, by holding its machine.
OPERATOR = Actor(user_id=None, name="flask harbour replay", role=Role.ADMIN)


@dataclass
class Organisation:
    """Keys of what the file's codes and names stand for."""

    street_id: int
    communities: dict[str, int] = field(default_factory=dict)
    compounds: dict[str, int] = field(default_factory=dict)
    firms: dict[str, int] = field(default_factory=dict)
    community_names: dict[str, str] = field(default_factory=dict)
    community_of: dict[str, str] = field(default_factory=dict)
    firm_names: dict[str, str] = field(default_factory=dict)

    def community_id(self, compound: str) -> int:
        """The community a compound lies in."""
        return self.communities[self.community_of[compound]]


class Founding:
    """Makes what a file names and the installation lacks."""

    def __init__(self, file: StreetFile, now: datetime) -> None:
        self.file, self.root, self.now = file, file.root, now

    def found(self) -> Organisation:
        """Street, communities, compounds, firms, contracts and teams."""
        street = self.root.entry("street")
        row = db.session.scalars(select(Street).where(Street.code == street["code"])).first()
        street_id = row.id if row else places.create_street(
            OPERATOR, {"code": street["code"], "name": street["name"]}, now=self.now
        )  # fmt: skip
        made = Organisation(street_id)
        for one in self.root.entries("communities"):
            self._community(made, one)
        with scoped_to(*made.communities.values(), installation=True):
            for one in self.root.entries("firms"):
                self._firm(made, one)
            for one in self.root.entries("compounds"):
                self._compound(made, one)
            for one in self.root.entries("contracts"):
                self._contract(made, one)
            for one in self.root.entries("teams"):
                for community_id in made.communities.values():
                    self.team(community_id, one["name"], one.text("field"))
        return made

    def _community(self, made: Organisation, one: Entry) -> None:
        code, name = one["code"], one["name"]
        row = db.session.scalars(
            select(Community).where(Community.street_id == made.street_id, Community.code == code)
        ).first()
        made.communities[code] = row.id if row else places.create_community(
            OPERATOR, made.street_id, {"code": code, "slug": code.lower(), "name": name},
            now=self.now,
        )  # fmt: skip
        made.community_names[name] = code

    def _firm(self, made: Organisation, one: Entry) -> None:
        code, short = one["code"], one["short_name"]
        row = db.session.scalars(
            select(Firm).where(Firm.street_id == made.street_id, Firm.code == code)
        ).first()
        made.firms[code] = row.id if row else firms.create(
            OPERATOR, made.street_id, {"code": code, "name": one["name"], "short_name": short},
            now=self.now,
        )  # fmt: skip
        made.firm_names |= {short: code, one["name"]: code}

    def _compound(self, made: Organisation, one: Entry) -> None:
        code = one["code"]
        made.community_of[code] = one["community"]
        community_id = made.communities[one["community"]]
        row = db.session.scalars(
            select(Compound).where(Compound.community_id == community_id, Compound.code == code)
        ).first()
        if row is not None:
            made.compounds[code] = row.id
            return
        slot = one.entry("weekly_meeting")
        profile: Mapping[str, Any] = {
            "code": code,
            "name": one["name"],
            "households": one.get("households"),
            "built": one.get("built"),
            "owners_committee": one.entry("owners_committee").text("status") or "none",
            "meeting_weekday": slot.get("weekday"),
            "meeting_time": clock_time(slot.where, slot["time"]) if slot else None,
            "meeting_place": f"{one['name']}议事港湾",
            "note": one.text("note"),
        }
        compound_id = places.create_compound(OPERATOR, community_id, profile, now=self.now)
        made.compounds[code] = compound_id
        self._build(compound_id, one, _spoken_of(self.file, code))

    def _build(self, compound_id: int, one: Entry, spoken_of: Mapping[int, str]) -> None:
        """Buildings 1 to n; units are spread evenly, the first ones having one more.

        Where there are sub-areas a building lies where the file's own words put it; the others
        fill the sub-areas in turn.
        """
        count, units = int(one.get("buildings") or 0), int(one.get("units") or 0)
        areas = [area["name"] for area in one.entries("sub_areas")]
        area_ids = {
            name: places.add_sub_area(OPERATOR, compound_id, name, now=self.now) for name in areas
        }
        lies = {n: area for n, area in spoken_of.items() if area in area_ids and n <= count}
        share = -(-count // len(areas)) if areas else count
        for n in range(1, count + 1):
            if areas and n not in lies:
                taken = Counter(lies.values())
                lies[n] = next((area for area in areas if taken[area] < share), areas[-1])
        each, more = divmod(units, count) if count else (0, 0)
        groups: dict[tuple[str, int], list[str]] = {}
        for n in range(1, count + 1):
            group = lies.get(n, ""), each + (n <= more)
            groups.setdefault(group, []).append(f"{n}号楼")
        for (area, height), names in groups.items():
            places.add_buildings(OPERATOR, compound_id, names, units=height,
                                 sub_area_id=area_ids.get(area), now=self.now)  # fmt: skip

    def _contract(self, made: Organisation, one: Entry) -> None:
        compound_id, firm_id = made.compounds[one["compound"]], made.firms[one["firm"]]
        there = select(ServiceContract.id).where(
            ServiceContract.compound_id == compound_id, ServiceContract.firm_id == firm_id
        )
        if db.session.scalar(there) is None:
            terms = {
                "firm_id": firm_id,
                "kind": one.text("kind"),
                "fee_mode": one.text("fee_mode_text") or one.text("fee_mode"),
                "starts_on": one.when("starts_on") if one.get("starts_on") else None,
                "ends_on": one.when("ends_on") if one.get("ends_on") else None,
            }
            firms.contract(OPERATOR, compound_id, terms, now=self.now)

    def team(self, community_id: int, name: str, task_field: str) -> int:
        """A volunteer team of a community, made where it is not there."""
        return team(community_id, name, task_field, self.now)


def team(community_id: int, name: str, work: str, now: datetime) -> int:
    """The team of this name in a community, made where it is not there."""
    found = db.session.scalar(
        select(VolunteerTeam.id).where(
            VolunteerTeam.community_id == community_id, VolunteerTeam.name == name
        )
    )
    if found is not None:
        return found
    return firms.create_team(OPERATOR, community_id, {"name": name, "field": work}, now=now)


def _spoken_of(file: StreetFile, compound: str) -> dict[int, str]:
    """Buildings the meetings of a compound name with their sub-area: 乙园9号楼、11号楼."""
    found: dict[int, str] = {}
    for meeting in file.root.entries("meetings"):
        if meeting.get("compound") != compound:
            continue
        for item in meeting.entry("summary").entries("items"):
            for area, rest in re.findall(r"(\w园)((?:\d+号楼、?)+)", item.text("place")):
                found |= {int(n): area for n in re.findall(r"(\d+)号楼", rest)}
    return found


@dataclass(frozen=True)
class Spot:
    """Where a text says something is: stored places as far as one fits, the rest in words."""

    sub_area: int | None
    building: int | None
    unit: int | None
    place: str


_BUILDING = re.compile(r"(?P<n>\d+)号楼(?:(?P<unit>\d+)单元)?(?![、和，,\d])")


def spot(compound_id: int, text: str) -> Spot:
    """Read sub-area, building and unit off the beginning of a text such as 丙园4号楼顶层."""
    area_id = None
    for area in db.session.scalars(select(SubArea).where(SubArea.compound_id == compound_id)):
        if text.startswith(area.name):
            area_id, text = area.id, text[len(area.name) :]
            break
    match = _BUILDING.match(text)
    if match is None:
        return Spot(area_id, None, None, text)
    building = db.session.scalars(
        select(Building).where(
            Building.compound_id == compound_id, Building.name == f"{match['n']}号楼"
        )
    ).first()
    if building is None:
        return Spot(area_id, None, None, text)
    units = {one.name: one.id for one in building.units}
    unit = units.get(f"{match['unit']}单元")
    if match["unit"] and unit is None:
        return Spot(area_id, None, None, text)
    return Spot(building.sub_area_id, building.id, unit, text[match.end() :])
