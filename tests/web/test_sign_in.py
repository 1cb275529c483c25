"""At the door."""

import pytest
from sqlalchemy import func, select

from harbour.adapters.passwords import Passwords
from harbour.domain.actors import Role
from harbour.extensions import db
from harbour.models.people import User, UserSession
from harbour.services import people
from harbour.services.people import At
from harbour.web.context import SESSION_SECRET
from tests.making.people import (
    BETTER,
    GOOD,
    OPERATOR,
    account,
    everywhere,
    hashed,
    knock,
    set_password,
)
from tests.pages import Browser

WRONG = "用户名（手机号）或密码不对。"


@pytest.fixture
def rep(app, street, clock):
    """王桂芳, a representative with a password of her own; the id."""
    made = account(
        app, clock.now, "wang", name="王桂芳", phone="+8613812341234",
        role=Role.RESIDENT_REP, at=At(compound_id=street.compounds["CH-01"]),
    )  # fmt: skip
    set_password(app, made, clock.now)
    return made


@pytest.fixture
def browser(app):
    return Browser(app)


def secret_of(browser):
    with browser.client.session_transaction() as cookie:
        return cookie.get(SESSION_SECRET)


@pytest.mark.parametrize(
    "name",
    ["wang", " WANG ", "ｗａｎｇ", "13812341234", "+86 138 1234 1234", "１３８１２３４１２３４"],
)
def test_one_signs_in_by_name_or_phone_however_typed(browser, rep, name):
    answer = knock(browser, name, GOOD)

    assert (answer.status, answer.location) == (303, "/")
    assert "王桂芳" in browser.visit("/me").text


def test_the_first_password_must_be_changed_before_anything_else(app, browser, street, clock):
    account(app, clock.now, "wang", role=Role.RESIDENT_REP,
            at=At(compound_id=street.compounds["CH-01"]))  # fmt: skip
    knock(browser, "wang", GOOD)

    for path in ("/", "/me", "/me/places"):
        assert browser.visit(path).location == "/me/password"
    page = browser.visit("/me/password")
    assert "current" not in page.form("/me/password")["fields"]

    same = browser.press(page, "/me/password", fresh=GOOD, again=GOOD)
    assert same.status == 422
    assert "这是原来的密码" in same.text
    done = browser.press(page, "/me/password", fresh=BETTER, again=BETTER)
    assert done.status == 303
    assert browser.visit("/me").status == 200


@pytest.mark.parametrize(
    ("fresh", "again", "said"),
    [
        ("short", "short", "至少要 8 个字符"),
        ("woaini1314", "woaini1314", "这个密码太常见"),
        ("13812341234", "13812341234", "不能用您的用户名或手机号"),
        (BETTER, "other" + BETTER, "两次填的新密码不一样"),
        ("", "", "请填新密码"),
    ],
)
def test_a_password_that_will_not_do_is_said_beside_the_field(browser, rep, fresh, again, said):
    knock(browser, "wang", GOOD)
    page = browser.visit("/me/password")

    answer = browser.press(page, "/me/password", current=GOOD, fresh=fresh, again=again)

    assert answer.status == 422
    assert said in answer.text
    assert BETTER not in answer.html


def test_changing_the_password_ends_all_other_devices(app, browser, rep):
    other = Browser(app)
    knock(browser, "wang", GOOD)
    knock(other, "wang", GOOD)
    page = browser.visit("/me/password")

    browser.press(page, "/me/password", current=GOOD, fresh=BETTER, again=BETTER)

    assert browser.visit("/me").status == 200
    assert other.visit("/me").location.startswith("/sign-in")
    assert knock(Browser(app), "wang", GOOD).status == 422
    assert knock(Browser(app), "wang", BETTER).status == 303


def test_a_password_changed_by_two_taps_is_changed_once_and_says_so(browser, rep):
    knock(browser, "wang", GOOD)
    page = browser.visit("/me/password")
    typed = {"current": GOOD, "fresh": BETTER, "again": BETTER}

    first = browser.press(page, "/me/password", **typed)
    second = browser.press(page, "/me/password", **typed)

    assert (first.status, second.status) == (303, 303)


def test_the_present_password_is_asked_and_guessing_it_slows_down(browser, rep):
    knock(browser, "wang", GOOD)
    page = browser.visit("/me/password")

    statuses = [
        browser.press(page, "/me/password", current="x", fresh=BETTER, again=BETTER).status
        for _ in range(7)
    ]

    assert statuses == [422] * 5 + [429] * 2


