"""A scratch harbour under real gunicorn, to be killed and asked again; and hands that write."""

import http.client
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

from config import load
from harbour import create_app
from harbour.cli.migrating import bring_up
from harbour.extensions import db
from harbour.tenancy import scoped_to
from tests.architecture.visiting import token_of
from tests.making.places import Street, plant
from tests.making.tasks import drafted
from tests.pages import Browser

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a-secret-for-drills-only-0123456789abcdef"
PATIENCE = 60.0


@dataclass
class Now:
    """The present moment, where makers ask for a clock."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def free_port() -> int:
    """A port nobody listens on, below those outgoing connections use."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port


class Scratch:
    """A data folder of its own with one street, one task under way, and cookies to sign in by."""

    def __init__(self, folder: Path, processes: int = 2) -> None:
        self.folder, self.port = folder, free_port()
        self.environ = {
            **os.environ, "HARBOUR_DATA_DIR": str(folder), "SECRET_KEY": SECRET,
            "DATABASE_URL": f"sqlite:///{folder / 'harbour.db'}", "PORT": str(self.port),
            "HARBOUR_PROCESSES": str(processes),
        }  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.cookies: dict[str, tuple[str, str]] = {}
        self.number = self._prepare()

    def _prepare(self) -> str:
        clock = Now()
        app = create_app(load(self.environ))
        with app.app_context():
            bring_up()
            street: Street = plant(clock.now)
            with scoped_to(*street.community_ids):
                number = drafted(street, clock, lead="community")
            for name in ("ch-lin", "ch-zhao"):
                browser = Browser(app).sign_in_as(name, clock.now)
                token = token_of(browser)
                cookie = browser.client.get_cookie(app.config["SESSION_COOKIE_NAME"])
                assert cookie is not None
                self.cookies[name] = (f"{cookie.key}={cookie.value}", token)
            db.session.remove()
            db.engine.dispose()
        return number

    # ---- the server -------------------------------------------------------------------------

    def start(self) -> None:
        """Start gunicorn in a group of its own and wait until it answers."""
        log = (self.folder / "gunicorn.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:app"],
            cwd=ROOT, env=self.environ, start_new_session=True, stdout=log, stderr=log,
        )  # fmt: skip
        log.close()
        until = datetime.now(UTC).timestamp() + PATIENCE
        while datetime.now(UTC).timestamp() < until:
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "gunicorn.log").read_text()[-2000:])
            try:
                if self.request("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                Event().wait(0.05)
        raise TimeoutError("the harbour did not come up")

    def kill(self) -> None:
        """SIGKILL for every process of the group: no farewell, no flush."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(timeout=PATIENCE)

    def request(
        self, method: str, path: str, who: str | None = None, **typed: str
    ) -> tuple[int, str]:
        """One request of its own connection; its status and where it leads."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers, body = {}, None
        if who is not None:
            cookie, token = self.cookies[who]
            headers["Cookie"] = cookie
            typed = {**typed, "csrf_token": token}
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode(typed)
        with closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location") or ""

    def rows(self, statement: str, *values: str) -> list[tuple[object, ...]]:
        """Ask the database file itself."""
        with closing(sqlite3.connect(self.folder / "harbour.db", timeout=30)) as connection:
            return connection.execute(statement, values).fetchall()


class Writer(Thread):
    """A hand that puts forward one matter after another, each until it is acknowledged."""

    def __init__(self, scratch: Scratch, name: str, over: Event) -> None:
        super().__init__(daemon=True)
        self.scratch, self.hand, self.over = scratch, name, over
        self.acknowledged: dict[str, str] = {}
        self.open: str | None = None
        self.odd: list[str] = []

    def run(self) -> None:
        n = 0
        while not self.over.is_set():
            n += 1
            self._write(f"{self.hand}-{n:05}")

    def _write(self, words: str) -> None:
        self.open = words
        while True:
            try:
                status, where = self.scratch.request(
                    "POST", "/c/ch/proposals/new", "ch-lin", key=words, title=words, place="3号楼",
                    category="ENV/楼道保洁", wanted=f"请修好 {words}", **self.scratch_compound(),
                )  # fmt: skip
            except (OSError, http.client.HTTPException):
                if self.over.is_set():
                    return  # never acknowledged: it may stand there once, or not at all
                self.over.wait(0.02)
                continue
            if status == 303:
                self.acknowledged[words] = where
                self.open = None
                return
            if status != 503:
                self.odd.append(f"{words}: {status}")
                return

    def scratch_compound(self) -> dict[str, str]:
        """Which of the community's compounds it is about."""
        return {"compound": "1"}
