"""Every cell of state × action × role of every table, and what a wrong table does at start."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import Any

import pytest

from harbour.domain.actors import READERS, Actor, Role
from harbour.domain.errors import Denied, Missing, Refused
from harbour.domain.meetings import MEETING, MeetingSubject
from harbour.domain.proposals import PROPOSAL, ProposalSubject
from harbour.domain.request_facts import STANDS, RequestSubject
from harbour.domain.requests import REQUESTS
from harbour.domain.summaries import CONCERN, SUMMARY, ConcernSubject, SummarySubject
from harbour.domain.tasks import TASK, TaskSubject
from harbour.domain.workflow import Workflow, WrongTable, row

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
HOME, ELSEWHERE, COMPOUND = 1, 2, 10
EVERY_ROLE = sorted(READERS | {Role.ADMIN, Role.PUBLIC, Role.CLOCK})

# Subjects on which every guard holds, so that a cell shows the table alone.
WILLING: dict[str, Any] = {
    "summary": SummarySubject("draft", HOME, COMPOUND, 7, 7, concerns=1, nil=False, undecided=0),
    "concern": ConcernSubject("open", HOME, COMPOUND, 7, "submitted", None),
    "proposal": ProposalSubject(
        "submitted", HOME, COMPOUND, 7, owner_decision=False, asked_for_table=False,
        meeting_state="in_session", attendance=3, quorum=2,
    ),
    "meeting": MeetingSubject(
        "scheduled", HOME, COMPOUND, date(2026, 3, 5), frozenset({7}), 0, 0,
        has_minutes=True, sides_answered=3, confirm_until=None,
    ),
    "task": TaskSubject(
        "drafted", HOME, COMPOUND, "firm", 5, frozenset(), frozenset({7}), reporter_id=8,
        lacking=(), verification_begun=False, urged_today=False, open_urges=1, from_meeting=True,
        orders_to_answer=1, orders_standing=1,
    ),
}  # fmt: skip
LATER, BEFORE = NOW + timedelta(days=3), NOW - timedelta(days=3)
WILLING |= {
    kind: RequestSubject(
        kind, "pending", replace(WILLING["task"], state=min(STANDS[kind])), 7, 5,
        due_at=LATER, return_by=LATER, dispute_by=LATER, reopen_by=LATER,
    )
    for kind in REQUESTS
}  # fmt: skip
TABLES: dict[str, Workflow] = {
    **{w.name: w for w in (SUMMARY, CONCERN, PROPOSAL, MEETING, TASK)}, **REQUESTS,
}  # fmt: skip
# A guard that cannot hold together with another row's on the same subject.
ADJUSTED: dict[tuple[str, str], dict[str, Any]] = {
    ("proposal", "take_off"): {"meeting_state": "scheduled"},
    ("concern", "edit"): {"summary_state": "draft"},
    ("concern", "strike"): {"summary_state": "draft"},
    ("extension", "lapse"): {"due_at": BEFORE},
    **{(kind, "lapse"): {"task": replace(WILLING["task"], state="cancelled")}
       for kind in ("return", "hold")},
}  # fmt: skip


def person(role: Role, **changes: object) -> Actor:
    """User 7 in a role at home: author, attendee, and the lead firm's manager."""
    actor = Actor(
        7, "某人", role, HOME, frozenset({COMPOUND}), 5 if role is Role.FIRM_MANAGER else None
    )
    return replace(actor, **changes)  # type: ignore[arg-type]


def cells() -> list[tuple[str, str, str, Role]]:
    return [
        (name, state, action, role)
        for name, table in TABLES.items()
        for state, action, role in product(
            map(str, table.states), [one.name for one in table.moves], EVERY_ROLE
        )
    ]


@pytest.mark.parametrize(("name", "state", "action", "role"), cells())
def test_a_cell_answers_as_the_table_says(name: str, state: str, action: str, role: Role) -> None:
    table = TABLES[name]
    one = table.rows[action]
    subject = replace(WILLING[name], state=state, **ADJUSTED.get((name, action), {}))
    actor = person(role)

    def attempt() -> object:
        return table.require(actor, subject, action, NOW, one.through)

    if state not in table.sees[role] or not table.shows(actor, subject):
        with pytest.raises(Missing):
            attempt()
    elif role not in one.by or (one.only is not None and not one.only(actor, subject)):
        with pytest.raises(Denied):
            attempt()
    elif state not in one.sources:
        with pytest.raises(Refused):
            attempt()
    else:
        assert attempt() is one


