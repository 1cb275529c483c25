"""Writing tasks: drafted from what was decided, dispatched, and moved as the table says."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from harbour.domain.actors import Actor
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import local_day, past
from harbour.domain.errors import Invalid, Missing, Refused, Stale
from harbour.domain.numbers import PublicNumber
from harbour.domain.proposals import ProposalState
from harbour.domain.tasks import TASK, TaskState
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.places import Compound
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_task
from harbour.models.tasks import Task
from harbour.services import deadlines, drafts, lapses, numbers, reports, urges, verifications
from harbour.services.lifecycle import Effect, carry_out, give_birth, may_create, may_ever
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]
SAFETY = "SAF/"
# Where a task stands here, nothing that was asked for it before can be answered any more.
ENDS_REQUESTS = frozenset({TaskState.REPORTED, TaskState.ON_HOLD, TaskState.CANCELLED})
UNDECIDED = N_(
    "The proposal has not been adopted. Only a safety matter may be dispatched before that, "
    "with its reason."
)
OVER = N_("The due date of %(number)s is over already. Change the task and set a new one.")


@command
def draft(
    actor: Actor,
    inputs: Inputs,
    *,
    proposal_number: str | None = None,
    compound_id: int | None = None,
    now: datetime,
) -> str:
    """Write a task from an adopted proposal, or a direct one with its reason; its number.

    A direct task also needs ``category``, and may have ``place``. A safety matter that the
    meeting could not decide may be drafted directly from its proposal. Raises Invalid beside
    the input that cannot be right.
    """
    may_create(TASK, actor, "draft")
    if proposal_number is None:
        task = _direct(actor, inputs, compound_id, now)
    else:
        task = _of_proposal(actor, inputs, proposal_number, now)
    with db.session.no_autoflush:
        drafts.fill(task, {"task_title": task.title, **inputs}, now)
    db.session.add(task)
    give_birth(TASK, actor, task, "draft", inputs, now=now)
    return task.number


def _direct(actor: Actor, inputs: Inputs, compound_id: int | None, now: datetime) -> Task:
    compound = db.session.scalars(select(Compound).where(Compound.id == compound_id)).first()
    if compound is None or compound.community_id != actor.community_id:
        raise Missing
    category = str(inputs.get("category") or "")
    if category not in CATEGORIES:
        raise Invalid("category", N_("Choose a category."))
    if CATEGORIES[category].owner_decision:
        raise Invalid(
            "category", N_("Only all owners together may decide this (Civil Code, art. 278).")
        )
    return Task(
        community_id=compound.community_id,
        compound_id=compound.id,
        number=numbers.public_number(compound, now),
        category=category,
        place=str(inputs.get("place") or "").strip()[:200],
        title="",
        direct_reason=_reason(inputs),
        created_at=now,
    )


def _reason(inputs: Inputs) -> str:
    reason = str(inputs.get("direct_reason") or "").strip()
    if not reason:
        raise Invalid("direct_reason", N_("Say why this cannot wait for the meeting's decision."))
    return reason


def _of_proposal(actor: Actor, inputs: Inputs, number: str, now: datetime) -> Task:
    proposal = db.session.scalars(
        select(Proposal).where(Proposal.number == number).with_for_update()
    ).first()
    if proposal is None or proposal.community_id != actor.community_id:
        raise Missing
    reason = ""
    if proposal.state != ProposalState.ADOPTED:
        if not proposal.category.startswith(SAFETY):
            raise Refused(UNDECIDED)
        reason = _reason(inputs)
    there = db.session.scalar(select(func.count()).where(Task.proposal_id == proposal.id)) or 0
    return Task(
        community_id=proposal.community_id,
        compound_id=proposal.compound_id,
        number=str(PublicNumber.parse(proposal.number).further(there + 1)),
        category=proposal.category,
        place=place_of(proposal),
        proposal_id=proposal.id,
        meeting_id=proposal.meeting_id,
        title=proposal.wording.strip()[:120] if proposal.wording else proposal.title,
        direct_reason=reason,
        created_at=now,
    )


def place_of(proposal: Proposal) -> str:
    """Where a proposal lies: sub-area, building, unit, and the words beside."""
    named = (proposal.sub_area, proposal.building, proposal.unit)
    return " ".join(
        part for part in ("".join(one.name for one in named if one), proposal.place) if part
    )[:200]


@command
def act(
    actor: Actor, number: str, action: str, inputs: Inputs, *, version: int | None, now: datetime
) -> str:
    """Take ``action`` on the task with this number; the answer is its number."""
    task = _found(number)
    move(actor, task, action, inputs, version=version, now=now)
    return task.number


@command
def claim(actor: Actor, number: str, action: str, *, now: datetime) -> None:
    """Come with something for an act on this task: Missing or Denied where it is never theirs."""
    task = _found(number)
    may_ever(TASK, actor, task, of_task(task, now), action, now)


def _found(number: str) -> Task:
    task = db.session.scalars(select(Task).where(Task.number == number).with_for_update()).first()
    if task is None:
        raise Missing
    return task


def move(
    actor: Actor,
    task: Task,
    action: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
    through: str | None = None,
) -> None:
    """``act`` on a task already found; ``through`` names the subject whose act takes the row."""
    try:
        carry_out(
            TASK, EFFECTS, actor, task, of_task(task, now), action, inputs,
            version=version, now=now, through=through,
        )  # fmt: skip
    except Stale as error:
        raise Stale({**error.theirs, **standing(task)}, error.version) from None
    if task.state in ENDS_REQUESTS:
        lapses.settle(task, now)


def standing(task: Task) -> dict[str, object]:
    """What stands in a task now, by the names of the inputs it was typed into."""
    return {
        "task_title": task.title,
        "lead": drafts.lead_of(task),
        "level": task.level,
        "due_on": local_day(task.due_at).isoformat() if task.due_by_hand else "",
        "criteria": "\n".join(one.text for one in task.criteria),
        "who_pays": task.who_pays or "",
        "public_sentence": task.public_sentence,
        "assistants": task.assistants,
        "milestones": "\n".join(f"{one.due_on} {one.name}" for one in task.milestones),
    }


def dispatch_all(actor: Actor, meeting: Meeting, now: datetime) -> tuple[str, ...]:
    """Dispatch what a meeting drafted, as part of ending it; the numbers, in order."""
    drafted = db.session.scalars(
        select(Task)
        .where(Task.meeting_id == meeting.id, Task.state == TaskState.DRAFTED)
        .order_by(Task.id)
        .with_for_update()
    ).all()
    for task in drafted:
        move(actor, task, "dispatch", {}, version=None, now=now)
    return tuple(task.number for task in drafted)


def _edit(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    with db.session.no_autoflush:
        drafts.fill(task, inputs, now)
    # Criteria and milestones stand in tables of their own: a change of theirs is one of its own.
    task.version += 1


def _dispatch(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    by_hand = local_day(task.due_at) if task.due_by_hand else None
    with db.session.no_autoflush:  # a dispatched task without its dates cannot be stored
        task.accept_due_at = deadlines.set_due(task, by_hand, now)
    if past(task.due_at, now):
        raise Refused(Text(OVER, {"number": task.number}))
    task.dispatched_at = now
    deadlines.promised(actor, task, task.due_at, "", now)


def _accept(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    task.accepted_at = now


def _cancel(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    task.reason = str(inputs.get("reason") or "")
    task.is_open = False
    task.held_at = None


def _hold(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    task.held_at = now


def _extend(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    _postpone(actor, task, inputs, now)


def _reassign(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """Another lead begins anew; the first promise stays, and so the days that were lost."""
    before, chosen = drafts.lead_of(task), str(inputs.get("lead") or "")
    if not chosen:
        raise Invalid("lead", N_("Choose who is to do it instead."))
    if chosen == before:
        raise Invalid("lead", N_("This is who gives it back. Choose somebody else."))
    with db.session.no_autoflush:
        drafts.set_lead(task, chosen, now)
    task.accept_due_at = deadlines.accept_by(task, now)
    task.dispatched_at, task.accepted_at = now, None
    _postpone(actor, task, inputs, now)


def _reopen(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    """Another round; everything that was reported and found before is kept."""
    task.is_open = True
    task.reported_at = task.verified_at = task.closed_at = task.verification_begun_by_id = None
    task.round += 1
    _postpone(actor, task, inputs, now)


def _postpone(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    deadlines.postpone(
        actor, task, inputs["new_due_on"], str(inputs.get("reason") or ""), now,
        request_id=inputs.get("request"),
    )  # fmt: skip


def _resume(actor: Actor, task: Task, inputs: Inputs, now: datetime) -> None:
    deadlines.resume(actor, task, now)


EFFECTS: dict[str, Effect[Task]] = {
    "edit": _edit,
    "dispatch": _dispatch,
    "accept": _accept,
    "cancel": _cancel,
    "hold": _hold,
    "extend": _extend,
    "reassign": _reassign,
    "reopen": _reopen,
    "resume": _resume,
    **reports.EFFECTS,
    **verifications.EFFECTS,
    **urges.EFFECTS,
}
