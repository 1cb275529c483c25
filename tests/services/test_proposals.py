"""Proposals put forward and moved: effects, refusals, the ledger's line, merge and undo."""

from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.proposals import Proposal, Subscription
from harbour.models.subjects import raised_by
from harbour.services import proposals
from tests.making import Make
from tests.making.proposals import LAMP, OWNERS, act, lines, proposal, proposed

GOOD = {"title": "换楼道灯", "category": LAMP, "place": "三层", "wanted": "换成感应灯"}


def new(make: Make, by: str = "ch01-rep1", compound: str = "CH-01", **said: Any) -> str:
    at = make.street.compounds[compound]
    return proposals.put_forward(make.street.actor(by), at, {**GOOD, **said}, now=make.clock())


@pytest.mark.parametrize("by", ["ch01-rep1", "ch-zhao", "ch-lin", "ah-sunjl"])
def test_every_member_may_put_one_forward_and_follows_it(make: Make, by: str) -> None:
    number = new(make, by)

    made = proposal(number)
    assert number == "CH01-2026-0001"
    assert (made.state, made.author_id) == ("submitted", make.street.users[by])
    follower = db.session.scalars(select(Subscription.user_id)).all()
    assert list(follower) == [make.street.users[by]]
    assert lines("proposal", made.id) == ["proposal.submit"]


def test_the_street_puts_nothing_forward(make: Make) -> None:
    with pytest.raises(Denied):
        new(make, "cf-zhou")

    assert db.session.scalars(select(Proposal)).all() == []


def test_one_puts_forward_only_where_one_belongs(make: Make) -> None:
    for by, compound in (("ch01-rep1", "CH-02"), ("ch-zhao", "CX-01"), ("hl-lijl", "CH-01")):
        with pytest.raises(Missing):
            new(make, by, compound)


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", "  "), ("category", ""), ("category", "NO/SUCH"), ("wanted", ""),
     ("building", "999999"), ("building", "１"), ("unit", "1")],
)  # fmt: skip
def test_a_wrong_input_is_named(make: Make, field: str, value: str) -> None:
    with pytest.raises(Invalid) as error:
        new(make, **{field: value})

    assert error.value.field == field


def test_a_building_of_another_compound_is_not_taken(make: Make) -> None:
    with pytest.raises(Invalid):
        new(make, building=make.street.buildings["CH-02/1"])


def test_the_place_is_kept_down_to_the_unit(make: Make) -> None:
    number = new(make, building=make.street.buildings["CH-01/2"],
                 unit=make.street.units["CH-01/2/1"])  # fmt: skip

    made = proposal(number)
    assert made.building_id == make.street.buildings["CH-01/2"]
    assert made.unit_id == make.street.units["CH-01/2/1"]
    assert made.sub_area_id is not None


def test_returned_with_what_is_missing_and_submitted_again_by_its_author(make: Make) -> None:
    number = new(make)
    act(make, number, "return", missing="哪一层？")
    assert (proposal(number).state, proposal(number).reason) == ("returned", "哪一层？")

    with pytest.raises(Denied):
        act(make, number, "resubmit", by="ch01-rep2", **GOOD)
    act(make, number, "resubmit", by="ch01-rep1", **{**GOOD, "place": "四层"})

    assert (proposal(number).state, proposal(number).place) == ("submitted", "四层")


def test_a_resubmission_that_is_empty_changes_nothing(make: Make) -> None:
    number = new(make)
    act(make, number, "return", missing="哪一层？")

    with pytest.raises(Invalid):
        act(make, number, "resubmit", by="ch01-rep1", **{**GOOD, "wanted": ""})

    assert (proposal(number).state, proposal(number).wanted) == ("returned", "换成感应灯")


def test_accepted_by_the_secretary_alone(make: Make) -> None:
    number = new(make)

    for by in ("ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou"):
        with pytest.raises(Denied):
            act(make, number, "accept", by=by)
    act(make, number, "accept")

    assert proposal(number).state == "backlog"
    tried = db.session.scalars(select(AuditEvent).where(AuditEvent.refused.is_not(None))).all()
    assert {one.action for one in tried} == {"proposal.accept"}


