"""python -m benchmarks: fill, serve, measure beside the floor, print the table with ratios."""

import argparse
import json
import os
import shlex
import shutil
import statistics
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy.engine import make_url

from benchmarks import filling, pages, report
from benchmarks.clients import drive
from benchmarks.rounds import Contestant, Figures, Rounds
from benchmarks.servers import ROOT, Server, bare, harbour
from config import keep_secret, load
from harbour import create_app

FOLDER = ROOT / "instance" / "benchmarks"
STARTS = 3


def arguments() -> argparse.Namespace:
    """What is asked for on the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--tasks", type=int, nargs="+", default=[100_000], metavar="N")
    parser.add_argument("--database", metavar="URL", help="an empty PostgreSQL database, "
                        "{tasks} in its name stands for the number; default: SQLite")  # fmt: skip
    parser.add_argument("--beside", metavar="URL", help="a second database, measured in turn")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--anew", action="store_true", help="fill again what was filled")
    parser.add_argument("--fill-only", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=3, help="of each load in a round")
    parser.add_argument("--writes", type=int, default=60, help="forms sent in each load")
    parser.add_argument("--soak", type=float, default=0, metavar="SECONDS",
                        help="two loads of so long, memory compared after each")  # fmt: skip
    parser.add_argument("--port", type=int, default=8117, help="the first of four ports")
    parser.add_argument("--write", type=Path, help="put the report into this file too")
    return parser.parse_args()


def main() -> None:
    """Measure each number of tasks, one after another."""
    asked = arguments()
    runs = []
    for tasks in asked.tasks:
        tell(f"{tasks:,} tasks")
        runs.append(measured(asked, tasks))
    if asked.fill_only:
        return
    text = report.written(runs, f"python -m benchmarks {shlex.join(sys.argv[1:])}")
    print(text)
    if asked.write:
        head = (
            asked.write.read_text().partition("<!-- figures -->")[0] if asked.write.exists() else ""
        )
        asked.write.write_text(f"{head}<!-- figures -->\n\n{text}" if head else text)


def measured(asked: argparse.Namespace, tasks: int) -> report.Run:
    """Fill, serve and measure one number of tasks."""
    folder = asked.folder / str(tasks)
    database = (asked.database or f"sqlite:///{folder}/harbour/harbour.db").replace(
        "{tasks}", str(tasks)
    )
    databases = {"harbour": database}
    if asked.beside:
        databases["beside"] = asked.beside.replace("{tasks}", str(tasks))
    run = report.Run(tasks, Figures())
    sites, signed = {}, {}
    for name, url in databases.items():
        sites[name], signed[name], run.filled[name] = prepared(asked, folder / name, url, tasks)
    if asked.fill_only:
        return run
    first = folder / "harbour"
    starts(asked, first, database, run)
    with ExitStack() as stack:
        contestants = {}
        for n, (name, site) in enumerate(sites.items()):
            server = harbour(folder / name, databases[name], asked.port + n, name)
            contestants[name] = Contestant(stack.enter_context(server), site, signed[name])
        sizes = {name: pages.proved(one.site, one.server.port, one.signed)
                 for name, one in contestants.items()}  # fmt: skip
        floor = stack.enter_context(floor_for(sites["harbour"], sizes["harbour"], asked.port + 2))
        rounds = Rounds(floor, contestants, seconds=asked.seconds, writes=asked.writes)
        run.figures = rounds.run(asked.rounds, first, tell)
        run.figures.sizes = sizes
        run.memory["harbour"] = contestants["harbour"].server.memory()
        if asked.soak:
            run.grown = soaked(contestants["harbour"], asked.soak)
    with bare(database, asked.port + 3) as one:
        drive(one.port, [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"], 4, seconds=asked.seconds * 3)
        run.memory["bare"] = one.memory()
    return run


def prepared(
    asked: argparse.Namespace, folder: Path, url: str, tasks: int
) -> tuple[pages.Site, dict[str, str], float]:
    """The filled database, surveyed; with cookies of its readers and how long filling took."""
    with environment(folder, url):
        filled = filling.remembered(folder)
        if asked.anew or filled is None or (filled.tasks, filled.seed) != (tasks, asked.seed):
            shutil.rmtree(folder, ignore_errors=True)
            keep_secret(folder)
            app = create_app(load(os.environ))
            with app.app_context():
                address = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
                filled = filling.fill(address, tasks, asked.seed, datetime.now(UTC), tell)
            filling.remember(folder, filled)
            tell(f"  filled in {filled.seconds:.0f} s: {json.dumps(filled.__dict__)}")
        app = create_app(load(os.environ))
        signed = pages.cookies(app, asked.seed, filling.READERS)
    site = pages.Site(url)
    site.survey()
    return site, signed, filled.seconds


@contextmanager
def environment(folder: Path, url: str) -> Iterator[None]:
    """The settings the harbour reads, for a while."""
    before = dict(os.environ)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.update(HARBOUR_DATA_DIR=str(folder), DATABASE_URL=url)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def floor_for(site: pages.Site, sizes: dict[str, int], port: int) -> Server:
    """The floor with pages of the harbour's sizes."""
    wanted = {name: (sizes[name], page.rows) for name, page in site.pages.items()}
    settings = {"FLOOR_PAGES": json.dumps(wanted)}
    return Server("floor", port, "benchmarks.floor:app", settings, first="/")


def starts(asked: argparse.Namespace, folder: Path, database: str, run: report.Run) -> None:
    """How long each takes from its start to its first answer, by turns."""
    taken: dict[str, list[float]] = {"bare": [], "harbour": []}
    for _ in range(STARTS):
        for name, times in taken.items():
            server = (bare(database, asked.port + 3) if name == "bare"
                      else harbour(folder, database, asked.port))  # fmt: skip
            with server as one:
                times.append(one.started)
    run.started = {name: statistics.median(times) for name, times in taken.items()}


def soaked(one: Contestant, seconds: float) -> float:
    """How much more memory it takes after the second of two equal loads."""
    every = [r for page in one.site.pages.values() for r in page.requests(one.signed)]
    found = []
    for _ in range(2):
        drive(one.server.port, every, 4, seconds=seconds)
        found.append(one.server.memory())
    return found[1] / found[0] - 1


def tell(words: str) -> None:
    """Say how far it has come."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
