"""What becomes of a concern: each fate, its trace, who may, and how it is taken back."""

from datetime import date

import pytest
from sqlalchemy import select

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.domain.summaries import Fate
from harbour.domain.tasks import TASK
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.proposals import Proposal, Subscription
from harbour.models.subjects import of_task, raised_by
from harbour.services import concerns, summaries, tasks
from tests.making import Make
from tests.making.proposals import (
    act,
    concern,
    handed_in,
    lines,
    proposal,
    proposed,
    put_forward,
    summary_of,
)
from tests.making.tasks import drafted, found

PRIVATE = "NBR/噪音"


def decide(make: Make, key: int, action: str, by: str = "ch-zhao", **inputs: object) -> None:
    concerns.act(make.street.actor(by), key, action, inputs, version=None, now=make.clock())


def followers(number: str) -> set[int]:
    return set(db.session.scalars(select(Subscription.user_id)
        .where(Subscription.proposal_id == proposal(number).id)))  # fmt: skip


def test_a_concern_made_a_proposal_keeps_its_number_and_its_author_follows(make: Make) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮", remedy="换成感应灯")

    decide(make, key, "propose", by="ch-lin")

    made = proposal(str(concern(key).number))
    assert (made.state, made.title, made.wanted) == ("submitted", "三层楼道灯不亮", "换成感应灯")
    assert (concern(key).state, concern(key).proposal_id) == (Fate.PROPOSED, made.id)
    assert made.author_id == make.street.users["ch01-rep1"]
    assert followers(made.number) == {make.street.users["ch01-rep1"]}
    assert lines("concern", key)[-1] == "concern.propose"
    assert lines("proposal", made.id) == ["proposal.submit"]


def test_several_concerns_become_one_proposal_all_authors_follow(make: Make) -> None:
    (first,) = handed_in(make, "三层楼道灯不亮", urgency="can_wait")
    (second,) = handed_in(make, "楼道灯坏了", by="ch01-rep2", urgency="at_once")

    number = concerns.propose(make.street.actor("ch-zhao"), [first, second], now=make.clock())

    made = proposal(number)
    assert number == concern(first).number
    assert concern(second).proposal_id == made.id
    assert made.urgency == "at_once"
    reps = {make.street.users["ch01-rep1"], make.street.users["ch01-rep2"]}
    assert followers(number) == reps
    assert raised_by(made.id) == reps


def test_concerns_of_two_compounds_are_not_put_together(make: Make) -> None:
    (first,) = handed_in(make, "三层楼道灯不亮")
    (other,) = handed_in(make, "楼道灯坏了", by="ch02-rep1", compound="CH-02")

    with pytest.raises(Refused):
        concerns.propose(make.street.actor("ch-zhao"), [first, other], now=make.clock())

    assert concern(first).state == concern(other).state == Fate.OPEN
    assert db.session.scalars(select(Proposal)).all() == []


def test_nothing_ticked_is_said_beside_the_ticks(make: Make) -> None:
    with pytest.raises(Invalid) as error:
        concerns.propose(make.street.actor("ch-zhao"), [], now=make.clock())

    assert error.value.field == "concern"


def test_a_concern_is_joined_to_an_existing_proposal_and_its_author_follows(make: Make) -> None:
    number = put_forward(make, by="ch-lin")
    (key,) = handed_in(make, "楼道灯坏了", by="ch01-rep2")

    decide(make, key, "link", linked_to=f"proposal/{number}")

    assert (concern(key).state, concern(key).proposal_id) == (Fate.LINKED, proposal(number).id)
    assert make.street.users["ch01-rep2"] in followers(number)


def test_joining_a_merged_proposal_joins_the_one_it_went_into(make: Make) -> None:
    master, merged = put_forward(make), put_forward(make, "楼道灯不亮")
    act(make, merged, "merge", master=master)
    (key,) = handed_in(make, "楼道灯坏了", by="ch01-rep2")

    decide(make, key, "link", linked_to=merged)

    assert concern(key).proposal_id == proposal(master).id


def test_whoever_is_joined_to_a_private_task_of_no_proposal_may_see_it(make: Make) -> None:
    number = drafted(make.street, make.clock, category=PRIVATE)
    tasks.act(make.street.actor("ch-zhao"), number, "dispatch", {}, version=None, now=make.clock())
    (key,) = handed_in(make, "楼上半夜吵", by="ch01-rep2")
    reps = [make.street.actor(name) for name in ("ch01-rep1", "ch01-rep2")]
    before = [TASK.shows(rep, of_task(found(number), make.clock())) for rep in reps]

    decide(make, key, "link", linked_to=f"task/{number}")

    after = [TASK.shows(rep, of_task(found(number), make.clock())) for rep in reps]
    assert (before, after) == ([False, False], [False, True])


@pytest.mark.parametrize("wrong", ["CH01-2026-9999", "proposal/", "task/x", ""])
def test_joining_what_does_not_exist_is_said_beside_the_field(make: Make, wrong: str) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")

    with pytest.raises(Invalid) as error:
        decide(make, key, "link", linked_to=wrong)

    assert error.value.field == "linked_to"
    assert concern(key).state == Fate.OPEN