@pytest.mark.parametrize(("name", "state", "action", "role"), cells())
def test_what_is_offered_is_what_is_allowed(name: str, state: str, action: str, role: Role) -> None:
    table = TABLES[name]
    subject = replace(WILLING[name], state=state)
    actor = person(role)

    offered = {o.name for o in table.offers(actor, subject, NOW) if o.refusal is None}

    try:
        table.require(actor, subject, action, NOW)
    except (Missing, Denied, Refused):
        assert action not in offered
    else:
        assert action in offered


@pytest.mark.parametrize("name", TABLES)
def test_another_communitys_thing_is_missing_for_every_role(name: str) -> None:
    table, there = TABLES[name], {"community_id": ELSEWHERE}
    if name in REQUESTS:
        there = {"task": replace(WILLING[name].task, **there)}
    subject = replace(WILLING[name], **there)

    for role, one in product(EVERY_ROLE, table.moves):
        with pytest.raises(Missing):
            table.require(person(role), subject, one.name, NOW)


@pytest.mark.parametrize("name", TABLES)
def test_a_representative_of_another_compound_sees_nothing(name: str) -> None:
    table = TABLES[name]
    stranger = person(Role.RESIDENT_REP, user_id=99, compound_ids=frozenset({11}))

    for state in map(str, table.states):
        assert not table.shows(stranger, replace(WILLING[name], state=state))


@pytest.mark.parametrize(
    ("name", "action", "unwilling", "words"),
    [
        ("summary", "submit", {"concerns": 0}, "at least one concern"),
        ("summary", "accept", {"state": "submitted", "undecided": 2}, "still have no reply"),
        ("concern", "propose", {"summary_state": "draft"}, None),
        ("concern", "undo", {"state": "proposed", "proposal_state": "adopted"}, "been dealt"),
        ("proposal", "adopt", {"state": "on_agenda", "attendance": 1}, "must be present"),
        ("proposal", "adopt", {"state": "on_agenda", "owner_decision": True}, "article 278"),
        ("proposal", "adopt", {"state": "on_agenda", "meeting_state": "scheduled"}, "been opened"),
        ("proposal", "take_off", {"state": "on_agenda"}, "already begun"),
        ("proposal", "ask_for_table", {"state": "answered", "asked_for_table": True}, "once"),
        ("meeting", "open", {"held_on": date(2026, 3, 6)}, "not before"),
        ("meeting", "end", {"state": "in_session", "undecided_items": 1}, "no outcome yet"),
        ("meeting", "end", {"state": "in_session", "incomplete_tasks": 1}, "lack a complete task"),
        ("meeting", "circulate", {"state": "minuted", "has_minutes": False}, "no text yet"),
        ("meeting", "finalise", {"state": "confirming", "sides_answered": 2}, "not all answered"),
        ("meeting", "confirm",
         {"state": "confirming", "confirm_until": datetime(2026, 3, 4, tzinfo=UTC)}, "has passed"),
        ("task", "dispatch", {"lacking": ("the lead",)}, "still lacks"),
        ("task", "withdraw_report", {"state": "reported", "verification_begun": True}, "has begun"),
        ("task", "urge", {"state": "assigned", "urged_today": True}, "today already"),
        ("task", "answer_urge", {"state": "assigned", "open_urges": 0}, "no urge"),
        ("extension", "grant", {"due_at": BEFORE}, "before an answer"),
        ("extension", "refuse", {"due_at": BEFORE}, "before an answer"),
        ("extension", "lapse", {}, "still stands"),
        ("return", "grant", {"task": replace(WILLING["task"], state="reported")}, "moved on"),
        ("return", "dispute", {"state": "refused", "ruled_by_street": True}, "That is final"),
        ("return", "dispute", {"state": "refused", "dispute_by": BEFORE}, "time is over"),
        ("return", "dispute", {"state": "refused", "another": True}, "still waiting"),
        ("return", "lapse", {}, "still stands"),
        ("hold", "propose", {"task": replace(WILLING["task"], state="reported")}, "moved on"),
        ("hold", "consent",
         {"state": "forwarded", "task": replace(WILLING["task"], state="reported")}, "moved on"),
        ("hold", "lapse", {"state": "forwarded"}, "still stands"),
        ("reopen", "grant", {"task": replace(WILLING["task"], state="in_hand")}, "moved on"),
        ("task", "reply", {"state": "closed", "orders_to_answer": 0}, "waiting for a reply"),
        ("task", "conclude", {"state": "closed", "orders_standing": 0}, "order stands any more"),
    ],
)  # fmt: skip
def test_a_guard_holds_back_with_its_sentence(
    name: str, action: str, unwilling: dict[str, object], words: str | None
) -> None:
    table = TABLES[name]
    subject = replace(WILLING[name], **unwilling)
    for role in sorted(table.rows[action].by):
        actor = person(role)
        if not table.shows(actor, subject):
            continue
        only = table.rows[action].only
        if only is not None and not only(actor, subject):
            continue

        with pytest.raises(Refused) as refused:
            table.require(actor, subject, action, NOW)

        assert words is None or words in refused.value.text.msgid


