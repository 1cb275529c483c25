"""The administrator's pages: whole walks through forms, and closed to everybody else."""

import re

import pytest
from sqlalchemy import func, select

from harbour.domain.actors import Role
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.people import Membership, User
from harbour.models.places import Building, Compound, Street, Unit
from harbour.services.people import At
from tests.making.people import (
    BETTER,
    GOOD,
    account,
    everywhere,
    knock,
    next_door,
    root,
    set_password,
)
from tests.pages import Browser

ROLES = ("ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou")


@pytest.fixture
def admin(signed_in):
    """The administrator of 春风街道, signed in."""
    return signed_in("cf-admin")


@pytest.fixture
def whole(app, street, clock):
    """The installation's administrator, signed in."""
    browser = Browser(app)
    knock(browser, root(app, clock.now), GOOD)
    return browser


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
                 "请填会议几点开始", "最多 400 个字符"):  # fmt: skip
        assert said in answer.text, said
    assert answer.form("/compounds/new")["fields"]["name"] == ["新苑"]


@pytest.mark.parametrize("numbers", ["", "甲乙", "9-3", "1-999"])
def test_numbers_that_cannot_be_counted_are_said_beside_the_field(street, admin, numbers):
    path = f"/admin/places/compounds/{street.compounds['CH-01']}/buildings/new"

    answer = admin.press(admin.visit(path), path, numbers=numbers, units="3")

    assert answer.status == 422
    assert "例如 1-24" in answer.text


def test_an_account_is_made_with_a_password_shown_once(app, street, admin):
    page = admin.visit("/admin/people/new?role=resident_rep")
    answer = admin.press(
        page, "role=resident_rep", name="王桂芳", username="Wang.GF", phone="138 1234 1234",
        at=str(street.compounds["CH-01"]),
    )  # fmt: skip
    first, again = admin.visit(answer.location), admin.visit(answer.location)

    [password] = re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", first.text)
    assert password not in again.text
    assert "138****1234" in again.text
    assert "13812341234" not in first.html + again.html
    newcomer = Browser(app)
    assert knock(newcomer, "13812341234", password).status == 303
    assert newcomer.visit("/").location == "/me/password"


def test_a_double_submit_makes_one_account_and_both_answers_show_the_password(app, street, admin):
    page = admin.visit("/admin/people/new?role=secretary")
    typed = {"name": "新书记", "username": "xinshuji", "at": str(street.communities["CH"])}

    first = admin.press(page, "role=secretary", **typed)
    one = admin.visit(first.location)
    second = admin.press(page, "role=secretary", **typed)
    other = admin.visit(second.location)

    db.session.rollback()
    made = db.session.scalar(
        select(func.count()).select_from(User).where(User.username == "xinshuji")
    )
    assert (made, first.location) == (1, second.location)
    found = [re.findall(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", p.text) for p in (one, other)]
    assert found[0] == found[1] != []
    assert knock(Browser(app), "xinshuji", found[1][0]).status == 303


def test_the_one_time_password_is_in_no_cookie_and_no_row(app, street, admin):
    page = admin.visit("/admin/people/new?role=secretary")
    answer = admin.press(
        page, "role=secretary", name="新书记", username="xinshuji", at=str(street.communities["CH"])
    )
    with admin.client.session_transaction() as cookie:
        kept = str(dict(cookie))
    [password] = re.findall(
        r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", admin.visit(answer.location).text
    )

    assert password not in kept
    db.session.rollback()
    with everywhere():
        said = [(e.inputs, e.changes) for e in db.session.scalars(select(AuditEvent))]
    assert password not in str(said)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"username": "ch-zhao"}, "这个用户名已有别的账号在用"),
        ({"username": "13812341234"}, "以字母开头"),
        ({"username": "王"}, "以字母开头"),
        ({"phone": "12345"}, "这不是正确的手机号"),
        ({"at": ""}, "请选择在哪里任职"),
        ({"at": "99999"}, "请从列出的选项里选"),
        ({"name": " "}, "请填姓名"),
        ({"name": "很" * 41}, "最多 40 个字符"),
    ],
)
def test_what_is_wrong_with_an_account_is_said_in_chinese(street, admin, typed, said):
    page = admin.visit("/admin/people/new?role=resident_rep")
    good = {"name": "王桂芳", "username": "wang", "phone": "", "at": str(street.compounds["CH-01"])}

    answer = admin.press(page, "role=resident_rep", **{**good, **typed})

    assert answer.status == 422
    assert said in answer.text


def test_a_foreign_place_cannot_be_slipped_into_the_form(app, street, clock, admin):
    other = next_door(app, clock.now)
    page = admin.visit("/admin/people/new?role=resident_rep")

    answer = admin.press(
        page, "role=resident_rep", name="王", username="wang", at=str(other.compound_id)
    )

    assert answer.status == 422


