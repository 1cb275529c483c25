"""The weekly summary and its concerns: states, fates and the tables of acts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from harbour.domain.actors import READERS, STAFF, Actor, Role
from harbour.domain.reach import in_own_compounds
from harbour.domain.text import N_
from harbour.domain.workflow import STAY, Workflow, guard, row, seen_by

REP, SECRETARY, WORKER = Role.RESIDENT_REP, Role.SECRETARY, Role.COMMUNITY_WORKER


class SummaryState(StrEnum):
    """Where a weekly summary stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class Fate(StrEnum):
    """What became of a concern; also the concern's state."""

    OPEN = "open"
    PROPOSED = "proposed"
    LINKED = "linked"
    ANSWERED = "answered"
    REFERRED = "referred"
    DECLINED = "declined"


class Source(StrEnum):
    """Where a representative heard of a concern."""

    VISIT = "visit"
    CHAT_GROUP = "chat_group"
    LETTER_BOX = "letter_box"
    PHONE = "phone"
    FIRM_PATROL = "firm_patrol"
    GRID_PATROL = "grid_patrol"
    CARRIED_OVER = "carried_over"


SOURCE_LABELS: dict[Source, str] = {
    Source.VISIT: N_("Home visit"),
    Source.CHAT_GROUP: N_("WeChat group"),
    Source.LETTER_BOX: N_("Suggestion box"),
    Source.PHONE: N_("Telephone"),
    Source.FIRM_PATROL: N_("Property firm's patrol"),
    Source.GRID_PATROL: N_("Grid patrol"),
    Source.CARRIED_OVER: N_("Left over from last time"),
}


class Urgency(StrEnum):
    """How pressing the representative finds a concern."""

    CAN_WAIT = "can_wait"
    SOON = "soon"
    AT_ONCE = "at_once"


URGENCY_LABELS: dict[Urgency, str] = {
    Urgency.CAN_WAIT: N_("Can wait"),
    Urgency.SOON: N_("Soon"),
    Urgency.AT_ONCE: N_("At once"),
}


class ReferredTo(StrEnum):
    """Whom a concern or proposal is referred to."""

    STREET = "street"
    HOTLINE = "12345"
    UTILITY = "utility"
    MEDIATION = "mediation"
    OWNERS_ASSEMBLY = "owners_assembly"
    OTHER = "other"


REFERRED_TO_LABELS: dict[ReferredTo, str] = {
    ReferredTo.STREET: N_("The street office"),
    ReferredTo.HOTLINE: N_("The 12345 hotline"),
    ReferredTo.UTILITY: N_("A utility company"),
    ReferredTo.MEDIATION: N_("Mediation"),
    ReferredTo.OWNERS_ASSEMBLY: N_("The owners' assembly"),
    ReferredTo.OTHER: N_("Somebody else"),
}


@dataclass(frozen=True)
class SummarySubject:
    """What the rules see of a summary."""

    state: str
    community_id: int
    compound_id: int
    author_id: int
    entered_by_id: int
    concerns: int
    nil: bool
    undecided: int
    incomplete: tuple[str, ...] = ()


def author(actor: Actor, summary: SummarySubject) -> bool:
    """The representative it speaks for, or who typed it in for them."""
    return actor.user_id in (summary.author_id, summary.entered_by_id)


def known_to(actor: Actor, summary: SummarySubject) -> bool:
    """Community staff and the representatives of the same compound."""
    return in_own_compounds(actor, summary)


@guard(N_("Write at least one concern, or tick “nothing new this week”."))
def says_something(summary: SummarySubject, now: datetime) -> bool:
    """A concern or the nil statement."""
    return summary.concerns > 0 or summary.nil


@guard(
    N_("Concern %(incomplete)s: what should be done, or the category, is still missing."),
    "incomplete",
)
def says_what_and_where(summary: SummarySubject, now: datetime) -> bool:
    """Every concern has its title and its category; ``incomplete`` counts them from 1."""
    return not summary.incomplete


@guard(
    N_("%(undecided)s concerns still have no reply. Decide what becomes of each first."),
    "undecided",
)
def every_concern_has_a_fate(summary: SummarySubject, now: datetime) -> bool:
    """No concern is left without a fate."""
    return summary.undecided == 0


_S = SummaryState
_FILED = frozenset({_S.SUBMITTED, _S.ACCEPTED, _S.RETURNED})

