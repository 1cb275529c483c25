"""Requests: more time, what ends one by itself, and two who answer at once."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from harbour.domain.deadlines import end_of_workday, local_day
from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.requests import Extension, Request
from harbour.queries import requests as queries
from harbour.services import requests
from harbour.services.unit_of_work import command
from tests.making.requests import answer, ask, due_days, somebody, stored, taken

BEGUN_AT = "in_hand"  # dispatched on Monday 2 March 2026, due on Monday the 9th
DUE = date(2026, 3, 9)


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
    assert due_days() == [(DUE, None, ""), (date(2026, 3, 13), key, "配件缺货")]
    assert taken("extension") == ["extension.ask", "extension.grant"]
    assert taken("task")[-1] == "task.extend"
    line = db.session.scalars(
        select(AuditEvent).where(AuditEvent.action == "extension.grant")
    ).one()
    assert (line.number, line.before, line.after) == (made.number, "pending", "granted")


def test_a_refused_one_moves_nothing_and_may_be_asked_again(begin: Any) -> None:
    made = begin()
    key = ask(made, "extension")

    answer(made, key, "refuse")

    assert (stored(key).state, stored(key).decision) == ("refused", "按期可以办成")
    assert due_days() == [(DUE, None, "")]
    again = stored(ask(made, "extension"))
    assert again.by_street is False


def test_from_the_second_granted_one_on_the_street_decides(begin: Any) -> None:
    made = begin()
    answer(made, ask(made, "extension", wished_on=date(2026, 3, 12)), "grant")
    second = ask(made, "extension", wished_on=date(2026, 3, 20))

    with pytest.raises(Denied):
        answer(made, second, "grant", by="ch-zhao")
    answer(made, second, "grant", by="cf-zhou")

    assert [day for day, *_ in due_days()] == [DUE, date(2026, 3, 12), date(2026, 3, 20)]
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
    assert due_days() == [(DUE, None, "")]


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
    assert taken(kind)[-1] == f"{kind}.lapse"
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
    assert due_days() == [(DUE, None, "")]


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
    assert len(due_days()) == 1
    waiting = select(func.count()).select_from(Request).where(Request.state == "refused")
    assert db.session.scalar(waiting) == 3
    assert made.task.due_at - due == timedelta()
