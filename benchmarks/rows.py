"""Bulk insertion of rows into either engine, past the unit of work: for filling only."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.engine import URL

from benchmarks.pairs import Speller
from harbour.extensions import Model

BATCH = 20_000
Row = tuple[Any, ...]


class Filler(Protocol):
    """Where rows go; text stands for moments, days and JSON on both engines."""

    def write(self, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        """Insert rows of one table."""

    def index(self, kind: str, rows: list[tuple[int, int, str]]) -> None:
        """Insert (id, community, words) into the search index of one kind."""

    def finish(self) -> None:
        """Put indexes and checks back, and make everything durable."""


class Tables:
    """One buffer per table; a column not named takes its model's default, or NULL."""

    def __init__(self, filler: Filler) -> None:
        self.filler = filler
        self.buffers: dict[str, tuple[tuple[str, ...], Row, list[Row]]] = {}
        self.found: dict[str, list[tuple[int, int, str]]] = {}
        self.counts: dict[str, int] = {}

    def into(self, name: str, *columns: str) -> Callable[..., int]:
        """A function that adds one row of these columns (``id`` comes first, by itself)."""
        every, rest = _complete(Model.metadata.tables[name], ("id", *columns))
        rows: list[Row] = []
        self.buffers[name] = (every, rest, rows)
        self.counts[name] = 0

        def add(*values: Any) -> int:
            self.counts[name] += 1
            rows.append((self.counts[name], *values, *rest))
            return self.counts[name]

        return add

    def findable(self, kind: str, thing: int, community: int, *words: str) -> None:
        """Let a thing be found by these words."""
        self.found.setdefault(kind, []).append((thing, community, "\n".join(words)))

    def flush(self, *, least: int = BATCH) -> None:
        """Write what has gathered."""
        if sum(len(rows) for _, _, rows in self.buffers.values()) < least:
            return
        for name, (columns, _, rows) in self.buffers.items():
            if rows:
                self.filler.write(name, columns, rows)
                rows.clear()
        for kind, texts in self.found.items():
            self.filler.index(kind, texts)
            texts.clear()


def _complete(table: Table, named: tuple[str, ...]) -> tuple[tuple[str, ...], Row]:
    unknown = set(named) - set(table.columns.keys())
    if unknown:
        raise ValueError(f"{table.name} has no {sorted(unknown)}")
    others = [column for column in table.columns if column.name not in named]
    return (*named, *(c.name for c in others)), tuple(map(_default, others))


def _default(column: Any) -> Any:
    if column.default is not None and column.default.is_scalar:
        return column.default.arg
    if column.default is not None and column.default.is_callable:
        return json.dumps(column.default.arg(None))
    if not column.nullable:
        raise ValueError(f"{column.table.name}.{column.name} needs a value")
    return None


class IntoSQLite:
    """SQLite, written without waiting for the disk; indexes are made at the end."""

    def __init__(self, url: URL) -> None:
        self.speller = Speller()
        self.base = sqlite3.connect(str(url.database), isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF",
                       "cache_size=-200000", "temp_store=MEMORY"):  # fmt: skip
            self.base.execute(f"PRAGMA {pragma}")
        self.base.execute("BEGIN")
        self.indexes = self.base.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        ).fetchall()
        for name, _ in self.indexes:
            self.base.execute(f'DROP INDEX "{name}"')

    def write(self, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        places = ", ".join("?" * len(columns))
        self.base.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})",  # noqa: S608
            rows,
        )

    def index(self, kind: str, rows: list[tuple[int, int, str]]) -> None:
        self.base.executemany(
            f"INSERT INTO search_{kind} (rowid, document, plain) VALUES (?, ?, ?)",  # noqa: S608
            ((i, *self.speller.fts5(words, owner)) for i, owner, words in rows),
        )

    def finish(self) -> None:
        for _, statement in self.indexes:
            self.base.execute(statement)
        for (name,) in self.base.execute(
            "SELECT name FROM sqlite_master WHERE sql LIKE '%USING fts5%'"
        ).fetchall():
            self.base.execute(f"INSERT INTO {name} ({name}) VALUES ('optimize')")  # noqa: S608
        self.base.execute("COMMIT")
        broken = self.base.execute("PRAGMA foreign_key_check").fetchmany(5)
        if broken:
            raise ValueError(f"Rows without their parents: {broken}")
        self.base.execute("PRAGMA journal_mode=WAL")
        self.base.close()


class IntoPostgreSQL:
    """PostgreSQL, by COPY in one transaction without triggers; statistics at the end."""

    def __init__(self, url: URL) -> None:
        self.speller = Speller()
        address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self.base = psycopg.connect(address)
        self.base.execute("SET session_replication_role = replica")
        self.base.execute("SET synchronous_commit = off")
        self.tables: dict[str, None] = {}

    def write(self, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        self.tables[table] = None
        self._copy(sql.Identifier(table), columns, rows)

    def _copy(self, table: sql.Composable, columns: tuple[str, ...], rows: Iterable[Row]) -> None:
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        copying = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
        with self.base.cursor() as cursor, cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)

    def index(self, kind: str, rows: list[tuple[int, int, str]]) -> None:
        self.base.execute(
            "CREATE TEMP TABLE IF NOT EXISTS incoming (id bigint, pairs text[], plain text)"
        )
        self._copy(
            sql.Identifier("incoming"),
            ("id", "pairs", "plain"),
            ((i, *self.speller.tokens(words, owner)) for i, owner, words in rows),
        )
        self.base.execute(
            sql.SQL(
                "INSERT INTO {} (id, vector, plain) "
                "SELECT id, array_to_tsvector(pairs), plain FROM incoming"
            ).format(sql.Identifier(f"search_{kind}"))
        )
        self.base.execute("TRUNCATE incoming")

    def finish(self) -> None:
        for table in self.tables:
            self.base.execute(
                sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), max(id)) FROM {}").format(
                    sql.Literal(table), sql.Identifier(table)
                )
            )
        self.base.commit()
        self.base.autocommit = True
        with closing(self.base):
            self.base.execute("VACUUM ANALYZE")


def filler(url: URL) -> Filler:
    """The way into the database of this address."""
    if url.get_backend_name() == "sqlite":
        return IntoSQLite(url)
    return IntoPostgreSQL(url)