def test_another_compounds_proposal_cannot_be_joined(make: Make) -> None:
    number = put_forward(make)
    (key,) = handed_in(make, "楼道灯坏了", by="ch02-rep1", compound="CH-02")

    with pytest.raises(Invalid):
        decide(make, key, "link", linked_to=number)


def test_an_answer_a_referral_and_a_refusal_are_kept_for_the_author(make: Make) -> None:
    answered, referred, declined = handed_in(make, "问门禁", "问供水", "问邻居")

    decide(make, answered, "answer", reply="已经修好了")
    decide(make, referred, "refer", referred_to="utility", referred_name="自来水公司",
           answer_on=date(2026, 3, 9))  # fmt: skip
    decide(make, declined, "decline", reason="属于家庭内部的事")

    assert (concern(answered).state, concern(answered).reply) == (Fate.ANSWERED, "已经修好了")
    assert concern(referred).referred_to == "utility"
    assert concern(referred).answer_on == date(2026, 3, 9)
    assert (concern(declined).state, concern(declined).reply) == (Fate.DECLINED, "属于家庭内部的事")
    assert all(concern(k).decided_at == make.clock() for k in (answered, referred, declined))


@pytest.mark.parametrize("day", [date(2026, 3, 1), date(2126, 3, 1), None])
def test_an_answer_cannot_be_promised_for_the_past_or_the_next_century(
    make: Make, day: date | None
) -> None:
    (key,) = handed_in(make, "问供水")

    with pytest.raises(Invalid) as error:
        decide(make, key, "refer", referred_to="utility", referred_name="", answer_on=day)

    assert error.value.field == "answer_on"


def test_undoing_a_proposal_gives_it_back_and_proposing_again_takes_the_number_up(
    make: Make,
) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    decide(make, key, "propose")
    number = str(concern(key).number)

    decide(make, key, "undo")

    assert (concern(key).state, concern(key).proposal_id) == (Fate.OPEN, None)
    assert proposal(number).state == "withdrawn"
    decide(make, key, "propose")
    assert (proposal(number).state, concern(key).proposal_id) == ("submitted", proposal(number).id)
    assert lines("proposal", proposal(number).id) == [
        "proposal.submit", "proposal.dissolve", "proposal.revive",
    ]  # fmt: skip


def test_undoing_one_of_two_leaves_the_proposal_to_the_other(make: Make) -> None:
    (first,) = handed_in(make, "三层楼道灯不亮")
    (second,) = handed_in(make, "楼道灯坏了", by="ch01-rep2")
    number = concerns.propose(make.street.actor("ch-zhao"), [first, second], now=make.clock())

    decide(make, second, "undo")

    assert proposal(number).state == "submitted"
    assert followers(number) == {make.street.users["ch01-rep1"]}


def test_undoing_a_join_never_touches_the_proposal(make: Make) -> None:
    number = put_forward(make, by="ch-lin")
    (key,) = handed_in(make, "楼道灯坏了", by="ch01-rep2")
    decide(make, key, "link", linked_to=number)

    decide(make, key, "undo")

    assert proposal(number).state == "submitted"
    assert make.street.users["ch01-rep2"] not in followers(number)
    assert concern(key).proposal_id is None


def test_what_a_meeting_has_begun_with_cannot_be_undone(make: Make) -> None:
    number = proposed(make)
    act(make, number, "answer", reply="已经换好")
    key = db.session.scalars(select(Proposal.id).where(Proposal.number == number)).one()
    (one,) = [c for c in db.session.scalars(select(type(concern(1)))) if c.proposal_id == key]

    with pytest.raises(Refused):
        decide(make, one.id, "undo")

    assert concern(one.id).state == Fate.PROPOSED


def test_a_fate_is_for_staff_alone_and_a_refused_try_is_noted(make: Make) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")

    with pytest.raises(Denied):
        decide(make, key, "propose", by="ch01-rep1")
    with pytest.raises(Missing):
        decide(make, key, "answer", by="ah-sunjl", reply="我来")

    tried = db.session.scalars(select(AuditEvent).where(AuditEvent.refused.is_not(None))).all()
    assert [(one.action, one.actor_name) for one in tried] == [("concern.propose", "王代表")]
    assert db.session.scalars(select(Proposal)).all() == []


def test_a_concern_decided_on_meanwhile_is_said_to_have_changed(make: Make) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    seen = concern(key).version
    decide(make, key, "answer", reply="已经换好")
    decide(make, key, "undo")

    with pytest.raises(Stale):
        concerns.act(make.street.actor("ch-lin"), key, "answer", {"reply": "别的"},
                     version=seen, now=make.clock())  # fmt: skip


def test_a_summary_is_accepted_once_every_concern_has_its_fate(make: Make) -> None:
    first, second = handed_in(make, "三层楼道灯不亮", "门禁坏了")
    zhao, summary = make.street.actor("ch-zhao"), summary_of(first)
    decide(make, first, "propose")

    with pytest.raises(Refused):
        summaries.act(zhao, summary.id, "accept", {}, version=None, now=make.clock())
    decide(make, second, "decline", reason="已在修")
    summaries.act(zhao, summary.id, "accept", {}, version=None, now=make.clock())

    assert summary_of(first).state == "accepted"