def test_the_lead_its_colleagues_and_the_reporter_never_verify() -> None:
    reported = replace(WILLING["task"], state="reported", lead_kind="community", lead_firm_id=None)

    with pytest.raises(Denied):  # the community's own worker, for the community's task
        TASK.require(person(Role.COMMUNITY_WORKER), reported, "verify", NOW)
    with pytest.raises(Denied):  # a representative who reported it
        TASK.require(person(Role.RESIDENT_REP), replace(reported, reporter_id=7), "verify", NOW)
    assert TASK.require(person(Role.RESIDENT_REP), reported, "verify", NOW).target == "verified"


def test_a_row_a_request_takes_is_never_a_button_nor_an_address() -> None:
    held = replace(WILLING["task"], state="in_hand")
    street = person(Role.STREET_SUPERVISOR)

    assert "hold" not in {o.name for o in TASK.offers(street, held, NOW)}
    with pytest.raises(Missing):
        TASK.require(street, held, "hold", NOW)
    assert TASK.require(street, held, "hold", NOW, "request").target == "on_hold"


# ---- product.md, copied row by row: what must be in the tables ---------------------------------

REP, SEC, WORK, FIRM, STREET, CLOCK = (
    "resident_rep", "secretary", "community_worker", "firm_manager", "street_supervisor", "clock",
)  # fmt: skip
MEMBERS = {REP, SEC, WORK, FIRM}
PRODUCT: dict[str, Any] = {
    "summary": {
        "draft": ({None}, "draft", {REP, WORK}),
        "edit": ({"draft", "returned"}, None, {REP, WORK}),
        "submit": ({"draft", "returned"}, "submitted", {REP, WORK}),
        "return": ({"submitted"}, "returned", {SEC, WORK}),
        "accept": ({"submitted"}, "accepted", {SEC, WORK}),
    },
    "proposal": {
        "submit": ({None}, "submitted", MEMBERS),
        "return": ({"submitted"}, "returned", {SEC}),
        "resubmit": ({"returned"}, "submitted", MEMBERS),
        "accept": ({"submitted"}, "backlog", {SEC}),
        "merge": ({"submitted", "backlog"}, "merged", {SEC}),
        "unmerge": ({"merged"}, "backlog", {SEC}),
        "answer": ({"submitted", "backlog"}, "answered", {SEC}),
        "place": ({"backlog"}, "on_agenda", {SEC, WORK, CLOCK}),
        "take_off": ({"on_agenda"}, "backlog", {SEC}),
        "adopt": ({"on_agenda"}, "adopted", {SEC}),
        "defer": ({"on_agenda"}, "backlog", {SEC}),
        "reject": ({"on_agenda"}, "rejected", {SEC}),
        "refer": ({"submitted", "backlog", "on_agenda"}, "referred", {SEC}),
        "note": ({"on_agenda"}, "noted", {SEC}),
        "not_reached": ({"on_agenda"}, "backlog", {CLOCK}),
        "withdraw": ({"submitted", "returned", "backlog"}, "withdrawn", MEMBERS),
    },
    "meeting": {
        "schedule": ({None}, "scheduled", {SEC, WORK, CLOCK}),
        "reschedule": ({"scheduled"}, None, {SEC, WORK}),
        "open": ({"scheduled"}, "in_session", {SEC, WORK}),
        "end": ({"in_session"}, "minuted", {SEC}),
        "circulate": ({"minuted"}, "confirming", {SEC, WORK}),
        "confirm": ({"confirming"}, None, MEMBERS),
        "object": ({"confirming"}, None, MEMBERS),
        "finalise": ({"confirming"}, "finalised", {SEC}),
        "publish": ({"finalised"}, "published", {SEC}),
        "correct": ({"finalised", "published"}, None, {SEC}),
        "cancel": ({"scheduled"}, "cancelled", {SEC}),
    },
    "task": {
        "draft": ({None}, "drafted", {SEC, WORK}),
        "edit": ({"drafted"}, None, {SEC, WORK}),
        "dispatch": ({"drafted"}, "assigned", {SEC}),
        "accept": ({"assigned"}, "in_hand", {FIRM, SEC, WORK}),
        "progress": ({"in_hand"}, None, {FIRM, SEC, WORK}),
        "report": ({"in_hand"}, "reported", {FIRM, SEC, WORK}),
        "withdraw_report": ({"reported"}, "in_hand", {FIRM, SEC, WORK}),
        "verify": ({"reported"}, "verified", {REP, WORK}),
        "rework": ({"reported", "verified"}, "in_hand", {REP, WORK, SEC}),
        "close": ({"verified"}, "closed", {SEC}),
        "urge": ({"assigned", "in_hand"}, None, {REP, SEC}),
        "supervise": (
            {"assigned", "in_hand", "reported", "verified", "on_hold"}, None, {STREET},
        ),
        "comment": (
            {"assigned", "in_hand", "reported", "verified", "on_hold", "closed", "cancelled"},
            None, MEMBERS | {STREET},
        ),
        "cancel": ({"drafted", "assigned", "in_hand", "on_hold"}, "cancelled", {SEC}),
        "resume": ({"on_hold"}, "in_hand", {SEC, CLOCK}),
    },
    "extension": {
        "ask": ({None}, "pending", {FIRM, SEC, WORK}),
        "grant": ({"pending"}, "granted", {SEC, STREET}),
        "refuse": ({"pending"}, "refused", {SEC, STREET}),
        "withdraw": ({"pending"}, "withdrawn", {FIRM, SEC, WORK}),
        "lapse": ({"pending"}, "lapsed", {CLOCK}),
    },
    "return": {
        "ask": ({None}, "pending", {FIRM, SEC, WORK}),
        "grant": ({"pending", "disputed"}, "granted", {SEC, STREET}),
        "refuse": ({"pending", "disputed"}, "refused", {SEC, STREET}),
        "dispute": ({"refused"}, "disputed", {FIRM, SEC, WORK}),
        "withdraw": ({"pending", "disputed"}, "withdrawn", {FIRM, SEC, WORK}),
        "lapse": ({"pending", "disputed"}, "lapsed", {CLOCK}),
    },
    "hold": {
        "ask": ({None}, "pending", {FIRM, SEC, WORK}),
        "propose": ({"pending"}, "forwarded", {SEC}),
        "consent": ({"forwarded"}, "granted", {STREET}),
        "refuse": ({"pending", "forwarded"}, "refused", {SEC, STREET}),
        "withdraw": ({"pending", "forwarded"}, "withdrawn", {FIRM, SEC, WORK}),
        "lapse": ({"pending", "forwarded"}, "lapsed", {CLOCK}),
    },
    "reopen": {
        "ask": ({None}, "pending", {REP}),
        "grant": ({"pending"}, "granted", {SEC}),
        "refuse": ({"pending"}, "refused", {SEC}),
        "withdraw": ({"pending"}, "withdrawn", {REP}),
    },
}  # fmt: skip


