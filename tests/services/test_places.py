"""Places: made by their administrator, with many buildings at once, and kept where used."""

from datetime import date, time

import pytest
from sqlalchemy import func, select

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Building, Community, SubArea, Unit
from harbour.queries import places as queries
from harbour.services import firms, places
from harbour.services.unit_of_work import command
from tests.making.people import OPERATOR, everywhere, next_door


@pytest.fixture
def admin(street):
    return street.actor("cf-admin")


@pytest.fixture
def compound(street):
    return street.compounds["CH-02"]


def shown(compound):
    found = queries.compound(compound)
    assert found is not None
    return found


def test_only_the_installations_administrator_makes_streets(street, clock, admin):
    with everywhere():
        with pytest.raises(Denied):
            places.create_street(admin, {"code": "XX", "name": "某街道"}, now=clock.now)
        made = places.create_street(OPERATOR, {"code": "XX", "name": "某街道"}, now=clock.now)

    assert made


def test_a_new_community_has_its_own_chain(street, clock, admin):
    with everywhere():
        made = places.create_community(
            admin, street.id, {"code": "CR", "slug": "cr", "name": "春融社区"}, now=clock.now
        )

    with everywhere():
        [line] = db.session.scalars(
            select(AuditEvent).where(AuditEvent.chain == f"community:{made}")
        )
    assert (line.action, line.actor_name) == ("community.create", "系统管理员")


@pytest.mark.parametrize("taken", [{"slug": "ch"}, {"code": "CH"}])
def test_codes_and_addresses_are_given_once(street, clock, admin, taken):
    inputs = {"code": "CR", "slug": "cr", "name": "春融社区"} | taken

    with everywhere(), pytest.raises(Invalid) as caught:
        places.create_community(admin, street.id, inputs, now=clock.now)

    assert caught.value.field == next(iter(taken))
    assert db.session.scalar(select(func.count()).select_from(Community)) == 2


def test_a_large_compound_stands_in_three_forms(street, clock, admin, compound):
    with everywhere():
        for first, last, units in ((1, 24, 6), (25, 48, 7), (49, 68, 8)):
            places.add_buildings(
                admin, compound, [f"{n}号楼" for n in range(first, last + 1)],
                units=units, sub_area_id=None, now=clock.now,
            )  # fmt: skip
        page = shown(compound)

    here = [b for b in page.buildings if not b.sub_area_id]
    # Three stood there in 甲园; the same names in no part are other buildings.
    assert (len(here), sum(b.units for b in here)) == (68, 24 * 6 + 24 * 7 + 20 * 8)
    assert [b.name for b in here[:2]] == ["1号楼", "2号楼"]
    assert here[9].name == "10号楼"


def test_what_stands_is_left_alone(street, clock, admin, compound):
    names = ["1号楼", "2号楼"]
    with everywhere():
        places.add_buildings(admin, compound, names, units=2, sub_area_id=None, now=clock.now)

        added = places.add_buildings(
            admin, compound, [*names, "3号楼"], units=5, sub_area_id=None, now=clock.now
        )
        with pytest.raises(Invalid):
            places.add_buildings(admin, compound, names, units=5, sub_area_id=None, now=clock.now)

    assert (added.buildings, added.units, added.standing) == (1, 5, 2)


def test_a_part_of_another_compound_is_no_part_of_this(street, clock, admin, compound):
    with everywhere():
        foreign = db.session.scalars(
            select(SubArea).where(SubArea.compound_id == street.compounds["CH-01"])
        ).one()
        with pytest.raises(Missing):
            places.add_buildings(
                admin, compound, ["9号楼"], units=1, sub_area_id=foreign.id, now=clock.now
            )


def test_units_are_added_and_taken_away(street, clock, admin):
    building = street.buildings["CH-01/1"]
    compound = street.compounds["CH-01"]

    def names():
        return list(
            db.session.scalars(
                select(Unit.name).where(Unit.building_id == building).order_by(Unit.sort_key)
            )
        )

    with everywhere():
        places.set_units(admin, compound, building, count=11, now=clock.now)
        assert names()[8:] == ["9单元", "10单元", "11单元"]
        places.set_units(admin, compound, building, count=1, now=clock.now)
        assert names() == ["1单元"]


def test_an_unused_building_goes_with_its_units(street, clock, admin):
    building, compound = street.buildings["CH-01/1"], street.compounds["CH-01"]

    with everywhere():
        places.remove_building(admin, compound, building, now=clock.now)

        assert db.session.get(Building, building) is None
        assert not db.session.scalars(select(Unit).where(Unit.building_id == building)).all()