SUMMARY: Workflow[SummarySubject] = Workflow(
    "summary",
    states=SummaryState,
    labels={
        _S.DRAFT: N_("Draft"),
        _S.SUBMITTED: N_("Submitted"),
        _S.RETURNED: N_("Returned with a question"),
        _S.ACCEPTED: N_("Accepted"),
    },
    sees={
        REP: frozenset(SummaryState),
        SECRETARY: frozenset(SummaryState),
        WORKER: frozenset(SummaryState),
        Role.FIRM_MANAGER: frozenset(),
        Role.STREET_SUPERVISOR: frozenset({_S.SUBMITTED, _S.ACCEPTED, _S.RETURNED}),
        Role.ADMIN: frozenset(),
        Role.PUBLIC: frozenset(),
        Role.CLOCK: frozenset(SummaryState),
    },
    own=frozenset({_S.DRAFT}),
    owner=author,
    reach=known_to,
    birth=(
        row("draft", (), _S.DRAFT, {REP, WORKER}, N_("Write this week's summary"), N_("began the weekly summary")),
    ),
    moves=(
        row("edit", {_S.DRAFT, _S.RETURNED}, STAY, {REP, WORKER}, N_("Go on writing"), N_("wrote in the summary"),
            only=author),
        row("submit", {_S.DRAFT, _S.RETURNED}, _S.SUBMITTED, {REP, WORKER}, N_("Submit"), N_("submitted the summary"),
            only=author, when=(says_something, says_what_and_where), main=True),
        row("return", {_S.SUBMITTED}, _S.RETURNED, STAFF, N_("Return with a question"), N_("returned the summary"),
            needs=("question",), within="summary_answer", bad=True),
        row("accept", {_S.SUBMITTED}, _S.ACCEPTED, STAFF, N_("Accept the summary"), N_("accepted the summary"),
            when=(every_concern_has_a_fate,), main=True),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class ConcernSubject:
    """What the rules see of a concern."""

    state: str
    community_id: int
    compound_id: int
    author_id: int
    summary_state: str
    proposal_state: str | None
    entered_by_id: int | None = None


def writer(actor: Actor, concern: ConcernSubject) -> bool:
    """The representative it speaks for, or who typed it in for them."""
    return actor.user_id is not None and actor.user_id in (
        concern.author_id,
        concern.entered_by_id,
    )


def heard_by(actor: Actor, concern: ConcernSubject) -> bool:
    """Who writes it always; others once the summary has been handed in."""
    if not in_own_compounds(actor, concern):
        return False
    return concern.summary_state in _FILED or writer(actor, concern)


@guard(N_("The summary has not been submitted yet."))
def handed_in(concern: ConcernSubject, now: datetime) -> bool:
    """The representative has submitted the summary."""
    return concern.summary_state in (_S.SUBMITTED, _S.ACCEPTED)


@guard(N_("The summary has been submitted; it can be changed when it comes back with a question."))
def still_written(concern: ConcernSubject, now: datetime) -> bool:
    """The summary it stands in is with its author."""
    return concern.summary_state in (_S.DRAFT, _S.RETURNED)


@guard(N_("It has been submitted once and keeps its number; it can be changed, not taken out."))
def never_submitted(concern: ConcernSubject, now: datetime) -> bool:
    """The summary it stands in has not been handed in yet."""
    return concern.summary_state == _S.DRAFT


@guard(N_("The proposal made of it has already been dealt with."))
def still_undone(concern: ConcernSubject, now: datetime) -> bool:
    """Nothing irrevocable has followed from the fate."""
    return concern.proposal_state in (None, "submitted", "backlog")


_F = Fate

CONCERN_NEEDS = (
    "concern_title", "residents_words", "category", "sub_area", "building", "unit", "place", "voices",
    "households", "source", "remedy", "urgency", "photos",
)  # fmt: skip
HEADER_NEEDS = ("visited", "heard", "solved_on_spot", "praise", "remarks", "nil")

CONCERN: Workflow[ConcernSubject] = Workflow(
    "concern",
    states=Fate,
    labels={
        _F.OPEN: N_("Waiting for a reply"),
        _F.PROPOSED: N_("Made a proposal"),
        _F.LINKED: N_("Joined to an earlier one"),
        _F.ANSWERED: N_("Answered"),
        _F.REFERRED: N_("Referred"),
        _F.DECLINED: N_("Not taken up"),
    },
    sees=seen_by(READERS - {Role.FIRM_MANAGER} | {Role.CLOCK}, Fate),
    reach=heard_by,
    birth=(
        row("write", (), _F.OPEN, {REP, WORKER}, N_("Add a concern"), N_("wrote down a concern"),
            needs=CONCERN_NEEDS),
    ),
    moves=(
        row("propose", {_F.OPEN}, _F.PROPOSED, STAFF, N_("Make it a proposal"), N_("made it a proposal"),
            when=(handed_in,), main=True),
        row("relapse", {_F.OPEN}, _F.PROPOSED, STAFF, N_("This came back"), N_("found that it came back"),
            when=(handed_in,), needs=("relapse_of",), bad=True),
        row("link", {_F.OPEN}, _F.LINKED, STAFF, N_("Join it to an existing one"), N_("joined it to an existing one"),
            when=(handed_in,), needs=("linked_to",)),
        row("answer", {_F.OPEN}, _F.ANSWERED, STAFF, N_("Answer on the spot"), N_("answered"),
            when=(handed_in,), needs=("reply",)),
        row("refer", {_F.OPEN}, _F.REFERRED, STAFF, N_("Refer to others"), N_("referred it"),
            when=(handed_in,), needs=("referred_to", "referred_name", "answer_on")),
        row("decline", {_F.OPEN}, _F.DECLINED, STAFF, N_("Do not take up"), N_("did not take it up"),
            when=(handed_in,), needs=("reason",), bad=True),
        row("undo", set(Fate) - {_F.OPEN}, _F.OPEN, STAFF, N_("Undo"), N_("took the decision back"),
            when=(handed_in, still_undone)),
        # What writing the summary does to its concerns; never a button of a concern's own.
        row("edit", {_F.OPEN}, STAY, {REP, WORKER}, N_("Go on writing"), N_("wrote in the concern"),
            only=writer, when=(still_written,), needs=CONCERN_NEEDS, through="summary"),
        row("strike", {_F.OPEN}, STAY, {REP, WORKER}, N_("Take it out"), N_("took the concern out"),
            only=writer, when=(never_submitted,), through="summary"),
    ),
)  # fmt: skip
