"""Whether the database answers, can be written, and is at the newest migration."""

from dataclasses import dataclass

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DataError as Unstorable
from sqlalchemy.exc import OperationalError as DatabaseTrouble

from harbour.extensions import db


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


def readiness(migrations: str) -> Readiness:
    """Ask the database; ``migrations`` is the folder of migration scripts."""
    expected = ScriptDirectory(migrations).get_current_head()
    try:
        here = MigrationContext.configure(db.session.connection()).get_current_revision()
        return Readiness(here, expected, _writable())
    except DatabaseTrouble:
        return Readiness(None, expected, writable=False, reachable=False)


def _writable() -> bool:
    engine = db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return not connection.exec_driver_sql("PRAGMA query_only").scalar()
        return connection.execute(text("SHOW transaction_read_only")).scalar() == "off"


__all__ = ["DatabaseTrouble", "Readiness", "Unstorable", "readiness"]
