"""Who may ask, who decides first and second, and what is over: the rules of requests alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harbour.domain.actors import Actor, Role
from harbour.domain.calendar import shipped
from harbour.domain.deadlines import end_of_workday, local_day
from harbour.domain.errors import Denied, Missing, Refused
from harbour.domain.request_facts import (
    HOLD_REASON_LABELS,
    KIND_LABELS,
    LABELS,
    RETURN_REASON_LABELS,
    STANDS,
    Earlier,
    HoldReason,
    RequestKind,
    RequestState,
    RequestSubject,
    ReturnReason,
    beside,
    for_the_street,
    limits,
)
from harbour.domain.requests import DOES, REQUESTS
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import TASK, TaskState, TaskSubject

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
LATER, BEFORE = NOW + timedelta(days=3), NOW - timedelta(days=3)
LED = TaskSubject(
    "in_hand", 1, 10, "firm", 5, frozenset(), frozenset(), reporter_id=None, lacking=(),
    verification_begun=False, urged_today=False, open_urges=0, from_meeting=True,
)  # fmt: skip


def person(role: Role, **changes: Any) -> Actor:
    firm = 5 if role is Role.FIRM_MANAGER else None
    return replace(Actor(7, "某人", role, 1, frozenset({10}), firm), **changes)


def asking(kind: str, **changes: Any) -> RequestSubject:
    """What the lead is about to ask for, with time for everything."""
    state = min(STANDS[kind])
    begun = RequestSubject(kind, "pending", replace(LED, state=state), None, None, due_at=LATER,
                           return_by=LATER, reopen_by=LATER)  # fmt: skip
    return replace(begun, **changes)


ASKER = {"extension": Role.FIRM_MANAGER, "return": Role.FIRM_MANAGER, "hold": Role.FIRM_MANAGER,
         "reopen": Role.RESIDENT_REP}  # fmt: skip


@pytest.mark.parametrize("kind", REQUESTS)
def test_who_may_ask_does_so_and_is_offered_it(kind: str) -> None:
    actor = person(ASKER[kind])

    found = REQUESTS[kind].require_beginning(actor, asking(kind), "ask", NOW)
    (offer,) = REQUESTS[kind].beginnings(actor, asking(kind), NOW)

    assert found.target == "pending"
    assert (offer.name, offer.refusal) == ("ask", None)


@pytest.mark.parametrize("kind", REQUESTS)
@pytest.mark.parametrize("role", [*Role])
def test_nobody_else_asks(kind: str, role: Role) -> None:
    allowed = {Role.RESIDENT_REP} if kind == "reopen" else {Role.FIRM_MANAGER}
    if role in allowed:
        return

    with pytest.raises((Denied, Missing)):
        REQUESTS[kind].require_beginning(person(role), asking(kind), "ask", NOW)
    assert REQUESTS[kind].beginnings(person(role), asking(kind), NOW) == ()


def test_a_firm_that_only_assists_asks_for_nothing() -> None:
    helper = person(Role.FIRM_MANAGER, firm_id=6)
    task = replace(LED, assistant_firm_ids=frozenset({6}))

    for kind in ("extension", "return", "hold"):
        with pytest.raises(Denied):
            REQUESTS[kind].require_beginning(helper, asking(kind, task=task), "ask", NOW)


def test_what_the_community_leads_its_staff_ask_for() -> None:
    own = replace(LED, lead_kind="community", lead_firm_id=None)

    for role in (Role.SECRETARY, Role.COMMUNITY_WORKER):
        assert REQUESTS["hold"].beginnings(person(role), asking("hold", task=own), NOW)
    assert not REQUESTS["hold"].beginnings(person(Role.FIRM_MANAGER), asking("hold", task=own), NOW)


@pytest.mark.parametrize(
    ("kind", "unwilling", "words"),
    [
        ("extension", {"task": replace(LED, state="assigned")}, "Accept it first"),
        ("extension", {"due_at": BEFORE}, "before it has passed"),
        ("extension", {"another": True}, "still waiting"),
        ("return", {"task": replace(LED, state="reported")}, "before completion"),
        ("return", {"return_by": BEFORE}, "time is over"),
        ("return", {"return_by": None}, "time is over"),
        ("return", {"final": True}, "final"),
        ("return", {"another": True}, "still waiting"),
        ("hold", {"task": replace(LED, state="assigned")}, "Accept it first"),
        ("hold", {"another": True}, "still waiting"),
        ("reopen", {"task": replace(LED, state="verified")}, "has been closed"),
        ("reopen", {"reopen_by": BEFORE}, "time is over"),
        ("reopen", {"another": True}, "still waiting"),
    ],
)
def test_what_cannot_be_asked_for_says_why(
    kind: str, unwilling: dict[str, Any], words: str
) -> None:
    subject, actor = asking(kind, **unwilling), person(ASKER[kind])

    with pytest.raises(Refused) as refused:
        REQUESTS[kind].require_beginning(actor, subject, "ask", NOW)

    assert words in refused.value.text.msgid
    (offer,) = REQUESTS[kind].beginnings(actor, subject, NOW)
    assert offer.refusal == refused.value.text


def deciders(kind: str, action: str, **changes: Any) -> set[Role]:
    """The roles that may take an act on a request now."""
    subject = asking(kind, asker_id=7, firm_id=5, **changes)
    found = set()
    for role in Role:
        try:
            REQUESTS[kind].require(person(role), subject, action, NOW)
        except (Denied, Missing):
            continue
        found.add(role)
    return found


SECRETARY, STREET = {Role.SECRETARY}, {Role.STREET_SUPERVISOR}


@pytest.mark.parametrize("action", ["grant", "refuse"])
def test_the_secretary_decides_first_and_the_street_second(action: str) -> None:
    for kind in ("extension", "return"):
        assert deciders(kind, action) == SECRETARY
        assert deciders(kind, action, by_street=True) == STREET
    assert deciders("return", action, state="disputed") == STREET
    assert deciders("reopen", action) == SECRETARY


def test_a_hold_is_proposed_by_one_and_consented_to_by_the_other() -> None:
    assert deciders("hold", "propose") == SECRETARY
    assert deciders("hold", "refuse") == SECRETARY
    assert deciders("hold", "consent", state="forwarded") == STREET
    assert deciders("hold", "refuse", state="forwarded") == STREET


def test_who_asked_or_a_colleague_withdraws_and_nobody_else() -> None:
    mine = asking("extension", asker_id=7, firm_id=5)
    table = REQUESTS["extension"]
    colleague = person(Role.FIRM_MANAGER, user_id=8)
    stranger = person(Role.FIRM_MANAGER, user_id=9, firm_id=6)

    for one in (person(Role.FIRM_MANAGER), colleague):
        assert table.require(one, mine, "withdraw", NOW).target == "withdrawn"
    with pytest.raises(Missing):
        table.require(stranger, mine, "withdraw", NOW)
    with pytest.raises(Denied):
        table.require(person(Role.SECRETARY, user_id=8), mine, "withdraw", NOW)
    again = asking("reopen", asker_id=8, firm_id=None)
    with pytest.raises(Denied):
        REQUESTS["reopen"].require(person(Role.RESIDENT_REP), again, "withdraw", NOW)


def test_the_firm_that_gave_a_task_back_still_sees_its_return() -> None:
    elsewhere = replace(LED, lead_firm_id=6)
    granted = asking("return", state="granted", task=elsewhere, asker_id=7, firm_id=5)

    assert REQUESTS["return"].shows(person(Role.FIRM_MANAGER), granted)
    assert REQUESTS["return"].shows(person(Role.FIRM_MANAGER, firm_id=6), granted)
    assert not REQUESTS["return"].shows(person(Role.FIRM_MANAGER, firm_id=7), granted)


def test_a_private_matter_is_asked_about_only_before_those_who_know_it() -> None:
    private = replace(LED, restricted=True, raised_by_ids=frozenset({8}))
    waiting = asking("extension", task=private, asker_id=7, firm_id=5)

    assert not REQUESTS["extension"].shows(person(Role.RESIDENT_REP), waiting)
    assert REQUESTS["extension"].shows(person(Role.RESIDENT_REP, user_id=8), waiting)


# ---- what the other requests of a task mean -----------------------------------------------------


def earlier(kind: str, state: str, role: str | None = "secretary", sent: Any = BEFORE) -> Earlier:
    return Earlier(1, kind, state, role, sent)


FIRM, CHAIR = Role.FIRM_MANAGER, Role.SECRETARY


@pytest.mark.parametrize(
    ("kind", "role", "before", "street"),
    [
        ("extension", FIRM, (), False),
        ("extension", FIRM, (earlier("extension", "granted"),), True),
        ("extension", FIRM, (earlier("extension", "refused"),), False),
        ("extension", FIRM, (earlier("extension", "lapsed"),), False),
        ("extension", FIRM, (earlier("extension", "withdrawn"),), False),
        ("extension", FIRM, (earlier("hold", "granted"),), False),
        ("extension", CHAIR, (), True),
        ("return", FIRM, (), False),
        ("return", FIRM, (earlier("return", "granted"),), True),
        ("return", FIRM, (earlier("return", "refused"),), True),
        ("return", FIRM, (earlier("return", "withdrawn"),), False),
        ("return", CHAIR, (), True),
        ("hold", CHAIR, (earlier("hold", "granted"),), False),
        ("reopen", Role.RESIDENT_REP, (earlier("reopen", "granted"),), False),
    ],
)
def test_the_second_of_its_kind_goes_to_the_street(
    kind: str, role: Role, before: tuple[Earlier, ...], street: bool
) -> None:
    assert for_the_street(kind, role, before) is street


def test_one_request_waits_at_a_time_and_never_stands_in_its_own_way() -> None:
    waiting = [earlier("hold", "forwarded")]

    assert beside(waiting, sent_at=BEFORE)["another"] is True
    assert beside(waiting, sent_at=BEFORE, own_id=1)["another"] is False
    assert beside([earlier("hold", "refused")], sent_at=BEFORE)["another"] is False


def test_the_streets_word_is_final_until_another_lead_has_the_task() -> None:
    ruled = [earlier("return", "refused", "street_supervisor")]

    assert beside(ruled, sent_at=BEFORE)["final"] is True
    assert beside(ruled, sent_at=NOW)["final"] is False
    assert beside([earlier("return", "refused")], sent_at=BEFORE)["final"] is False


def test_times_are_counted_in_workdays_and_days_of_the_settings() -> None:
    friday = datetime(2026, 3, 6, 7, 0, tzinfo=UTC)

    found = limits(CommunitySettings(), shipped(), due_at=LATER, sent_at=friday,
                   closed_at=friday, refused_at=friday)  # fmt: skip
    wider = limits(CommunitySettings(return_within_workdays=3, reopen_within_days=10), shipped(),
                   due_at=LATER, sent_at=friday, closed_at=friday)  # fmt: skip

    monday = end_of_workday(local_day(friday) + timedelta(days=3))
    assert found["return_by"] == found["dispute_by"] == monday
    assert found["reopen_by"] == end_of_workday(local_day(friday) + timedelta(days=30))
    assert wider["return_by"] == monday + timedelta(days=2)
    assert wider["reopen_by"] == end_of_workday(local_day(friday) + timedelta(days=10))
    assert wider["dispute_by"] is None


def test_what_a_granted_request_does_is_a_row_only_a_request_takes() -> None:
    for (kind, action), does in DOES.items():
        row = REQUESTS[kind].rows[action]
        assert row.target == "granted"
        assert TASK.rows[does].through == "request"
        assert row.by <= TASK.rows[does].by
        assert {str(s) for s in STANDS[kind]} <= set(TASK.rows[does].sources)
    through = {one.name for one in TASK.moves if one.through == "request"}
    assert set(DOES.values()) == through


def test_every_word_of_a_request_is_there() -> None:
    assert set(KIND_LABELS) == set(RequestKind) == set(REQUESTS)
    assert set(LABELS) == set(RequestState)
    assert set(RETURN_REASON_LABELS) == set(ReturnReason)
    assert set(HOLD_REASON_LABELS) == set(HoldReason)
    assert set(STANDS) == set(RequestKind)
    assert all(states <= set(TaskState) for states in STANDS.values())