def test_a_merged_one_goes_with_its_master_and_an_undo_gives_it_back(make: Make) -> None:
    master, other = new(make, "ch-lin"), proposed(make, by="ch01-rep2")

    act(make, other, "merge", master=master)

    kept = proposal(master)
    assert (proposal(other).state, proposal(other).master_id) == ("merged", kept.id)
    assert make.street.users["ch01-rep2"] in raised_by(kept.id)
    act(make, other, "unmerge")
    assert (proposal(other).state, proposal(other).master_id) == ("backlog", None)
    assert make.street.users["ch01-rep2"] not in raised_by(proposal(master).id)
    assert lines("proposal", proposal(other).id) == [
        "proposal.submit", "proposal.merge", "proposal.unmerge",
    ]  # fmt: skip


def test_no_merge_into_itself_a_merged_one_nothing_or_the_neighbours(make: Make) -> None:
    first, second, third = new(make), new(make), new(make)
    elsewhere = new(make, "ch-zhao", "CH-02")
    act(make, second, "merge", master=third)

    for master in (first, second, "CH01-2026-9999", elsewhere, ""):
        with pytest.raises(Invalid) as error:
            act(make, first, "merge", master=master)
        assert error.value.field == "master"

    assert proposal(first).state == "submitted"


def test_one_others_went_into_is_not_merged_away(make: Make) -> None:
    first, second, third = new(make), new(make), new(make)
    act(make, first, "merge", master=second)

    with pytest.raises(Invalid):
        act(make, second, "merge", master=third)


def test_a_withdrawn_one_is_no_master(make: Make) -> None:
    first, second = new(make), new(make)
    act(make, second, "withdraw", by="ch01-rep1", reason="已经修好")

    with pytest.raises(Invalid):
        act(make, first, "merge", master=second)


def test_after_an_answer_the_author_asks_for_the_table_once(make: Make) -> None:
    number = new(make)
    act(make, number, "answer", reply="上周已换好")
    assert (proposal(number).state, proposal(number).reply) == ("answered", "上周已换好")

    with pytest.raises(Denied):
        act(make, number, "ask_for_table", by="ch01-rep2")
    act(make, number, "ask_for_table", by="ch01-rep1")
    act(make, number, "answer", reply="确实换好了")

    with pytest.raises(Refused):
        act(make, number, "ask_for_table", by="ch01-rep1")


def test_withdrawn_by_its_author_with_a_reason(make: Make) -> None:
    number = new(make)

    with pytest.raises(Denied):
        act(make, number, "withdraw", by="ch-zhao", reason="不办")
    act(make, number, "withdraw", by="ch01-rep1", reason="已经修好")

    assert (proposal(number).state, proposal(number).reason) == ("withdrawn", "已经修好")


def test_referred_and_what_came_of_it_written_down(make: Make) -> None:
    number = new(make, category=OWNERS)
    day = make.clock.at("2026-03-02 10:00").date()

    act(make, number, "refer", referred_to="owners_assembly", referred_name="业主大会",
        answer_on=day)  # fmt: skip
    act(make, number, "record_outcome", by="ch-lin", outcome_text="业主大会同意")

    made = proposal(number)
    assert (made.state, made.referred_to, made.answer_on) == ("referred", "owners_assembly", day)
    assert made.outcome_text == "业主大会同意"


def test_what_a_concern_does_to_it_is_never_a_persons_act(make: Make) -> None:
    number = proposed(make)

    for action in ("dissolve", "revive"):
        with pytest.raises(Missing):
            act(make, number, action)


def test_a_version_gone_by_is_refused_with_what_stands_now(make: Make) -> None:
    number = new(make)
    act(make, number, "return", missing="哪一层？")
    seen = proposal(number).version
    act(make, number, "resubmit", by="ch01-rep1", **{**GOOD, "wanted": "换灯泡"})
    act(make, number, "return", missing="哪一栋？")

    with pytest.raises(Stale) as error:
        proposals.act(make.street.actor("ch01-rep1"), number, "resubmit", GOOD, version=seen,
                      now=make.clock())  # fmt: skip

    assert error.value.theirs["wanted"] == "换灯泡"
    assert proposal(number).wanted == "换灯泡"
