"""Alternating rounds: floor and harbour by turns, so that a slow minute hits both alike."""

import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import clients, pages
from benchmarks.clients import drive, get
from benchmarks.servers import Server

CONNECTIONS = (1, 4)
WRITES = ("progress", "comment")


@dataclass
class Figures:
    """Medians over the rounds: (server, page, connections) to each figure."""

    rate: dict[tuple[str, str, int], float] = field(default_factory=dict)
    p50: dict[tuple[str, str, int], float] = field(default_factory=dict)
    p95: dict[tuple[str, str, int], float] = field(default_factory=dict)
    sizes: dict[str, dict[str, int]] = field(default_factory=dict)
    commits: float = 0
    failures: int = 0
    replies: dict[str, int] = field(default_factory=dict)
    stored: dict[str, int] = field(default_factory=dict)


@dataclass
class Contestant:
    """A server with what is asked of it."""

    server: Server
    site: pages.Site
    signed: dict[str, str]


class Rounds:
    """Runs the rounds and keeps the medians."""

    def __init__(
        self, floor: Server, contestants: Mapping[str, Contestant], *, seconds: float, writes: int
    ) -> None:
        self.floor, self.contestants = floor, contestants
        self.seconds, self.writes = seconds, writes
        self.loads: dict[tuple[str, str, int], list[clients.Load]] = {}
        self.commits: list[float] = []
        self.figures = Figures()

    def run(self, count: int, folder: Path, tell: Callable[[str], object]) -> Figures:
        """So many rounds; every second one in the opposite order."""
        before = {name: one.site.written() for name, one in self.contestants.items()}
        for number in range(count):
            tell(f"  round {number + 1} of {count}")
            self._round(backwards=bool(number % 2))
            self.commits.append(bare_commits(folder))
        for name, one in self.contestants.items():
            after = one.site.written()
            for kind in WRITES:
                self.figures.stored[f"{name}/{kind}"] = after[kind] - before[name][kind]
        return self._medians()

    def _round(self, *, backwards: bool) -> None:
        names = ["floor", *self.contestants]
        for page in next(iter(self.contestants.values())).site.pages:
            for name in reversed(names) if backwards else names:
                for connections in CONNECTIONS:
                    self._keep(name, page, connections, self._read(name, page, connections))
        for name, one in self.contestants.items():
            for kind in WRITES:
                for connections in CONNECTIONS:
                    ready = pages.forms(one.site, one.server.port, one.signed, kind, self.writes)
                    load = drive(one.server.port, ready, connections, expect=303)
                    self._keep(name, kind, connections, load)
                    done = load.statuses.get(303, 0)
                    key = f"{name}/{kind}"
                    self.figures.replies[key] = self.figures.replies.get(key, 0) + done
                    self.figures.failures += len(load.times) - done

    def _read(self, name: str, page: str, connections: int) -> clients.Load:
        if name == "floor":
            requests, port = [get(f"/{page.replace(' ', '%20')}")], self.floor.port
        else:
            one = self.contestants[name]
            requests, port = one.site.pages[page].requests(one.signed), one.server.port
        return drive(port, requests, connections, seconds=self.seconds)

    def _keep(self, name: str, page: str, connections: int, load: clients.Load) -> None:
        self.loads.setdefault((name, page, connections), []).append(load)

    def _medians(self) -> Figures:
        for key, loads in self.loads.items():
            self.figures.rate[key] = statistics.median(load.rate for load in loads)
            self.figures.p50[key] = statistics.median(load.quantile(0.5) for load in loads)
            self.figures.p95[key] = statistics.median(load.quantile(0.95) for load in loads)
        self.figures.commits = statistics.median(self.commits)
        return self.figures


def bare_commits(folder: Path, seconds: float = 2) -> float:
    """SQLite's commits a second on this disk, one small row each, WAL and FULL sync."""
    path = folder / "commits.db"
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode=WAL")
    base.execute("PRAGMA synchronous=FULL")
    base.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, words TEXT)")
    count, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < seconds:
        base.execute("BEGIN IMMEDIATE")
        base.execute("INSERT INTO row (words) VALUES ('已办好')")
        base.execute("COMMIT")
        count += 1
    taken = time.perf_counter() - begun
    base.close()
    for left in folder.glob("commits.db*"):
        left.unlink()
    return count / taken
