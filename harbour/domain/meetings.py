"""The weekly meeting (议事会议): states, attendance, the ending gate and the table of acts."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from harbour.domain.actors import MEMBERS, READERS, Actor, Role
from harbour.domain.deadlines import SHANGHAI
from harbour.domain.reach import in_own_compounds
from harbour.domain.text import N_
from harbour.domain.workflow import STAY, Workflow, guard, row, seen_by

REP, SECRETARY, WORKER = Role.RESIDENT_REP, Role.SECRETARY, Role.COMMUNITY_WORKER
FIRM, STREET, CLOCK = Role.FIRM_MANAGER, Role.STREET_SUPERVISOR, Role.CLOCK


class MeetingState(StrEnum):
    """Where a meeting stands."""

    SCHEDULED = "scheduled"
    IN_SESSION = "in_session"
    MINUTED = "minuted"
    CONFIRMING = "confirming"
    FINALISED = "finalised"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class MeetingKind(StrEnum):
    """What sort of meeting it is."""

    WEEKLY = "weekly"
    ALLIANCE = "alliance"
    OTHER = "other"


KIND_LABELS: dict[MeetingKind, str] = {
    MeetingKind.WEEKLY: N_("Weekly deliberation"),
    MeetingKind.ALLIANCE: N_("Alliance regular meeting"),
    MeetingKind.OTHER: N_("Other meeting"),
}


class Capacity(StrEnum):
    """In what capacity somebody attends."""

    REPRESENTATIVE = "representative"
    OWNERS_COMMITTEE = "owners_committee"
    COMMUNITY = "community"
    FIRM = "firm"
    GUEST = "guest"


CAPACITY_LABELS: dict[Capacity, str] = {
    Capacity.REPRESENTATIVE: N_("Resident representative"),
    Capacity.OWNERS_COMMITTEE: N_("Owners' committee"),
    Capacity.COMMUNITY: N_("Community Party committee"),
    Capacity.FIRM: N_("Property firm"),
    Capacity.GUEST: N_("Guest"),
}


class Presence(StrEnum):
    """Whether somebody due is there."""

    DUE = "due"
    PRESENT = "present"
    ABSENT = "absent"
    ON_LEAVE = "on_leave"
    OBSERVER = "observer"


PRESENCE_LABELS: dict[Presence, str] = {
    Presence.DUE: N_("Due"),
    Presence.PRESENT: N_("Present"),
    Presence.ABSENT: N_("Absent"),
    Presence.ON_LEAVE: N_("On leave"),
    Presence.OBSERVER: N_("Observer"),
}


# A meeting that has taken place, whatever has become of its minutes.
HELD = frozenset(
    {
        MeetingState.MINUTED,
        MeetingState.CONFIRMING,
        MeetingState.FINALISED,
        MeetingState.PUBLISHED,
    }
)


class Way(StrEnum):
    """How somebody takes part."""

    ON_SITE = "on_site"
    PHONE = "phone"
    ONLINE = "online"


WAY_LABELS: dict[Way, str] = {
    Way.ON_SITE: N_("On site"),
    Way.PHONE: N_("By telephone"),
    Way.ONLINE: N_("Online"),
}


class Side(StrEnum):
    """The three sides that confirm minutes."""

    REPRESENTATIVES = "representatives"
    PARTY_COMMITTEE = "party_committee"
    FIRM = "firm"


SIDE_LABELS: dict[Side, str] = {
    Side.REPRESENTATIVES: N_("Resident representatives"),
    Side.PARTY_COMMITTEE: N_("Community Party committee"),
    Side.FIRM: N_("Property firm"),
}

SIDE_OF_ROLE: dict[Role, Side] = {
    REP: Side.REPRESENTATIVES,
    SECRETARY: Side.PARTY_COMMITTEE,
    WORKER: Side.PARTY_COMMITTEE,
    FIRM: Side.FIRM,
}


class ItemKind(StrEnum):
    """Why an item stands on the agenda; the order is the order of the agenda."""

    OVERDUE_TASK = "overdue_task"
    TO_VERIFY = "to_verify"
    REQUEST = "request"
    ON_HOLD = "on_hold"
    CONFIRM_DIRECT = "confirm_direct"
    CARRIED = "carried"
    CONCERN = "concern"
    NEW = "new"


ITEM_LABELS: dict[ItemKind, str] = {
    ItemKind.OVERDUE_TASK: N_("Overdue, or at an alert level"),
    ItemKind.TO_VERIFY: N_("Waiting for verification"),
    ItemKind.REQUEST: N_("Pending request"),
    ItemKind.ON_HOLD: N_("On hold, to be reviewed"),
    ItemKind.CONFIRM_DIRECT: N_("Dispatched directly, to be confirmed"),
    ItemKind.CARRIED: N_("Carried over"),
    ItemKind.CONCERN: N_("Concern without a reply"),
    ItemKind.NEW: N_("New proposal"),
}


class Outcome(StrEnum):
    """What the meeting did with an item."""

    ADOPTED = "adopted"
    ADOPTED_CHANGED = "adopted_changed"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    REFERRED = "referred"
    NOTED = "noted"
    NOT_REACHED = "not_reached"
    REVIEWED = "reviewed"


OUTCOME_LABELS: dict[Outcome, str] = {
    Outcome.ADOPTED: N_("Adopted"),
    Outcome.ADOPTED_CHANGED: N_("Adopted with changes"),
    Outcome.DEFERRED: N_("Deferred"),
    Outcome.REJECTED: N_("Not adopted"),
    Outcome.REFERRED: N_("Referred to others"),
    Outcome.NOTED: N_("Noted"),
    Outcome.NOT_REACHED: N_("Not reached"),
    Outcome.REVIEWED: N_("Looked back on"),
}


@dataclass(frozen=True)
class MeetingSubject:
    """What the rules see of a meeting."""

    state: str
    community_id: int
    compound_id: int
    held_on: date
    attendee_ids: frozenset[int]
    undecided_items: int
    incomplete_tasks: int
    has_minutes: bool
    sides_answered: int
    confirm_until: datetime | None


def attendee(actor: Actor, meeting: MeetingSubject) -> bool:
    """Somebody on the list of attendees, with an account."""
    return actor.user_id is not None and actor.user_id in meeting.attendee_ids


def of_the_compound(actor: Actor, meeting: MeetingSubject) -> bool:
    """Staff, the street, and the compound's own people."""
    return in_own_compounds(actor, meeting)


