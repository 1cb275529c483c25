"""Requests: each branch of each table, and what a granted one does to its task."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from harbour.domain.actors import the_clock
from harbour.domain.deadlines import end_of_workday, local_day
from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.photos import Photo
from harbour.models.requests import Extension, Request
from harbour.models.tasks import DueChange, Report
from harbour.queries import requests as queries
from harbour.services import requests, tasks
from harbour.services.unit_of_work import command
from tests.making.requests import answer, ask, held, somebody, stored

BEGUN_AT = "in_hand"  # dispatched on Monday 2 March 2026, due on Monday the 9th
DUE = date(2026, 3, 9)


def dates() -> list[tuple[date, int | None, str]]:
    """Every due day of the only task with the request that moved it and why."""
    rows = db.session.scalars(select(DueChange).order_by(DueChange.id)).all()
    return [(local_day(one.due_after), one.request_id, one.reason) for one in rows]


def actions(kind: str) -> list[str]:
    lines = select(AuditEvent.action).where(
        AuditEvent.subject_kind == kind, AuditEvent.refused.is_(None)
    )
    return list(db.session.scalars(lines.order_by(AuditEvent.id)))


# ---- more time ------------------------------------------------------------------------------


def test_granted_time_moves_the_due_date_and_keeps_the_first_promise(begin: Any) -> None:
    made = begin()
    key = ask(made, "extension", wished_on=date(2026, 3, 16))
    assert local_day(made.task.due_at) == DUE

    answer(made, key, "grant", granted_on=date(2026, 3, 13), decision_note="最多到周五")

    task, one = made.task, stored(key)
    assert task.due_at == end_of_workday(date(2026, 3, 13))
    assert task.first_due_at == end_of_workday(DUE)
    assert task.due_by_hand
    assert local_day(task.due_soon_at) == date(2026, 3, 11)
    assert (one.state, one.granted_on, one.decision) == ("granted", date(2026, 3, 13), "最多到周五")
    assert (one.decided_by_name, one.decided_role) == ("赵书记", "secretary")
    assert dates() == [(DUE, None, ""), (date(2026, 3, 13), key, "配件缺货")]
    assert actions("extension") == ["extension.ask", "extension.grant"]
    assert actions("task")[-1] == "task.extend"
    line = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "extension.grant")
    ).one()
    assert (line.number, line.before, line.after) == (made.number, "pending", "granted")


def test_a_refused_one_moves_nothing_and_may_be_asked_again(begin: Any) -> None:
    made = begin()
    key = ask(made, "extension")

    answer(made, key, "refuse")

    assert (stored(key).state, stored(key).decision) == ("refused", "按期可以办成")
    assert dates() == [(DUE, None, "")]
    again = stored(ask(made, "extension"))
    assert again.by_street is False


def test_from_the_second_granted_one_on_the_street_decides(begin: Any) -> None:
    made = begin()
    answer(made, ask(made, "extension", wished_on=date(2026, 3, 12)), "grant")
    second = ask(made, "extension", wished_on=date(2026, 3, 20))

    with pytest.raises(Denied):
        answer(made, second, "grant", by="ch-zhao")
    answer(made, second, "grant", by="cf-zhou")

    assert [day for day, *_ in dates()] == [DUE, date(2026, 3, 12), date(2026, 3, 20)]
    assert made.task.first_due_at == end_of_workday(DUE)


@pytest.mark.parametrize("action", ["grant", "refuse"])
def test_what_nobody_answers_by_the_due_day_lapses(begin: Any, clock: Any, action: str) -> None:
    made = begin()
    key = ask(made, "extension")
    clock.at("2026-03-09 23:59")
    here = made.task.community_id
    assert queries.lapsing(clock.now) == ()
    with pytest.raises(Refused):
        requests.lapse(here, "extension", key, now=clock.now)

    clock.at("2026-03-10 00:00")
    with pytest.raises(Refused):
        answer(made, key, action)
    (found,) = queries.lapsing(clock.now)
    assert (found.kind, found.id, found.number) == ("extension", key, made.number)
    requests.lapse(found.community_id, found.kind, found.id, now=clock.now)

    one = stored(key)
    assert (one.state, one.decided_role) == ("lapsed", "clock")
    assert "due day" in one.decision
    assert queries.lapsing(clock.now) == ()
    assert dates() == [(DUE, None, "")]


def test_nobody_but_the_clock_lets_it_lapse(begin: Any, clock: Any) -> None:
    made = begin()
    key = ask(made, "extension")
    clock.at("2026-03-10 09:00")

    for who in ("ch-zhao", "ah-sunjl", "cf-zhou"):
        with pytest.raises(Denied):
            answer(made, key, "lapse", by=who)


def test_after_the_due_day_no_time_can_be_asked_for(begin: Any, clock: Any) -> None:
    made = begin()
    clock.at("2026-03-10 09:00")

    with pytest.raises(Refused, match="over"):
        ask(made, "extension")

    refused = db.session.scalars(select(AuditEvent).where(AuditEvent.refused.is_not(None))).one()
    assert (refused.action, refused.number) == ("extension.ask", made.number)


@pytest.mark.parametrize("day", [None, date(2026, 3, 1), DUE, date(2040, 1, 1)])
def test_time_is_asked_for_and_granted_beyond_the_present_due_day(begin: Any, day: Any) -> None:
    made = begin()
    with pytest.raises(Invalid) as invalid:
        ask(made, "extension", wished_on=day)
    assert invalid.value.field == "wished_on"
    key = ask(made, "extension")

    with pytest.raises(Invalid) as invalid:
        answer(made, key, "grant", granted_on=day)

    assert invalid.value.field == "granted_on"
    assert stored(key).state == "pending"


def test_what_the_secretary_asks_for_the_street_decides(begin: Any) -> None:
    made = begin(lead="community")
    key = ask(made, "extension", by="ch-zhao")

    with pytest.raises(Denied):
        answer(made, key, "grant", by="ch-zhao")
    answer(made, key, "grant", by="cf-zhou")

    worker = begin(lead="community")
    answer(worker, ask(worker, "extension", by="ch-lin"), "grant", by="ch-zhao")


@pytest.mark.parametrize(
    ("who", "error"),
    [("ch-zhao", Denied), ("ch01-rep1", Denied), ("cf-zhou", Denied), ("hl-lijl", Missing)],
)
def test_only_the_lead_asks_for_time(begin: Any, who: str, error: type[Exception]) -> None:
    made = begin()

    with pytest.raises(error):
        ask(made, "extension", by=who)


def test_one_request_waits_at_a_time(begin: Any) -> None:
    made = begin()
    key = ask(made, "extension")

    for kind in ("extension", "hold", "return"):
        with pytest.raises(Refused, match="still waiting"):
            ask(made, kind)
    answer(made, key, "withdraw")

    assert stored(key).state == "withdrawn"
    assert stored(ask(made, "hold")).state == "pending"


def test_the_database_itself_lets_one_wait(begin: Any) -> None:
    made = begin()
    first = stored(ask(made, "extension"))

    @command
    def twice() -> None:
        db.session.add(
            Extension(
                community_id=first.community_id, task_id=first.task_id, asker_role="firm_manager",
                asked_at=first.asked_at, due_at=first.due_at, wished_on=first.wished_on,
            )
        )  # fmt: skip
        db.session.flush()

    with pytest.raises(IntegrityError):
        twice()


# ---- a return ---------------------------------------------------------------------------------


def test_a_granted_return_goes_to_another_lead_with_a_new_day(begin: Any, clock: Any) -> None:
    made = begin("assigned")
    clock.at("2026-03-03 10:00")
    key = ask(made, "return")
    clock.at("2026-03-04 10:00")

    answer(made, key, "grant", lead="community", new_due_on=date(2026, 3, 12))

    task = made.task
    assert (task.state, task.lead_kind, task.lead_firm_id) == ("assigned", "community", None)
    assert task.lead_name == "春和社区"
    assert (task.dispatched_at, task.accepted_at) == (clock.now, None)
    assert local_day(task.accept_due_at) == date(2026, 3, 5)
    assert task.due_at == end_of_workday(date(2026, 3, 12))
    assert task.first_due_at == end_of_workday(DUE)
    assert dates() == [(DUE, None, ""), (date(2026, 3, 12), key, "属于环卫设置")]
    with pytest.raises(Missing):
        made.take("accept", by="ah-sunjl")
    made.take("accept", by="ch-lin")


def test_what_was_accepted_already_can_still_be_given_back(begin: Any, clock: Any) -> None:
    made = begin()
    clock.at("2026-03-03 23:59")
    key = ask(made, "return", return_reason="duplicate")

    answer(made, key, "grant")

    assert (made.task.state, made.task.accepted_at) == ("assigned", None)


def test_a_return_is_asked_for_within_a_workday_of_dispatch(begin: Any, clock: Any) -> None:
    clock.at("2026-03-06 15:00")  # a Friday: Monday is the workday
    made = begin("assigned")
    clock.at("2026-03-10 00:00")

    with pytest.raises(Refused, match="time is over"):
        ask(made, "return")
    clock.at("2026-03-09 23:58")
    assert stored(ask(made, "return")).state == "pending"


@pytest.mark.parametrize("lead", ["", None, "same", "firm:9999", "nonsense"])
def test_the_new_lead_is_another_one_who_may_lead(begin: Any, street: Any, lead: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")
    chosen = f"firm:{street.firms['AH']}" if lead == "same" else lead

    with pytest.raises(Invalid) as invalid:
        answer(made, key, "grant", lead=chosen)

    assert invalid.value.field == "lead"
    assert (stored(key).state, made.task.lead_firm_id) == ("pending", street.firms["AH"])


def test_a_new_lead_needs_a_new_day(begin: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")

    for day in (None, date(2026, 3, 1)):
        with pytest.raises(Invalid) as invalid:
            answer(made, key, "grant", new_due_on=day)
        assert invalid.value.field == "new_due_on"


def test_a_disputed_refusal_goes_to_the_street_whose_word_is_final(begin: Any, clock: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")
    answer(made, key, "refuse")

    answer(made, key, "dispute")
    assert stored(key).state == "disputed"
    with pytest.raises(Denied):
        answer(made, key, "refuse", by="ch-zhao")
    answer(made, key, "refuse", by="cf-zhou", reason="合同第8条写明")

    assert (stored(key).state, stored(key).decided_role) == ("refused", "street_supervisor")
    with pytest.raises(Refused, match="final"):
        answer(made, key, "dispute")
    with pytest.raises(Refused, match="final"):
        ask(made, "return")


def test_the_street_may_agree_to_what_the_secretary_refused(begin: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")
    answer(made, key, "refuse")
    answer(made, key, "dispute")

    answer(made, key, "grant", by="cf-zhou")

    assert (stored(key).state, made.task.lead_kind) == ("granted", "community")


def test_a_refusal_is_disputed_within_a_workday(begin: Any, clock: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")
    answer(made, key, "refuse")
    clock.at("2026-03-04 09:00")

    with pytest.raises(Refused):
        answer(made, key, "dispute")


def test_a_second_return_is_the_streets(begin: Any, street: Any) -> None:
    made = begin("assigned", lead="community")
    answer(made, ask(made, "return"), "grant", lead=f"firm:{street.firms['AH']}")

    second = ask(made, "return", by="ah-sunjl")

    assert stored(second).by_street
    with pytest.raises(Denied):
        answer(made, second, "grant", by="ch-zhao")
    answer(made, second, "grant", by="cf-zhou", lead="community")
    assert made.task.lead_kind == "community"


@pytest.mark.parametrize("reason", ["", None, "boredom"])
def test_a_return_names_one_of_the_reasons(begin: Any, reason: Any) -> None:
    made = begin("assigned")

    with pytest.raises(Invalid) as invalid:
        ask(made, "return", return_reason=reason)

    assert invalid.value.field == "return_reason"


# ---- a rest -----------------------------------------------------------------------------------


def test_the_unused_days_of_a_rest_go_on_as_the_vectors_say(begin: Any, clock: Any) -> None:
    """The two hang-up rows of tests/domain/deadline_vectors.csv, through the real acts."""
    clock.at("2026-04-02 15:00")
    made = begin()
    clock.at("2026-04-03 10:00")
    key = ask(made, "hold", review_on=date(2026, 5, 6))
    clock.at("2026-04-07 10:00")
    answer(made, key, "propose")
    assert made.task.state == "in_hand"
    answer(made, key, "consent")
    task = made.task
    assert (task.state, task.held_at) == ("on_hold", clock.now)
    assert task.due_at == end_of_workday(date(2026, 4, 10))

    clock.at("2026-05-05 23:00")
    assert queries.to_resume(clock.now) == ()
    clock.at("2026-05-06 09:00")
    ((day, community_id, _, number),) = queries.to_resume(clock.now)
    tasks.act(the_clock(community_id), number, "resume", {}, version=None, now=clock.now)

    task = made.task
    assert day == date(2026, 5, 6)
    assert (task.state, task.due_at) == ("in_hand", end_of_workday(date(2026, 5, 11)))
    assert task.first_due_at == end_of_workday(date(2026, 4, 10))
    assert dates()[-1][:2] == (date(2026, 5, 11), key)
    assert queries.to_resume(clock.now) == ()
    assert actions("hold") == ["hold.ask", "hold.propose", "hold.consent"]


def test_the_secretary_may_resume_before_the_review_day(begin: Any, clock: Any) -> None:
    made = begin()
    held(made)
    clock.at("2026-03-16 09:00")

    made.take("resume")

    assert made.task.state == "in_hand"
    assert local_day(made.task.due_at) == date(2026, 3, 23)


@pytest.mark.parametrize("who", ["ah-sunjl", "ch01-rep1", "ch-lin", "cf-zhou"])
def test_nobody_else_resumes(begin: Any, who: str) -> None:
    made = begin()
    held(made)

    with pytest.raises(Denied):
        made.take("resume", by=who)


def test_while_it_rests_nobody_is_urged_and_no_time_is_asked_for(begin: Any) -> None:
    made = begin()
    held(made)

    with pytest.raises(Refused):
        made.take("urge")
    for kind in ("extension", "hold", "return"):
        with pytest.raises(Refused):
            ask(made, kind)


@pytest.mark.parametrize(("at", "by"), [("pending", "ch-zhao"), ("forwarded", "cf-zhou")])
def test_either_of_the_two_may_say_no_to_a_rest(begin: Any, at: str, by: str) -> None:
    made = begin()
    key = ask(made, "hold")
    if at == "forwarded":
        answer(made, key, "propose")

    answer(made, key, "refuse", by=by)

    assert (stored(key).state, made.task.state) == ("refused", "in_hand")


def test_the_street_consents_only_to_what_was_proposed(begin: Any) -> None:
    made = begin()
    key = ask(made, "hold")

    with pytest.raises(Refused):
        answer(made, key, "consent")
    with pytest.raises(Denied):
        answer(made, key, "propose", by="cf-zhou")


@pytest.mark.parametrize(
    "day", [None, date(2026, 3, 1), date(2026, 3, 2), date(2026, 6, 1), date(2030, 1, 1)]
)
def test_a_rest_is_looked_at_again_within_ninety_days(begin: Any, day: Any) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        ask(made, "hold", review_on=day)

    assert invalid.value.field == "review_on"
    assert stored(ask(made, "hold", review_on=date(2026, 5, 31))).state == "pending"


def test_a_rest_names_its_reason(begin: Any) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        ask(made, "hold", hold_reason="laziness")

    assert invalid.value.field == "hold_reason"


# ---- taken up again -----------------------------------------------------------------------------


def test_a_reopened_task_keeps_everything_and_begins_another_round(begin: Any, clock: Any) -> None:
    made = begin("closed")
    before = made.task
    clock.at("2026-03-20 09:00")
    key = ask(made, "reopen")
    assert made.task.state == "closed"

    answer(made, key, "grant", new_due_on=date(2026, 3, 27))

    task = made.task
    assert (task.state, task.round, task.is_open) == ("in_hand", 2, True)
    assert (task.reported_at, task.verified_at, task.closed_at) == (None, None, None)
    assert task.accepted_at == before.accepted_at
    assert task.due_at == end_of_workday(date(2026, 3, 27))
    assert task.first_due_at == before.first_due_at
    assert dates()[-1] == (date(2026, 3, 27), key, "又不亮了")
    assert db.session.scalar(select(func.count()).select_from(Report)) == 1
    assert db.session.scalar(select(func.count()).select_from(Photo)) >= 1
    for action in ("report", "verify", "close"):
        made.take(action)
    assert (made.task.state, made.task.round) == ("closed", 2)


def test_a_task_is_reopened_within_thirty_days_of_closing(begin: Any, clock: Any) -> None:
    made = begin("closed")  # on 2 March
    clock.at("2026-04-01 23:59")
    key = ask(made, "reopen")
    answer(made, key, "withdraw")
    clock.at("2026-04-02 00:00")

    with pytest.raises(Refused):
        ask(made, "reopen")


@pytest.mark.parametrize("state", ["assigned", "in_hand", "reported", "verified", "cancelled"])
def test_only_a_closed_task_is_reopened(begin: Any, state: str) -> None:
    made = begin(state)

    with pytest.raises(Refused, match="closed"):
        ask(made, "reopen")


@pytest.mark.parametrize(
    ("who", "error"), [("ah-sunjl", Denied), ("ch-lin", Denied), ("ch02-rep1", Missing)]
)
def test_a_representative_of_the_compound_asks_to_reopen(
    begin: Any, who: str, error: type[Exception]
) -> None:
    made = begin("closed")

    with pytest.raises(error):
        ask(made, "reopen", by=who)


def test_a_refused_reopening_leaves_it_closed(begin: Any) -> None:
    made = begin("closed")
    key = ask(made, "reopen")

    answer(made, key, "refuse")

    assert (made.task.state, made.task.round, stored(key).state) == ("closed", 1, "refused")


# ---- what ends a request by itself ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("extension", "report"), ("extension", "cancel"), ("return", "report"),
        ("return", "cancel"), ("hold", "report"), ("hold", "cancel"),
    ],
)  # fmt: skip
def test_a_request_ends_when_its_task_moves_on(begin: Any, kind: str, action: str) -> None:
    made = begin()
    key = ask(made, kind)

    made.take(action)

    one = stored(key)
    assert (one.state, one.decided_role) == ("lapsed", "clock")
    assert "moved on" in one.decision
    assert actions(kind)[-1] == f"{kind}.lapse"
    with pytest.raises((Refused, Missing)):
        answer(made, key, "refuse")


def test_accepting_leaves_a_return_waiting(begin: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")

    made.take("accept")

    assert stored(key).state == "pending"


# ---- two at once, and what stands no longer ----------------------------------------------------


def test_two_who_decide_at_once_decide_once(begin: Any) -> None:
    made = begin()
    key = ask(made, "extension")
    seen = stored(key).version

    answer(made, key, "refuse", version=seen)
    with pytest.raises(Refused):
        answer(made, key, "grant", version=seen)

    assert stored(key).state == "refused"
    assert dates() == [(DUE, None, "")]


def test_who_saw_an_older_version_is_told(begin: Any) -> None:
    made = begin()
    key = ask(made, "hold")
    seen = stored(key).version
    answer(made, key, "propose")

    with pytest.raises(Stale):
        answer(made, key, "refuse", by="cf-zhou", version=seen)

    assert stored(key).state == "forwarded"


def test_another_communitys_request_is_missing(begin: Any) -> None:
    here, there = begin(), begin(compound="CX-01")
    key = ask(there, "extension")

    actor = somebody(here, "ch-zhao")
    with pytest.raises(Missing):
        requests.act(actor, "extension", key, "refuse", {"reason": "不"}, version=None,
                     now=here.clock.now)  # fmt: skip


def test_a_request_under_another_kinds_address_is_missing(begin: Any) -> None:
    made = begin()
    key = ask(made, "extension")

    with pytest.raises(Missing):
        requests.act(somebody(made, "ch-zhao"), "hold", key, "refuse", {"reason": "不"},
                     version=None, now=made.clock.now)  # fmt: skip


def test_a_due_date_never_moves_by_asking(begin: Any, clock: Any) -> None:
    made = begin()
    due = made.task.due_at
    for kind in ("extension", "hold", "return"):
        key = ask(made, kind)
        assert made.task.due_at == due
        answer(made, key, "refuse")
        assert made.task.due_at == due
        clock.pass_(minutes=1)
    assert len(dates()) == 1
    waiting = select(func.count()).select_from(Request).where(Request.state == "refused")
    assert db.session.scalar(waiting) == 3
    assert made.task.due_at - due == timedelta()