def test_a_part_in_which_buildings_stand_stays(street, clock, admin):
    compound = street.compounds["CH-01"]

    with everywhere():
        area = db.session.scalars(select(SubArea).where(SubArea.compound_id == compound)).one()
        with pytest.raises(Refused):
            places.remove_sub_area(admin, compound, area.id, now=clock.now)
        db.session.expire_all()

        assert db.session.get(SubArea, area.id) is not None


def test_a_building_is_changed_only_under_its_own_compound(street, clock, admin, compound):
    foreign = street.buildings["CH-01/1"]

    with everywhere(), pytest.raises(Missing):
        places.rewrite_building(
            admin, compound, foreign, name="别楼", sub_area_id=None, now=clock.now
        )


def test_a_stale_profile_shows_both_texts(street, clock, admin, compound):
    profile = {"name": "纺织家属院", "households": 561, "meeting_time": time(9, 30)}
    with everywhere():
        places.rewrite_compound(admin, compound, profile, version=1, now=clock.now)

        with pytest.raises(Stale) as caught:
            places.rewrite_compound(admin, compound, profile, version=1, now=clock.now)

    assert caught.value.theirs["households"] == "561"
    assert caught.value.theirs["meeting_time"] == "09:30"


def test_places_next_door_do_not_exist(app, street, clock, admin):
    other = next_door(app, clock.now)

    with everywhere():
        for act in (
            lambda: places.rewrite_street(
                admin, other.street_id, {"name": "x"}, version=1, now=clock.now
            ),
            lambda: places.create_compound(
                admin, other.community_id, {"code": "Q-2", "name": "x"}, now=clock.now
            ),
            lambda: places.add_sub_area(admin, other.compound_id, "x", now=clock.now),
            lambda: firms.create(
                admin, other.street_id, {"code": "Q", "name": "x", "short_name": "x"},
                now=clock.now,
            ),
            lambda: firms.contract(
                admin, other.compound_id, {"firm_id": street.firms["AH"]}, now=clock.now
            ),
        ):  # fmt: skip
            with pytest.raises(Missing):
                act()


def test_two_firms_on_one_compound_are_kept_and_seen(street, clock, admin):
    compound = street.compounds["CH-01"]
    inputs = {"firm_id": street.firms["HL"], "kind": "前期物业服务", "fee_mode": "先服务后收费",
              "starts_on": date(2026, 3, 1), "ends_on": None}  # fmt: skip

    with everywhere():
        firms.contract(admin, compound, inputs, now=clock.now)
        before = shown(compound).overlaps
        [own] = [k for k in shown(compound).contracts if k.firm_id == street.firms["AH"]]
        firms.end_contract(admin, compound, own.id, date(2026, 2, 28), now=clock.now)
        after = shown(compound).overlaps

    assert [{one.firm, other.firm} for one, other in before] == [{"安和物业", "惠邻物业"}]
    assert after == ()


def test_a_contract_ends_after_it_begins(street, clock, admin):
    inputs = {"firm_id": street.firms["HL"], "starts_on": date(2026, 3, 1),
              "ends_on": date(2026, 2, 1)}  # fmt: skip

    with everywhere(), pytest.raises(Invalid) as caught:
        firms.contract(admin, street.compounds["CH-01"], inputs, now=clock.now)

    assert caught.value.field == "ends_on"


def test_everything_of_a_place_leaves_a_line(street, clock, admin, compound):
    with everywhere():
        places.add_sub_area(admin, compound, "乙园", now=clock.now)
        places.rewrite_compound(admin, compound, {"name": "新名"}, version=1, now=clock.now)
        firms.create_team(admin, street.communities["CH"], {"name": "巡逻队"}, now=clock.now)

        found = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(3)).all()

    assert [line.action for line in reversed(found)] == [
        "compound.add_sub_area", "compound.rewrite", "volunteer_team.create",
    ]  # fmt: skip
    assert found[1].changes["name"] == ["纺织家属院", "新名"]


def test_a_command_can_be_part_of_a_larger_one(street, clock, admin, compound):
    @command
    def both():
        places.add_sub_area(admin, compound, "乙园", now=clock.now)
        places.add_sub_area(admin, compound, "乙园", now=clock.now)

    with everywhere(), pytest.raises(Invalid):
        both()

    with everywhere():
        names = db.session.scalars(select(SubArea.name).where(SubArea.compound_id == compound))
        assert "乙园" not in list(names)