@guard(N_("It can be opened on the day of the meeting, not before."))
def its_day_has_come(meeting: MeetingSubject, now: datetime) -> bool:
    """The day of the meeting has begun in Shanghai."""
    return now.astimezone(SHANGHAI).date() >= meeting.held_on


@guard(
    N_("%(undecided_items)s items have no outcome yet. Decide each, or mark it as not reached."),
    "undecided_items",
)
def every_item_decided(meeting: MeetingSubject, now: datetime) -> bool:
    """No item is left without an outcome."""
    return meeting.undecided_items == 0


@guard(
    N_(
        "%(incomplete_tasks)s adopted items lack a complete task: lead, deadline, acceptance "
        "criteria, who pays and a public sentence."
    ),
    "incomplete_tasks",
)
def every_task_complete(meeting: MeetingSubject, now: datetime) -> bool:
    """Each adopted item has its task with all that dispatch asks for."""
    return meeting.incomplete_tasks == 0


@guard(N_("The minutes have no text yet."))
def minutes_written(meeting: MeetingSubject, now: datetime) -> bool:
    """There is a text to send round."""
    return meeting.has_minutes


@guard(N_("The three sides have not all answered, and their time is not up."))
def answered_or_time_up(meeting: MeetingSubject, now: datetime) -> bool:
    """All three sides have confirmed or objected, or the time for it has passed."""
    return meeting.sides_answered >= len(Side) or (
        meeting.confirm_until is not None and now > meeting.confirm_until
    )


@guard(N_("The time to answer has passed."))
def still_time(meeting: MeetingSubject, now: datetime) -> bool:
    """The time for confirming or objecting has not passed."""
    return meeting.confirm_until is None or now <= meeting.confirm_until


_M = MeetingState
_PLANNED = ("starts_on", "starts_time", "planned_minutes", "meeting_place", "kind")

