"""Whatever anybody tries with requests, a due date moves only by what may move it."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from sqlalchemy import select, text

from harbour.domain.errors import DomainError
from harbour.domain.request_facts import STANDS, WAITING
from harbour.domain.requests import REQUESTS
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.requests import WAITS, Request
from harbour.models.tasks import DueChange, Task
from tests.making.requests import answer, ask
from tests.making.tasks import everywhere

BEGUN_AT = "in_hand"
PEOPLE = ("ch-zhao", "ch-lin", "ah-sunjl", "ch01-rep1", "cf-zhou", "hl-lijl")
MOVERS = {"task.dispatch", "task.extend", "task.reassign", "task.reopen", "task.rework",
          "task.resume"}  # fmt: skip
TASK_ACTS = ("report", "verify", "rework", "close", "resume", "accept", "progress", "urge")
STEPS = 45


def look(made: Any) -> tuple[int, int]:
    """The invariants; how many due dates and requests there are."""
    with everywhere():
        task = db.session.scalars(select(Task).where(Task.number == made.number)).one()
        changes = db.session.scalars(
            select(DueChange).where(DueChange.task_id == task.id).order_by(DueChange.id)
        ).all()
        lines = db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject_kind == "task", AuditEvent.subject_id == task.id,
                   AuditEvent.refused.is_(None))
            .order_by(AuditEvent.id)
        ).all()  # fmt: skip
        waiting = db.session.scalars(select(Request).where(WAITS)).all()
        granted = db.session.scalars(select(Request).where(Request.state == "granted")).all()
    assert len(changes) == sum(line in MOVERS for line in lines), "a date moved by nothing"
    assert changes[0].due_before is None
    assert changes[0].due_after == task.first_due_at, "the first promise has changed"
    assert changes[-1].due_after == task.due_at, "a date moved without a word"
    for before, after in pairwise(changes):
        assert after.due_before == before.due_after, "a date between two promises is missing"
    assert len(waiting) <= 1, "two requests wait at a time"
    assert all(one.state in REQUESTS[one.kind].labels for one in (*waiting, *granted))
    moved_by = {one.request_id for one in changes if one.request_id is not None}
    assert moved_by <= {one.id for one in granted}, "moved by what was never granted"
    again = sum(line in ("task.rework", "task.reopen") for line in lines)
    assert task.round == 1 + again
    assert (task.state == "on_hold") == (task.held_at is not None)
    return len(changes), len(granted)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [3, 11])
def test_due_dates_move_only_by_a_request_a_rest_or_rework(
    begin: Any, clock: Any, street: Any, seed: int
) -> None:
    chance, made = Random(seed), begin()
    refused = 0
    dates, granted = look(made)

    for _ in range(STEPS):
        clock.pass_(hours=chance.choice((0, 1, 5, 20)))
        try:
            step(made, chance, street)
        except DomainError:
            refused += 1
        dates, granted = look(made)

    assert refused > 5
    assert dates > 2
    assert granted > 1


NEXT = {"assigned": "accept", "in_hand": "report", "reported": "verify", "verified": "close",
        "on_hold": "resume", "closed": "comment"}  # fmt: skip


def step(made: Any, chance: Random, street: Any) -> None:
    """One try: mostly what is waited for by whoever may, now and then anything by anybody."""
    anybody = chance.choice(PEOPLE) if chance.random() < 0.15 else None
    with everywhere():
        last = db.session.scalars(select(Request).order_by(Request.id.desc()).limit(1)).first()
    waits = last is not None and last.state in WAITING
    deed = chance.random()
    if last is not None and deed < (0.7 if waits else 0.1):
        rows = [one for one in REQUESTS[last.kind].moves if one.name != "lapse"]
        main = [one for one in rows if one.main and last.state in one.sources]
        row = chance.choice(main if main and chance.random() < 0.7 else rows)
        lead = f"firm:{street.firms['AH']}" if made.task.lead_kind != "firm" else "community"
        answer(made, last.id, row.name, by=anybody, **_chosen(last.kind, lead))
    elif deed < 0.75:
        task = made.task.state
        fits = [kind for kind in sorted(REQUESTS) if task in STANDS[kind]]
        ask(made, chance.choice(fits or sorted(REQUESTS)), by=anybody)
    else:
        wild = chance.choice(TASK_ACTS)
        made.take(wild if chance.random() < 0.2 else NEXT[made.task.state], by=anybody)


def _chosen(kind: str, lead: str) -> dict[str, Any]:
    return {"lead": lead} if kind == "return" else {}


@pytest.mark.parametrize(
    "planted",
    [
        "UPDATE task SET due_at = '2030-01-01 00:00:00'",
        "UPDATE task SET first_due_at = '2030-01-01 00:00:00'",
        "UPDATE due_change SET due_before = '2030-01-01 00:00:00'",
        "DELETE FROM due_change WHERE due_before IS NOT NULL",
    ],
)
def test_a_date_moved_behind_the_houses_back_is_noticed(begin: Any, planted: str) -> None:
    made = begin()
    answer(made, ask(made, "extension"), "grant")
    look(made)
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text(planted))

    with pytest.raises(AssertionError):
        look(made)
