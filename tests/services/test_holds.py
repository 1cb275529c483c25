"""Tasks that rest, and closed ones that are taken up again."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from harbour.domain.actors import the_clock
from harbour.domain.deadlines import end_of_workday, local_day
from harbour.domain.errors import Denied, Invalid, Missing, Refused
from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.tasks import Report
from harbour.queries import requests as queries
from harbour.services import tasks
from tests.making.requests import answer, ask, due_days, held, stored, taken

BEGUN_AT = "in_hand"  # dispatched on Monday 2 March 2026, due on Monday the 9th
DUE = date(2026, 3, 9)


# ---- a rest -----------------------------------------------------------------------------------


def test_the_unused_days_of_a_rest_go_on_as_the_vectors_say(begin: Any, clock: Any) -> None:
    """The two hang-up rows of tests/domain/deadline_vectors.csv, through the real acts."""
    clock.at("2026-04-02 15:00")
    made = begin()
    clock.at("2026-04-03 10:00")
    key = ask(made, "hold", review_on=date(2026, 5, 6))
    clock.at("2026-04-07 10:00")
    answer(made, key, "propose")
    assert made.task.state == "in_hand"
    answer(made, key, "consent")
    task = made.task
    assert (task.state, task.held_at) == ("on_hold", clock.now)
    assert task.due_at == end_of_workday(date(2026, 4, 10))

    clock.at("2026-05-05 23:00")
    assert queries.to_resume(clock.now) == ()
    clock.at("2026-05-06 09:00")
    ((day, community_id, _, number),) = queries.to_resume(clock.now)
    tasks.act(the_clock(community_id), number, "resume", {}, version=None, now=clock.now)

    task = made.task
    assert day == date(2026, 5, 6)
    assert (task.state, task.due_at) == ("in_hand", end_of_workday(date(2026, 5, 11)))
    assert task.first_due_at == end_of_workday(date(2026, 4, 10))
    assert due_days()[-1][:2] == (date(2026, 5, 11), key)
    assert queries.to_resume(clock.now) == ()
    assert taken("hold") == ["hold.ask", "hold.propose", "hold.consent"]


def test_the_secretary_may_resume_before_the_review_day(begin: Any, clock: Any) -> None:
    made = begin()
    held(made)
    clock.at("2026-03-16 09:00")

    made.take("resume")

    assert made.task.state == "in_hand"
    assert local_day(made.task.due_at) == date(2026, 3, 23)


@pytest.mark.parametrize("who", ["ah-sunjl", "ch01-rep1", "ch-lin", "cf-zhou"])
def test_nobody_else_resumes(begin: Any, who: str) -> None:
    made = begin()
    held(made)

    with pytest.raises(Denied):
        made.take("resume", by=who)


def test_while_it_rests_nobody_is_urged_and_no_time_is_asked_for(begin: Any) -> None:
    made = begin()
    held(made)

    with pytest.raises(Refused):
        made.take("urge")
    for kind in ("extension", "hold", "return"):
        with pytest.raises(Refused):
            ask(made, kind)


@pytest.mark.parametrize(("at", "by"), [("pending", "ch-zhao"), ("forwarded", "cf-zhou")])
def test_either_of_the_two_may_say_no_to_a_rest(begin: Any, at: str, by: str) -> None:
    made = begin()
    key = ask(made, "hold")
    if at == "forwarded":
        answer(made, key, "propose")

    answer(made, key, "refuse", by=by)

    assert (stored(key).state, made.task.state) == ("refused", "in_hand")


def test_the_street_consents_only_to_what_was_proposed(begin: Any) -> None:
    made = begin()
    key = ask(made, "hold")

    with pytest.raises(Refused):
        answer(made, key, "consent")
    with pytest.raises(Denied):
        answer(made, key, "propose", by="cf-zhou")


@pytest.mark.parametrize(
    "day", [None, date(2026, 3, 1), date(2026, 3, 2), date(2026, 6, 1), date(2030, 1, 1)]
)
def test_a_rest_is_looked_at_again_within_ninety_days(begin: Any, day: Any) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        ask(made, "hold", review_on=day)

    assert invalid.value.field == "review_on"
    assert stored(ask(made, "hold", review_on=date(2026, 5, 31))).state == "pending"


def test_a_rest_names_its_reason(begin: Any) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        ask(made, "hold", hold_reason="laziness")

    assert invalid.value.field == "hold_reason"


# ---- taken up again -----------------------------------------------------------------------------


def test_a_reopened_task_keeps_everything_and_begins_another_round(begin: Any, clock: Any) -> None:
    made = begin("closed")
    before = made.task
    clock.at("2026-03-20 09:00")
    key = ask(made, "reopen")
    assert made.task.state == "closed"

    answer(made, key, "grant", new_due_on=date(2026, 3, 27))

    task = made.task
    assert (task.state, task.round, task.is_open) == ("in_hand", 2, True)
    assert (task.reported_at, task.verified_at, task.closed_at) == (None, None, None)
    assert task.accepted_at == before.accepted_at
    assert task.due_at == end_of_workday(date(2026, 3, 27))
    assert task.first_due_at == before.first_due_at
    assert due_days()[-1] == (date(2026, 3, 27), key, "又不亮了")
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1
    assert db.session.scalars(select(Photo)).first() is not None
    for action in ("report", "verify", "close"):
        made.take(action)
    assert (made.task.state, made.task.round) == ("closed", 2)


def test_a_task_is_reopened_within_thirty_days_of_closing(begin: Any, clock: Any) -> None:
    made = begin("closed")  # on 2 March
    clock.at("2026-04-01 23:59")
    key = ask(made, "reopen")
    answer(made, key, "withdraw")
    clock.at("2026-04-02 00:00")

    with pytest.raises(Refused):
        ask(made, "reopen")


@pytest.mark.parametrize("state", ["assigned", "in_hand", "reported", "verified", "cancelled"])
def test_only_a_closed_task_is_reopened(begin: Any, state: str) -> None:
    made = begin(state)

    with pytest.raises(Refused, match="closed"):
        ask(made, "reopen")


@pytest.mark.parametrize(
    ("who", "error"), [("ah-sunjl", Denied), ("ch-lin", Denied), ("ch02-rep1", Missing)]
)
def test_a_representative_of_the_compound_asks_to_reopen(
    begin: Any, who: str, error: type[Exception]
) -> None:
    made = begin("closed")

    with pytest.raises(error):
        ask(made, "reopen", by=who)


def test_a_refused_reopening_leaves_it_closed(begin: Any) -> None:
    made = begin("closed")
    key = ask(made, "reopen")

    answer(made, key, "refuse")

    assert (made.task.state, made.task.round, stored(key).state) == ("closed", 1, "refused")
