"""Proposals (议题): what is put to the meeting, and the table of acts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from harbour.domain.actors import MEMBERS, READERS, Actor, Role
from harbour.domain.reach import in_own_compounds
from harbour.domain.tasks import ENDED, TaskState
from harbour.domain.text import N_
from harbour.domain.workflow import STAY, Workflow, guard, row, seen_by

REP, SECRETARY, WORKER = Role.RESIDENT_REP, Role.SECRETARY, Role.COMMUNITY_WORKER
FIRM, STREET, CLOCK = Role.FIRM_MANAGER, Role.STREET_SUPERVISOR, Role.CLOCK


class ProposalState(StrEnum):
    """Where a proposal stands."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    BACKLOG = "backlog"
    MERGED = "merged"
    ANSWERED = "answered"
    ON_AGENDA = "on_agenda"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    REFERRED = "referred"
    NOTED = "noted"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class ProposalSubject:
    """What the rules see of a proposal, and of the meeting whose agenda it stands on."""

    state: str
    community_id: int
    compound_id: int
    author_id: int | None
    owner_decision: bool
    asked_for_table: bool
    meeting_state: str | None
    attendance: int
    quorum: int
    restricted: bool = False


def author(actor: Actor, proposal: ProposalSubject) -> bool:
    """Who put it forward."""
    return actor.user_id is not None and actor.user_id == proposal.author_id


def known_to(actor: Actor, proposal: ProposalSubject) -> bool:
    """Staff and the compound's own people; private matters only its author and staff."""
    if not in_own_compounds(actor, proposal):
        return False
    if proposal.restricted and actor.role in (REP, FIRM):
        return author(actor, proposal)
    return True


@guard(N_("The meeting has not been opened yet."))
def in_session(proposal: ProposalSubject, now: datetime) -> bool:
    """The meeting whose agenda it stands on is in session."""
    return proposal.meeting_state == "in_session"


@guard(N_("The meeting has already begun; decide on it there."))
def not_begun(proposal: ProposalSubject, now: datetime) -> bool:
    """The meeting whose agenda it stands on has not been opened."""
    return proposal.meeting_state in (None, "scheduled", "cancelled")


@guard(
    N_("%(quorum)s voting members must be present; %(attendance)s are. Nothing can be adopted."),
    "quorum",
    "attendance",
)
def quorate(proposal: ProposalSubject, now: datetime) -> bool:
    """Enough voting members are present (default: two thirds of those due)."""
    return proposal.quorum > 0 and proposal.attendance >= proposal.quorum


@guard(
    N_(
        "By article 278 of the Civil Code only all the owners together may decide this. "
        "Refer it to the owners' assembly, note it, or defer it."
    )
)
def for_this_table(proposal: ProposalSubject, now: datetime) -> bool:
    """Its category is not reserved to the owners (Civil Code, article 278)."""
    return not proposal.owner_decision


@guard(N_("The table has been asked for once already."))
def not_asked_before(proposal: ProposalSubject, now: datetime) -> bool:
    """Its author has not yet asked for the table after an answer."""
    return not proposal.asked_for_table


_P = ProposalState

