"""Tries at the door are counted before the password is looked at; sessions end for good."""

import pytest
from sqlalchemy import func, select

from harbour.domain.actors import Actor, Role
from harbour.domain.errors import Missing
from harbour.extensions import db
from harbour.models.people import SignInFailure, UserSession
from harbour.queries.people import signed_in as found_by
from harbour.services import people, sessions
from harbour.services.sessions import Device, Tries
from tests.making.people import account, everywhere

HERE = Tries("here")


def begin(user_id, clock, digest="d1", tries=()):
    sessions.begin(user_id, Device(digest, "android wechat"), tries, now=clock.now)


def actor_of(street, username):
    return street.actor(username)


def test_the_first_tries_cost_nothing_then_each_waits_longer(app, clock):
    waits = []
    for _ in range(8):
        wait = sessions.admit([HERE], clock.now).total_seconds()
        waits.append(wait)
        clock.pass_(seconds=wait)
        if wait:
            assert not sessions.admit([HERE], clock.now)

    assert waits == [0, 0, 0, 0, 0, 5, 10, 20]


def test_a_refused_try_does_not_lengthen_the_wait(app, clock):
    for _ in range(5):
        sessions.admit([HERE], clock.now)

    first = sessions.admit([HERE], clock.now)
    for _ in range(100):
        assert sessions.admit([HERE], clock.now) == first


def test_a_day_later_the_count_begins_anew(app, clock):
    for _ in range(50):
        clock.pass_(seconds=sessions.admit([HERE], clock.now).total_seconds())
    clock.pass_(days=1)

    assert [sessions.admit([HERE], clock.now).total_seconds() for _ in range(5)] == [0] * 5


def test_the_right_password_wipes_the_slate_and_old_slates(app, street, clock):
    for n in range(20):
        sessions.admit([Tries(f"stranger-{n}")], clock.now)
    clock.pass_(days=2)
    for _ in range(4):
        sessions.admit([HERE], clock.now)

    begin(street.users["ch-zhao"], clock, tries=[HERE])

    assert db.session.scalar(select(func.count()).select_from(SignInFailure)) == 0


def test_a_disabled_account_begins_no_session(app, street, clock):
    made = account(app, clock.now, "cgl")
    with everywhere():
        people.disable(Actor(None, "operator", Role.ADMIN), made, now=clock.now)

    with pytest.raises(Missing):
        begin(made, clock)


def test_one_ends_only_ones_own_sessions(street, clock):
    begin(street.users["ch-zhao"], clock)
    session = db.session.scalars(select(UserSession)).one()

    with pytest.raises(Missing):
        sessions.end(street.actor("cx-qian"), session.id, now=clock.now)
    sessions.end(street.actor("ch-zhao"), session.id, now=clock.now)

    assert found_by("d1", clock.now) is None


def test_a_session_is_too_old_after_thirty_days(street, clock):
    begin(street.users["ch-zhao"], clock)
    clock.pass_(days=29, hours=23)
    assert found_by("d1", clock.now) is not None

    clock.pass_(hours=1)

    assert found_by("d1", clock.now) is None


def test_one_acts_only_at_ones_own_places(street, clock):
    begin(street.users["ch-zhao"], clock)
    session = db.session.scalars(select(UserSession)).one()
    foreign = street.actor("cx-qian").membership_id

    with pytest.raises(Missing):
        sessions.choose_place(street.actor("ch-zhao"), session.id, foreign)
