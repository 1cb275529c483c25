"""Who is there: ticked off, signed in by oneself, gone early, come as a guest."""

import pytest

from harbour.domain.errors import Missing, Refused
from harbour.domain.meetings import Presence
from harbour.models.meetings import Attendee
from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making

SAFETY = making.SAFETY


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())


def voter(number: str) -> Attendee:
    return next(one for one in making.attendees(number) if one.voting)


def test_who_leaves_early_counts_no_longer_and_again_on_return(make: Make) -> None:
    number = making.opened(make, "楼道扶手松动")
    one = voter(number)
    act(make, "ch-lin", number, "attend", attendance={str(one.id): {"left": True}})

    with pytest.raises(Refused):
        making.decide(make, number, "楼道扶手松动", "adopt")
    act(make, "ch01-rep1", number, "sign_in")
    act(make, "ch01-rep2", number, "sign_in")

    making.decide(make, number, "楼道扶手松动", "adopt")
    assert one.left_at is None


def test_one_signs_oneself_in_while_the_meeting_is_in_session(make: Make) -> None:
    number = making.scheduled(make)
    with pytest.raises(Refused):
        act(make, "ch01-rep1", number, "sign_in")
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number, present=0)

    act(make, "ch01-rep1", number, "sign_in")

    wang = next(one for one in making.attendees(number) if one.name == "王代表")
    assert (wang.presence, wang.signed_in_at) == (Presence.PRESENT, make.clock())


def test_who_is_not_on_the_list_cannot_sign_in(make: Make) -> None:
    number = making.opened(make)

    with pytest.raises(Missing):
        act(make, "ch02-rep1", number, "sign_in")


def test_a_guest_without_an_account_is_there_at_once(make: Make) -> None:
    number = making.opened(make)

    act(make, "ch-lin", number, "invite", attendee_name="陈老师", unit_name="和平学校",
        capacity="guest", voting=False)  # fmt: skip

    guest = making.attendees(number)[-1]
    assert (guest.name, guest.user_id, guest.presence) == ("陈老师", None, Presence.OBSERVER)


def test_an_attendee_of_another_meeting_is_not_there(make: Make) -> None:
    other = making.scheduled(make, compound=make.street.compounds["CH-02"])
    number = making.opened(make)

    with pytest.raises(Missing):
        act(make, "ch-lin", number, "attend",
            attendance={str(voter(other).id): {"presence": "present"}})  # fmt: skip
