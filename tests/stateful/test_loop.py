"""The whole loop, tried by everybody in any order: what must hold, holds after every act."""

import os
from collections import Counter
from random import Random
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, text

from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.tenancy import scoped_to
from tests.conftest import point
from tests.stateful import invariants
from tests.stateful.deeds import NOTHING, WEIGHTED, Deeds
from tests.stateful.invariants import Memory, broken
from tests.stateful.scenes import SCENES
from tests.stateful.village import Village

# A longer hunt, with other chances each time: HARBOUR_LOOP_EXAMPLES=500 pytest tests/stateful
LONG = int(os.environ.get("HARBOUR_LOOP_EXAMPLES", "0"))
EXAMPLES, STEPS, BURST = LONG or 8, 12, 4
seeds = st.integers(0, 2**32 - 1)
MUST_REACH = {
    "summary": {"submitted", "accepted"},
    "concern": {"proposed"},
    "proposal": {"backlog", "on_agenda", "adopted"},
    "meeting": {"in_session", "minuted", "confirming"},
    "task": {"assigned", "in_hand", "reported", "verified", "closed"},
}


class Loop(RuleBasedStateMachine):
    """Random people at random times; likely acts and wild ones."""

    made: ClassVar[Any]
    tally: ClassVar[Counter[str]] = Counter()
    reached: ClassVar[set[tuple[str, str]]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.village: Village = type(self).made()
        self.memory = Memory()

    def teardown(self) -> None:
        try:
            invariants.lists_show_what_pages_show(self.village, self.memory)
            lines = select(AuditEvent.subject_kind, AuditEvent.after).distinct()
            self.reached.update((kind, str(after)) for kind, after in db.session.execute(lines))
        finally:
            self.village.close()

    def look(self) -> None:
        assert list(broken(self.village, self.memory)) == []

    @initialize(scene=st.sampled_from(sorted(SCENES)), seed=seeds)
    def a_scene_is_set(self, scene: str, seed: int) -> None:
        SCENES[scene](self.village, Random(seed))
        self.look()

    @rule(seed=seeds)
    def people_act(self, seed: int) -> None:
        chance = Random(seed)
        for _ in range(BURST):
            refusal = getattr(Deeds(self.village, chance), chance.choice(WEIGHTED))()
            if refusal is not NOTHING:
                self.tally[type(refusal).__name__ if refusal else "done"] += 1
                self.look()


@pytest.fixture
def village(one_app: Flask, all_databases: Any, one_clock: Any, tmp_path: Any) -> Any:
    opened: list[Village] = []

    def made() -> Village:
        opened.append(Village(one_app, all_databases, one_clock, point, tmp_path))
        return opened[-1]

    return made


@pytest.mark.timeout(600)
def test_the_loop_holds_whoever_tries_whatever(village: Any) -> None:
    Loop.made = staticmethod(village)
    Loop.tally.clear()
    Loop.reached.clear()

    run_state_machine_as_test(
        Loop,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=not LONG,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
            phases=(Phase.generate,),
        ),
    )

    reached = {kind: {after for k, after in Loop.reached if k == kind} for kind in MUST_REACH}
    assert {k: v - reached[k] for k, v in MUST_REACH.items() if v - reached[k]} == {}
    assert Loop.tally["done"] > EXAMPLES * STEPS
    assert Loop.tally["Missing"] > EXAMPLES
    assert Loop.tally["Denied"] + Loop.tally["Refused"] + Loop.tally["Invalid"] > EXAMPLES


PLANTED = {
    "every_state_stands_on_its_lines": "UPDATE task SET state = 'in_hand'",
    "the_first_promise_never_changes": "UPDATE task SET first_due_at = '2030-01-01 00:00:00'",
    "rounds_grow_by_rework_alone": "UPDATE task SET round = 2",
    "a_dispatched_task_is_complete": "UPDATE task SET public_sentence = ' '",
    "versions_only_grow": "UPDATE task SET version = 0",
    "numbers_are_unique_and_kept": "UPDATE task SET number = 'CH01-2026-9999'",
    "only_firms_under_contract_lead": "UPDATE task SET lead_firm_id = "
    "(SELECT id FROM firm WHERE code = 'HL')",
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_noticed(village: Any, name: str) -> None:
    """Each of these changed the database behind the house's back."""
    here = village()
    try:
        zhao = here.street.actor("ch-zhao")
        chance = Random(1)
        here.write_task(zhao, "CH-01", None, chance)
        key = here.things()[-1][1]
        if here.thing("task", key).state == "drafted":
            with scoped_to(zhao.community_id or 0):
                here.take(zhao, "task", key, "edit", Random(3))
            assert here.take(zhao, "task", key, "dispatch", Random(3)) is None
        memory = Memory()
        assert list(broken(here, memory)) == []

        db.session.rollback()
        with db.engine.begin() as connection:
            connection.execute(text(PLANTED[name]))
        db.session.expire_all()

        assert [one for one in broken(here, memory) if one.startswith(name)]
    finally:
        here.close()