@pytest.mark.parametrize(("name", "action"), [(n, a) for n, rows in PRODUCT.items() for a in rows])
def test_every_row_of_the_product_design_stands_in_its_table(name: str, action: str) -> None:
    sources, target, roles = PRODUCT[name][action]
    one = TABLES[name].rows[action]

    assert set(one.sources) == sources - {None}
    assert one.target == target
    assert {str(role) for role in one.by} == roles


# ---- a wrong table does not start --------------------------------------------------------------


class Light(StrEnum):
    OFF = "off"
    ON = "on"


def table(**changes: object) -> Workflow:
    every = frozenset(Light)
    given: dict[str, object] = {
        "states": Light,
        "labels": {Light.OFF: "Off", Light.ON: "On"},
        "sees": dict.fromkeys(READERS | {Role.ADMIN, Role.PUBLIC, Role.CLOCK}, every),
        "birth": (row("make", (), Light.OFF, {Role.SECRETARY}, "Make", "made"),),
        "moves": (row("switch", {Light.OFF}, Light.ON, {Role.SECRETARY}, "Switch", "switched"),),
    }
    return Workflow("light", **{**given, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"moves": ()}, "no path reaches"),
        ({"moves": (row("switch", {"off"}, "on", (), "S", "s"),)}, "nobody may take it"),
        ({"labels": {Light.OFF: "Off"}}, "no word for"),
        ({"sees": {Role.SECRETARY: frozenset(Light)}}, "is not stated"),
        ({"moves": (row("switch", {"dim"}, "on", {Role.SECRETARY}, "S", "s"),)}, "unknown state"),
        ({"moves": (row("make", {"off"}, "on", {Role.SECRETARY}, "S", "s"),)}, "share a name"),
        ({"sees": dict.fromkeys(READERS | {Role.ADMIN, Role.PUBLIC, Role.CLOCK},
                                frozenset({Light.ON}))}, "cannot see"),
    ],
)  # fmt: skip
def test_a_table_that_contradicts_itself_does_not_load(
    changes: dict[str, object], complaint: str
) -> None:
    assert table().paths()

    with pytest.raises(WrongTable, match=complaint):
        table(**changes)