@pytest.mark.parametrize("role", ["public", "clock", "god", ""])
def test_some_roles_are_nobodys_to_give(admin, role):
    assert admin.visit(f"/admin/people/new?role={role}").status == 404


def test_a_streets_administrator_is_not_offered_the_whole_installation(street, admin, whole):
    assert "整个系统" not in admin.visit("/admin/people/new?role=admin").text
    assert "整个系统" in whole.visit("/admin/people/new?role=admin").text


def test_a_number_is_shown_once_after_the_act_and_the_ledger_says_who(app, street, clock, admin):
    made = account(
        app, clock.now, "cgl", phone="+8613900001111",
        role=Role.SECRETARY, at=At(community_id=street.communities["CH"]),
    )  # fmt: skip
    address = f"/admin/people/{made}"
    page = admin.visit(address)
    assert "13900001111" not in page.html

    answer = admin.press(page, "/phone")

    assert "+8613900001111" in admin.visit(answer.location).text
    assert "13900001111" not in admin.visit(answer.location).html
    db.session.rollback()
    with everywhere():
        [line] = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "user.show_phone")
        )
    assert (line.actor_name, line.subject_id) == ("系统管理员", made)
    assert "13900001111" not in admin.visit("/admin/people").html


def test_correcting_a_name_keeps_the_number_that_is_not_shown(app, street, clock, admin):
    made = account(
        app, clock.now, "cgl", phone="+8613900001111",
        role=Role.SECRETARY, at=At(community_id=street.communities["CH"]),
    )  # fmt: skip
    path = f"/admin/people/{made}/edit"

    admin.press(admin.visit(path), path, name="陈桂兰")
    db.session.rollback()
    kept = db.session.get(User, made)
    assert (kept.name, kept.phone) == ("陈桂兰", "+8613900001111")
    admin.press(admin.visit(path), path, no_phone="y")
    db.session.rollback()
    assert db.session.get(User, made).phone is None


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


def test_a_role_taken_away_is_gone_on_the_next_request(app, street, admin, signed_in):
    rep = signed_in("ch01-rep1")
    assert "春和家园" in rep.visit("/me").text
    page = admin.visit(f"/admin/people/{street.users['ch01-rep1']}")

    [href] = [f["action"] for f in page.read.forms if "/roles/" in f["action"]]
    admin.press(page, href)

    assert "您目前没有角色" in rep.visit("/me").text
    assert rep.visit("/c/ch/summaries").status == 404


def test_an_administrator_who_is_none_any_more_is_out_at_once(app, street, whole, signed_in):
    admin = signed_in("cf-admin")
    assert admin.visit("/admin/people").status == 200
    page = whole.visit(f"/admin/people/{street.users['cf-admin']}")

    [href] = [f["action"] for f in page.read.forms if "/roles/" in f["action"]]
    whole.press(page, href)

    assert admin.visit("/admin/people").status == 403


def test_disabling_and_opening_again(app, street, clock, admin):
    made = account(app, clock.now, "cgl", role=Role.SECRETARY,
                   at=At(community_id=street.communities["CH"]))  # fmt: skip
    set_password(app, made, clock.now)
    theirs = Browser(app)
    knock(theirs, "cgl", GOOD)
    page = admin.visit(f"/admin/people/{made}")

    admin.press(page, "/disable")
    assert theirs.visit("/me").status == 303
    assert knock(Browser(app), "cgl", GOOD).status == 422
    admin.press(admin.visit(f"/admin/people/{made}"), "/enable")

    assert knock(Browser(app), "cgl", GOOD).status == 303


def test_a_forgotten_password_is_replaced(app, street, clock, admin):
    made = account(app, clock.now, "cgl", role=Role.SECRETARY,
                   at=At(community_id=street.communities["CH"]))  # fmt: skip
    set_password(app, made, clock.now)
    answer = admin.press(admin.visit(f"/admin/people/{made}"), "/reset-password")
    [password] = re.findall(
        r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}", admin.visit(answer.location).text
    )

    assert knock(Browser(app), "cgl", GOOD).status == 422
    theirs = Browser(app)
    assert knock(theirs, "cgl", password).status == 303
    page = theirs.visit("/me/password")
    assert theirs.press(page, "/me/password", fresh=BETTER, again=BETTER).status == 303


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


@pytest.mark.parametrize("after", ["x", "1:", ":a", "9" * 40 + ":a", "1:%", "-1:a"])
def test_a_crooked_page_key_shows_a_page(admin, after):
    assert admin.visit(f"/admin/people?after={after}").status == 200
