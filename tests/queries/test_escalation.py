"""The ladder in SQL says what the ladder in Python says, whatever the numbers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.calendar import shipped
from harbour.domain.escalation import Rung
from harbour.domain.settings import DEFAULTS, CommunitySettings
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.tasks import Task
from harbour.queries import inbox, tasks
from tests.making.filling import fill_tasks
from tests.making.summaries import summary

STRICT = CommunitySettings(
    level1_over_workdays=2, level2_over_workdays=2, level3_over_workdays=1, verify_workdays=1,
    close_workdays=4, level2_accept_workdays=1, level2_urges=1, level3_reworks=1,
)  # fmt: skip


@pytest.fixture
def many(begin: Any, street: Any, clock: Any, make: Any) -> None:
    """Tasks in every state, urged, ordered, sent back, at all distances from their due day."""
    for n in range(4):
        made = begin("in_hand")
        for _ in range(n):
            made.take("urge")
            clock.pass_(days=1)
        if n % 2:
            made.take("supervise")
    for state in ("reported", "verified", "closed", "on_hold", "assigned"):
        made = begin(state)
        if state in ("reported", "verified"):
            made.take("supervise")
    begin("reported").take("rework")
    now = clock.now
    for back in range(12):
        due = now - timedelta(days=back - 3)
        for state in ("assigned", "in_hand", "verified"):
            fill_tasks(street, now, [f"{state}{back}"], state=state, due_at=due, round=1 + back % 4)


@pytest.mark.parametrize("settings", [DEFAULTS, STRICT], ids=["usual", "strict"])
@pytest.mark.parametrize("rung", [Rung.FIRST, Rung.SECOND, Rung.THIRD])
def test_sql_and_python_agree(many: None, clock: Any, settings: Any, rung: Rung) -> None:
    found = 0
    for later in range(15):
        now = clock.now + timedelta(days=later)
        rows = db.session.execute(select(*tasks.COLUMNS)).all()
        expected = {
            row.id
            for row in rows
            if escalation.standing_of(row, settings, shipped(), now).rung >= rung
        }

        asked = escalation.asked(settings, shipped(), now)
        by_sql = set(db.session.scalars(select(Task.id).where(escalation.at_least(rung)), asked))

        assert by_sql == expected
        found += len(expected)
    assert found > 0


def test_standings_are_those_of_each_communitys_numbers(many: None, clock: Any) -> None:
    ids = db.session.scalars(select(Task.id)).all()
    rows = db.session.execute(select(*tasks.COLUMNS)).all()
    now = clock.now + timedelta(days=6)

    found = escalation.standings(ids, shipped(), now)

    expected = {row.id: escalation.standing_of(row, DEFAULTS, shipped(), now) for row in rows}
    assert found == {key: one for key, one in expected.items() if one.rung}
    assert {one.rung for one in found.values()} == set(Rung) - {Rung.NONE}


def test_the_loosest_numbers_leave_nothing_out(many: None, clock: Any) -> None:
    both = escalation.loosely((DEFAULTS, STRICT), shipped(), clock.now)

    for settings in (DEFAULTS, STRICT):
        own = escalation.asked(settings, shipped(), clock.now)
        for rung in (Rung.FIRST, Rung.SECOND, Rung.THIRD):
            wanted = select(Task.id).where(escalation.at_least(rung))
            assert set(db.session.scalars(wanted, own)) <= set(db.session.scalars(wanted, both))


def test_who_must_act_finds_the_level_in_the_inbox(begin: Any, street: Any, clock: Any) -> None:
    begin("in_hand")
    clock.pass_(days=8)  # due on Monday, now Tuesday
    firm, secretary = street.actors["ah-sunjl"], street.actors["ch-zhao"]

    def levels(actor: Any) -> list[tuple[str, int]]:
        found = inbox.inbox(actor, [street.communities["CH"]], clock.now)
        return [(one.kind, one.rung) for one in found.entries]

    assert levels(firm) == [("task.report", 1)]
    assert levels(secretary) == [("task.press", 1)]
    assert levels(street.actors["cf-zhou"]) == []
    clock.pass_(days=2)
    assert levels(street.actors["cf-zhou"]) == [("task.supervise", 2)]


def test_the_street_reads_what_a_secretary_owes(begin: Any, street: Any, clock: Any) -> None:
    begin("verified")
    zhou, here = street.actors["cf-zhou"], street.community_ids

    assert inbox.late(zhou, here, clock.now) == ()
    clock.pass_(days=4)
    (entry,) = inbox.late(zhou, here, clock.now)
    assert (entry.kind, entry.rung) == ("task.close", 1)


def test_a_compound_gone_silent_is_its_secretarys_and_shown_to_the_street(
    street: Any, clock: Any, make: Any
) -> None:
    summary(street, clock)
    secretary, here = street.actors["ch-zhao"], [street.communities["CH"]]

    def silent() -> list[tuple[str, int]]:
        found = inbox.inbox(secretary, here, clock.now).entries
        return [(str(one.title), one.rung) for one in found if one.kind == "compound.wake"]

    # It has never met, and filed today: only the one of which nothing is known is left in peace.
    assert silent() == [("春和家园", 1)]
    clock.pass_(days=18)
    assert silent() == [("春和家园", 2)]
    assert "compound.wake" in {one.kind for one in inbox.late(secretary, here, clock.now)}
