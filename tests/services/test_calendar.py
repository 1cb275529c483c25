"""The stored working calendar: changed whole or not at all, and what follows from it."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, select, update

from harbour.domain.arrangements import Arrangement, with_day
from harbour.domain.calendar import DayKind, SpecialDay, shipped
from harbour.domain.deadlines import add_workdays, end_of_workday, local_day, workdays_between
from harbour.domain.errors import Denied, Invalid, Missing, Refused
from harbour.domain.recounting import BY_CALENDAR
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.calendar import (
    CalendarEdition,
    CalendarYear,
    days_of,
    edition_now,
    working_calendar,
)
from harbour.models.tasks import DueChange, Task
from harbour.services import calendar
from harbour.tenancy import scoped_to
from tests.making.places import plant_elsewhere
from tests.making.tasks import everywhere
from tests.statements import counted

VECTORS = Path(__file__).resolve().parents[1] / "domain" / "deadline_vectors.csv"
FREE, WORKED = DayKind.HOLIDAY, DayKind.MAKEUP_WORKDAY
HOLIDAY = SpecialDay(date(2026, 3, 4), FREE, "某节")


@pytest.fixture
def arrange(street: Any, clock: Any) -> Any:
    """Change single days of 2026 as the administrator, through draft and confirmation."""

    def done(
        *days: SpecialDay, year: int = 2026, official: bool = True, by: str = "cf-admin"
    ) -> int:
        actor = replace(street.actor(by), community_id=None)
        with everywhere():
            planned = days_of(year)
            for one in days:
                planned = with_day(planned, one.day, one)
            wanted = Arrangement(year, official, "某通知", planned)
            draft = calendar.lay_out(actor, wanted, now=clock.now)
            return calendar.take_over(actor, draft, now=clock.now)

    return done


def lines(action: str) -> list[AuditEvent]:
    db.session.rollback()
    with scoped_to(1, 2, installation=True):
        return list(
            db.session.scalars(
                select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
            )
        )


def test_workdays_are_counted_by_the_stored_calendar_as_the_vectors_say(app):
    with VECTORS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            start, due = date.fromisoformat(row["start"]), date.fromisoformat(row["due"])

            assert add_workdays(start, int(row["workdays"]), working_calendar()) == due, row


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(start=st.dates(date(2025, 1, 1), date(2026, 12, 1)), n=st.integers(0, 40))
def test_the_stored_calendar_counts_like_the_shipped_one(app, start, n):
    end = add_workdays(start, n, shipped())
    if end.year > 2026:
        return

    assert add_workdays(start, n, working_calendar()) == end
    assert workdays_between(start, end, working_calendar()) == workdays_between(
        start, end, shipped()
    )


def test_a_year_to_come_is_provisional_and_one_without_rows_falls_back(app):
    found = working_calendar()

    assert not found.settled(2027)
    assert found.day_kind(date(2027, 10, 1)) is FREE
    assert not found.knows(2031)
    assert found.is_workday(date(2031, 10, 1))


def test_a_date_moves_with_its_line_and_both_dates_stay_written(begin, arrange, clock):
    task = begin()  # dispatched on Monday, due in 5 workdays
    assert local_day(task.task.due_at) == date(2026, 3, 9)

    arrange(HOLIDAY)

    assert local_day(task.task.due_at) == date(2026, 3, 10)
    assert local_day(task.task.first_due_at) == date(2026, 3, 9)
    assert task.task.state == "in_hand"
    with everywhere():
        change = db.session.scalars(select(DueChange).order_by(DueChange.id.desc())).first()
        assert change is not None
        assert (change.reason, local_day(change.due_after)) == (BY_CALENDAR, date(2026, 3, 10))
    [line] = lines("task.recount")
    assert (line.number, line.role, line.actor_id) == (task.number, "clock", None)
    assert line.changes["due_at"][1] == "2026-03-10T15:59:59+00:00"
    [arranged] = lines("calendar_year.arrange")
    assert arranged.number == "2026"
    assert arranged.inputs["days"] == {"2026-03-04": ["", "holiday 某节"]}
    assert arranged.inputs["tasks"] == 1


def test_only_running_dates_counted_in_workdays_move(begin, arrange, clock, app):
    stays = [
        begin(due_on=date(2026, 3, 9)),
        begin(level="critical"),
        begin(level="project", milestones="2026-03-09 完工"),
        *(begin(state) for state in ("drafted", "reported", "verified", "closed", "cancelled")),
    ]
    moves = [begin(state) for state in ("assigned", "in_hand", "on_hold")]
    before = {one.number: one.task.due_at for one in (*stays, *moves)}

    arrange(HOLIDAY)

    with everywhere():
        now = {
            row.number: row.due_at for row in db.session.execute(select(Task.number, Task.due_at))
        }
    assert [one.number for one in stays if now[one.number] != before[one.number]] == []
    assert {local_day(now[one.number]) for one in moves} == {date(2026, 3, 10)}
    assert len(lines("task.recount")) == 3


def test_who_has_not_accepted_yet_gets_the_day_too(begin, arrange):
    task = begin("assigned")
    assert task.task.accept_due_at == end_of_workday(date(2026, 3, 3))

    arrange(SpecialDay(date(2026, 3, 3), FREE, "某节"))

    assert task.task.accept_due_at == end_of_workday(date(2026, 3, 4))


def test_a_held_task_has_as_many_days_left_afterwards_as_before(begin, arrange, clock):
    task, control = begin("on_hold"), begin("on_hold")
    del control
    arrange(HOLIDAY)
    clock.at("2026-03-09 09:00")

    task.take("resume")

    # The hold began on the day of dispatch: all 5 workdays are left, and go on after Monday.
    assert local_day(task.task.due_at) == date(2026, 3, 16)


def test_a_second_change_counts_from_the_beginning_again(begin, arrange, clock):
    task = begin()
    arrange(HOLIDAY)
    clock.at("2026-03-06 10:00")

    arrange(SpecialDay(date(2026, 3, 5), FREE, "某节"))

    assert local_day(task.task.due_at) == date(2026, 3, 11)


def test_the_same_arrangement_twice_changes_nothing(begin, arrange):
    task = begin()
    arrange(HOLIDAY)
    before = (task.task.due_at, task.task.version, len(lines("calendar_year.arrange")))
    edition = edition_now()

    arrange(HOLIDAY)

    assert (task.task.due_at, task.task.version, len(lines("calendar_year.arrange"))) == before
    assert edition_now() == edition
    assert len(lines("task.recount")) == 1


def test_a_draft_of_an_older_calendar_is_refused(street, clock, arrange):
    actor = replace(street.actor("cf-admin"), community_id=None)
    with everywhere():
        draft = calendar.lay_out(actor, Arrangement(2027, official=True, days=()), now=clock.now)
    other = replace(actor, user_id=street.users["cf-zhou"])
    with everywhere():
        theirs = calendar.lay_out(
            other, Arrangement(2026, official=True, days=(HOLIDAY,)), now=clock.now
        )
        calendar.take_over(other, theirs, now=clock.now)

    with everywhere(), pytest.raises(Refused, match="has changed since"):
        calendar.take_over(actor, draft, now=clock.now)
    with everywhere(), pytest.raises(Missing):
        calendar.take_over(other, draft, now=clock.now)


def test_an_arrangement_that_cannot_be_is_told(street, clock):
    actor = replace(street.actor("cf-admin"), community_id=None)
    wrong = SpecialDay(date(2027, 2, 8), WORKED)
    for planned, says in (
        (Arrangement(2027, official=True, days=(wrong,)), "ordinary workday"),
        (
            Arrangement(2027, official=True, days=(SpecialDay(date(2026, 12, 31), FREE),)),
            None,
        ),
    ):
        with everywhere():
            if says is None:
                calendar.lay_out(actor, planned, now=clock.now)
            else:
                with pytest.raises(Invalid, match=says):
                    calendar.lay_out(actor, planned, now=clock.now)


def test_a_day_of_two_arrangements_is_told(street, clock, arrange):
    eve = SpecialDay(date(2026, 12, 31), FREE, "元旦")
    arrange(eve)

    with pytest.raises(Invalid, match="stands in the arrangement"):
        arrange(eve, year=2027)


@pytest.mark.parametrize("who", ["cf-zhou", "ch-zhao", "ch01-rep1", "ah-sunjl", "ch-lin"])
def test_only_an_administrator_changes_it(street, clock, who):
    with everywhere(), pytest.raises(Denied):
        calendar.lay_out(street.actor(who), Arrangement(2027, official=True), now=clock.now)


def test_one_of_several_streets_does_not_change_the_whole_installations(street, clock):
    plant_elsewhere(street, clock.now)
    planned = Arrangement(2027, official=True)

    # As on an administrator's pages: the refusal is a line of the installation's own record.
    with (
        scoped_to(*street.community_ids, installation=True),
        pytest.raises(Denied, match="whole installation"),
    ):
        calendar.lay_out(street.actor("cf-admin"), planned, now=clock.now)
    with everywhere():
        whole = replace(street.actor("cf-admin"), street_id=None, community_id=None)
        assert calendar.lay_out(whole, planned, now=clock.now)


def test_a_change_by_another_process_counts_from_the_next_transaction(app, street):
    working_calendar()
    db.session.rollback()
    url = db.engine.url.render_as_string(hide_password=False)
    other = create_engine(url)
    with other.begin() as connection:
        connection.execute(
            update(CalendarYear).where(CalendarYear.year == 2027).values(official=True)
        )
        connection.execute(update(CalendarEdition).values(digest="another"))
    other.dispose()

    assert working_calendar().settled(2027)


def test_a_kept_calendar_costs_one_statement_a_transaction(app):
    working_calendar()
    db.session.rollback()

    asked = counted(lambda: [working_calendar() for _ in range(50)])

    assert [one for one in asked if one != "BEGIN"] == [asked[-1]]
    assert "calendar_edition" in asked[-1]
