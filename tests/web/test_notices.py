"""What people read of what they are told, set about it, and copy into their groups."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from harbour.cli import sending
from harbour.domain.notices import DIGEST_AT, Sending
from harbour.extensions import db
from harbour.models.outbox import Delivery, Robot, Telling
from harbour.queries.visibility import RESTRICTED
from harbour.services import notices
from harbour.tenancy import scoped_to
from tests.making.places import plant_elsewhere
from tests.making.tasks import everywhere
from tests.pages import Browser, Page
from tests.statements import counted

BEGUN_AT = "drafted"
HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=0123-very-secret"
PRIVATE = ("张桂英", "13812345678", "138 1234 5678", "501室", "3单元", "610101195001011234")


def unread(page: Page) -> str:
    found = re.search(r'tab_bar__count num">([0-9+]+)<', page.html)
    return found[1] if found else ""


# ---- in the house -----------------------------------------------------------------------------


def test_the_unread_are_counted_beside_the_inbox_at_no_cost(begin: Any, signed_in: Any) -> None:
    firm = signed_in("ah-sunjl")
    firm.visit("/inbox")
    none, before = unread(firm.visit("/me")), counted(lambda: firm.visit("/me"))

    with everywhere():
        begin().take("dispatch")
        begin().take("dispatch")
    after = counted(lambda: firm.visit("/me"))

    assert (none, unread(firm.visit("/me"))) == ("", "2")
    assert len(after) == len(before)


def test_opening_one_takes_its_mark_off_and_leads_to_the_thing(begin: Any, signed_in: Any) -> None:
    walk = begin().to("assigned")
    firm = signed_in("ah-sunjl")
    page = firm.visit("/me/notices")

    gone = firm.press(page, "/open")

    assert walk.number in page.text
    assert (gone.status, gone.location) == (303, f"/c/ch/tasks/{walk.number}")
    assert firm.visit(gone.location).status == 200
    assert unread(firm.visit("/me")) == ""


def test_all_can_be_read_at_once_but_for_what_came_since(begin: Any, signed_in: Any) -> None:
    begin().take("dispatch")
    firm = signed_in("ah-sunjl")
    page = firm.visit("/me/notices")
    with everywhere():
        begin().take("dispatch")

    firm.press(page, "/me/notices/read")

    assert unread(firm.visit("/me")) == "1"


def test_looking_changes_nothing(begin: Any, signed_in: Any) -> None:
    begin().take("dispatch")
    firm = signed_in("ah-sunjl")

    firm.visit("/me/notices")

    assert unread(firm.visit("/me")) == "1"


def test_anothers_notice_does_not_exist(begin: Any, signed_in: Any) -> None:
    begin().take("dispatch")
    page = signed_in("ah-sunjl").visit("/me/notices")

    answer = signed_in("hl-lijl").post(page.form("/open")["action"])

    assert answer.status == 404


def test_a_link_leads_to_the_thing_after_signing_in(app: Any, begin: Any) -> None:
    number = begin().to("assigned").number

    asked = Browser(app).visit(f"/c/ch/tasks/{number}")

    assert asked.status == 303
    assert asked.location == f"/sign-in?next=/c/ch/tasks/{number}"


# ---- how I want to be told --------------------------------------------------------------------


def test_one_sets_how_one_is_told(signed_in: Any) -> None:
    rep = signed_in("ch01-rep1")
    page = rep.visit("/me/telling")

    saved = rep.press(page, "/me/telling", email="rep@example.org", digest_on="y",
                      digest_at="08:15", quiet_from="21:00", quiet_until="07:00")  # fmt: skip
    again = rep.visit("/me/telling")

    assert saved.status == 303
    fields = again.form("/me/telling")["fields"]
    assert fields["email"] == ["rep@example.org"]
    assert fields["digest_at"] == ["08:15"]
    assert fields["quiet_until"] == ["07:00"]


@pytest.mark.parametrize(
    "wrong",
    [{"email": "rep@"}, {"email": "a b@c.de"}, {"quiet_from": "21:00"}, {"digest_at": "25:00"}],
)
def test_what_cannot_be_is_said_beside_the_field(signed_in: Any, wrong: Any) -> None:
    rep = signed_in("ch01-rep1")

    answer = rep.press(rep.visit("/me/telling"), "/me/telling", **wrong)

    assert answer.status == 422
    assert db.session.scalars(select(Telling)).first() is None


def test_two_devices_that_set_it_at_once_see_both(signed_in: Any) -> None:
    phone, desk = signed_in("ch01-rep1"), signed_in("ch01-rep1")
    phone.press(phone.visit("/me/telling"), "/me/telling", email="first@example.org")
    page = phone.visit("/me/telling")
    desk.press(desk.visit("/me/telling"), "/me/telling", email="theirs@example.org")

    stale = phone.press(page, "/me/telling", email="mine@example.org")

    assert stale.status == 409
    assert "theirs@example.org" in stale.html
    assert "mine@example.org" in stale.html
    assert "我的电子邮箱" in stale.text


def test_a_trial_is_queued_and_its_outcome_shown(signed_in: Any, clock: Any) -> None:
    rep = signed_in("ch01-rep1")
    rep.press(rep.visit("/me/telling"), "/me/telling", email="rep@example.org")

    sent = rep.press(rep.visit("/me/telling"), "/telling/try")
    waiting = rep.visit("/me/telling")
    sending.deliver(clock.now)

    assert sent.status == 303
    assert "正在发送" in waiting.text
    assert "系统还没有设置邮件服务器" in rep.visit("/me/telling").text


def test_there_is_no_trial_without_an_address(signed_in: Any) -> None:
    assert signed_in("ch01-rep1").post("/me/telling/try").status == 409


# ---- group robots -----------------------------------------------------------------------------


@pytest.fixture
def robot(signed_in: Any) -> Any:
    chair = signed_in("ch-zhao")
    made = chair.press(chair.visit("/c/ch/robots/new"), "/robots/new", channel="wecom",
                       robot_name="春和家园群", hook=HOOK, secret="")  # fmt: skip
    assert made.status == 303
    return chair


def test_what_is_secret_is_never_shown_again(robot: Any) -> None:
    with everywhere():
        key = db.session.scalars(select(Robot.id)).one()
    listing, edit = robot.visit("/c/ch/robots"), robot.visit(f"/c/ch/robots/{key}/edit")
    robot.press(edit, "/edit", robot_name="新群名")

    assert "春和家园群" in listing.text
    assert "very-secret" not in listing.html + edit.html + robot.visit("/c/ch/ledger").html
    with everywhere():
        assert db.session.scalars(select(Robot.hook)).one() == HOOK


@pytest.mark.parametrize(
    ("channel", "hook"),
    [("dingtalk", HOOK), ("webhook", "http://plain.example/hook"), ("wecom", "")],
)
def test_an_address_that_cannot_be_is_refused(signed_in: Any, channel: str, hook: str) -> None:
    chair = signed_in("ch-zhao")

    answer = chair.press(chair.visit("/c/ch/robots/new"), "/robots/new", channel=channel,
                         robot_name="群", hook=hook, secret="s" * 20)  # fmt: skip

    assert answer.status == 422


def test_a_trial_goes_to_the_group(robot: Any) -> None:
    robot.press(robot.visit("/c/ch/robots"), "/try")

    with everywhere():
        assert db.session.scalars(select(Delivery.action)).one() == "trial"


def test_the_administrator_sets_robots_up_too(signed_in: Any, street: Any) -> None:
    admin = signed_in("cf-admin")
    base = f"/admin/places/communities/{street.communities['CX']}/robots"

    said = {"channel": "webhook", "robot_name": "回调", "secret": "s" * 20}
    page = admin.visit(f"{base}/new")
    made = admin.press(page, "/robots/new", hook="https://example.org/hook", **said)

    assert made.status == 303
    assert "回调" in admin.visit(base).text


def test_the_worker_and_other_communities_set_up_nothing(robot: Any, signed_in: Any) -> None:
    assert signed_in("ch-lin").visit("/c/ch/robots").status == 403
    assert signed_in("cx-qian").visit("/c/ch/robots").status == 404


# ---- dead letters -----------------------------------------------------------------------------


def test_an_administrator_sees_what_did_not_arrive_and_sends_it_again(
    begin: Any, signed_in: Any, street: Any, clock: Any
) -> None:
    said = {"email": "sun@example.org", "digest_on": True, "digest_at": DIGEST_AT,
            "quiet_from": None, "quiet_until": None}  # fmt: skip
    notices.set_telling(street.actor("ah-sunjl"), said, version=0, now=clock.now)
    walk = begin().to("assigned")
    sending.deliver(clock.now)
    admin = signed_in("cf-admin")
    page = admin.visit("/admin/dead-letters")

    again = admin.press(page, "/again")

    assert walk.number in page.text
    assert "系统还没有设置邮件服务器" in page.text
    assert "sun@example.org" not in page.html
    assert again.status == 303
    with scoped_to(*street.community_ids):
        assert db.session.scalars(select(Delivery.state)).one() == Sending.WAITING


def test_what_is_none_of_a_streets_is_not_shown_there(
    begin: Any, signed_in: Any, street: Any, clock: Any, app: Any
) -> None:
    plant_elsewhere(street, clock.now)
    test_an_administrator_sees_what_did_not_arrive_and_sends_it_again(
        begin, signed_in, street, clock
    )
    sending.deliver(clock.now)

    there = signed_in("xf-admin").visit("/admin/dead-letters")

    assert "CH01" not in there.text


# ---- for the group ----------------------------------------------------------------------------


@pytest.fixture
def private(begin: Any) -> Any:
    return begin(
        "in_hand",
        task_title="张桂英家（3单元501室，13812345678）漏水",
        place="3号楼3单元501室",
        public_sentence="甲园3号楼屋面补漏，联系138 1234 5678，3单元501室，610101195001011234。",
    )


@pytest.mark.parametrize("who", ["ch01-rep1", "ch-zhao", "ch-lin", "ah-sunjl", "cf-zhou"])
def test_a_copied_text_names_no_resident(private: Any, signed_in: Any, who: str) -> None:
    browser = signed_in(who)
    week = browser.visit("/c/ch/copy")
    task = browser.visit(f"/c/ch/tasks/{private.number}/copy")

    for page in (week, task):
        words = " ".join(re.findall(r"<textarea[^>]*>(.*?)</textarea>", page.html, re.DOTALL))
        assert "甲园3号楼屋面补漏" in words
        assert private.number in words
        assert [one for one in PRIVATE if one in words] == []


def test_the_text_can_be_selected_without_script(private: Any, signed_in: Any) -> None:
    page = signed_in("ch-zhao").visit(f"/c/ch/tasks/{private.number}/copy")

    assert page.html.count("<textarea") == 2
    assert page.html.count('type="button" hidden') == 2
    assert "提醒" in page.text


def test_a_task_known_to_few_is_not_for_a_group(begin: Any, signed_in: Any) -> None:
    number = begin("in_hand", category=RESTRICTED[0]).number
    chair = signed_in("ch-zhao")

    assert chair.visit(f"/c/ch/tasks/{number}/copy").status == 409
    assert number not in chair.visit("/c/ch/copy").html
