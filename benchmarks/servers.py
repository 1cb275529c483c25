"""Starts the servers to be compared, and asks the system what they take."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from benchmarks.clients import Connection, get

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60


class Server:
    """gunicorn with one application, stopped at the end of the block."""

    def __init__(
        self, name: str, port: int, target: str, settings: Mapping[str, str], *, first: str
    ) -> None:
        self.name, self.port, self.first = name, port, first
        conf = "gunicorn.conf.py" if target == "wsgi:app" else "benchmarks/served_alike.py"
        self.command = [str(Path(sys.executable).parent / "gunicorn"), "-c", conf, target]
        self.settings = {**os.environ, **settings, "PORT": str(port), "HARBOUR_PROCESSES": "2"}
        self.started = 0.0

    def __enter__(self) -> Self:
        """Start it; ``started`` is how long its first answer took."""
        begun = time.perf_counter()
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            self.command, cwd=ROOT, env=self.settings, stdout=self.log, stderr=self.log
        )
        while True:
            try:
                answer = Connection(self.port).ask(get(self.first))
            except (OSError, EOFError):
                if self.process.poll() is not None or time.perf_counter() - begun > PATIENCE:
                    raise RuntimeError(f"{self.name} does not start: {self._said()}") from None
                time.sleep(0.005)
                continue
            if answer.status != 200:
                raise RuntimeError(f"{self.name} answers {answer.status}")
            self.started = time.perf_counter() - begun
            return self

    def _said(self) -> str:
        self.__exit__()
        self.log.seek(0)
        return self.log.read().decode()[-2000:]

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def memory(self) -> float:
        """What its processes take together, shared pages counted once, in MiB (Linux)."""
        total = 0
        for pid in (self.process.pid, *self._children()):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024

    def _children(self) -> list[int]:
        pid = self.process.pid
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def harbour(folder: Path, database: str, port: int, name: str = "harbour") -> Server:
    """The harbour on a filled database."""
    settings = {"HARBOUR_DATA_DIR": str(folder), "DATABASE_URL": database}
    return Server(name, port, "wsgi:app", settings, first="/sign-in")


def bare(database: str, port: int) -> Server:
    """The bare application on the same database."""
    settings = {"BARE_DATABASE": database.replace("postgresql://", "postgresql+psycopg://")}
    return Server("bare", port, "benchmarks.bare:app", settings, first="/")
