"""The administrator's pages: whole walks through forms, and closed to everybody else."""

import re

import pytest
from sqlalchemy import func, select

from harbour.domain.actors import Role
from harbour.extensions import db
from harbour.models.people import Membership, User
from harbour.models.places import Building, Compound, Street, Unit
from harbour.services import places as services
from harbour.services.people import At
from tests.making.people import (
    OPERATOR,
    account,
    everywhere,
    next_door,
)
from tests.pages import Browser
from tests.statements import counted as counted_statements

ROLES = ("ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou")


def addresses(app, street):
    """Every address of the administrator's pages, with something of the street in it."""
    values = {
        "people": {"user_id": street.users["ch01-rep1"], "membership_id": 7, "action": "disable"},
        "firms": {"wanted": 1, "contract_id": 1},
        "places": {"wanted": 1, "team": 1, "building": 1, "area": 1},
    }
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        feature = rule.endpoint.partition(".")[0]
        if feature in values and rule.rule.startswith("/admin"):
            given = {name: values[feature][name] for name in rule.arguments}
            for method in sorted(rule.methods & {"GET", "POST"}):
                yield method, adapter.build(rule.endpoint, given, method=method)


@pytest.mark.parametrize("username", ROLES)
def test_nobody_else_comes_in(app, street, signed_in, username):
    browser = signed_in(username)
    token = browser.token()
    before = counted()

    answers = {
        (method, path): browser.client.open(
            path, method=method, data={"csrf_token": token} if method == "POST" else None
        ).status_code
        for method, path in addresses(app, street)
    }

    assert len(answers) > 35
    assert set(answers.values()) == {403}
    assert counted() == before


def counted():
    db.session.rollback()
    with everywhere():
        return [
            db.session.scalar(select(func.count()).select_from(kind))
            for kind in (User, Membership, Compound, Building, Unit)
        ]


def test_nobody_at_all_is_led_to_the_door(app, street):
    browser = Browser(app)

    for method, path in addresses(app, street):
        answer = browser.client.open(path, method=method)
        assert answer.status_code == (303 if method == "GET" else 401)


def test_the_street_next_door_is_404_for_reading_and_writing(app, street, clock, admin):
    other = next_door(app, clock.now)
    token = admin.token()
    paths = [
        f"/admin/places/streets/{other.street_id}/edit",
        f"/admin/places/streets/{other.street_id}/communities/new",
        f"/admin/places/communities/{other.community_id}",
        f"/admin/places/communities/{other.community_id}/compounds/new",
        f"/admin/places/communities/{other.community_id}/teams/new",
        f"/admin/places/compounds/{other.compound_id}",
        f"/admin/places/compounds/{other.compound_id}/edit",
        f"/admin/places/compounds/{other.compound_id}/buildings/new",
        f"/admin/places/compounds/{other.compound_id}/contracts/new",
        f"/admin/people/{other.rep_id}",
        f"/admin/people/{other.rep_id}/edit",
        f"/admin/people/{other.rep_id}/roles/new",
        "/admin/places/streets/new",
    ]
    acts = [f"/admin/people/{other.rep_id}/{act}"
            for act in ("disable", "enable", "reset-password", "phone")]  # fmt: skip

    assert {admin.visit(path).status for path in paths} == {404}
    for path in (*(p for p in paths if p.endswith(("/new", "/edit"))), *acts):
        assert admin.client.post(path, data={"csrf_token": token}).status_code == 404, path
    for path in ("/admin/places", "/admin/people", "/admin/firms", "/admin/people/new"):
        assert "秋月" not in admin.visit(path).text
        assert "qs-" not in admin.visit(path).text


def test_the_installations_administrator_sees_all_streets(app, street, clock, whole):
    other = next_door(app, clock.now)

    assert "秋水街道" in whole.visit("/admin/places").text
    assert whole.visit(f"/admin/places/compounds/{other.compound_id}").status == 200
    assert whole.visit(f"/admin/people/{other.rep_id}").status == 200


def test_from_street_to_unit_by_forms(app, street, whole):
    page = whole.visit("/admin/places/streets/new")
    assert whole.press(page, "/streets/new", name="夏荷街道", code=" xh ").status == 303
    db.session.rollback()
    made = db.session.scalars(select(Street).where(Street.code == "XH")).one()
    page = whole.visit(f"/admin/places/streets/{made.id}/communities/new")
    to_community = whole.press(page, "/communities/new", name="荷花社区", code="HH", slug="hehua")
    page = whole.visit(to_community.location + "/compounds/new")
    to_compound = whole.press(
        page, "/compounds/new", name="荷花小区", code="HH-01", households="9980", built="1998",
        owners_committee="established", meeting_weekday="4", meeting_time="14:30",
        meeting_minutes="90",
    )  # fmt: skip
    assert "星期四 14:30" in whole.visit(to_compound.location).text
    whole.press(whole.visit(to_compound.location), "/sub-areas", sub_area_name="甲园")
    page = whole.visit(to_compound.location + "/buildings/new")

    for numbers, units in (("1-24", "6"), ("25-48", "7"), ("49—68", "8")):
        answer = whole.press(page, "/buildings/new", ("more", "y"), numbers=numbers, units=units,
                             sub_area="")  # fmt: skip
        assert answer.status == 303, answer.text
        page = whole.visit(answer.location)

    assert "已添加 20 栋楼、160 个单元" in page.text
    assert "共 68 栋楼、472 个单元" in whole.visit(to_compound.location).text


