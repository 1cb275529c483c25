"""python -m benchmarks.tick: one pass of the clock over open tasks, beside reading them once."""

import argparse
import logging
import os
import shutil
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, event, select, text
from sqlalchemy.engine import make_url

from benchmarks import filling
from benchmarks.__main__ import FOLDER, environment, tell
from config import keep_secret, load
from harbour import create_app
from harbour.cli import clockwork
from harbour.domain.clock import DUTIES
from harbour.domain.deadlines import SHANGHAI
from harbour.extensions import db
from harbour.models.tasks import Task
from harbour.queries import clock as queries
from harbour.queries.places import community_ids
from harbour.services import clock as services
from harbour.tenancy import scoped_to

# So many tasks have come to a step since the last morning; the rest are open, and at rest.
STEPS = 300
ROUNDS = 5
WORK = [duty.name for duty in DUTIES.values() if not duty.upkeep]

# Every task is opened: dispatched lately, due one after another over the next two months.
OPENED = """
UPDATE task SET state = 'in_hand', is_open = {true}, closed_at = NULL, round = 1,
    level = 'normal', dispatched_at = :sent, accepted_at = :sent, due_at = {later},
    due_soon_at = {later}, first_due_at = {later}
WHERE state <> 'drafted'
"""
SHIFTED = {
    "sqlite": "datetime(:first, '+' || (id % 60) || ' days') || '.000000'",
    "postgresql": "CAST(:first AS timestamp) + (id % 60) * interval '1 day'",
}
NEARER = "UPDATE task SET due_at = :due WHERE id <= :most AND state = 'in_hand'"


def main() -> None:
    """Fill, open every task, and measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tick", description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--database", metavar="URL", help="empty PostgreSQL; default: SQLite")
    asked = parser.parse_args()
    logging.getLogger("harbour.clock").setLevel(logging.WARNING)
    folder = asked.folder / f"tick-{asked.tasks}"
    url = asked.database or f"sqlite:///{folder}/harbour.db"
    shutil.rmtree(folder, ignore_errors=True)
    with environment(folder, url):
        keep_secret(folder)
        app = create_app(load(os.environ))
        with app.app_context():
            address = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
            now = datetime.now(UTC)
            filled = filling.fill(address, asked.tasks, 1, now, tell)
            tell(f"  filled in {filled.seconds:.0f} s")
            morning = _opened(now)
            print(_measured(morning))


def _stored(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.000000")


def _opened(now: datetime) -> datetime:
    """Open every task; some have come to a step. The morning at which the clock looks at them."""
    engine = db.engine.dialect.name
    today = now.astimezone(SHANGHAI).replace(hour=8, minute=5, second=0, microsecond=0)
    evening = today.replace(hour=23, minute=59, second=59)
    with db.engine.begin() as connection:
        connection.execute(
            text(OPENED.format(later=SHIFTED[engine], true="1" if engine == "sqlite" else "true")),
            {"sent": _stored(today - timedelta(days=9)),
             "first": _stored(evening + timedelta(days=10))[:19]},
        )  # fmt: skip
        connection.execute(text(NEARER), {"due": _stored(evening), "most": STEPS})
    return today


def _measured(now: datetime) -> str:
    engine = db.engine.dialect.name
    rows, reading, _ = _timed(_read_once)
    services.see("benchmark", now=now)
    clockwork.run(now, only={"meeting.schedule", "proposal.place", "proposal.not_reached"})
    due, looking, asked = _timed(lambda: _due(now))
    begun = time.perf_counter()
    taken, _, said = _timed(lambda: clockwork.run(now, only=WORK).taken, rounds=1)
    telling = time.perf_counter() - begun
    nothing, quiet, few = _timed(lambda: clockwork.run(now, only=WORK).taken)
    if nothing:
        raise RuntimeError("A pass after the pass found something.")
    table = (
        ("nothing due", few, quiet),
        (f"the morning's look: {due} found due", asked, looking),
        (f"the same, told: {taken} slots taken", said, telling),
    )
    lines = [f"| {what} | {n} | {spent:.4f} | {spent / reading:.2f} |" for what, n, spent in table]
    head = f"{rows} open tasks, read once in {reading:.3f} s by one statement ({engine})."
    columns = ["| pass | statements | seconds | of reading once |", "|---|---|---|---|"]
    return "\n".join([head, "", *columns, *lines])


def _read_once() -> int:
    with scoped_to(*community_ids(None)):
        found = db.session.execute(
            select(Task.id, Task.community_id, Task.number, Task.state, Task.due_at,
                   Task.reported_at, Task.round, Task.dispatched_at)
            .where(Task.is_open.is_(True))
            .order_by(Task.due_at, Task.id)
        ).all()  # fmt: skip
    db.session.rollback()
    return len(found)


def _due(now: datetime) -> int:
    with scoped_to(*community_ids(None), installation=True):
        found = queries.due(now, WORK)
    db.session.rollback()
    return len(found)


def _timed(act: Callable[[], int], rounds: int = ROUNDS) -> tuple[int, float, int]:
    """What came of it, the median of the seconds it took, and its statements."""
    counted = [0]

    def count(*_: object) -> None:
        counted[0] += 1

    taken, found = [], 0
    event.listen(Engine, "before_cursor_execute", count)
    try:
        for _ in range(rounds):
            counted[0] = 0
            begun = time.perf_counter()
            found = act()
            taken.append(time.perf_counter() - begun)
    finally:
        event.remove(Engine, "before_cursor_execute", count)
    return found, statistics.median(taken), counted[0]


if __name__ == "__main__":
    main()
