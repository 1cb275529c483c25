"""What the clock does with tasks: it resumes, lets lapse, and tells each step once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from harbour.cli import clockwork
from harbour.domain.clock import DUTIES
from harbour.domain.deadlines import local_day
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.outbox import Notice
from harbour.models.people import User
from harbour.models.requests import Request
from harbour.models.tasks import DueChange
from harbour.services import requests
from tests.making import Make
from tests.making import meetings as made
from tests.making.places import Street
from tests.making.proposals import handed_in
from tests.making.tasks import Walk, everywhere

Begin = Callable[..., Walk]
WORK = tuple(name for name, duty in DUTIES.items() if not duty.upkeep)


def run(clock: Any, *only: str) -> clockwork.Done:
    return clockwork.run(clock.now, only=only or WORK)


def asked(walk: Walk, kind: str, by: str = "ah-sunjl", **inputs: Any) -> int:
    with everywhere():
        actor = walk.street.actor(by)
        return requests.ask(actor, walk.number, kind, inputs, now=walk.clock.now)


def answered(walk: Walk, kind: str, key: int, action: str, by: str, **inputs: Any) -> None:
    with everywhere():
        actor = replace(walk.street.actor(by), community_id=walk.street.communities["CH"])
        requests.act(actor, kind, key, action, inputs, version=None, now=walk.clock.now)


def held(walk: Walk, until: date) -> None:
    """Put on hold by all three: the lead asks, the secretary proposes, the street consents."""
    key = asked(walk, "hold", hold_reason="season", what_first="等雨季过去", review_on=until)
    answered(walk, "hold", key, "propose", "ch-zhao", decision_note="同意")
    answered(walk, "hold", key, "consent", "cf-zhou", decision_note="同意")


def line(action: str) -> AuditEvent:
    with everywhere():
        found = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return list(db.session.scalars(found))[-1]


def told() -> list[tuple[str, str]]:
    """What people were told of tasks by the clock, in order: (action, to whom as)."""
    with everywhere():
        rows = db.session.execute(
            select(Notice.action, Notice.told_as)
            .where(Notice.key.is_not(None), Notice.kind == "task")
            .order_by(Notice.id)
        )
        return list(dict.fromkeys((row.action, row.told_as) for row in rows))


def reminded() -> list[str]:
    """Who was told that summaries must be in."""
    with everywhere():
        found = select(User.username).join(Notice, Notice.user_id == User.id)
        here = found.where(
            Notice.action == "meeting.cutoff", User.username.startswith("ch01")
        ).order_by(User.username)
        return list(db.session.scalars(here))


# ---- on hold --------------------------------------------------------------------------------


def test_a_hold_ends_on_its_review_day_and_the_unused_days_go_on(begin: Begin, clock: Any) -> None:
    walk = begin()  # Monday 2 March: five workdays, due Monday 9
    clock.at("2026-03-04 10:00")
    held(walk, date(2026, 3, 16))
    clock.at("2026-03-15 23:50")
    run(clock)
    before = walk.task.state

    clock.at("2026-03-16 00:05")
    run(clock)

    # Tuesday was used; Wednesday to Monday are four workdays, and go on after the 16th.
    assert before == "on_hold"
    assert (walk.task.state, local_day(walk.task.due_at)) == ("in_hand", date(2026, 3, 20))
    assert line("task.resume").role == "clock"


def test_a_late_worker_resumes_as_of_the_review_day_and_records_when(
    begin: Begin, clock: Any
) -> None:
    walk = begin()
    clock.at("2026-03-04 10:00")
    held(walk, date(2026, 3, 16))

    clock.at("2026-03-23 09:00")
    run(clock)

    with everywhere():
        change = db.session.scalars(select(DueChange).order_by(DueChange.id.desc())).first()
    assert change is not None
    assert local_day(walk.task.due_at) == date(2026, 3, 20)
    assert change.at == datetime(2026, 3, 15, 16, tzinfo=UTC)
    assert line("task.resume").at == clock.now.astimezone(UTC)


def test_resumed_by_hand_before_it_is_not_resumed_again(begin: Begin, clock: Any) -> None:
    walk = begin()
    clock.at("2026-03-04 10:00")
    held(walk, date(2026, 3, 16))
    clock.at("2026-03-10 09:00")
    walk.take("resume")
    due = walk.task.due_at

    clock.at("2026-03-16 09:00")
    run(clock)

    assert walk.task.due_at == due
    assert line("task.resume").role == "secretary"


# ---- requests -------------------------------------------------------------------------------


def test_more_time_nobody_granted_lapses_with_the_due_day(begin: Begin, clock: Any) -> None:
    walk = begin()
    clock.at("2026-03-06 10:00")
    key = asked(walk, "extension", reason="配件没到", wished_on=date(2026, 3, 12))
    clock.at("2026-03-09 23:59")
    run(clock)
    with everywhere():
        before = db.session.get_one(Request, key).state

    clock.at("2026-03-11 09:00")
    run(clock)

    with everywhere():
        found = db.session.get_one(Request, key)
        assert (before, found.state) == ("pending", "lapsed")
        assert found.decided_at == datetime(2026, 3, 9, 16, tzinfo=UTC)
    assert local_day(walk.task.due_at) == date(2026, 3, 9)
    assert line("extension.lapse").role == "clock"


# ---- told -----------------------------------------------------------------------------------


def test_each_step_is_told_once_on_its_morning(begin: Begin, clock: Any) -> None:
    begin()  # due Monday 9 March
    found = {}
    for day in range(3, 18):
        for hour in ("07:00", "08:10", "12:00"):
            clock.at(f"2026-03-{day:02} {hour}")
            before = set(told())
            run(clock)
            for action, _ in set(told()) - before:
                found[action] = (day, hour)

    assert found == {
        "task.remind": (4, "08:10"),  # three workdays before the 9th
        "task.due_today": (9, "08:10"),
        "task.level1": (10, "08:10"),
        "task.level2": (12, "08:10"),
    }
    assert {to for action, to in told() if action == "task.level2"} == {
        "lead",
        "secretary",
        "street",
    }


def test_after_a_week_away_only_where_things_stand_is_told(begin: Begin, clock: Any) -> None:
    begin()
    clock.at("2026-03-16 09:00")

    run(clock)

    assert {action for action, _ in told()} == {"task.level2"}


def test_a_stale_morning_is_not_made_up_for_at_night(begin: Begin, clock: Any) -> None:
    begin()
    clock.at("2026-03-09 21:00")

    run(clock)

    assert told() == []


def test_nobody_is_reminded_of_what_is_done(begin: Begin, clock: Any) -> None:
    begin("reported")
    for day in (4, 9, 10, 12):
        clock.at(f"2026-03-{day:02} 08:30")
        run(clock)

    assert told() == []


def test_what_was_sent_out_too_late_for_a_reminder_has_none(
    street: Street, begin: Begin, clock: Any
) -> None:
    clock.at("2026-03-04 09:00")
    begin(due_on=date(2026, 3, 6))
    clock.at("2026-03-05 08:30")

    run(clock)

    assert told() == []


@pytest.mark.parametrize("moment", ["2026-03-10 08:30", "2026-03-10 19:00"])
def test_a_new_due_date_is_told_of_anew(begin: Begin, clock: Any, moment: str) -> None:
    walk = begin()
    clock.at("2026-03-09 08:30")
    run(clock)
    key = asked(walk, "extension", reason="配件没到", wished_on=date(2026, 3, 10))
    answered(walk, "extension", key, "grant", "ch-zhao",
             granted_on=date(2026, 3, 10), decision_note="")  # fmt: skip

    clock.at(moment)
    run(clock)

    with everywhere():
        keys = select(Notice.key).where(Notice.action == "task.due_today").distinct()
        assert len(set(db.session.scalars(keys))) == 2


# ---- summaries ------------------------------------------------------------------------------


def test_who_has_not_filed_is_told_once_on_the_day_of_the_cut_off(make: Make, clock: Any) -> None:
    made.scheduled(make)  # Thursday 5 March; summaries are due on Wednesday at 18:00
    found = []
    for moment in ("2026-03-03 08:30", "2026-03-04 07:00", "2026-03-04 08:30", "2026-03-04 12:00"):
        clock.at(moment)
        run(clock)
        found.append(len(reminded()))

    assert found == [0, 0, 2, 2]
    assert reminded() == ["ch01-rep1", "ch01-rep2"]


def test_who_has_filed_is_not_told_of_the_cut_off(make: Make, clock: Any) -> None:
    made.scheduled(make)
    handed_in(make)
    clock.at("2026-03-04 08:30")

    run(clock)

    assert reminded() == ["ch01-rep2"]
