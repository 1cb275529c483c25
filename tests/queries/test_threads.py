"""One number from residents' words to closing, as far as the reader may see it."""

from pathlib import Path

import pytest

from harbour.domain.errors import Missing
from harbour.queries import threads
from harbour.services import concerns, meetings, proposals
from harbour.tenancy import scoped_to
from tests.making import meetings as meeting
from tests.making import summaries as making
from tests.making.tasks import Walk

NUMBER = "CH01-2026-0001"


def states(found) -> str:
    return "".join({"on": "●", "now": "◉", "off": "○"}[port.state] for port in found.ports)


@pytest.fixture
def see(street, make, clock):
    def look(username="ch01-rep1", number=NUMBER):
        with scoped_to(*street.community_ids):
            return threads.thread(street.actor(username), number)

    return look


@pytest.fixture
def filed(street, make, clock) -> int:
    summary_id = making.summary(street, clock, concerns=1)
    return making.concerns_of(street, summary_id)[0].id


def test_a_thread_goes_from_words_to_closing_port_by_port(street, make, clock, app, see, filed):
    zhao = street.actor("ch-zhao")
    assert states(see()) == "◉○○○○○○○"

    number = concerns.propose(zhao, [filed], now=clock.now)
    assert (number, states(see())) == (NUMBER, "●◉○○○○○○")

    if see().put[0].state == "submitted":
        proposals.act(zhao, number, "accept", {}, version=None, now=clock.now)
    held = meeting.scheduled(make)
    meeting.placed(make, held, number)
    clock.at("2026-03-05 14:30")
    meeting.begun(make, held)
    meeting.decide(make, held, making.TITLES[0], "adopt")
    assert states(see()) == "●●●◉○○○○"

    task = meeting.drafted(make, number)
    meetings.act(zhao, held, "end", {}, now=clock.now)
    assert states(see()) == "●●●●◉○○○"

    walk = Walk(street, clock, Path(app.config["HARBOUR_DATA_DIR"]), task, "CH-01")
    for action, expected in (
        ("accept", "●●●●◉○○○"),
        ("report", "●●●●●◉○○"),
        ("verify", "●●●●●●◉○"),
        ("close", "●●●●●●●◉"),
    ):
        clock.pass_(hours=1)
        walk.take(action)
        assert states(see()) == expected, action

    found = see()
    assert [one.number for one in found.tabled] == [held]
    assert found.done[0].public_reply
    assert found.heard[0].author == "王代表"
    assert found.ended is None
    assert {"concern.propose", "proposal.adopt", "task.close"} <= {
        line.action for line in found.history
    }


def test_a_thread_that_ends_with_a_reply_says_so(street, make, clock, see, filed):
    concerns.act(
        street.actor("ch-lin"),
        filed,
        "answer",
        {"reply": "已联系电力公司"},
        version=None,
        now=clock.now,
    )

    found = see()

    assert (found.ended, found.heard[0].reply) == ("Answered", "已联系电力公司")


def test_a_joined_concern_follows_the_other_under_its_own_number(street, make, clock, see, filed):
    zhao = street.actor("ch-zhao")
    other = making.summary(street, clock, "ch01-rep2", concerns=1)
    second = making.concerns_of(street, other)[0]
    first = concerns.propose(zhao, [filed], now=clock.now)

    concerns.act(
        zhao, second.id, "link", {"linked_to": f"proposal/{first}"}, version=None, now=clock.now
    )

    assert [one.number for one in see(number="CH01-2026-0002").put] == [first]
    assert {one.author for one in see().heard} == {"王代表", "䶮代表"}


@pytest.mark.parametrize("username", ["ch02-rep1", "cx01-rep1", "cx-qian", "hl-lijl", "cf-admin"])
def test_a_thread_is_not_there_for_other_places(see, filed, username):
    with pytest.raises(Missing):
        see(username)


@pytest.mark.parametrize("number", ["", "x", "CH01-2026-0002", "CX01-2026-0001", "😀"])
def test_a_number_that_is_none_is_not_there(see, filed, number):
    with pytest.raises(Missing):
        see(number=number)


def test_the_firm_sees_the_proposal_but_not_who_said_what(street, make, clock, see, filed):
    concerns.propose(street.actor("ch-zhao"), [filed], now=clock.now)

    found = see("ah-sunjl")

    assert (len(found.put), found.heard) == (1, ())