MEETING: Workflow[MeetingSubject] = Workflow(
    "meeting",
    states=MeetingState,
    labels={
        _M.SCHEDULED: N_("Scheduled"),
        _M.IN_SESSION: N_("In session"),
        _M.MINUTED: N_("Ended, minutes being written"),
        _M.CONFIRMING: N_("Minutes being confirmed"),
        _M.FINALISED: N_("Minutes final"),
        _M.PUBLISHED: N_("Minutes published"),
        _M.CANCELLED: N_("Cancelled"),
    },
    sees=seen_by(READERS | {CLOCK}, MeetingState),
    reach=of_the_compound,
    birth=(
        row("schedule", (), _M.SCHEDULED, {SECRETARY, WORKER, CLOCK}, N_("Schedule a meeting"), N_("scheduled the meeting"),
            needs=("compound", *_PLANNED)),
    ),
    moves=(
        row("reschedule", {_M.SCHEDULED}, STAY, {SECRETARY, WORKER}, N_("Move the meeting"), N_("moved the meeting"),
            needs=_PLANNED),
        row("arrange", {_M.SCHEDULED, _M.IN_SESSION}, STAY, {SECRETARY, WORKER}, N_("Arrange the agenda"), N_("arranged the agenda"),
            needs=("arrangement",)),
        row("invite", {_M.SCHEDULED, _M.IN_SESSION}, STAY, {SECRETARY, WORKER}, N_("Add an attendee"), N_("added an attendee"),
            needs=("attendee_name", "capacity", "voting")),
        row("attend", {_M.SCHEDULED, _M.IN_SESSION}, STAY, {SECRETARY, WORKER}, N_("Sign people in"), N_("signed people in"),
            needs=("attendance",)),
        row("sign_in", {_M.IN_SESSION}, STAY, MEMBERS, N_("Sign myself in"), N_("signed in"),
            only=attendee),
        row("open", {_M.SCHEDULED}, _M.IN_SESSION, {SECRETARY, WORKER}, N_("Open the meeting"), N_("opened the meeting"),
            when=(its_day_has_come,), main=True),
        row("take_up", {_M.IN_SESSION}, STAY, {SECRETARY, WORKER}, N_("Take up this item"), N_("took up an item"),
            needs=("item",)),
        row("record", {_M.IN_SESSION}, STAY, {SECRETARY, WORKER}, N_("Save the points"), N_("wrote down what was said"),
            needs=("item", "points")),
        row("review", {_M.IN_SESSION}, STAY, {SECRETARY}, N_("Looked back on"), N_("looked back on an item"),
            needs=("item", "review_note")),
        row("pass_over", {_M.IN_SESSION}, STAY, {SECRETARY}, N_("Not reached"), N_("marked an item as not reached"),
            needs=("item",)),
        row("end", {_M.IN_SESSION}, _M.MINUTED, {SECRETARY}, N_("End the meeting"), N_("ended the meeting"),
            when=(every_item_decided, every_task_complete), main=True),
        row("minute", {_M.MINUTED}, STAY, {SECRETARY, WORKER}, N_("Edit the minutes"), N_("edited the minutes"),
            needs=("minutes_text", "minutes_public")),
        row("circulate", {_M.MINUTED}, _M.CONFIRMING, {SECRETARY, WORKER}, N_("Send round for confirmation"), N_("sent the minutes round"),
            when=(minutes_written,), main=True, within="minutes_confirm"),
        row("confirm", {_M.CONFIRMING}, STAY, MEMBERS, N_("I confirm the minutes"), N_("confirmed the minutes"),
            only=attendee, when=(still_time,), main=True),
        row("object", {_M.CONFIRMING}, STAY, MEMBERS, N_("I object"), N_("objected to the minutes"),
            only=attendee, when=(still_time,), needs=("objection",), bad=True),
        row("finalise", {_M.CONFIRMING}, _M.FINALISED, {SECRETARY}, N_("Make the minutes final"), N_("made the minutes final"),
            when=(answered_or_time_up,), main=True),
        row("publish", {_M.FINALISED}, _M.PUBLISHED, {SECRETARY}, N_("Publish"), N_("published the minutes"),
            needs=("notice_workdays",), main=True),
        row("correct", {_M.FINALISED, _M.PUBLISHED}, STAY, {SECRETARY}, N_("Correct by a new revision"), N_("corrected the minutes"),
            needs=("reason", "minutes_text", "minutes_public")),
        row("cancel", {_M.SCHEDULED}, _M.CANCELLED, {SECRETARY}, N_("Cancel the meeting"), N_("cancelled the meeting"),
            needs=("reason",), bad=True),
    ),
)  # fmt: skip


def needed(due: int, numerator: int = 2, denominator: int = 3) -> int:
    """How many voting members must be present of ``due`` (at least the fraction, rounded up)."""
    return -(-due * numerator // denominator)


def passes(votes_for: int, present: int, numerator: int = 1, denominator: int = 2) -> bool:
    """More than half (or the community's fraction) of the voting members present are for it."""
    return votes_for * denominator > present * numerator


def side_of(actor: Actor) -> Side | None:
    """The side an attendee's answer to the minutes counts for."""
    return SIDE_OF_ROLE.get(actor.role)
