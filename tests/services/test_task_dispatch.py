"""Dispatching a task, with its dates, and accepting it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from harbour.domain.deadlines import end_of_workday, hours
from harbour.domain.errors import Denied, Missing, Refused
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Community
from harbour.models.tasks import DueChange, Task
from harbour.services import ledger, tasks
from harbour.services.unit_of_work import command
from tests.making import meetings
from tests.making.places import PLANTER
from tests.services.test_tasks import day_of, vectors

# ---- dispatching it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left_out", "word"),
    [
        ({"lead": ""}, "the lead"),
        ({"criteria": " \n"}, "the acceptance criteria"),
        ({"who_pays": None}, "who pays"),
        ({"public_sentence": ""}, "the public sentence"),
        ({"level": "project"}, "the milestones"),
    ],
)
def test_what_a_draft_lacks_holds_its_dispatch_back(begin: Any, left_out: Any, word: str) -> None:
    made = begin(**left_out)

    with pytest.raises(Refused) as refused:
        made.take("dispatch")

    assert refused.value.text.params["lacking"] == (word,)
    assert made.task.state == TaskState.DRAFTED


@pytest.mark.parametrize(("start", "level", "due"), vectors())
def test_dates_are_counted_in_workdays_from_the_dispatch(
    begin: Any, clock: Any, start: str, level: str, due: str
) -> None:
    clock.at(f"{start} 15:40")

    made = begin("assigned", level=level)

    assert made.task.due_at == end_of_workday(date.fromisoformat(due))
    assert made.task.first_due_at == made.task.due_at
    assert made.task.due_soon_at < made.task.due_at


def test_a_critical_task_runs_round_the_clock_through_holidays(begin: Any, clock: Any) -> None:
    sent = clock.at("2026-02-16 23:10")

    made = begin("assigned", level="critical")

    assert made.task.accept_due_at - sent == timedelta(hours=2)
    assert made.task.due_at - sent == timedelta(hours=24)
    assert made.task.due_soon_at - sent == timedelta(hours=12)


def test_the_clock_starts_at_dispatch_not_at_the_draft(begin: Any, clock: Any) -> None:
    made = begin()
    clock.at("2026-03-09 10:00")

    made.take("dispatch")

    assert day_of(made.task.due_at) == "2026-03-16"
    assert day_of(made.task.accept_due_at) == "2026-03-10"


def test_a_day_set_by_hand_holds_and_a_project_is_due_with_its_last_milestone(
    begin: Any, clock: Any
) -> None:
    by_hand = begin("assigned", due_on=date(2026, 3, 4))
    project = begin("assigned", level="project", milestones="2026-06-30 完工\n2026-05-25 开工")

    assert (day_of(by_hand.task.due_at), by_hand.task.due_by_hand) == ("2026-03-04", True)
    assert day_of(project.task.due_at) == "2026-06-30"
    assert [one.name for one in project.task.milestones] == ["开工", "完工"]


def test_a_day_set_by_hand_that_is_over_holds_the_dispatch_back(begin: Any, clock: Any) -> None:
    made = begin(due_on=date(2026, 3, 4))
    clock.at("2026-03-05 00:00")

    with pytest.raises(Refused) as refused:
        made.take("dispatch")

    assert refused.value.text.params == {"number": made.number}


def test_the_first_promise_is_written_down(begin: Any) -> None:
    made = begin("assigned")

    (line,) = db.session.scalars(select(DueChange).where(DueChange.task_id == made.task.id))
    assert (line.due_before, line.due_after) == (None, made.task.first_due_at)


def test_the_communitys_own_limits_rule(begin: Any, street: Any, clock: Any) -> None:
    @command
    def shorten(now: Any) -> None:

        here = db.session.get(Community, street.communities["CH"])
        assert here is not None
        here.settings = {"limits": {"critical": {"accept": "1 hours", "handle": str(hours(6))}}}
        ledger.record(PLANTER, "settings", here, now=now)

    shorten(clock.now)

    made = begin("assigned", level="critical")

    assert made.task.due_at - clock.now == timedelta(hours=6)


def test_ending_a_meeting_dispatches_what_it_drafted(make: Any, clock: Any) -> None:
    number = meetings.ended(make)

    with meetings.everywhere():
        (task,) = db.session.scalars(select(Task))
        assert task.state == TaskState.ASSIGNED
        assert task.meeting_id == meetings.meeting(number).id
        assert task.dispatched_at == clock.now


BEGUN_AT = "drafted"  # where ``begin`` leaves a task unless told otherwise


# ---- accepting it ----------------------------------------------------------------------------


def test_only_the_lead_accepts(begin: Any, clock: Any) -> None:
    made = begin("assigned")

    with pytest.raises(Denied):
        made.take("accept", by="ch-zhao")
    with pytest.raises(Denied):
        made.take("accept", by="ch01-rep1")
    made.take("accept")

    assert made.task.accepted_at == clock.now


@pytest.mark.parametrize("who", ["ch-zhao", "ch-lin"])
def test_the_communitys_own_task_is_accepted_by_its_staff(begin: Any, who: str) -> None:
    made = begin("assigned", lead="community")

    with pytest.raises(Missing):
        made.take("accept", by="ah-sunjl")
    made.take("accept", by=who)

    assert made.task.state == TaskState.IN_HAND


@pytest.mark.parametrize("action", ["dispatch", "accept", "cancel", "comment", "urge"])
def test_every_act_leaves_one_line(begin: Any, action: str) -> None:
    made = begin("drafted" if action == "dispatch" else "assigned")

    def lines() -> int:
        return db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0

    before = lines()
    made.take(action)

    assert lines() == before + 1


def test_a_task_next_door_does_not_exist(begin: Any, street: Any, clock: Any) -> None:
    made = begin("assigned", compound="CX-01")

    with pytest.raises(Missing):
        tasks.act(
            street.actor("ch-zhao"),
            made.number,
            "cancel",
            {"reason": "x"},
            version=None,
            now=clock.now,
        )
    with pytest.raises(Missing):
        tasks.act(
            street.actor("ch-zhao"), "CH01-2026-9999", "cancel", {}, version=None, now=clock.now
        )
