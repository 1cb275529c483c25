"""What becomes of a concern: made a proposal, joined, answered, referred, not taken up, undone."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Invalid, Missing, Refused
from harbour.domain.proposals import ProposalState
from harbour.domain.relapses import since
from harbour.domain.summaries import CONCERN, Fate, ReferredTo
from harbour.domain.tasks import TaskState
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.proposals import Proposal
from harbour.models.relapses import Relapse
from harbour.models.subjects import of_concern, settings_of
from harbour.models.summaries import Concern
from harbour.models.tasks import Task
from harbour.services import proposals
from harbour.services.lifecycle import Effect, carry_out
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]
MOST_AT_ONCE = 50
FARTHEST = timedelta(days=3 * 366)


@command
def act(
    actor: Actor,
    concern_id: int,
    action: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
) -> None:
    """Take ``action`` on a concern; "propose" and "relapse" make it a proposal of its own."""
    concern = _found([concern_id])[0]
    if action == "propose":
        _propose(actor, [concern], version, now)
        return
    if action == "relapse":
        proposal = proposals.from_concerns(actor, [concern], now)
        inputs = {**inputs, "proposal": proposal.number}
    _move(actor, concern, action, inputs, version, now)


@command
def propose(actor: Actor, concern_ids: Iterable[int], *, now: datetime) -> str:
    """Make one proposal of several concerns of one compound; its number is the first one's."""
    ids = list(dict.fromkeys(concern_ids))
    if not ids or len(ids) > MOST_AT_ONCE:
        raise Invalid("concern", N_("Tick the concerns that belong together."))
    return _propose(actor, _found(ids), None, now)


def _found(ids: list[int]) -> list[Concern]:
    """The concerns in the order asked for, locked; Missing if one is not there."""
    rows = db.session.scalars(
        select(Concern)
        .where(Concern.id.in_(ids))
        .options(joinedload(Concern.summary, innerjoin=True))
        .with_for_update(of=Concern)
    ).all()
    by_id = {one.id: one for one in rows}
    if len(by_id) != len(ids):
        raise Missing
    return [by_id[key] for key in ids]


def _move(
    actor: Actor, concern: Concern, action: str, inputs: Inputs, version: int | None, now: datetime
) -> None:
    carry_out(
        CONCERN, EFFECTS, actor, concern, of_concern(concern), action, inputs,
        version=version, now=now,
    )  # fmt: skip


def _propose(actor: Actor, concerns: list[Concern], version: int | None, now: datetime) -> str:
    if len({one.compound_id for one in concerns}) > 1:
        raise Refused(N_("These concerns are of different compounds; each meets by itself."))
    proposal = proposals.from_concerns(actor, concerns, now)
    for one in concerns:
        _move(actor, one, "propose", {"proposal": proposal.number}, version, now)
    return proposal.number


# ---- effects of the rows ------------------------------------------------------------------


def _proposed(_actor: Actor, concern: Concern, inputs: Inputs, now: datetime) -> None:
    concern.proposal_id = proposals.find(inputs["proposal"]).id
    concern.decided_at = now


def _relapse(actor: Actor, concern: Concern, inputs: Inputs, now: datetime) -> None:
    """Keep which closed task has come back, beside the proposal made of the concern."""
    window = settings_of(concern.community_id).relapse_window_days
    number = str(inputs.get("relapse_of") or "").strip().rpartition("/")[2]
    task_id = db.session.scalar(
        select(Task.id).where(
            Task.number == number,
            Task.compound_id == concern.compound_id,
            Task.category == concern.category,
            Task.state == TaskState.CLOSED,
            Task.closed_at >= since(now, window),
        )
    )
    if task_id is None:
        says = N_("No task of this category was closed here under this number in %(n)d days.")
        raise Invalid("relapse_of", Text(says, {"n": window}))
    _proposed(actor, concern, inputs, now)
    db.session.add(
        Relapse(
            community_id=concern.community_id,
            concern_id=concern.id,
            task_id=task_id,
            by_id=actor.user_id,
            at=now,
        )
    )


def _link(_actor: Actor, concern: Concern, inputs: Inputs, now: datetime) -> None:
    kind, _, number = str(inputs["linked_to"]).strip().rpartition("/")
    task = _task(concern, number) if kind in ("", "task") else None
    proposal = _proposal(concern, number) if task is None and kind in ("", "proposal") else None
    if task is not None:
        concern.task_id = task.id
        _follow(concern, task.proposal_id)
    elif proposal is not None:
        concern.proposal_id = proposal.id
        _follow(concern, proposal.id)
    else:
        raise Invalid("linked_to", N_("There is no such proposal or task in this compound."))
    concern.decided_at = now


