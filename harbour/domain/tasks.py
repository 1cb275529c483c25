"""The task (实事): states, what it promises, who verifies, and the table of acts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from harbour.domain.actors import READERS, Actor, Role
from harbour.domain.reach import in_own_compounds
from harbour.domain.text import N_
from harbour.domain.workflow import STAY, Workflow, guard, row

REP, SECRETARY, WORKER = Role.RESIDENT_REP, Role.SECRETARY, Role.COMMUNITY_WORKER
FIRM, STREET, CLOCK = Role.FIRM_MANAGER, Role.STREET_SUPERVISOR, Role.CLOCK
LEADS = frozenset({FIRM, SECRETARY, WORKER})


class TaskState(StrEnum):
    """Where a task stands."""

    DRAFTED = "drafted"
    ASSIGNED = "assigned"
    IN_HAND = "in_hand"
    REPORTED = "reported"
    VERIFIED = "verified"
    CLOSED = "closed"
    ON_HOLD = "on_hold"
    CANCELLED = "cancelled"


ENDED = frozenset({TaskState.CLOSED, TaskState.CANCELLED})
OPEN = frozenset(TaskState) - ENDED
NOT_REPORTED = frozenset({TaskState.ASSIGNED, TaskState.IN_HAND})


class LeadKind(StrEnum):
    """What sort of body leads a task."""

    FIRM = "firm"
    COMMUNITY = "community"
    TEAM = "team"


LEAD_KIND_LABELS: dict[LeadKind, str] = {
    LeadKind.FIRM: N_("Property firm"),
    LeadKind.COMMUNITY: N_("The community itself"),
    LeadKind.TEAM: N_("Volunteer team"),
}


class Payer(StrEnum):
    """Who pays for a task."""

    FIRM = "firm"
    MAINTENANCE_FUND = "maintenance_fund"
    COMMON_INCOME = "common_income"
    COMMUNITY = "community"
    STREET = "street"
    RESIDENTS = "residents"
    NO_COST = "no_cost"
    OTHER = "other"


PAYER_LABELS: dict[Payer, str] = {
    Payer.FIRM: N_("The property firm, within its contract"),
    Payer.MAINTENANCE_FUND: N_("Maintenance fund"),
    Payer.COMMON_INCOME: N_("Income from common parts"),
    Payer.COMMUNITY: N_("The community"),
    Payer.STREET: N_("The street"),
    Payer.RESIDENTS: N_("The residents concerned"),
    Payer.NO_COST: N_("No cost"),
    Payer.OTHER: N_("Others"),
}


class Result(StrEnum):
    """What a completion report claims."""

    DONE = "done"
    PARTLY = "partly"
    CANNOT = "cannot"


RESULT_LABELS: dict[Result, str] = {
    Result.DONE: N_("Done"),
    Result.PARTLY: N_("Partly done"),
    Result.CANNOT: N_("Cannot be done"),
}


class Solved(StrEnum):
    """What the verifier found."""

    SOLVED = "solved"
    PARTLY = "partly"
    NOT_SOLVED = "not_solved"


SOLVED_LABELS: dict[Solved, str] = {
    Solved.SOLVED: N_("Solved"),
    Solved.PARTLY: N_("Partly solved"),
    Solved.NOT_SOLVED: N_("Not solved"),
}


class Satisfaction(StrEnum):
    """How content the verifier is."""

    VERY = "very_satisfied"
    SATISFIED = "satisfied"
    BASICALLY = "basically_satisfied"
    DISSATISFIED = "dissatisfied"


SATISFACTION_LABELS: dict[Satisfaction, str] = {
    Satisfaction.VERY: N_("Very satisfied"),
    Satisfaction.SATISFIED: N_("Satisfied"),
    Satisfaction.BASICALLY: N_("Basically satisfied"),
    Satisfaction.DISSATISFIED: N_("Dissatisfied"),
}


class ReworkCause(StrEnum):
    """Why a task goes round again."""

    NOT_DONE = "not_done"
    POOR_QUALITY = "poor_quality"
    CAME_BACK = "came_back"
    NO_REPLY = "no_reply"
    FALSE_REPORT = "false_report"
    OTHER = "other"


REWORK_CAUSE_LABELS: dict[ReworkCause, str] = {
    ReworkCause.NOT_DONE: N_("Not done or only half done"),
    ReworkCause.POOR_QUALITY: N_("Badly done"),
    ReworkCause.CAME_BACK: N_("The trouble came back"),
    ReworkCause.NO_REPLY: N_("The residents were not told"),
    ReworkCause.FALSE_REPORT: N_("The report does not match what is there"),
    ReworkCause.OTHER: N_("Another cause"),
}


class Contact(StrEnum):
    """How the lead reached those who raised the thing."""

    IN_PERSON = "in_person"
    PHONE = "phone"
    CHAT = "chat"
    NOT_REACHED = "not_reached"


CONTACT_LABELS: dict[Contact, str] = {
    Contact.IN_PERSON: N_("In person"),
    Contact.PHONE: N_("By telephone"),
    Contact.CHAT: N_("By WeChat"),
    Contact.NOT_REACHED: N_("Could not be reached"),
}


# What dispatch asks for, by the name of the input, as the refusal says it.
ASKED_FOR: dict[str, str] = {
    "lead": N_("the lead"),
    "criteria": N_("the acceptance criteria"),
    "who_pays": N_("who pays"),
    "public_sentence": N_("the public sentence"),
    "milestones": N_("the milestones"),
}


def missing_in(
    *,
    lead_kind: str | None,
    criteria: bool,
    who_pays: str | None,
    public_sentence: str,
    dated: bool,
) -> tuple[str, ...]:
    """What dispatch still asks for, as words to be translated; ``dated``: it knows its due day."""
    there = {
        "lead": lead_kind,
        "criteria": criteria,
        "who_pays": who_pays,
        "public_sentence": public_sentence.strip(),
        "milestones": dated,
    }
    return tuple(ASKED_FOR[name] for name, given in there.items() if not given)


@dataclass(frozen=True)
class TaskSubject:
    """What the rules see of a task."""

    state: str
    community_id: int
    compound_id: int
    lead_kind: str | None
    lead_firm_id: int | None
    assistant_firm_ids: frozenset[int]
    raised_by_ids: frozenset[int]
    reporter_id: int | None
    lacking: tuple[str, ...]
    verification_begun: bool
    urged_today: bool
    open_urges: int
    from_meeting: bool
    orders_to_answer: int = 0
    orders_standing: int = 0
    restricted: bool = False
    lead_people_ids: frozenset[int] = frozenset()


def lead(actor: Actor, task: TaskSubject) -> bool:
    """The firm's people for a firm's task; community staff for the community's and a team's."""
    if task.lead_kind == LeadKind.FIRM:
        return actor.firm_id is not None and actor.firm_id == task.lead_firm_id
    return task.lead_kind is not None and actor.role in (SECRETARY, WORKER)


def independent(actor: Actor, task: TaskSubject) -> bool:
    """Never the lead, nor its people in whatever role, nor who reported."""
    if actor.user_id is None or lead(actor, task):
        return False
    return actor.user_id != task.reporter_id and actor.user_id not in task.lead_people_ids


def fit_to_send_back(actor: Actor, task: TaskSubject) -> bool:
    """Whoever may verify, and the secretary, who answers for the community."""
    return actor.role is SECRETARY or independent(actor, task)


def known_to(actor: Actor, task: TaskSubject) -> bool:
    """Staff and street all; representatives their compound; a firm what it leads or assists."""
    if actor.role is FIRM:
        return lead(actor, task) or actor.firm_id in task.assistant_firm_ids
    if not in_own_compounds(actor, task):
        return False
    if task.restricted and actor.role is REP:
        return actor.user_id in task.raised_by_ids
    return True


@guard(N_("It still lacks: %(lacking)s."), "lacking")
def complete(task: TaskSubject, now: datetime) -> bool:
    """Lead, level, due date, criteria, who pays and the public sentence are all there."""
    return not task.lacking


@guard(N_("Somebody has begun to verify it; wait for the result."))
def nobody_verifies(task: TaskSubject, now: datetime) -> bool:
    """Nobody has begun to look whether it is done."""
    return not task.verification_begun


@guard(N_("It has been urged today already. Once per workday is the rule."))
def not_urged_today(task: TaskSubject, now: datetime) -> bool:
    """No urge has been sent on this workday."""
    return not task.urged_today


@guard(N_("There is no urge waiting for an answer."))
def urge_waits(task: TaskSubject, now: datetime) -> bool:
    """An urge has not been answered."""
    return task.open_urges > 0


@guard(N_("There is no supervision order waiting for a reply."))
def order_waits(task: TaskSubject, now: datetime) -> bool:
    """A supervision order has neither a reply nor an end."""
    return task.orders_to_answer > 0


@guard(N_("No supervision order stands any more."))
def order_stands(task: TaskSubject, now: datetime) -> bool:
    """The street has not said yet how an order of its own ended."""
    return task.orders_standing > 0


_T = TaskState
_SENT = frozenset(TaskState) - {_T.DRAFTED}
_DRAFT_NEEDS = (
    "task_title", "lead", "level", "due_on", "criteria", "who_pays", "public_sentence",
    "assistants", "milestones",
)  # fmt: skip

TASK: Workflow[TaskSubject] = Workflow(
    "task",
    states=TaskState,
    labels={
        _T.DRAFTED: N_("Drafted"),
        _T.ASSIGNED: N_("Waiting for acceptance"),
        _T.IN_HAND: N_("In hand"),
        _T.REPORTED: N_("Reported, to be verified"),
        _T.VERIFIED: N_("Verified, to be closed"),
        _T.CLOSED: N_("Closed"),
        _T.ON_HOLD: N_("On hold"),
        _T.CANCELLED: N_("Cancelled"),
    },
    sees={
        REP: _SENT,
        SECRETARY: frozenset(TaskState),
        WORKER: frozenset(TaskState),
        FIRM: _SENT,
        STREET: _SENT,
        Role.ADMIN: frozenset(),
        Role.PUBLIC: frozenset(),
        CLOCK: frozenset(TaskState),
    },
    reach=known_to,
    birth=(
        row("draft", (), _T.DRAFTED, {SECRETARY, WORKER}, N_("Write the task"), N_("wrote the task"),
            needs=(*_DRAFT_NEEDS, "direct_reason")),
    ),
    moves=(
        row("edit", {_T.DRAFTED}, STAY, {SECRETARY, WORKER}, N_("Change the task"), N_("changed the task"),
            needs=_DRAFT_NEEDS),
        row("dispatch", {_T.DRAFTED}, _T.ASSIGNED, {SECRETARY}, N_("Dispatch now"), N_("dispatched the task"),
            when=(complete,), main=True),
        row("accept", {_T.ASSIGNED}, _T.IN_HAND, LEADS, N_("I accept the task"), N_("accepted the task"),
            only=lead, within="accept", main=True),
        row("progress", {_T.IN_HAND}, STAY, LEADS, N_("Note progress"), N_("noted progress"),
            only=lead, needs=("progress_note", "quantity_done", "quantity_total", "milestone", "photos")),
        row("report", {_T.IN_HAND}, _T.REPORTED, LEADS, N_("I have finished"), N_("reported completion"),
            only=lead, within="handle", main=True,
            needs=("result", "criteria_answers", "before_photos", "after_photos", "what_was_done", "public_reply",
                   "contact", "contact_on")),
        row("withdraw_report", {_T.REPORTED}, _T.IN_HAND, LEADS, N_("Withdraw the report"), N_("withdrew the report"),
            only=lead, when=(nobody_verifies,)),
        row("inspect", {_T.REPORTED}, STAY, {REP, WORKER}, N_("I will go and look"), N_("began to verify"),
            only=independent, when=(nobody_verifies,)),
        row("verify", {_T.REPORTED}, _T.VERIFIED, {REP, WORKER}, N_("Yes, it is done"), N_("verified the task"),
            only=independent, within="verify", main=True,
            needs=("solved", "criteria_ticks", "satisfaction", "finding", "photos")),
        row("rework", {_T.REPORTED, _T.VERIFIED}, _T.IN_HAND, {REP, WORKER, SECRETARY}, N_("Ask for rework"), N_("asked for rework"),
            only=fit_to_send_back, needs=("rework_cause", "failed_criteria", "what_is_wrong", "new_due_on", "photos"), bad=True),
        row("close", {_T.VERIFIED}, _T.CLOSED, {SECRETARY}, N_("Close the task"), N_("closed the task"),
            within="close", main=True),
        row("urge", {_T.ASSIGNED, _T.IN_HAND}, STAY, {REP, SECRETARY}, N_("Urge"), N_("urged the lead"),
            when=(not_urged_today,), needs=("urge_note",), bad=True),
        row("answer_urge", {_T.ASSIGNED, _T.IN_HAND}, STAY, LEADS, N_("Answer the urge"), N_("answered the urge"),
            only=lead, when=(urge_waits,), needs=("urge_answer",)),
        row("supervise", OPEN - {_T.DRAFTED}, STAY, {STREET}, N_("Issue a supervision order"), N_("issued a supervision order"),
            needs=("order_text", "reply_on"), bad=True),
        row("reply", _SENT, STAY, LEADS, N_("Reply to the order"), N_("replied to the supervision order"),
            only=lead, when=(order_waits,), needs=("order_reply",)),
        row("conclude", _SENT, STAY, {STREET}, N_("Conclude the order"), N_("concluded the supervision order"),
            when=(order_stands,), needs=("order_outcome", "outcome_words")),
        row("comment", _SENT, STAY, READERS, N_("Comment"), N_("commented"),
            needs=("remark",)),
        row("cancel", {_T.DRAFTED, _T.ASSIGNED, _T.IN_HAND, _T.ON_HOLD}, _T.CANCELLED, {SECRETARY}, N_("Cancel the task"), N_("cancelled the task"),
            needs=("reason",), bad=True),
        row("resume", {_T.ON_HOLD}, _T.IN_HAND, {SECRETARY, CLOCK}, N_("Resume"), N_("resumed the task"), main=True),
        # What a granted request does to its task; never a button of its own.
        row("hold", {_T.IN_HAND}, _T.ON_HOLD, {STREET}, N_("Put on hold"), N_("consented to a hold"), through="request"),
        row("extend", {_T.IN_HAND}, STAY, {SECRETARY, STREET}, N_("Extend"), N_("moved the due date"), through="request"),
        row("reassign", {_T.ASSIGNED, _T.IN_HAND}, _T.ASSIGNED, {SECRETARY, STREET}, N_("Assign anew"), N_("assigned it anew"), through="request"),
        row("reopen", {_T.CLOSED}, _T.IN_HAND, {SECRETARY}, N_("Reopen"), N_("reopened the task"), through="request", bad=True),
        # What a changed working calendar does to dates counted in workdays.
        row("recount", {_T.ASSIGNED, _T.IN_HAND, _T.ON_HOLD}, STAY, {CLOCK}, N_("Count the dates anew"), N_("counted the dates anew"), through="calendar"),
    ),
)  # fmt: skip