def test_unknown_names_get_the_same_words_and_the_same_work(app, browser, rep, monkeypatch):
    hashed_times = []
    real = Passwords._verified

    def noted(self, stored, typed):
        hashed_times.append(1)
        return real(self, stored, typed)

    monkeypatch.setattr(Passwords, "_verified", noted)
    known = knock(browser, "wang", "wrong password")
    unknown = knock(Browser(app), "nobody", "wrong password")

    assert len(hashed_times) == 2
    assert (known.status, unknown.status) == (422, 422)
    assert WRONG in known.text
    assert known.text.replace("wang", "") == unknown.text.replace("nobody", "")


def test_a_disabled_account_is_told_so_only_with_its_password(app, browser, rep, clock):
    with everywhere():
        people.disable(OPERATOR, rep, now=clock.now)

    assert WRONG in knock(browser, "wang", "wrong").text
    assert "这个账号已停用" in knock(browser, "wang", GOOD).text


@pytest.mark.parametrize("name", ["wang", "nobody"])
def test_guessing_slows_down_and_says_how_long_in_plain_words(app, browser, rep, clock, name):
    statuses = [knock(browser, name, f"guess {n}").status for n in range(6)]
    refused = knock(browser, name, GOOD)

    assert statuses == [422] * 5 + [429]
    assert refused.status == 429
    assert "试的次数太多了。请等 5 秒再试。" in refused.text
    assert refused.response.headers["Retry-After"] == "5"


def test_the_owner_comes_in_after_the_wait_and_is_never_locked_out(app, browser, rep, clock):
    for n in range(40):
        knock(browser, "wang", f"guess {n}")
        clock.pass_(minutes=1)
    clock.pass_(minutes=15)

    assert knock(browser, "wang", GOOD).status == 303


def test_neighbours_behind_one_address_are_not_refused(app, street, clock):
    """Forty slips within a moment from one address: each account counts its own."""
    for n in range(10):
        account(app, clock.now, f"neighbour{n}")
        phone = Browser(app)
        assert [knock(phone, f"neighbour{n}", "slip").status for _ in range(4)] == [422] * 4
        assert knock(phone, f"neighbour{n}", GOOD).status == 303


def test_strangers_guessing_do_not_keep_out_a_device_the_owner_has_used(app, browser, rep, clock):
    knock(browser, "wang", GOOD)
    browser.press(browser.visit("/me"), "/sign-out")
    stranger = Browser(app)
    for n in range(10):
        knock(stranger, "wang", f"guess {n}")
    assert knock(stranger, "wang", GOOD).status == 429

    assert knock(browser, "wang", GOOD).status == 303


def test_guesses_from_many_addresses_are_counted_together(app, rep):
    statuses = []
    for n in range(24):
        guesser = Browser(app)
        guesser.client.environ_base["REMOTE_ADDR"] = f"10.0.0.{n}"
        statuses.append(knock(guesser, "wang", f"guess {n}").status)

    assert statuses == [422] * 21 + [429] * 3


def test_a_session_gets_a_new_secret_at_each_sign_in(app, browser, rep):
    with browser.client.session_transaction() as cookie:
        cookie[SESSION_SECRET] = "planted by somebody else"
        cookie["left"] = "behind"

    knock(browser, "wang", GOOD)
    first = secret_of(browser)
    browser.press(browser.visit("/me"), "/sign-out")
    knock(browser, "wang", GOOD)

    assert first not in (None, "planted by somebody else", secret_of(browser))
    with browser.client.session_transaction() as cookie:
        assert "left" not in cookie


def test_the_table_keeps_no_secret(browser, rep):
    knock(browser, "wang", GOOD)

    stored = db.session.scalars(select(UserSession)).one()

    assert secret_of(browser) not in (stored.digest, "", None)
    assert len(stored.digest) == 64


def test_a_session_is_dead_at_once_after_signing_out(app, browser, rep):
    knock(browser, "wang", GOOD)
    secret = secret_of(browser)

    browser.press(browser.visit("/me"), "/sign-out")

    thief = Browser(app)
    with thief.client.session_transaction() as cookie:
        cookie[SESSION_SECRET] = secret
    assert thief.visit("/me").status == 303


