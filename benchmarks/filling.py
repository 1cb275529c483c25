"""Fills a database with tasks and all that belongs to them, the same from the same seed."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL

from benchmarks import chains, rows
from benchmarks.meetings import Meetings
from benchmarks.stories import Tasks
from benchmarks.streets import Founding
from benchmarks.words import Words
from harbour.cli.migrating import bring_up
from harbour.extensions import db
from harbour.web.context import digest_of

YEARS = timedelta(days=3 * 365)
BLOCK = 50  # tasks between the beginnings of two meetings; five of them come from a meeting
READERS = ("ch-secretary", "ch-worker", "ch01-rep1", "firm-ah", "street")
LAG = timedelta(days=12)


@dataclass(frozen=True)
class Filled:
    """What a database was filled with; the same asked for again need not be done again."""

    tasks: int
    seed: int
    day: str
    seconds: float
    lines: int


def secret_of(username: str, seed: int) -> str:
    """The secret of the session that is kept open for somebody."""
    return f"benchmark-{seed}-{username}"


def fill(url: URL, tasks: int, seed: int, now: datetime, tell: Callable[[str], object]) -> Filled:
    """Migrate the empty database and fill it; call inside an application of its own."""
    bring_up()
    db.session.remove()
    db.engine.dispose()
    begun = time.perf_counter()
    filler = rows.filler(url)
    tables = rows.Tables(filler)
    ledger = chains.Chains(tables.into("audit_event", *chains.COLUMNS))
    words = Words(seed)
    start = (now - YEARS).replace(hour=0, minute=30, second=0, microsecond=0)
    founding = Founding(tables, ledger, start - 30 * timedelta(days=1))
    street = founding.found()
    writing = Tasks(tables, ledger, words, street, now)
    meetings = Meetings(tables, ledger, words, writing, now)
    span = (now - timedelta(hours=3) - start).days
    for n in range(tasks):
        day, part = divmod(n * span, tasks)
        # Work is done between half past eight and six in Shanghai.
        at = start + timedelta(days=day, seconds=int(part / tasks * 34_200))
        if n % BLOCK == 0:
            compound = street.compounds[n // BLOCK % len(street.compounds)]
            meetings.hold(compound, at, at + timedelta(minutes=80))
        elif n % BLOCK >= 5:
            compound = street.compounds[writing.draw.randrange(len(street.compounds))]
            raised_by = compound.representatives[n % len(compound.representatives)]
            number = compound.number(at.year)
            writing.write(compound, words.matter(), number, at, raised_by)
        if n % 1000 == 0:
            ledger.write_until(at - LAG)
            tables.flush()
        if n and n % 100_000 == 0:
            tell(f"  {n} tasks, {time.perf_counter() - begun:.0f} s")
    for compound in street.compounds:
        meetings.wait(compound, now - timedelta(days=1, hours=2))
        meetings.hold(compound, now + timedelta(days=3), now + timedelta(days=3, hours=1))
    _open_sessions(tables, founding.people, seed, now)
    founding.count(street.compounds)
    ledger.write_until(datetime.max.replace(tzinfo=UTC))
    ledger.end(tables.into("ledger_head", *chains.HEAD))
    tables.flush(least=0)
    filler.finish()
    return Filled(
        tables.counts["task"], seed, str(now.date()), time.perf_counter() - begun,
        tables.counts["audit_event"],
    )  # fmt: skip


def _open_sessions(tables: rows.Tables, people: dict[str, int], seed: int, now: datetime) -> None:
    """Keep sessions open for those who will read and write."""
    add = tables.into("user_session", "user_id", "digest", "created_at", "seen_at")
    for username in READERS:
        at = chains.stored(now)
        add(people[username], digest_of(secret_of(username, seed)), at, at)


def remember(folder: Path, filled: Filled) -> None:
    """Note what the folder's database holds."""
    (folder / "filled.json").write_text(json.dumps(asdict(filled)))


def remembered(folder: Path) -> Filled | None:
    """What the folder's database holds, if it was filled."""
    try:
        return Filled(**json.loads((folder / "filled.json").read_text()))
    except FileNotFoundError:
        return None
