"""kill -9 under eight writers: nothing acknowledged is lost, altered or doubled.

python -m tests.drills.killing --rounds 100
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from threading import Event

from config import load
from harbour import create_app
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.services.ledger import GENESIS, sealed
from harbour.tenancy import scoped_to
from tests.drills.serving import Scratch, Writer

WRITERS = 8


def drill(folder: Path, rounds: int, longest: float = 1.2) -> dict[str, int]:
    """Kill so many times while eight write; what is wrong afterwards, and how much was written."""
    scratch, over = Scratch(folder), Event()
    scratch.start()
    writers = [Writer(scratch, f"w{n}", over) for n in range(WRITERS)]
    for one in writers:
        one.start()
    try:
        for _ in range(rounds):
            Event().wait(random.uniform(0.2, longest))
            scratch.kill()
            scratch.start()
        Event().wait(0.5)
    finally:
        over.set()
        for one in writers:
            one.join(timeout=60)
        scratch.stop()
    return judged(scratch, writers)


def judged(scratch: Scratch, writers: list[Writer]) -> dict[str, int]:
    """Compare what was acknowledged with what the file holds."""
    stored = scratch.rows("SELECT title, wanted, number FROM proposal")
    times = Counter(str(title) for title, _, _ in stored)
    known = {str(title): (str(wanted), str(number)) for title, wanted, number in stored}
    acknowledged = {words: where for one in writers for words, where in one.acknowledged.items()}
    tried = {one.open for one in writers if one.open}
    return {
        "acknowledged": len(acknowledged),
        "lost": sum(words not in times for words in acknowledged),
        "doubled": sum(times[words] > 1 for words in times),
        "altered": sum(
            known[words][0] != f"请修好 {words}" or not where.endswith(known[words][1])
            for words, where in acknowledged.items()
            if words in known
        ),
        "unasked": len(set(times) - set(acknowledged) - tried),
        "odd answers": sum(len(one.odd) for one in writers),
        "numbers doubled": len(stored) - len({number for _, _, number in stored}),
        "lines missing": len(stored) - _lines(scratch),
        "chain broken": _broken(scratch),
        "file damaged": int(scratch.rows("PRAGMA integrity_check") != [("ok",)]),
    }


def _lines(scratch: Scratch) -> int:
    found = scratch.rows("SELECT count(*) FROM audit_event WHERE action = 'proposal.submit'")
    return int(str(found[0][0]))


def _broken(scratch: Scratch) -> int:
    """Lines that do not follow from the one before them."""
    app = create_app(load(scratch.environ))
    with app.app_context(), scoped_to(1, 2, installation=True):
        lines = db.session.query(AuditEvent).order_by(AuditEvent.chain, AuditEvent.seq).all()
        last: dict[str, str] = {}
        broken = 0
        for line in lines:
            broken += line.previous != last.get(line.chain, GENESIS) or line.digest != sealed(line)
            last[line.chain] = line.digest
        db.session.remove()
        db.engine.dispose()
    return broken


def main() -> int:
    """Run the drill; 1 if anything but the count of acknowledged is not nought."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--folder", type=Path, default=None)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = drill(asked.folder or Path(scratch), asked.rounds)
    for name, number in found.items():
        print(f"{name:20}{number:8}")  # noqa: T201
    return int(any(number for name, number in found.items() if name != "acknowledged"))


if __name__ == "__main__":
    sys.exit(main())