def _task(concern: Concern, number: str) -> Task | None:
    return db.session.scalars(
        select(Task).where(
            Task.number == number,
            Task.compound_id == concern.compound_id,
            Task.state != TaskState.CANCELLED,
        )
    ).first()


def _proposal(concern: Concern, number: str) -> Proposal | None:
    """The proposal of this number; of a merged one the one it went into."""
    found = db.session.scalars(
        select(Proposal).where(
            Proposal.number == number, Proposal.compound_id == concern.compound_id
        )
    ).first()
    if found is not None and found.master_id is not None:
        return db.session.get(Proposal, found.master_id)
    if found is not None and found.state == ProposalState.WITHDRAWN:
        raise Invalid("linked_to", N_("That proposal has been withdrawn. Choose another."))
    return found


def _follow(concern: Concern, proposal_id: int | None) -> None:
    """Whoever raised the concern follows what it has been joined to."""
    proposal = None if proposal_id is None else db.session.get(Proposal, proposal_id)
    if proposal is not None:
        proposals.subscribe(proposal, concern.summary.author_id)


def _answer(_actor: Actor, concern: Concern, inputs: Inputs, now: datetime) -> None:
    concern.reply = inputs["reply"]
    concern.decided_at = now


def _refer(_actor: Actor, concern: Concern, inputs: Inputs, now: datetime) -> None:
    try:
        concern.referred_to = ReferredTo(str(inputs.get("referred_to")))
    except ValueError:
        raise Invalid("referred_to", N_("Choose to whom.")) from None
    concern.referred_name = inputs.get("referred_name") or ""
    concern.answer_on = _answer_on(inputs.get("answer_on"), now)
    concern.decided_at = now


def _answer_on(day: object, now: datetime) -> date:
    """The day an answer is promised by; Invalid when it is over already or absurdly far."""
    if not isinstance(day, date):
        raise Invalid("answer_on", N_("Choose a day."))
    if day < local_day(now):
        raise Invalid("answer_on", N_("This day is over already. Choose today or a later day."))
    if day - local_day(now) > FARTHEST:
        raise Invalid("answer_on", N_("This day is too far away. Please look at the year."))
    return day


def _decline(_actor: Actor, concern: Concern, inputs: Inputs, now: datetime) -> None:
    concern.reply = inputs["reason"]
    concern.decided_at = now


def _undo(actor: Actor, concern: Concern, _inputs: Inputs, now: datetime) -> None:
    """Take every trace of the fate back; a proposal made of it alone goes with it."""
    was_proposed = Fate.PROPOSED in inspect(concern).attrs.state.history.deleted
    proposal_id, task_id = concern.proposal_id, concern.task_id
    concern.proposal_id = concern.task_id = concern.decided_at = None
    concern.referred_to = concern.answer_on = None
    concern.reply = concern.referred_name = ""
    for relapse in db.session.scalars(select(Relapse).where(Relapse.concern_id == concern.id)):
        db.session.delete(relapse)
    db.session.flush()
    if task_id is not None:
        proposal_id = db.session.scalar(select(Task.proposal_id).where(Task.id == task_id))
    proposal = None if proposal_id is None else db.session.get(Proposal, proposal_id)
    if proposal is None:
        return
    proposals.unsubscribe(proposal, concern.summary.author_id)
    if was_proposed and not _others(proposal):
        proposals.move(actor, proposal, "dissolve", {}, now=now, through="concern")


def _others(proposal: Proposal) -> bool:
    """Whether other concerns, or other proposals, still rest on this one."""
    concerns = db.session.scalar(
        select(func.count()).select_from(Concern).where(Concern.proposal_id == proposal.id)
    )
    merged = db.session.scalar(
        select(func.count()).select_from(Proposal).where(Proposal.master_id == proposal.id)
    )
    return bool(concerns or merged)


EFFECTS: Mapping[str, Effect[Concern]] = {
    "propose": _proposed,
    "relapse": _relapse,
    "link": _link,
    "answer": _answer,
    "refer": _refer,
    "decline": _decline,
    "undo": _undo,
}
