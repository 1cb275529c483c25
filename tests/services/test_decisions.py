"""What may be decided at the table, and what not."""

from datetime import date

import pytest

from harbour.domain.errors import Denied, Invalid, Refused
from harbour.domain.meetings import Outcome
from harbour.services import meetings, proposals
from tests.making import Make
from tests.making import meetings as making

TITLE = "楼道扶手松动"


def test_adopting_keeps_the_votes_and_who_was_there(make: Make) -> None:
    number = making.opened(make, TITLE)

    making.decide(make, number, TITLE, "adopt", points="都同意")

    item = making.item_of(number, TITLE)
    assert (item.votes_for, item.votes_against, item.votes_abstain, item.present) == (2, 0, 0, 2)
    assert (item.outcome, item.points) == (Outcome.ADOPTED, "都同意")
    assert making.proposal(item.proposal_id or 0).state == "adopted"


def test_a_wording_of_the_meetings_own_is_adopted_with_changes(make: Make) -> None:
    number = making.opened(make, TITLE)

    making.decide(make, number, TITLE, "adopt", wording="先修三号楼")

    item = making.item_of(number, TITLE)
    assert item.outcome == Outcome.ADOPTED_CHANGED
    assert making.proposal(item.proposal_id or 0).wording == "先修三号楼"


def test_below_the_quorum_nothing_is_adopted(make: Make) -> None:
    number = making.opened(make, TITLE, present=1)

    with pytest.raises(Refused) as raised:
        making.decide(make, number, TITLE, "adopt", votes_for=1)

    assert raised.value.text.params == {"quorum": 2, "attendance": 1}
    assert making.item_of(number, TITLE).outcome is None


@pytest.mark.parametrize(
    "votes",
    [
        {"votes_for": 1, "votes_against": 1},
        {"votes_for": 3},
        {"votes_for": 2, "votes_against": 1},
        {"votes_for": -1},
        {"votes_for": None},
    ],
    ids=["half", "too-many", "more-than-present", "negative", "none"],
)
def test_votes_that_do_not_carry_it_are_told_beside_the_field(
    make: Make, votes: dict[str, int]
) -> None:
    number = making.opened(make, TITLE)

    with pytest.raises(Invalid) as raised:
        making.decide(make, number, TITLE, "adopt", points="说了很多", **votes)

    assert raised.value.field == "votes_for"
    assert making.item_of(number, TITLE).points == ""


def test_what_belongs_to_the_owners_is_not_adopted_but_referred(make: Make) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, TITLE, making.OWNERS))
    make.clock.at("2026-03-05 14:30")
    making.begun(make, number)

    with pytest.raises(Refused) as raised:
        making.decide(make, number, TITLE, "adopt")
    assert "278" in raised.value.text.msgid

    making.decide(make, number, TITLE, "refer", referred_to="owners_assembly",
                  referred_name="业主大会筹备组", answer_on=date(2026, 4, 1))  # fmt: skip
    item = making.item_of(number, TITLE)
    proposal = making.proposal(item.proposal_id or 0)
    assert (proposal.state, proposal.referred_to, item.outcome) == (
        "referred", "owners_assembly", Outcome.REFERRED,
    )  # fmt: skip


def test_a_referral_needs_a_day_that_is_not_over(make: Make) -> None:
    number = making.opened(make, TITLE)

    with pytest.raises(Invalid) as raised:
        making.decide(make, number, TITLE, "refer", referred_to="street",
                      answer_on=date(2026, 3, 4))  # fmt: skip

    assert raised.value.field == "answer_on"


def test_deferring_counts_and_brings_it_back_as_old_business(make: Make) -> None:
    number = making.opened(make, TITLE)

    making.decide(make, number, TITLE, "defer", reason="资料不全")

    item = making.item_of(number, TITLE)
    proposal = making.proposal(item.proposal_id or 0)
    assert (proposal.state, proposal.carried, proposal.meeting_id) == ("backlog", 1, None)
    assert (item.outcome, item.decision) == (Outcome.DEFERRED, "资料不全")


def test_rejecting_needs_a_public_reason_and_no_majority_for_it(make: Make) -> None:
    number = making.opened(make, TITLE)
    with pytest.raises(Invalid):
        making.decide(make, number, TITLE, "reject", votes_for=2, public_reason="不需要")

    making.decide(make, number, TITLE, "reject", votes_for=0, votes_against=2,
                  public_reason="上个月刚修过")  # fmt: skip

    item = making.item_of(number, TITLE)
    assert making.proposal(item.proposal_id or 0).reason == "上个月刚修过"
    assert item.votes_against == 2


def test_noting_decides_nothing(make: Make) -> None:
    number = making.opened(make, TITLE)

    making.decide(make, number, TITLE, "note")

    assert making.item_of(number, TITLE).outcome == Outcome.NOTED


def test_before_the_meeting_begins_nothing_is_decided(make: Make) -> None:
    number = making.scheduled(make)
    making.placed(make, number, making.backlog(make, TITLE))

    for action, inputs in (("note", {}), ("defer", {"reason": "x"})):
        with pytest.raises(Refused):
            making.decide(make, number, TITLE, action, **inputs)


def test_a_worker_writes_but_does_not_decide(make: Make) -> None:
    number = making.opened(make, TITLE)
    item = making.item_of(number, TITLE)
    lin = make.street.actor("ch-lin")

    with pytest.raises(Denied):
        meetings.decide(lin, number, item.id, "note", {"points": "写下的"}, now=make.clock())

    assert making.item_of(number, TITLE).points == ""


def test_once_begun_it_is_not_taken_off(make: Make) -> None:
    number = making.opened(make, TITLE)
    zhao, proposal = make.street.actor("ch-zhao"), making.proposal_number(number, TITLE)

    with pytest.raises(Refused):
        proposals.act(zhao, proposal, "take_off", {}, version=None, now=make.clock())


def test_taken_off_it_waits_in_the_backlog_again(make: Make) -> None:
    number = making.scheduled(make)
    proposal = making.backlog(make, TITLE)
    making.placed(make, number, proposal)
    zhao = make.street.actor("ch-zhao")

    proposals.act(zhao, proposal, "take_off", {}, version=None, now=make.clock())

    assert proposals.find(proposal).state == "backlog"
    assert making.items(number) == []