def test_a_session_is_dead_at_once_after_disabling(app, browser, rep, clock):
    knock(browser, "wang", GOOD)

    with everywhere():
        people.disable(OPERATOR, rep, now=clock.now)
        people.enable(OPERATOR, rep, now=clock.now)

    # Opening the account again does not wake a session that died.
    assert browser.visit("/me").location.startswith("/sign-in")


def test_a_session_is_dead_at_once_after_a_reset(app, browser, rep, clock):
    knock(browser, "wang", GOOD)

    with everywhere():
        people.reset_password(OPERATOR, rep, password_hash=hashed(app, BETTER), now=clock.now)

    assert browser.visit("/me").location.startswith("/sign-in")


@pytest.mark.parametrize(
    "onward",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)",
     "/%0d%0aSet-Cookie:x=1//", "evil", ""],
)  # fmt: skip
def test_next_never_leaves_the_site(browser, rep, onward):
    page = browser.visit(f"/sign-in?next={onward}")

    answer = browser.press(page, "/sign-in", account="wang", password=GOOD)

    assert answer.status == 303
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))
    assert "evil.example" not in answer.location.removeprefix("/")[:12]


def test_a_forged_next_in_the_form_is_not_believed_either(browser, rep):
    page = browser.visit("/sign-in")

    answer = browser.press(page, "/sign-in", account="wang", password=GOOD, next="//evil.example")

    assert answer.location == "/"


def test_signing_in_leads_back_to_where_one_was_going(browser, rep):
    asked = browser.visit("/me/places")
    page = browser.visit(asked.location)

    answer = browser.press(page, "/sign-in", account="wang", password=GOOD)

    assert answer.location == "/me/places"


def test_who_is_signed_in_has_no_business_at_the_door(browser, rep):
    knock(browser, "wang", GOOD)

    assert browser.visit("/sign-in").location == "/"


def test_a_form_without_its_token_does_nothing(app, browser, rep):
    answer = browser.client.post("/sign-in", data={"account": "wang", "password": GOOD})

    assert answer.status_code == 400
    assert db.session.scalar(select(func.count()).select_from(UserSession)) == 0


def test_what_was_typed_when_the_session_had_ended_is_shown_not_lost(app, browser, rep):
    answer = browser.client.post(
        "/me/preferences",
        data={"remarks": "三单元路灯<b>不亮</b>", "password": "geheim", "csrf_token": "x"},
        headers={"Referer": "http://localhost/c/ch/summaries/7/edit?x=1"},
    )
    body = answer.get_data(as_text=True)

    assert answer.status_code == 401
    assert "三单元路灯&lt;b&gt;不亮" in body
    assert "geheim" not in body
    assert "/sign-in?next=/c/ch/summaries/7/edit?x%3D1" in body


def test_a_weaker_hash_is_made_anew_at_sign_in(app, browser, rep):
    before = db.session.get_one(User, rep).password_hash
    stronger = {**app.config["PASSWORD_HASH"], "time_cost": 2}
    app.config["PASSWORD_HASH"] = stronger
    try:
        assert knock(browser, "wang", GOOD).status == 303
        db.session.rollback()

        assert before.startswith("$argon2id$v=19$m=64,t=1")
        assert db.session.get_one(User, rep).password_hash.startswith("$argon2id$v=19$m=64,t=2")
        assert knock(Browser(app), "wang", GOOD).status == 303
    finally:
        app.config["PASSWORD_HASH"] = {**stronger, "time_cost": 1}


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(browser, rep):
    page = browser.visit("/sign-in")
    answer = browser.press(page, "/sign-in", account="wang", password=GOOD)

    cookies = answer.response.headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in one and "SameSite=Lax" in one for one in cookies)


def test_passwords_are_checked_while_no_transaction_waits(app, browser, rep, monkeypatch):
    seen = []
    real = Passwords.match

    def noted(self, stored, typed):
        seen.append(db.session().in_transaction())
        return real(self, stored, typed)

    monkeypatch.setattr(Passwords, "match", noted)

    knock(browser, "wang", GOOD)

    assert seen == [False]


@pytest.mark.parametrize("typed", ["x" * 300, "\u0001", "'; DROP TABLE user_account; --", "䶮"])
def test_whatever_is_typed_is_answered_in_words(browser, rep, typed):
    assert knock(browser, typed, typed).status in (422, 429)
