"""Writing proposals: put forward, made of concerns, and moved as the table says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.categories import CATEGORIES
from harbour.domain.errors import Invalid, Missing
from harbour.domain.proposals import PROPOSAL, ProposalState
from harbour.domain.reach import COMPOUND_BOUND
from harbour.domain.summaries import Urgency
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.places import Building, Compound, Unit
from harbour.models.proposals import Proposal, Subscription
from harbour.models.subjects import of_proposal
from harbour.models.summaries import Concern, Summary
from harbour.services import decisions, numbers
from harbour.services.lifecycle import Effect, carry_out, give_birth, may_create
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]

# A proposal others may still be merged into: it lives, or led to something.
MASTERS = frozenset(
    {
        ProposalState.SUBMITTED, ProposalState.BACKLOG, ProposalState.ON_AGENDA,
        ProposalState.ADOPTED, ProposalState.REFERRED, ProposalState.NOTED,
    }
)  # fmt: skip
PRESSING = (Urgency.CAN_WAIT, Urgency.SOON, Urgency.AT_ONCE)


@command
def put_forward(actor: Actor, compound_id: int, inputs: Inputs, *, now: datetime) -> str:
    """Put a proposal forward without a concern; its public number.

    ``inputs``: title, category, place, wanted, and if known the ids building and unit. Raises
    Invalid beside the input that cannot be right, Missing for a compound not the actor's.
    """
    may_create(PROPOSAL, actor, "submit")
    compound = _compound(actor, compound_id)
    proposal = Proposal(
        community_id=compound.community_id,
        compound_id=compound.id,
        author_id=actor.user_id,
        author_role=actor.role,
        created_at=now,
        waits_since=now,
    )
    _write(proposal, inputs)
    proposal.number = numbers.public_number(compound, now)
    db.session.add(proposal)
    db.session.flush()
    subscribe(proposal, actor.user_id)
    give_birth(PROPOSAL, actor, proposal, "submit", inputs, now=now)
    return proposal.number


@command
def act(
    actor: Actor, number: str, action: str, inputs: Inputs, *, version: int | None, now: datetime
) -> None:
    """Take ``action`` on the proposal with this number."""
    move(actor, find(number), action, inputs, version=version, now=now)


def move(
    actor: Actor,
    proposal: Proposal,
    action: str,
    inputs: Inputs,
    version: int | None = None,
    *,
    now: datetime,
    through: str | None = None,
) -> None:
    """``act`` on a proposal already found; ``through`` names the subject whose act takes it."""
    carry_out(
        PROPOSAL, EFFECTS, actor, proposal, of_proposal(proposal), action, inputs,
        version=version, now=now, through=through,
    )  # fmt: skip


def find(number: str) -> Proposal:
    """The proposal with this number, locked, within the scope; else Missing."""
    found = db.session.scalars(
        select(Proposal).where(Proposal.number == number).with_for_update()
    ).first()
    if found is None:
        raise Missing
    return found


def from_concerns(actor: Actor, concerns: Sequence[Concern], now: datetime) -> Proposal:
    """One proposal of concerns of one compound; it keeps the number of the first.

    Every author follows it. The fates of the concerns are the caller's to write.
    """
    may_create(PROPOSAL, actor, "submit")
    first = concerns[0]
    withdrawn = _withdrawn(first)
    proposal = withdrawn or Proposal(
        community_id=first.community_id,
        compound_id=first.compound_id,
        number=_number(first, now),
        author_id=first.summary.author_id,
        author_role="resident_rep",
        created_at=now,
    )
    inputs = {
        "title": first.title,
        "category": first.category,
        "place": first.place,
        "wanted": _wanted(concerns),
        "concerns": [one.number for one in concerns],
    }
    for name in ("title", "category", "place", "sub_area_id", "building_id", "unit_id"):
        setattr(proposal, name, getattr(first, name))
    proposal.wanted = str(inputs["wanted"])
    proposal.urgency = max((one.urgency for one in concerns), key=PRESSING.index)
    proposal.waits_since = now
    if withdrawn is None:
        db.session.add(proposal)
        db.session.flush()
        give_birth(PROPOSAL, actor, proposal, "submit", inputs, now=now)
    else:
        move(actor, proposal, "revive", inputs, now=now, through="concern")
    for one in concerns:
        subscribe(proposal, one.summary.author_id)
    return proposal


def _withdrawn(first: Concern) -> Proposal | None:
    """The proposal once made of this concern and given back, to be taken up again."""
    return db.session.scalars(
        select(Proposal)
        .where(Proposal.number == first.number, Proposal.state == ProposalState.WITHDRAWN)
        .with_for_update()
    ).first()


def _number(first: Concern, now: datetime) -> str:
    """The first concern's number, unless another proposal has it already."""
    taken = db.session.scalar(select(Proposal.id).where(Proposal.number == first.number))
    if first.number and taken is None:
        return first.number
    compound = db.session.scalars(select(Compound).where(Compound.id == first.compound_id)).one()
    number = numbers.public_number(compound, now)
    first.number = first.number or number
    return number


