"""What the lead says on the way and at the end: progress, the completion report, its withdrawal."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day, past
from harbour.domain.errors import Invalid, Missing
from harbour.domain.tasks import Contact, LeadKind, Result
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.tasks import Progress, Report, ReportAnswer, Task
from harbour.services import photos
from harbour.services.lifecycle import Effect

Inputs = Mapping[str, Any]
LARGEST = 10_000_000


def _progress(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    done, total = inputs.get("quantity_done"), inputs.get("quantity_total")
    if done is not None and total is None:
        raise Invalid("quantity_total", N_("Say of how many."))
    if total is not None and not 1 <= total <= LARGEST:
        raise Invalid(
            "quantity_total", Text(N_("Between 1 and %(most)d, please."), {"most": LARGEST})
        )
    if total is not None and not 0 <= (done or 0) <= total:
        raise Invalid("quantity_done", N_("Between nothing and the total, please."))
    note = Progress(
        community_id=task.community_id,
        task_id=task.id,
        round=task.round,
        note=str(inputs.get("progress_note") or ""),
        quantity_done=done if total is not None else None,
        quantity_total=total,
        milestone_id=_reached(task, inputs.get("milestone"), now),
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(note)
    photos.attach(actor, inputs.get("photos") or (), note)


def _reached(task: Task, chosen: object, now: datetime) -> int | None:
    if not chosen:
        return None
    step = next((one for one in task.milestones if str(one.id) == str(chosen)), None)
    if step is None:
        raise Invalid("milestone", N_("Choose one of those offered."))
    step.reached_at = step.reached_at or now
    return step.id


def _report(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """``criteria_answers`` maps each criterion's id to met, words, before and after photos."""
    result = Result(inputs["result"])
    answers = {str(key): value for key, value in (inputs.get("criteria_answers") or {}).items()}
    _demand(task, result, answers)
    _demand_evidence(task, inputs)
    report = Report(
        community_id=task.community_id,
        task_id=task.id,
        round=task.round,
        result=result,
        what_was_done=str(inputs.get("what_was_done") or ""),
        public_reply=str(inputs.get("public_reply") or ""),
        contact=Contact(inputs.get("contact") or Contact.NOT_REACHED),
        contact_on=_contact_day(inputs.get("contact_on"), now),
        late=past(task.due_at, now),
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(report)
    db.session.flush()
    for criterion in task.criteria:
        answer = answers[str(criterion.id)]
        db.session.add(
            ReportAnswer(
                community_id=task.community_id,
                report_id=report.id,
                criterion_id=criterion.id,
                met=bool(answer["met"]),
                words=str(answer.get("words") or ""),
            )
        )
        for moment in ("before", "after"):
            photos.attach(actor, answer.get(moment) or (), report, moment=moment,
                          criterion_id=criterion.id, field=f"{moment}_{criterion.id}")  # fmt: skip
    for moment in ("before", "after"):
        name = f"{moment}_photos"
        photos.attach(actor, inputs.get(name) or (), report, moment=moment, field=name)
    task.reported_at = now
    task.verification_begun_by_id = None


def _demand(task: Task, result: Result, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Every criterion is answered; who claims to be done has met them all, and shows it."""
    for criterion in task.criteria:
        answer = answers.get(str(criterion.id), {})
        if answer.get("met") is None:
            raise Invalid(f"met_{criterion.id}", N_("Say whether this is met."))
        if result is Result.DONE and not answer["met"]:
            raise Invalid(
                "result", N_("A criterion is not met: say “partly done”, or meet it first.")
            )
        if not answer["met"] and not str(answer.get("words") or "").strip():
            raise Invalid(f"words_{criterion.id}", N_("Say in words why it is not met."))


def _demand_evidence(task: Task, inputs: Inputs) -> None:
    """A firm that reports something as done shows at least one photo of how it looks now."""
    if task.lead_kind != LeadKind.FIRM or inputs.get("result") != Result.DONE:
        return
    answers = (inputs.get("criteria_answers") or {}).values()
    if inputs.get("after_photos") or any(one.get("after") for one in answers):
        return
    first = task.criteria[0].id if task.criteria else None
    raise Invalid(
        f"after_{first}" if first else "after_photos",
        N_("Take at least one photo of how it looks now."),
    )


def _contact_day(day: date | str | None, now: datetime) -> date | None:
    if isinstance(day, str):
        day = date.fromisoformat(day) if day else None
    if day is not None and day > local_day(now):
        raise Invalid("contact_on", N_("This day has not come yet."))
    return day


def latest(task: Task) -> Report | None:
    """The report that stands: the last one that was not withdrawn."""
    return db.session.scalars(
        select(Report)
        .where(Report.task_id == task.id, Report.withdrawn_at.is_(None))
        .order_by(Report.id.desc())
        .limit(1)
    ).first()


def _withdraw(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    report = latest(task)
    if report is None:
        raise Missing
    report.withdrawn_at = now
    task.reported_at = None


EFFECTS: dict[str, Effect[Task]] = {
    "progress": _progress,
    "report": _report,
    "withdraw_report": _withdraw,
}
