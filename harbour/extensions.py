"""What the application is built on, unbound; imports nothing of ours."""

import hashlib
import hmac
import sqlite3
from contextvars import ContextVar
from typing import Any

from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, MetaData, event
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """The base of everything stored."""

    metadata = MetaData(naming_convention=NAMING)


db = SQLAlchemy(
    model_class=Model,
    disable_autonaming=True,
    session_options={"expire_on_commit": False},
)
login_manager = LoginManager()

# True only inside a command: everything else reads, and takes no write lock on SQLite.
writing: ContextVar[bool] = ContextVar("writing", default=False)


class Seal:
    """The key that makes the ledger's chain of digests unforgeable without it."""

    def __init__(self) -> None:
        self.key = b""

    def digest(self, text: str) -> str:
        """The keyed SHA-256 of a ledger line, in hexadecimal."""
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


seal = Seal()


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, record: object) -> None:
    """Make SQLite durable and honest: WAL, full sync, foreign keys, our own BEGIN."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    # Every thread has a connection: small caches each, and one map of the file for all of them.
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=10000",
        "cache_size=-512",
        "mmap_size=0",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Take SQLite's write lock at once when a command begins: a later upgrade could not wait."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing.get() else "BEGIN")
