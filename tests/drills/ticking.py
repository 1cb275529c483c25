"""Real workers at the same slots: two at once, and one that is killed in the middle."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from threading import Event
from typing import Any

from sqlalchemy import create_engine, make_url, text

from harbour.extensions import db
from tests.making import Make
from tests.making import meetings as made

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
MISSED = "proposal.not_reached"
PLACED = "proposal.place"


def left_over(make: Make, count: int) -> datetime:
    """So many proposals of a meeting nobody opened; when the clock gives them to the next."""
    lost = made.scheduled(make)
    made.placed(make, lost, *(made.backlog(make, f"第{n}件事") for n in range(count)))
    made.scheduled(make, starts_on=date(2026, 3, 12))
    at: datetime = make.clock.at("2026-03-12 00:30")
    return at


class Hands:
    """Processes of ``flask harbour tick`` on the database the test has open."""

    def __init__(self, folder: Path, secret: str) -> None:
        self.url = db.engine.url.render_as_string(hide_password=False)
        scheme = make_url(self.url).get_backend_name()
        address = self.url.replace("postgresql+psycopg://", "postgresql://")
        self.environ = {
            **os.environ, "DATABASE_URL": address if scheme == "postgresql" else self.url,
            "SECRET_KEY": secret, "HARBOUR_DATA_DIR": str(folder),
        }  # fmt: skip
        self.log = folder / "tick.log"
        db.session.remove()
        db.engine.dispose()

    def tick(self, at: datetime) -> "subprocess.Popen[bytes]":
        """One process that does what is due at this moment."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "harbour", "tick",
                 "--at", at.isoformat()],
                cwd=ROOT, env=self.environ, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip

    def beside(self) -> "subprocess.Popen[bytes]":
        """A worker as `make run` starts it: its shell becomes the server, here one that sleeps."""
        worker = f"{sys.executable} -m flask --app wsgi harbour worker --beside $$"
        with self.log.open("ab") as log:
            return subprocess.Popen(
                ["sh", "-c", f"{worker} & exec sleep 600"],
                cwd=ROOT, env=self.environ, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip

    def logged(self, words: str) -> bool:
        """Whether some worker has said so."""
        return words in self.log.read_text()

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """End it as a power cut would."""
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)

    def counted(self, statement: str) -> list[Any]:
        """What the database holds, read past everything."""
        engine = create_engine(self.url)
        try:
            with engine.connect() as connection:
                return [tuple(row) for row in connection.execute(text(statement))]
        finally:
            engine.dispose()

    def done(self) -> int:
        """How many slots have been done so far."""
        found = "SELECT count(*) FROM clock_slot WHERE done_at IS NOT NULL"
        return int(self.counted(found)[0][0])

    def doubled(self) -> dict[str, int]:
        """Acts of the clock that stand more than once in the record, and slots that do."""
        lines = self.counted(
            "SELECT action, subject_id FROM audit_event WHERE role = 'clock' "
            f"AND action IN ('{MISSED}', '{PLACED}')"
        )
        slots = self.counted("SELECT duty, subject_id, at FROM clock_slot")
        return {
            str(one): times
            for one, times in Counter([*lines, *slots]).items()
            if times > 1
        }  # fmt: skip


def until(holds: Callable[[], bool], over: Callable[[], bool]) -> bool:
    """Wait until something holds; False if ``over`` comes first."""
    while not holds():
        if over():
            return False
        Event().wait(0.02)
    return True
