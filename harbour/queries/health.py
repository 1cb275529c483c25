"""Whether the database answers, can be written, and is at the newest migration."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DataError as Unstorable
from sqlalchemy.exc import InternalError as DatabaseRefusal
from sqlalchemy.exc import OperationalError as DatabaseTrouble

from harbour.extensions import db

#: PostgreSQL's own name (SQLSTATE) for a write where only reading is allowed.
READ_ONLY = "25006"


def read_only(error: DatabaseRefusal) -> bool:
    """Whether PostgreSQL only reads for now: a standby, or an operator's doing; never a bug."""
    return getattr(error.orig, "sqlstate", None) == READ_ONLY


@dataclass(frozen=True)
class Readiness:
    """How the database stands, and where it should."""

    migration: str | None
    expected: str | None
    writable: bool
    reachable: bool = True

    @property
    def ready(self) -> bool:
        """Whether requests can be served in full."""
        return self.reachable and self.writable and self.migration == self.expected


def newest(migrations: Path) -> str | None:
    """The newest migration of a folder: each file begins with its number, and follows the last."""
    numbered = sorted(path.name for path in (migrations / "versions").glob("[0-9]*_*.py"))
    return numbered[-1].partition("_")[0] if numbered else None


def readiness(migrations: Path) -> Readiness:
    """Ask the database; ``migrations`` is the folder of migration scripts."""
    expected = newest(migrations)
    try:
        here = _reached(db.session.connection())
        return Readiness(here, expected, _writable())
    except DatabaseTrouble:
        return Readiness(None, expected, writable=False, reachable=False)


def _reached(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _writable() -> bool:
    engine = db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return not connection.exec_driver_sql("PRAGMA query_only").scalar()
        return connection.execute(text("SHOW transaction_read_only")).scalar() == "off"


__all__ = [
    "DatabaseRefusal",
    "DatabaseTrouble",
    "Readiness",
    "Unstorable",
    "read_only",
    "readiness",
]
