"""Looking whether it is done: begun, found done or sent back, and closed."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from harbour.domain.actors import Actor
from harbour.domain.errors import Invalid
from harbour.domain.tasks import ReworkCause, Satisfaction, Solved
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.tasks import Task, Verification, VerificationTick
from harbour.services import deadlines, photos
from harbour.services.lifecycle import Effect
from harbour.services.reports import latest

Inputs = Mapping[str, Any]
UNTICKED = N_(
    "“Solved” needs a tick at every criterion. Tick what you saw done, or say “partly solved”, "
    "or ask for rework."
)
# What went wrong in these cases need not show on any one criterion.
WITHOUT_CRITERION = frozenset({ReworkCause.NO_REPLY, ReworkCause.OTHER})


def _inspect(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    task.verification_begun_by_id = actor.user_id


def _verify(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    solved = Solved(inputs["solved"])
    ticked = {str(one) for one in inputs.get("criteria_ticks") or ()}
    if solved is Solved.SOLVED and any(str(one.id) not in ticked for one in task.criteria):
        raise Invalid("criteria_ticks", UNTICKED)
    satisfaction = Satisfaction(inputs["satisfaction"])
    found = _found(actor, task, solved, inputs, now)
    found.satisfaction = satisfaction
    _tick(found, task, ticked)
    photos.attach(actor, inputs.get("photos") or (), found)
    task.verified_at = now
    task.verification_begun_by_id = actor.user_id


def _rework(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    cause = ReworkCause(inputs["rework_cause"])
    failed = {str(one) for one in inputs.get("failed_criteria") or ()}
    known = {str(one.id) for one in task.criteria}
    if not failed <= known or (not failed and known and cause not in WITHOUT_CRITERION):
        raise Invalid("failed_criteria", N_("Tick what is not met."))
    day = deadlines.day_of("new_due_on", inputs, now)
    if day is None:
        raise Invalid("new_due_on", N_("Choose the day it is to be done by."))
    solved = Solved.PARTLY if failed < known else Solved.NOT_SOLVED
    found = _found(actor, task, solved, inputs, now)
    found.rework_cause = cause
    _tick(found, task, known - failed)
    photos.attach(actor, inputs.get("photos") or (), found)
    deadlines.postpone(actor, task, day, str(inputs.get("what_is_wrong") or ""), now)
    task.round += 1
    task.reported_at = task.verified_at = task.verification_begun_by_id = None


def _found(actor: Actor, task: Task, solved: Solved, inputs: Inputs, now: datetime) -> Verification:
    report = latest(task)
    found = Verification(
        community_id=task.community_id,
        task_id=task.id,
        report_id=report.id if report else None,
        round=task.round,
        solved=solved,
        words=str(inputs.get("finding") or inputs.get("what_is_wrong") or ""),
        by_id=actor.user_id,
        by_name=actor.name,
        role=actor.role,
        at=now,
    )
    db.session.add(found)
    db.session.flush()
    return found


def _tick(found: Verification, task: Task, met: Collection[str]) -> None:
    for one in task.criteria:
        db.session.add(
            VerificationTick(
                community_id=task.community_id,
                verification_id=found.id,
                criterion_id=one.id,
                met=str(one.id) in met,
            )
        )


def _close(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    task.closed_at = now
    task.is_open = False


EFFECTS: dict[str, Effect[Task]] = {
    "inspect": _inspect,
    "verify": _verify,
    "rework": _rework,
    "close": _close,
}
