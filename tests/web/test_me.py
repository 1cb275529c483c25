"""My own page: devices, places, how pages are drawn."""

import pytest
from sqlalchemy import select

from harbour.domain.actors import Role
from harbour.extensions import db
from harbour.models.people import UserSession
from harbour.services import people
from harbour.services.people import At
from tests.making.people import GOOD, OPERATOR, account, everywhere, knock, set_password
from tests.pages import Browser

PHONE = "Mozilla/5.0 (Linux; Android 12; V2001A) AppleWebKit/537.36 MicroMessenger/8.0"


@pytest.fixture
def many(app, street, clock):
    """Somebody with two places: representative at CH-01, worker at CX."""
    made = account(
        app, clock.now, "wang", name="王桂芳", phone="+8613812341234",
        role=Role.RESIDENT_REP, at=At(compound_id=street.compounds["CH-01"]),
    )  # fmt: skip
    with everywhere():
        people.enrol(
            OPERATOR, made,
            {"role": Role.COMMUNITY_WORKER, "at": At(community_id=street.communities["CX"])},
            now=clock.now,
        )  # fmt: skip
    set_password(app, made, clock.now)
    return made


@pytest.fixture
def browser(app, many):
    one = Browser(app)
    knock(one, "wang", GOOD)
    return one


def test_one_sees_and_ends_ones_devices(app, many, browser):
    other = Browser(app)
    other.client.environ_base["HTTP_USER_AGENT"] = PHONE
    knock(other, "wang", GOOD)
    page = browser.visit("/me")
    assert "安卓手机 · 微信" in page.text
    assert page.text.count("本机") == 1

    [href] = [f["action"] for f in page.read.forms if f["action"].endswith("/end")]
    answer = browser.press(page, href)

    assert answer.status == 303
    assert other.visit("/me").status == 303
    assert browser.visit("/me").status == 200


def test_all_other_devices_end_at_once(app, many, browser):
    others = [Browser(app) for _ in range(3)]
    for one in others:
        knock(one, "wang", GOOD)

    browser.press(browser.visit("/me"), "/me/devices/end-others")

    assert [one.visit("/me").status for one in others] == [303] * 3
    assert browser.visit("/me").status == 200


def test_somebody_elses_device_is_not_there(app, street, many, browser, signed_in):
    other = signed_in("cx-qian")
    theirs = db.session.scalars(
        select(UserSession.id).where(UserSession.user_id == street.users["cx-qian"])
    ).one()

    answer = browser.post(f"/me/devices/{theirs}/end")

    assert answer.status == 404
    assert other.visit("/me").status == 200


def test_one_switches_between_places(browser):
    page = browser.visit("/me/places")
    assert "春和家园" in page.text
    assert "春晓社区" in page.text
    [choice] = [f for f in page.read.forms if "place" in f["fields"]]

    answer = browser.press(page, "/me/places", place=choice["fields"]["place"][0])

    assert (answer.status, answer.location) == (303, "/")
    header = browser.visit("/me").html.split("masthead__where")[1][:60]
    assert "春晓社区" in header


@pytest.mark.parametrize("place", ["0", "999", "x", "", "-1", "9" * 30])
def test_a_place_that_is_not_ones_own_cannot_be_chosen(browser, place):
    assert browser.post("/me/places", place=place).status == 404


def test_another_persons_place_cannot_be_chosen(street, browser):
    foreign = street.actor("cx-qian").membership_id

    assert browser.post("/me/places", place=str(foreign)).status == 404


def test_print_size_and_language_follow_the_account(app, many, browser):
    page = browser.visit("/me")
    browser.press(page, "/me/preferences", language="en", elder="y")
    assert 'data-ui="elder"' in browser.visit("/me").html
    other = Browser(app)
    knock(other, "wang", GOOD)

    page = other.visit("/me")

    assert page.read.lang == "en"
    assert 'data-ui="elder"' in page.html


def test_somebody_without_any_place_still_minds_their_account(app, street, clock):
    made = account(app, clock.now, "idle")
    set_password(app, made, clock.now)
    browser = Browser(app)
    knock(browser, "idle", GOOD)

    assert browser.visit("/me").status == 200
    assert browser.visit("/admin/people").status == 403
    assert browser.visit("/c/ch/tasks").status == 404
    page = browser.visit("/me/password")
    changed = browser.press(
        page, "/me/password", current=GOOD, fresh="绿豆汤和竹椅子", again="绿豆汤和竹椅子"
    )
    assert changed.status == 422  # seven characters
