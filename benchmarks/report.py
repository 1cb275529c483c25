"""The figures as tables, with the ratios that are asked for."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from benchmarks.rounds import WRITES, Figures


@dataclass
class Run:
    """All that one number of tasks came to."""

    tasks: int
    figures: Figures
    filled: dict[str, float] = field(default_factory=dict)
    started: dict[str, float] = field(default_factory=dict)
    memory: dict[str, float] = field(default_factory=dict)
    grown: float | None = None


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """A Markdown table."""
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def written(runs: list[Run], command: str) -> str:
    """The whole report."""
    lines = [
        f"Measured on {date.today()}: {machine()}, two processes of four threads, signed in, keep-alive.",  # noqa: DTZ011
        f"Command: `{command}`",
        "",
        *_goals(runs),
    ]
    for run in runs:
        lines += ["", f"## {run.tasks:,} tasks", "", *_pages(run), "", *_beside(run)]
    return "\n".join(lines) + "\n"


def machine() -> str:
    """What it ran on."""
    model = next(
        (line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.processor())  # fmt: skip
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{os.cpu_count()} × {model}, Python {python}, SQLite {sqlite3.sqlite_version}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f}"


def _pages(run: Run) -> Iterator[str]:
    f = run.figures
    rows = []
    for name, page, connections in sorted(f.rate, key=lambda key: (key[1], key[0] != "floor", key)):
        key = (name, page, connections)
        floor = f.rate.get(("floor", page, connections))
        ratio = "" if name == "floor" or not floor else f"{f.rate[key] / floor:.2f}"
        size = f.sizes.get(name, {}).get(page)
        rows.append(
            (page, name, str(connections), f"{f.rate[key]:.0f}", _ms(f.p50[key]), _ms(f.p95[key]),
             ratio, f"{size / 1000:.1f}" if size else "")
        )  # fmt: skip
    return table(
        ("page", "server", "connections", "a second", "p50 ms", "p95 ms", "of the floor", "kB"),
        rows,
    )


def _beside(run: Run) -> Iterator[str]:
    f = run.figures
    rows = [("SQLite's bare commits a second (FULL)", f"{f.commits:.0f}"),
            ("answers of failure to a write", str(f.failures))]  # fmt: skip
    rows += [(f"{kind}: replies / stored rows", f"{count} / {f.stored[kind]}")
             for kind, count in f.replies.items()]  # fmt: skip
    rows += [(f"filling, {name}", f"{taken:.0f} s") for name, taken in run.filled.items()]
    rows += [(f"start to first answer, {n}", f"{taken:.2f} s") for n, taken in run.started.items()]
    rows += [(f"memory after load, {n}", f"{size:.0f} MiB") for n, size in run.memory.items()]
    if run.grown is not None:
        rows.append(("memory after a second such load", f"{run.grown:+.1%}"))
    return table(("beside", ""), rows)


Goal = tuple[str, str, float, float, bool]
GROWTH = (("task", 1.3), ("list", 1.5), ("progress", 1.3), ("comment", 1.3), ("search", 2.0),
          ("search rare", 2.0))  # fmt: skip


def _goals(runs: list[Run]) -> Iterator[str]:
    """What was asked for, what was found, and whether that is enough."""
    run = min(runs, key=lambda one: abs(one.tasks - 100_000))
    rows = []
    for number, what, found, asked, least in (*_quick(run), *_growth(runs), *_frugal(run)):
        reached = found >= asked if least else found <= asked
        rows.append((number, what, f"{found:.2f}", f"{'≥' if least else '≤'} {asked}",
                     "yes" if reached else "**no**"))  # fmt: skip
    return table(("line", "figure", "found", "goal", "reached"), rows)


def _quick(run: Run) -> Iterator[Goal]:
    """Rates, of the floor's or of the disk's."""
    rate = run.figures.rate

    def share(page: str) -> float:
        return rate["harbour", page, 1] / rate["floor", page, 1]

    yield "1", "task list, of the floor", share("list"), 0.35, True
    more = rate["harbour", "list", 4] / rate["harbour", "list", 1]
    yield "2", "task list, 4 connections over 1", more, 1.6, True
    yield "3", "task page, of the floor", share("task"), 0.45, True
    yield "4", "search of a frequent word, of the floor", share("search"), 0.2, True
    yield "4", "search of a rare word, of the floor", share("search rare"), 0.2, True
    for kind in WRITES:
        of_disk = rate["harbour", kind, 4] / run.figures.commits
        yield "7", f"{kind}, 4 connections, of the bare commits", of_disk, 0.05, True


def _growth(runs: list[Run]) -> Iterator[Goal]:
    """How the middle time grows with the number of tasks."""
    small, large = min(runs, key=lambda one: one.tasks), max(runs, key=lambda one: one.tasks)
    if small is large:
        return
    for page, most in GROWTH:
        before, after = (one.figures.p50["harbour", page, 1] for one in (small, large))
        what = f"p50 of {page}, {large.tasks:,} tasks over {small.tasks:,}"
        yield "6", what, after / before, most, False


def _frugal(run: Run) -> Iterator[Goal]:
    """Memory, start, tail, size, and the second database."""
    f = run.figures
    memory = run.memory["harbour"] / run.memory["bare"]
    yield "8", "memory, of the bare application", memory, 1.6, False
    if run.grown is not None:
        yield "8", "memory, second load over first", 1 + run.grown, 1.05, False
    start = run.started["harbour"] / run.started["bare"]
    yield "9", "start, of the bare application", start, 2.5, False
    for page in ("list", "task", "search"):
        tail, floor = (f.p95[n, page, 4] / f.p50[n, page, 4] for n in ("harbour", "floor"))
        what = f"{page}: p95/p50 at 4 connections, of the floor's"
        yield "10", what, tail / floor, 1.5, False
    yield "11", "kB of the task list", f.sizes["harbour"]["list"] / 1000, 60, False
    if "beside" in f.sizes:
        for page in ("list", "task", "search"):
            second = f.rate["beside", page, 1] / f.rate["harbour", page, 1]
            yield "12", f"{page}: the second database, of the first", second, 0.6, True
