"""What a meeting does to proposals: placed on its agenda, decided at its table."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select

from harbour.domain.actors import Actor, Role, the_clock
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Invalid, Refused
from harbour.domain.meetings import ItemKind, MeetingState, Outcome, passes
from harbour.domain.proposals import PROPOSAL
from harbour.domain.series import frozen_from
from harbour.domain.summaries import ReferredTo
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_proposal, settings_of, voting
from harbour.services import agenda
from harbour.services.lifecycle import Inputs, carry_out

SCHEDULED = frozenset({MeetingState.SCHEDULED})
# The clock brings in what was carried over even at the moment a meeting is opened.
_TAKES = {Role.CLOCK: SCHEDULED | {MeetingState.IN_SESSION}}


def place(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Put it on the agenda of a meeting of its compound; after the freeze it is marked late."""
    with db.session.no_autoflush:
        meeting = db.session.scalars(
            select(Meeting).where(
                Meeting.number == str(inputs["meeting"]),
                Meeting.compound_id == proposal.compound_id,
            )
        ).first()
        if meeting is None or meeting.state not in _TAKES.get(actor.role, SCHEDULED):
            raise Invalid("meeting", N_("Choose a meeting of this compound that has not begun."))
        days = settings_of(proposal.community_id).agenda_freeze_days
        carried = proposal.carried > 0
        late = not carried and now >= frozen_from(meeting.starts_at, days)
        proposal.meeting_id = meeting.id
        proposal.late = late
        proposal.waits_since = now
    kind = ItemKind.CARRIED if carried else ItemKind.NEW
    agenda.put(meeting, [(kind, "proposal", proposal.id)], late=late)


