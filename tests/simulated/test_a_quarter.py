"""A quarter of one street: twelve weekly meetings, a hundred tasks, every branch.

States, due dates, levels and who is told come out as counted by hand, day after day.
"""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from harbour.cli import clockwork
from harbour.domain.clock import DUTIES
from harbour.domain.deadlines import local_day
from harbour.domain.meetings import MeetingState
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Meeting
from harbour.models.outbox import Notice
from harbour.models.people import User
from harbour.models.requests import Request
from harbour.models.tasks import Task
from harbour.queries import clock as queries
from harbour.services import meetings
from tests.making import Make
from tests.making import meetings as made
from tests.making.meetings import everywhere
from tests.making.places import Street
from tests.simulated.quarter import ONE, RUNNING, SCRIPTS, Story, after, at, sent_out, works

pytestmark = pytest.mark.timeout(900)
FIRST, LAST = date(2026, 3, 2), date(2026, 6, 12)
TASKS = 100
A_DAY = 2
WORK = [name for name, duty in DUTIES.items() if not duty.upkeep]


class Quarter:
    """The days one after another, with the clock's passes between people's acts."""

    def __init__(self, make: Make, street: Street, clock: Any, folder: Path) -> None:
        self.make, self.street, self.clock, self.folder = make, street, clock, folder
        self.stories: list[Story] = []
        self.meetings = 0
        self.wrong: list[str] = []
        self.levels: set[int] = set()

    def live(self) -> None:
        """Every day of it."""
        day = FIRST
        while day <= LAST:
            self.tick(day, "08:05")
            for story in self.stories:
                story.dawn(day)
                story.morning(day)
            if works(day):
                self.work(day)
            if day.weekday() == 3 and self.meetings < 12:
                self.meet(day)
            self.tick(day, "20:00")
            self.compare(day)
            day += ONE

    def tick(self, day: date, hour: str) -> None:
        self.clock.at(at(day, hour))
        done = clockwork.run(self.clock.now, only=WORK)
        if done.failed:
            self.wrong.append(f"{day}: {done.failed} slots failed: {queries.troubles()}")

    def work(self, day: date) -> None:
        self.clock.at(at(day, "10:00"))
        for story in self.stories:
            for count, act in SCRIPTS[story.script].items():
                if after(story.first, count) == day:
                    act(story, day)
        for _ in range(A_DAY):
            if len(self.stories) < TASKS:
                script = list(SCRIPTS)[len(self.stories) % len(SCRIPTS)]
                story = sent_out(self.street, self.clock, self.folder, script, day)
                self.stories.append(story)

    def meet(self, day: date) -> None:
        """The meeting the clock has made for this day, held: nothing is reached."""
        self.clock.at(at(day, "14:30"))
        with everywhere():
            wanted = select(Meeting).where(
                Meeting.compound_id == self.street.compounds["CH-01"],
                Meeting.state == MeetingState.SCHEDULED,
            )
            (coming,) = db.session.scalars(wanted).all()
        assert local_day(coming.starts_at) == day
        with everywhere():
            made.begun(self.make, coming.number)
        zhao = self.street.actor("ch-zhao")
        for action, inputs in (("pass_over", {"item": None}), ("end", {})):
            with everywhere():
                meetings.act(zhao, coming.number, action, inputs, now=self.clock.now)
        self.meetings += 1
        for story in self.stories:
            story.carried += story.state in RUNNING and story.due < day

    def compare(self, day: date) -> None:
        """Every task as it stands beside what was counted."""
        with everywhere():
            found = {one.number: one for one in db.session.scalars(select(Task))}
            ids = [one.id for one in found.values()]
            standing = escalation.standings(ids, working_calendar(), self.clock.now)
        for story in self.stories:
            task = found[story.walk.number]
            level = standing[task.id].rung if task.id in standing else 0
            self.levels.add(int(level))
            is_so = (task.state, local_day(task.due_at), int(level))
            should = (story.state, story.due, story.level(day))
            if is_so != should:
                self.wrong.append(f"{day} {story.script} {task.number}: {is_so}, not {should}")


def test_a_quarter_goes_as_counted_by_hand(
    make: Make, street: Street, clock: Any, tmp_path: Path
) -> None:
    quarter = Quarter(make, street, clock, tmp_path)

    quarter.live()

    assert quarter.wrong == []
    assert (len(quarter.stories), quarter.meetings) == (TASKS, 12)
    assert {one.state for one in quarter.stories} == {"closed", "cancelled"}
    assert quarter.levels == {0, 1, 2, 3}
    assert told() == {
        (who, step, one.walk.number)
        for one in quarter.stories
        for step, _ in one.told
        for who in one.people(step)
    }
    with everywhere():
        states = set(db.session.execute(select(Request.kind, Request.state).distinct()).all())
    assert {tuple(one) for one in states} == {
        ("extension", "granted"), ("extension", "lapsed"), ("hold", "granted"),
        ("return", "granted"), ("reopen", "granted"),
    }  # fmt: skip


def told() -> set[tuple[str, str, str]]:
    """Who was told of which step of which task."""
    with everywhere():
        rows = db.session.execute(
            select(User.username, Notice.action, Notice.number)
            .join(Notice, Notice.user_id == User.id)
            .where(Notice.key.is_not(None), Notice.kind == "task")
        )
        return {(row.username, row.action, row.number) for row in rows}
