"""Tasks given back: to whom they go, until when, and whose word is final."""

from datetime import date
from typing import Any

import pytest

from harbour.domain.deadlines import end_of_workday, local_day
from harbour.domain.errors import Denied, Invalid, Missing, Refused
from tests.making.requests import answer, ask, due_days, stored

BEGUN_AT = "in_hand"  # dispatched on Monday 2 March 2026, due on Monday the 9th
DUE = date(2026, 3, 9)


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
    assert due_days() == [(DUE, None, ""), (date(2026, 3, 12), key, "属于环卫设置")]
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