def test_a_form_says_beside_each_field_what_is_wrong_and_keeps_the_rest(street, admin):
    page = admin.visit(f"/admin/places/communities/{street.communities['CH']}/compounds/new")

    answer = admin.press(
        page, "/compounds/new", name="新苑", code="01", households="-3", built="九八年",
        owners_committee="maybe", meeting_weekday="3", meeting_time="", note="字" * 401,
    )  # fmt: skip

    assert answer.status == 422
    for said in ("以字母开头", "请填 0 到 200000", "请填整数", "请从列出的选项里选",
                 "请填会议几点开始", "最多400个字"):  # fmt: skip
        assert said in answer.text, said
    assert answer.form("/compounds/new")["fields"]["name"] == ["新苑"]


@pytest.mark.parametrize("numbers", ["", "甲乙", "9-3", "1-999"])
def test_numbers_that_cannot_be_counted_are_said_beside_the_field(street, admin, numbers):
    path = f"/admin/places/compounds/{street.compounds['CH-01']}/buildings/new"

    answer = admin.press(admin.visit(path), path, numbers=numbers, units="3")

    assert answer.status == 422
    assert "例如 1-24" in answer.text


def test_two_administrators_at_once_lose_nothing(street, admin):
    path = f"/admin/places/compounds/{street.compounds['CH-01']}/edit"
    mine, theirs = admin.visit(path), admin.visit(path)
    admin.press(theirs, path, name="春和新家园", meeting_place="二楼会议室")

    answer = admin.press(mine, path, name="春和老家园")

    assert answer.status == 409
    assert "春和新家园" in answer.text
    assert "春和老家园" in answer.html
    again = admin.press(answer, path)
    assert again.status == 303
    assert "春和老家园" in admin.visit(again.location).text


def test_two_firms_on_one_compound_are_warned_of_and_kept(street, admin):
    compound = street.compounds["CH-01"]
    path = f"/admin/places/compounds/{compound}/contracts/new"
    page = admin.visit(path)

    answer = admin.press(
        page, path, firm_id=str(street.firms["HL"]), kind="前期物业服务",
        starts_on="2026-03-01", ends_on="",
    )  # fmt: skip

    assert answer.status == 303
    shown = admin.visit(f"/admin/places/compounds/{compound}")
    assert "同时有两家物业公司" in shown.text
    assert "惠邻物业" in shown.text


@pytest.mark.parametrize(
    "path",
    ["/admin/places/compounds/2147483647", "/admin/places/compounds/99999999999999999999",
     "/admin/people/0", "/admin/firms/999", "/admin/places/communities/x"],
)  # fmt: skip
def test_what_is_not_there_is_404(admin, path):
    assert admin.visit(path).status == 404


@pytest.mark.parametrize(
    "path", ["/admin/places", "/admin/people", "/admin/firms", "/admin/places/compounds/1", "/me"]
)
def test_no_page_asks_more_the_more_there_is(app, street, clock, admin, path):
    before = len(counted_statements(lambda: admin.visit(path)))
    for n in range(8):
        account(app, clock.now, f"more{n}", role=Role.RESIDENT_REP,
                at=At(compound_id=street.compounds["CH-01"]))  # fmt: skip
        with everywhere():
            services.add_buildings(
                OPERATOR, street.compounds["CH-01"], [f"{n + 10}号楼"],
                units=3, sub_area_id=None, now=clock.now,
            )  # fmt: skip
            services.create_compound(
                OPERATOR, street.communities["CH"], {"code": f"M-{n}", "name": f"某{n}"},
                now=clock.now,
            )  # fmt: skip

    after = len(counted_statements(lambda: admin.visit(path)))

    assert after == before <= 15


ONE_FORM = (
    "/admin/places/streets/1/edit",
    "/admin/places/streets/1/communities/new",
    "/admin/places/communities/1/edit",
    "/admin/places/communities/1/teams/new",
    "/admin/places/communities/1/compounds/new",
    "/admin/places/compounds/1/edit",
    "/admin/places/compounds/1/buildings/new",
    "/admin/places/compounds/1/contracts/new",
    "/admin/firms/new",
    "/admin/firms/1/edit",
    "/admin/people/new?role=secretary",
    "/admin/people/1/edit",
    "/admin/people/1/roles/new?role=secretary",
)


@pytest.mark.parametrize("path", ONE_FORM)
def test_a_page_of_one_form_asks_once_sends_to_itself_and_leads_back(admin, path):
    page = admin.visit(path)
    form = page.form(path)
    back = re.findall(r'<a [^>]*href="([^"]+)"[^>]*>[^<]*(?:<[^>]+>)*不保存，返回', page.html)

    assert page.status == 200
    assert form["method"] == "post"
    assert form["fields"]["csrf_token"] != [""]
    assert [admin.visit(address).status for address in back] == [200]
