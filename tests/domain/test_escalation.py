"""The ladder: each reason climbs where its setting says, never falls with time, is told once."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.calendar import shipped
from harbour.domain.deadlines import workdays_between
from harbour.domain.escalation import (
    CALM,
    Facts,
    Moment,
    Party,
    Rung,
    Silence,
    cuts,
    last_before,
    reminders,
    silence,
    standing,
    undecided,
)
from harbour.domain.settings import DEFAULTS, CommunitySettings
from harbour.domain.tasks import TaskState
from harbour.domain.text import Text

CALENDAR = shipped()
# Friday; the Monday to Friday after it are ordinary workdays.
DUE = date(2026, 3, 6)
FACTS = Facts("in_hand", DUE, dispatched_on=date(2026, 2, 26))

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
counts = st.integers(0, 5)
facts = st.builds(
    Facts, st.sampled_from(list(TaskState)), days, days, days, days, counts, counts, counts,
    st.booleans(),
)  # fmt: skip
numbers = st.builds(
    CommunitySettings,
    **{
        name: st.integers(1, 12)
        for name in (
            "verify_workdays", "close_workdays", "level1_over_workdays", "level2_over_workdays",
            "level2_accept_workdays", "level2_urges", "level3_over_workdays", "level3_reworks",
            "level3_carries", "idle_weeks",
        )
    },
)  # fmt: skip


def on(day: date, **changes: Any) -> Rung:
    return standing(replace(FACTS, **changes), DEFAULTS, CALENDAR, day).rung


@pytest.mark.parametrize(
    ("day", "rung"),
    [
        (date(2026, 3, 6), Rung.NONE),
        (date(2026, 3, 8), Rung.NONE),  # the weekend after is no workday over
        (date(2026, 3, 9), Rung.FIRST),
        (date(2026, 3, 10), Rung.FIRST),
        (date(2026, 3, 11), Rung.SECOND),
        (date(2026, 4, 30), Rung.SECOND),  # without an order it goes no further
    ],
)
def test_overdue_workdays_climb(day: date, rung: Rung) -> None:
    assert on(day) is rung


def test_five_workdays_over_after_an_order_is_the_third_level() -> None:
    assert on(date(2026, 3, 12), ordered=True) is Rung.SECOND
    assert on(date(2026, 3, 13), ordered=True) is Rung.THIRD


def test_not_accepted_within_its_workdays_is_the_second_level() -> None:
    sent = {"state": "assigned", "dispatched_on": date(2026, 3, 2), "due_on": date(2026, 3, 20)}

    assert on(date(2026, 3, 4), **sent) is Rung.NONE
    assert on(date(2026, 3, 5), **sent) is Rung.SECOND
    assert on(date(2026, 3, 5), **{**sent, "state": "in_hand"}) is Rung.NONE


@pytest.mark.parametrize(
    ("changes", "rung"),
    [
        ({"urges": 2}, Rung.NONE),
        ({"urges": 3}, Rung.SECOND),
        ({"reworks": 1}, Rung.NONE),
        ({"reworks": 2}, Rung.THIRD),
        ({"carried": 2}, Rung.NONE),
        ({"carried": 3}, Rung.THIRD),
    ],
)
def test_what_is_counted_climbs_before_the_due_day(changes: dict[str, int], rung: Rung) -> None:
    assert on(date(2026, 3, 3), **changes) is rung


def test_the_weightiest_reason_is_said() -> None:
    found = standing(replace(FACTS, urges=3), DEFAULTS, CALENDAR, date(2026, 3, 9))

    assert found.why == Text("urged %(n)d times", {"n": 3})
    assert found.said == Text(
        "%(why)s · %(level)s", {"why": found.why, "level": Text("Alert level 2")}
    )


def test_beside_its_light_an_overdue_task_says_the_level_alone() -> None:
    found = standing(FACTS, DEFAULTS, CALENDAR, date(2026, 3, 11))

    assert found.why == Text("%(n)d workdays over", {"n": 3})
    assert found.beside_light == Text("Alert level 2")


@pytest.mark.parametrize("state", ["drafted", "on_hold", "closed", "cancelled"])
def test_what_rests_or_ended_stands_on_no_level(state: str) -> None:
    every = {"state": state, "urges": 9, "reworks": 9, "carried": 9, "ordered": True}

    assert on(date(2026, 12, 1), **every) is Rung.NONE


@pytest.mark.parametrize("state", ["reported", "verified"])
def test_who_verifies_or_closes_late_answers_for_it(state: str) -> None:
    waiting = replace(FACTS, state=state, reported_on=DUE, verified_on=DUE)

    # Two workdays are theirs; the third is the first one over.
    assert standing(waiting, DEFAULTS, CALENDAR, date(2026, 3, 10)) == CALM
    found = standing(waiting, DEFAULTS, CALENDAR, date(2026, 3, 11))
    assert (found.rung, found.against) == (Rung.FIRST, Party.SECRETARY)
    assert standing(waiting, DEFAULTS, CALENDAR, date(2026, 3, 13)).rung is Rung.SECOND


def test_a_decision_that_does_not_come_climbs_too() -> None:
    def on_day(day: date) -> Rung:
        return undecided(date(2026, 3, 2), 2, DEFAULTS, CALENDAR, day).rung

    assert [on_day(date(2026, 3, n)) for n in (4, 5, 6, 9)] == [
        Rung.NONE, Rung.FIRST, Rung.FIRST, Rung.SECOND,
    ]  # fmt: skip


def test_a_compound_without_meeting_or_summary_for_two_weeks_is_silent() -> None:
    def after(n: int) -> Rung:
        day = date(2026, 3, 2) + timedelta(days=n)
        return silence(date(2026, 3, 2), Silence.MEETING, DEFAULTS, CALENDAR, day).rung

    assert [after(n) for n in (13, 14, 16, 17)] == [
        Rung.NONE, Rung.FIRST, Rung.FIRST, Rung.SECOND,
    ]  # fmt: skip
    assert silence(None, Silence.SUMMARY, DEFAULTS, CALENDAR, DUE).rung is Rung.FIRST


@given(facts, numbers, days, st.integers(0, 60))
def test_no_level_falls_with_time(
    known: Facts, settings: CommunitySettings, day: date, later: int
) -> None:
    then = standing(known, settings, CALENDAR, day)
    now = standing(known, settings, CALENDAR, day + timedelta(days=later))

    assert now.rung >= then.rung
    assert (now.said is None) == (now.rung is Rung.NONE)


@given(facts, numbers, days, st.sampled_from(["urges", "reworks", "carried"]))
def test_no_level_falls_with_one_more(
    known: Facts, settings: CommunitySettings, day: date, name: str
) -> None:
    more = replace(known, **{name: getattr(known, name) + 1})

    assert (
        standing(more, settings, CALENDAR, day).rung
        >= standing(known, settings, CALENDAR, day).rung
    )


@given(days, numbers, st.integers(0, 40))
def test_silence_never_grows_less(last: date, settings: CommunitySettings, n: int) -> None:
    def on_day(day: date) -> Rung:
        return silence(last, Silence.SUMMARY, settings, CALENDAR, day).rung

    assert on_day(last + timedelta(days=n + 1)) >= on_day(last + timedelta(days=n))


@given(facts, numbers, days)
def test_the_days_a_list_is_cut_at_say_the_same(
    known: Facts, settings: CommunitySettings, day: date
) -> None:
    known = replace(known, urges=0, reworks=0, carried=0)
    found, at = standing(known, settings, CALENDAR, day).rung, cuts(settings, CALENDAR, day)
    begun: dict[str, tuple[Any, tuple[date, date, date]]] = {
        "reported": (known.reported_on, at.reported),
        "verified": (known.verified_on, at.verified),
    }
    by_list = Rung.NONE
    if known.state in ("assigned", "in_hand"):
        begun[known.state] = (known.due_on, at.due)
    if known.state in begun:
        since, cut = begun[known.state]
        levels = zip(Rung, (date.max, *cut), strict=True)
        by_list = max(
            rung for rung, last in levels
            if since <= last and (rung < Rung.THIRD or known.ordered)
        )  # fmt: skip
    if known.state == "assigned" and (known.dispatched_on or date.max) <= at.dispatched:
        by_list = max(by_list, Rung.SECOND)

    assert by_list is found


@given(days, st.integers(0, 30))
def test_the_last_day_before_so_many_workdays(day: date, n: int) -> None:
    found = last_before(day, n, CALENDAR)

    assert workdays_between(found, day, CALENDAR) >= n
    assert workdays_between(found + timedelta(days=1), day, CALENDAR) < n or n == 0


# ---- what is told ---------------------------------------------------------------------------


def told(day: date, known: Facts = FACTS) -> list[tuple[Moment, Rung]]:
    return [(one.moment, one.rung) for one in reminders(known, DEFAULTS, CALENDAR, day)]


def test_a_task_that_slips_is_told_of_at_each_step_once() -> None:
    every = {
        day: found
        for n in range(60)
        if (found := told(day := date(2026, 2, 27) + timedelta(days=n)))
    }

    assert every == {
        date(2026, 3, 3): [(Moment.BEFORE, Rung.NONE)],
        date(2026, 3, 6): [(Moment.DUE, Rung.NONE)],
        date(2026, 3, 9): [(Moment.LEVEL, Rung.FIRST)],
        date(2026, 3, 11): [(Moment.LEVEL, Rung.SECOND)],
    }


def test_who_is_told() -> None:
    def to(day: date) -> set[Party]:
        return set(reminders(FACTS, DEFAULTS, CALENDAR, day)[0].to)

    assert to(date(2026, 3, 3)) == {Party.LEAD}
    assert to(DUE) == {Party.LEAD, Party.SECRETARY}
    assert to(date(2026, 3, 9)) == {Party.LEAD, Party.SECRETARY}
    assert to(date(2026, 3, 11)) == set(Party)


def test_a_level_reached_by_an_act_is_told_the_day_after_the_facts_changed() -> None:
    day = date(2026, 3, 4)
    urged = replace(FACTS, urges=3)

    assert reminders(urged, DEFAULTS, CALENDAR, day) == ()
    found = reminders(urged, DEFAULTS, CALENDAR, day, before=replace(FACTS, urges=2))
    assert [(one.moment, one.rung) for one in found] == [(Moment.LEVEL, Rung.SECOND)]


def test_whoever_was_given_it_today_is_not_reminded_today() -> None:
    known = replace(FACTS, dispatched_on=date(2026, 3, 3))

    assert told(date(2026, 3, 3), known) == []


@pytest.mark.parametrize("state", ["reported", "on_hold", "closed", "cancelled", "drafted"])
def test_nothing_is_told_to_a_lead_who_has_nothing_to_do(state: str) -> None:
    known = replace(FACTS, state=state)

    assert [told(DUE + timedelta(days=n), known) for n in range(-5, 20)] == [[]] * 25


@given(facts, numbers, days)
def test_time_brings_each_level_once(known: Facts, settings: CommunitySettings, day: date) -> None:
    reached = [
        one.rung
        for n in range(40)
        for one in reminders(known, settings, CALENDAR, day + timedelta(days=n))
        if one.moment is Moment.LEVEL
    ]

    assert reached == sorted(set(reached))
