"""The minutes after a meeting: sent round, answered, final, corrected, published."""

from datetime import date

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.domain.meetings import Side
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.meetings import MinutesOpinion, MinutesRevision
from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as making


def act(make: Make, who: str, number: str, action: str, **inputs: object) -> None:
    meetings.act(make.street.actor(who), number, action, inputs, now=make.clock())


def revisions() -> list[MinutesRevision]:
    return list(db.session.scalars(select(MinutesRevision).order_by(MinutesRevision.revision)))


def test_the_text_is_edited_until_it_goes_round(make: Make) -> None:
    number = making.ended(make)
    act(make, "ch-lin", number, "minute", minutes_text="内部", minutes_public="公开")

    act(make, "ch-lin", number, "circulate")

    assert making.meeting(number).minutes_text == "内部"
    with pytest.raises(Refused):
        act(make, "ch-lin", number, "minute", minutes_text="再改", minutes_public="再改")


def test_two_who_edit_the_minutes_lose_nothing(make: Make) -> None:
    number = making.ended(make)
    seen = making.meeting(number).version
    act(make, "ch-lin", number, "minute", minutes_text="小林", minutes_public="公开")

    with pytest.raises(Stale) as raised:
        meetings.act(
            make.street.actor("ch-zhao"), number, "minute",
            {"minutes_text": "书记", "minutes_public": "公开"}, version=seen, now=make.clock(),
        )  # fmt: skip

    assert raised.value.theirs["minutes_text"] == "小林"


def test_an_empty_text_does_not_go_round(make: Make) -> None:
    number = making.ended(make)
    act(make, "ch-lin", number, "minute", minutes_text=" ", minutes_public=" ")

    with pytest.raises(Refused):
        act(make, "ch-lin", number, "circulate")


def test_the_three_sides_have_two_workdays(make: Make) -> None:
    number = making.circulated(make)

    # Thursday: Friday is the first, Monday the second workday.
    assert making.meeting(number).confirm_until == make.clock.at("2026-03-09 23:59").replace(
        second=59
    )


def test_each_side_answers_for_itself_and_may_change_its_mind(make: Make) -> None:
    number = making.circulated(make)
    act(make, "ch01-rep1", number, "confirm")
    act(make, "ch01-rep1", number, "object", objection="票数不对")
    act(make, "ah-sunjl", number, "confirm")

    given = db.session.execute(
        select(MinutesOpinion.side, MinutesOpinion.objection).order_by(MinutesOpinion.id)
    ).all()

    assert [tuple(one) for one in given] == [
        (Side.REPRESENTATIVES, "票数不对"), (Side.FIRM, ""),
    ]  # fmt: skip


def test_who_was_not_invited_has_no_say(make: Make) -> None:
    number = making.circulated(make)

    with pytest.raises(Missing):
        act(make, "ch02-rep1", number, "confirm")
    with pytest.raises(Denied):
        act(make, "cf-zhou", number, "confirm")


def test_minutes_are_final_when_all_answered_or_the_time_is_up(make: Make) -> None:
    number = making.circulated(make)
    with pytest.raises(Refused):
        act(make, "ch-zhao", number, "finalise")

    make.clock.at("2026-03-10 00:00")
    with pytest.raises(Refused):
        act(make, "ch01-rep1", number, "confirm")
    act(make, "ch-zhao", number, "finalise")

    assert making.meeting(number).state == "finalised"


def test_the_first_revision_carries_the_head_of_the_ledger(make: Make) -> None:
    number = making.finalised(make)

    [first] = revisions()
    line = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "meeting.finalise")
    ).one()
    assert first.text == making.meeting(number).minutes_text
    assert first.ledger_head == line.previous


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE minutes_revision SET text = 'forged'",
        "DELETE FROM minutes_revision",
    ],
)
def test_the_database_itself_refuses_to_change_final_minutes(make: Make, change: str) -> None:
    making.finalised(make)
    with db.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(change))


def test_a_correction_is_a_new_revision_and_the_old_one_stays(make: Make) -> None:
    number = making.finalised(make)
    old = revisions()[0].text

    with pytest.raises(Invalid):
        act(make, "ch-zhao", number, "correct", reason="x", minutes_text=old,
            minutes_public=making.meeting(number).minutes_public)  # fmt: skip
    act(make, "ch-zhao", number, "correct", reason="票数有误", minutes_text="更正后",
        minutes_public="公开更正")  # fmt: skip

    assert [(one.revision, one.text, one.reason) for one in revisions()] == [
        (1, old, ""), (2, "更正后", "票数有误"),
    ]  # fmt: skip


def test_publishing_sets_the_end_of_the_notice_in_workdays(make: Make) -> None:
    number = making.finalised(make)
    with pytest.raises(Invalid):
        act(make, "ch-zhao", number, "publish", notice_workdays=0)

    act(make, "ch-zhao", number, "publish", notice_workdays=5)

    assert making.meeting(number).notice_until == date(2026, 3, 12)


def test_a_worker_does_not_finalise_publish_or_correct(make: Make) -> None:
    number = making.finalised(make)

    for action in ("publish", "correct"):
        with pytest.raises(Denied):
            act(make, "ch-lin", number, action, notice_workdays=5)