def take_off(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Take it off the agenda again; it waits for another meeting."""
    meeting = db.session.get(Meeting, proposal.meeting_id)
    if meeting is not None:
        gone = [one for one in agenda.items_of(meeting.id) if one.proposal_id == proposal.id]
        agenda.take_away(meeting, gone)
    _back_to_the_backlog(proposal, now)


def adopt(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Adopt it by vote; a wording of the meeting's own makes it adopted with changes."""
    item, present = _at_the_table(proposal)
    share = settings_of(proposal.community_id).passing
    if inputs.get("votes_for") is None:
        raise Invalid("votes_for", N_("Write how many voted for it."))
    yes, _no, _abstain = _votes(inputs, present)
    if not passes(yes, present, share.numerator, share.denominator):
        needed = present * share.numerator // share.denominator + 1
        raise Invalid(
            "votes_for",
            Text(
                N_(
                    "%(present)s voting members are present, so %(needed)s must be for it. "
                    "With fewer it is not adopted."
                ),
                {"present": present, "needed": needed},
            ),
        )
    wording = (inputs.get("wording") or "").strip()
    proposal.wording = wording
    proposal.decided_at = now
    _close(item, Outcome.ADOPTED_CHANGED if wording else Outcome.ADOPTED, inputs, present, now)


def reject(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Do not adopt it, with a reason fit for the public; a vote is kept where there was one."""
    item, present = _at_the_table(proposal)
    share = settings_of(proposal.community_id).passing
    if inputs.get("votes_for") is not None:
        yes, _no, _abstain = _votes(inputs, present)
        if passes(yes, present, share.numerator, share.denominator):
            raise Invalid("votes_for", N_("With so many for it, it is adopted."))
    proposal.reason = inputs["public_reason"]
    proposal.decided_at = now
    _close(item, Outcome.REJECTED, inputs, present, now, inputs["public_reason"])


def defer(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Put it off to a later meeting, and count that; the third time the street is told."""
    item, present = _at_the_table(proposal)
    proposal.reason = inputs["reason"]
    proposal.carried += 1
    _back_to_the_backlog(proposal, now)
    _close(item, Outcome.DEFERRED, {}, present, now, inputs["reason"])


def refer(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Hand it to whoever must decide; on an agenda that is the item's outcome."""
    if inputs["answer_on"] < local_day(now):
        raise Invalid("answer_on", N_("This day is over already. Choose today or a later day."))
    try:
        proposal.referred_to = ReferredTo(str(inputs.get("referred_to")))
    except ValueError:
        raise Invalid("referred_to", N_("Choose to whom.")) from None
    proposal.referred_name = inputs.get("referred_name") or ""
    proposal.answer_on = inputs["answer_on"]
    proposal.waits_since = now
    proposal.decided_at = now
    item = _open_item(proposal)
    if item is None:
        return
    meeting = db.session.get(Meeting, item.meeting_id)
    if meeting is not None and meeting.state == MeetingState.SCHEDULED:
        agenda.take_away(meeting, [item])
        proposal.meeting_id = None
        return
    _due, present = voting(item.meeting_id)
    _close(item, Outcome.REFERRED, {}, present, now)


def note(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """Take note of it; nothing is decided."""
    item, present = _at_the_table(proposal)
    proposal.decided_at = now
    _close(item, Outcome.NOTED, {}, present, now)


def not_reached(actor: Actor, proposal: Proposal, inputs: Inputs, now: datetime) -> None:
    """The meeting ended before it came up: it waits for the next one, as old business."""
    proposal.carried += 1
    _back_to_the_backlog(proposal, now)


EFFECTS: dict[str, Callable[[Actor, Proposal, Inputs, datetime], None]] = {
    "place": place,
    "take_off": take_off,
    "adopt": adopt,
    "reject": reject,
    "defer": defer,
    "refer": refer,
    "note": note,
    "not_reached": not_reached,
}


def decide(actor: Actor, proposal: Proposal, action: str, inputs: Inputs, *, now: datetime) -> None:
    """Take one of these acts on a proposal, with its line of the ledger."""
    carry_out(
        PROPOSAL, EFFECTS, actor, proposal, of_proposal(proposal), action, inputs,
        version=None, now=now,
    )  # fmt: skip


def place_carried(meeting: Meeting, now: datetime) -> None:
    """Let the clock put what was carried over on the agenda."""
    clock = the_clock(meeting.community_id)
    for proposal in agenda.carried_over(meeting):
        decide(clock, proposal, "place", {"meeting": meeting.number}, now=now)


def _back_to_the_backlog(proposal: Proposal, now: datetime) -> None:
    proposal.meeting_id = None
    proposal.late = False
    proposal.waits_since = now


def _open_item(proposal: Proposal) -> AgendaItem | None:
    """Its item on the agenda it stands on, as long as it has no outcome."""
    return db.session.scalars(
        select(AgendaItem)
        .where(
            AgendaItem.proposal_id == proposal.id,
            AgendaItem.meeting_id == proposal.meeting_id,
        )
        .order_by(AgendaItem.id.desc())
    ).first()


def _at_the_table(proposal: Proposal) -> tuple[AgendaItem, int]:
    """The item and how many voting members are present now."""
    item = _open_item(proposal)
    if item is None:
        raise Refused(N_("It stands on no agenda."))
    return item, voting(item.meeting_id)[1]


def _votes(inputs: Inputs, present: int) -> tuple[int, int, int]:
    """The votes for, against and abstaining; never more together than were there."""
    yes, no, abstain = (
        int(inputs.get(name) or 0) for name in ("votes_for", "votes_against", "votes_abstain")
    )
    if min(yes, no, abstain) < 0:
        raise Invalid("votes_for", N_("Votes are counted from 0 upwards."))
    if yes + no + abstain > present:
        raise Invalid(
            "votes_for",
            Text(
                N_("These are %(cast)s votes, but only %(present)s voting members are present."),
                {"cast": yes + no + abstain, "present": present},
            ),
        )
    return yes, no, abstain


def _close(
    item: AgendaItem,
    outcome: Outcome,
    inputs: Inputs,
    present: int,
    now: datetime,
    decision: str = "",
) -> None:
    if inputs.get("votes_for") is not None:
        item.votes_for, item.votes_against, item.votes_abstain = _votes(inputs, present)
    item.present = present
    item.outcome = outcome
    item.decision = decision
    item.decided_at = now
