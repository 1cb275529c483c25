"""Pressing and speaking: urges, orders, comments; and what ends or rests a task."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.deadlines import end_of_workday
from harbour.domain.errors import Denied, Invalid, Missing, Refused
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.tasks import DueChange
from harbour.models.urges import Comment, SupervisionOrder, Urge
from harbour.services import tasks

BEGUN_AT = "in_hand"  # where ``begin`` leaves a task unless told otherwise


def test_one_urge_a_workday_whoever_urges(begin: Any, clock: Any) -> None:
    made = begin()

    made.take("urge", by="ch01-rep1")
    with pytest.raises(Refused):
        made.take("urge", by="ch-zhao")
    clock.pass_(days=1)
    made.take("urge", by="ch-zhao")

    assert [urge.day for urge in db.session.scalars(select(Urge).order_by(Urge.id))] == [
        date(2026, 3, 2),
        date(2026, 3, 3),
    ]


def test_a_weekend_and_the_monday_after_it_are_one_workday(begin: Any, clock: Any) -> None:
    made = begin()

    clock.at("2026-03-07 10:00")
    made.take("urge")
    for later in ("2026-03-08 10:00", "2026-03-09 17:00"):
        clock.at(later)
        with pytest.raises(Refused):
            made.take("urge")
    clock.at("2026-03-10 08:00")
    made.take("urge")


def test_one_answer_serves_every_urge_that_waits(begin: Any, clock: Any) -> None:
    made = begin()
    with pytest.raises(Refused):
        made.take("answer_urge")
    made.take("urge")
    clock.pass_(days=1)
    made.take("urge")

    with pytest.raises(Denied):
        made.take("answer_urge", by="ch-zhao")
    made.take("answer_urge")

    assert db.session.scalars(select(Urge.answer)).all() == ["明天上午装"] * 2
    with pytest.raises(Refused):
        made.take("answer_urge")


@pytest.mark.parametrize("state", ["reported", "verified", "on_hold", "closed"])
def test_who_has_reported_is_not_urged(begin: Any, state: str) -> None:
    made = begin(state)

    with pytest.raises(Refused):
        made.take("urge")


def test_orders_are_numbered_over_the_whole_street_and_year(begin: Any, clock: Any) -> None:
    here, there = begin(), begin(compound="CX-01")

    here.take("supervise")
    there.take("supervise")
    clock.at("2027-01-04 10:00")
    there.take("supervise")

    orders = db.session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.id)).all()
    assert [(one.year, one.sequence) for one in orders] == [(2026, 1), (2026, 2), (2027, 1)]


@pytest.mark.parametrize(
    ("who", "error"),
    [("ch-zhao", Denied), ("ch01-rep1", Denied), ("ah-sunjl", Denied), ("hl-lijl", Missing)],
)
def test_only_the_street_issues_orders(begin: Any, who: str, error: type[Exception]) -> None:
    made = begin()

    with pytest.raises(error):
        made.take("supervise", by=who)


def test_an_order_asks_for_its_reply_by_a_day_to_come(begin: Any) -> None:
    made = begin()

    for day in (None, date(2026, 3, 1)):
        with pytest.raises(Invalid) as invalid:
            made.take("supervise", reply_on=day)
        assert invalid.value.field == "reply_on"


@pytest.mark.parametrize("who", ["ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou"])
def test_whoever_sees_a_task_may_comment_on_it(begin: Any, who: str) -> None:
    made = begin("closed")

    made.take("comment", by=who)

    assert db.session.scalars(select(Comment.text)).all() == ["辛苦了"]


def test_a_cancelled_task_says_why_and_is_over(begin: Any) -> None:
    made = begin()

    made.take("cancel")

    task = made.task
    assert (task.state, task.reason, task.is_open) == (TaskState.CANCELLED, "与另一件重复", False)


@pytest.mark.parametrize("state", ["reported", "verified", "closed", "cancelled"])
def test_what_is_reported_is_not_cancelled_any_more(begin: Any, state: str) -> None:
    made = begin(state)

    with pytest.raises(Refused):
        made.take("cancel")


def test_a_restricted_matter_is_seen_only_by_the_representative_who_raised_it(begin: Any) -> None:
    made = begin(category="NBR/噪音")

    with pytest.raises(Missing):
        made.take("comment", by="ch01-rep1")
    made.take("comment", by="ch-lin")


def test_after_a_rest_the_unused_workdays_go_on(begin: Any, clock: Any) -> None:
    clock.at("2026-04-02 15:00")
    made = begin()
    clock.at("2026-04-07 10:00")
    made.take("hold")
    first = made.task.due_at
    clock.at("2026-05-06 09:00")

    made.take("resume")

    task = made.task
    assert (task.state, task.held_at) == (TaskState.IN_HAND, None)
    assert task.due_at == end_of_workday(date(2026, 5, 11))
    assert task.first_due_at == first
    last = db.session.scalars(select(DueChange).order_by(DueChange.id.desc()).limit(1)).one()
    assert (last.due_before, last.due_after) == (first, task.due_at)


def test_a_hold_is_never_a_button(begin: Any, street: Any, clock: Any) -> None:
    made = begin()

    for action in ("hold", "extend", "reassign", "reopen"):
        with pytest.raises(Missing):
            tasks.act(street.actor("ch-zhao"), made.number, action, {}, version=None, now=clock.now)