PROPOSAL: Workflow[ProposalSubject] = Workflow(
    "proposal",
    states=ProposalState,
    labels={
        _P.SUBMITTED: N_("Proposal submitted"),
        _P.RETURNED: N_("Returned to its author"),
        _P.BACKLOG: N_("Accepted, waiting for a meeting"),
        _P.MERGED: N_("Merged into another"),
        _P.ANSWERED: N_("Answered without a meeting"),
        _P.ON_AGENDA: N_("On the agenda"),
        _P.ADOPTED: N_("Adopted"),
        _P.REJECTED: N_("Not adopted"),
        _P.REFERRED: N_("Referred to others"),
        _P.NOTED: N_("Noted"),
        _P.WITHDRAWN: N_("Withdrawn"),
    },
    sees=seen_by(READERS | {CLOCK}, ProposalState),
    reach=known_to,
    birth=(
        row("submit", (), _P.SUBMITTED, MEMBERS, N_("Put forward a proposal"), N_("put the proposal forward"),
            needs=("title", "category", "place", "wanted")),
    ),
    moves=(
        row("return", {_P.SUBMITTED}, _P.RETURNED, {SECRETARY}, N_("Return: something is missing"), N_("returned the proposal"),
            needs=("missing",), bad=True),
        row("resubmit", {_P.RETURNED}, _P.SUBMITTED, MEMBERS, N_("Submit again"), N_("submitted the proposal again"),
            only=author, needs=("title", "category", "place", "wanted"), main=True),
        row("accept", {_P.SUBMITTED}, _P.BACKLOG, {SECRETARY}, N_("Accept the proposal"), N_("accepted the proposal"),
            main=True, within="proposal_accept"),
        row("merge", {_P.SUBMITTED, _P.BACKLOG}, _P.MERGED, {SECRETARY}, N_("Merge into another"), N_("merged it into another"),
            needs=("master",)),
        row("unmerge", {_P.MERGED}, _P.BACKLOG, {SECRETARY}, N_("Undo the merge"), N_("undid the merge")),
        row("answer", {_P.SUBMITTED, _P.BACKLOG}, _P.ANSWERED, {SECRETARY}, N_("Answer without a meeting"), N_("answered the proposal"),
            needs=("reply",)),
        row("ask_for_table", {_P.ANSWERED}, _P.SUBMITTED, MEMBERS, N_("Ask for it to be discussed"), N_("asked for it to be discussed"),
            only=author, when=(not_asked_before,)),
        row("place", {_P.BACKLOG}, _P.ON_AGENDA, {SECRETARY, WORKER, CLOCK}, N_("Put on an agenda"), N_("put it on the agenda"),
            needs=("meeting",), main=True),
        row("take_off", {_P.ON_AGENDA}, _P.BACKLOG, {SECRETARY}, N_("Take off the agenda"), N_("took it off the agenda"),
            when=(not_begun,)),
        row("adopt", {_P.ON_AGENDA}, _P.ADOPTED, {SECRETARY}, N_("Adopt"), N_("adopted"),
            when=(in_session, for_this_table, quorate),
            needs=("votes_for", "votes_against", "votes_abstain", "wording"), main=True),
        row("defer", {_P.ON_AGENDA}, _P.BACKLOG, {SECRETARY}, N_("Defer"), N_("deferred"),
            when=(in_session,), needs=("reason",)),
        row("reject", {_P.ON_AGENDA}, _P.REJECTED, {SECRETARY}, N_("Do not adopt"), N_("did not adopt"),
            when=(in_session,), needs=("votes_for", "votes_against", "votes_abstain", "public_reason"), bad=True),
        row("refer", {_P.SUBMITTED, _P.BACKLOG, _P.ON_AGENDA}, _P.REFERRED, {SECRETARY}, N_("Refer to others"), N_("referred it"),
            needs=("referred_to", "referred_name", "answer_on")),
        row("note", {_P.ON_AGENDA}, _P.NOTED, {SECRETARY}, N_("Note"), N_("noted"),
            when=(in_session,)),
        row("not_reached", {_P.ON_AGENDA}, _P.BACKLOG, {CLOCK}, N_("Not reached"), N_("was not reached")),
        row("withdraw", {_P.SUBMITTED, _P.RETURNED, _P.BACKLOG}, _P.WITHDRAWN, MEMBERS, N_("Withdraw"), N_("withdrew the proposal"),
            only=author, needs=("reason",)),
        # What undoing a concern's fate does to the proposal made of it, and deciding so once more.
        row("dissolve", {_P.SUBMITTED, _P.BACKLOG}, _P.WITHDRAWN, {SECRETARY, WORKER}, N_("Undo"), N_("gave it back to its concern"),
            through="concern"),
        row("revive", {_P.WITHDRAWN}, _P.SUBMITTED, {SECRETARY, WORKER}, N_("Make it a proposal"), N_("made it a proposal again"),
            through="concern"),
        row("record_outcome", {_P.REFERRED}, STAY, {SECRETARY, WORKER}, N_("Record what came of it"), N_("recorded what came of it"),
            needs=("outcome_text",)),
    ),
)  # fmt: skip


class Execution(StrEnum):
    """How far an adopted proposal has come: computed from its tasks, never a state."""

    UNASSIGNED = "unassigned"
    IN_EXECUTION = "in_execution"
    FULFILLED = "fulfilled"
    PARTLY = "partly"
    GIVEN_UP = "given_up"


EXECUTION_LABELS: dict[Execution, str] = {
    Execution.UNASSIGNED: N_("Adopted, no task yet"),
    Execution.IN_EXECUTION: N_("In execution"),
    Execution.FULFILLED: N_("Fulfilled"),
    Execution.PARTLY: N_("Partly fulfilled"),
    Execution.GIVEN_UP: N_("Given up"),
}


def execution(tasks: Iterable[tuple[str, bool]]) -> Execution:
    """How far the tasks of an adopted proposal are: each its state, and whether wholly solved."""
    found = list(tasks)
    closed = [solved for state, solved in found if state == TaskState.CLOSED]
    if not found:
        return Execution.UNASSIGNED
    if any(state not in ENDED for state, _ in found):
        return Execution.IN_EXECUTION
    if not closed:
        return Execution.GIVEN_UP
    return Execution.FULFILLED if len(closed) == len(found) and all(closed) else Execution.PARTLY
