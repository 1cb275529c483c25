"""Accounts by forms: made, corrected, closed; passwords and numbers shown once."""

import re

import pytest
from sqlalchemy import func, select

from harbour.domain.actors import Role
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.people import User
from harbour.services.people import At
from tests.making.people import (
    BETTER,
    GOOD,
    account,
    everywhere,
    knock,
    next_door,
    set_password,
)
from tests.pages import Browser

ROLES = ("ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou")


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
        ({"name": "很" * 41}, "最多40个字"),
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

    assert " 13900001111 " in admin.visit(answer.location).text
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
    kept = db.session.get_one(User, made)
    assert (kept.name, kept.phone) == ("陈桂兰", "+8613900001111")
    admin.press(admin.visit(path), path, no_phone="y")
    db.session.rollback()
    assert db.session.get_one(User, made).phone is None


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


@pytest.mark.parametrize("after", ["x", "1:", ":a", "9" * 40 + ":a", "1:%", "-1:a"])
def test_a_crooked_page_key_shows_a_page(admin, after):
    assert admin.visit(f"/admin/people?after={after}").status == 200