def _wanted(concerns: Sequence[Concern]) -> str:
    """What the representatives suggest, in their words; else what residents said."""
    said = dict.fromkeys((one.remedy or one.words or one.title).strip() for one in concerns)
    return "\n".join(filter(None, said))


def subscribe(proposal: Proposal, user_id: int | None) -> None:
    """Let somebody follow a proposal to its end; twice is once."""
    if user_id is None or _subscription(proposal.id, user_id) is not None:
        return
    db.session.add(
        Subscription(community_id=proposal.community_id, proposal_id=proposal.id, user_id=user_id)
    )
    db.session.flush()


def unsubscribe(proposal: Proposal, user_id: int) -> None:
    """Let somebody go who raised nothing of it any more; its author stays."""
    found = _subscription(proposal.id, user_id)
    if found is None or proposal.author_id == user_id:
        return
    still = db.session.scalar(
        select(Concern.id)
        .join(Summary, Summary.id == Concern.summary_id)
        .where(Concern.proposal_id == proposal.id, Summary.author_id == user_id)
        .limit(1)
    )
    if still is None:
        db.session.delete(found)


def _subscription(proposal_id: int, user_id: int) -> Subscription | None:
    return db.session.scalars(
        select(Subscription).where(
            Subscription.proposal_id == proposal_id, Subscription.user_id == user_id
        )
    ).first()


def _compound(actor: Actor, compound_id: int) -> Compound:
    found = db.session.scalars(select(Compound).where(Compound.id == compound_id)).first()
    if found is None or found.community_id != actor.community_id:
        raise Missing
    if actor.role in COMPOUND_BOUND and found.id not in actor.compound_ids:
        raise Missing
    return found


def _write(proposal: Proposal, inputs: Inputs) -> None:
    """Take what was typed: title, category, place and what is wanted."""
    category = str(inputs.get("category") or "")
    if category not in CATEGORIES:
        raise Invalid("category", N_("Choose the category that fits best."))
    for name, missing in (
        ("title", N_("Say in one line what should be done.")),
        ("wanted", N_("Say what is wanted, so that all understand.")),
    ):
        words = str(inputs.get(name) or "").strip()
        if not words:
            raise Invalid(name, missing)
        setattr(proposal, name, words)
    proposal.category = category
    proposal.place = str(inputs.get("place") or "").strip()
    if "building" in inputs or "unit" in inputs:
        _locate(proposal, inputs)


