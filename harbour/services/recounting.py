"""Counting the dates of running tasks anew, as the clock, when the calendar was changed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harbour.domain.actors import Actor, the_clock
from harbour.domain.deadlines import due_soon_at
from harbour.domain.recounting import BY_CALENDAR
from harbour.domain.tasks import TASK
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.recounting import Move
from harbour.models.subjects import settings_of
from harbour.models.tasks import Task
from harbour.services import deadlines
from harbour.services.lifecycle import Inputs, carry_out

THROUGH = "calendar"
AT_ONCE = 200


def recount(moves: Sequence[Move], request_id: str, now: datetime) -> None:
    """Take the clock's row on each task that moves; one line and one written change each.

    ``request_id`` ties the lines to the act that changed the calendar.
    """
    settings = cache(settings_of)

    def effect(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
        task.accept_due_at = inputs.get("accept_by", task.accept_due_at)
        due = inputs.get("due_at")
        if due is None:
            return
        soon = settings(task.community_id).due_soon_workdays
        begun = task.dispatched_at or now
        task.due_soon_at = due_soon_at(due, begun, None, working_calendar(), soon)
        deadlines.promised(actor, task, due, BY_CALENDAR, now, before=task.due_at)

    for task, move in _with_tasks(moves):
        clock = replace(the_clock(task.community_id), request_id=request_id)
        inputs = {
            **({"due_at": move.due[1]} if move.due else {}),
            **({"accept_by": move.accept[1]} if move.accept else {}),
        }
        carry_out(
            TASK, {"recount": effect}, clock, task, task.subject(), "recount", inputs,
            version=None, now=now, through=THROUGH,
        )  # fmt: skip


def _with_tasks(moves: Sequence[Move]) -> Iterator[tuple[Task, Move]]:
    """Each move with its stored task, some at a time."""
    for some in _parts(moves):
        wanted = select(Task).where(Task.id.in_([one.task_id for one in some]))
        found = {
            task.id: task
            for task in db.session.scalars(
                wanted.options(selectinload(Task.helpers)).with_for_update()
            )
        }
        yield from ((found[one.task_id], one) for one in some if one.task_id in found)


def _parts(moves: Sequence[Move]) -> Iterator[Sequence[Move]]:
    for start in range(0, len(moves), AT_ONCE):
        yield moves[start : start + AT_ONCE]