def _locate(proposal: Proposal, inputs: Inputs) -> None:
    """Set building and unit by their ids; neither need be known."""
    proposal.sub_area_id = proposal.building_id = proposal.unit_id = None
    if inputs.get("building"):
        building = db.session.scalars(
            select(Building).where(Building.id == _key(inputs["building"]))
        ).first()
        if building is None or building.compound_id != proposal.compound_id:
            raise Invalid("building", N_("This building is not in the compound."))
        proposal.building_id, proposal.sub_area_id = building.id, building.sub_area_id
    if inputs.get("unit"):
        unit = db.session.scalars(select(Unit).where(Unit.id == _key(inputs["unit"]))).first()
        if unit is None or unit.building_id != proposal.building_id:
            raise Invalid("unit", N_("This unit is not in the building."))
        proposal.unit_id = unit.id


def _key(value: object) -> int:
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


# ---- effects of the rows ------------------------------------------------------------------


def _waiting(_actor: Actor, proposal: Proposal, _inputs: Inputs, now: datetime) -> None:
    proposal.waits_since = now


def _return(_actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    proposal.reason = inputs["missing"]
    proposal.waits_since = now


def _resubmit(_actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    with db.session.no_autoflush:
        _write(proposal, inputs)
    proposal.waits_since = now


def _merge(_actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    # The state is already set: nothing may be flushed before the master is.
    with db.session.no_autoflush:
        proposal.master_id = _master(proposal, str(inputs["master"])).id
    proposal.decided_at = now


def _master(proposal: Proposal, number: str) -> Proposal:
    """The proposal it may be merged into, or Invalid with what stands in the way."""
    master = db.session.scalars(select(Proposal).where(Proposal.number == number.strip())).first()
    if master is None or master.compound_id != proposal.compound_id:
        raise Invalid("master", N_("There is no such proposal in this compound."))
    if master.id == proposal.id:
        raise Invalid("master", N_("A proposal cannot be merged into itself."))
    if master.state == ProposalState.MERGED:
        raise Invalid("master", N_("That one has been merged itself. Choose the one it went into."))
    if master.state not in MASTERS:
        raise Invalid("master", N_("That one is not being followed any more. Choose another."))
    if db.session.scalar(select(Proposal.id).where(Proposal.master_id == proposal.id).limit(1)):
        raise Invalid(
            "master",
            N_("Others have been merged into this one. Undo those merges first, "
               "or merge the other way round."),
        )  # fmt: skip
    return master


def _unmerge(_actor: Actor, proposal: Proposal, _inputs: Inputs, now: datetime) -> None:
    proposal.master_id = None
    proposal.decided_at = None
    proposal.waits_since = now


def _answer(_actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    proposal.reply = inputs["reply"]
    proposal.decided_at = now


def _ask_for_table(_actor: Actor, proposal: Proposal, _inputs: Inputs, now: datetime) -> None:
    proposal.asked_for_table = True
    proposal.decided_at = None
    proposal.waits_since = now


def _withdraw(_actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    proposal.reason = inputs["reason"]
    proposal.decided_at = now


def _record_outcome(_actor: Actor, proposal: Proposal, inputs: Inputs, _now: datetime) -> None:
    proposal.outcome_text = inputs["outcome_text"]


def _dissolve(_actor: Actor, proposal: Proposal, _inputs: Inputs, now: datetime) -> None:
    proposal.decided_at = now


def _revive(_actor: Actor, proposal: Proposal, _inputs: Inputs, now: datetime) -> None:
    proposal.decided_at = None
    proposal.waits_since = now


OWN: Mapping[str, Effect[Proposal]] = {
    "return": _return,
    "resubmit": _resubmit,
    "accept": _waiting,
    "merge": _merge,
    "unmerge": _unmerge,
    "answer": _answer,
    "ask_for_table": _ask_for_table,
    "withdraw": _withdraw,
    "record_outcome": _record_outcome,
    "dissolve": _dissolve,
    "revive": _revive,
}
# A meeting's acts, and a referral, which may end an item of an agenda.
EFFECTS: Mapping[str, Effect[Proposal]] = {**OWN, **decisions.EFFECTS}
