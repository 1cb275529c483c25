"""What a database holds, table by table: to see that nothing was changed, or what was."""

import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import Engine, MetaData, Table, select

#: Rows that may come and go with requests that change nothing of the work.
TECHNICAL = frozenset({"receipt", "user_session", "sign_in_failure", "alembic_version"})


def contents(
    engine: Engine, *, without: Collection[str] = TECHNICAL, refusals: bool = False
) -> Mapping[str, tuple[int, str]]:
    """Rows and digest of every table; refusals written to the ledger count only if asked for."""
    metadata = MetaData()
    with engine.connect() as connection:
        metadata.reflect(connection, only=lambda name, _: not name.startswith("search_"))
        found = {}
        for table in metadata.sorted_tables:
            if table.name in without:
                continue
            rows = [repr(tuple(row)) for row in connection.execute(_all(table, refusals))]
            digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
            found[table.name] = (len(rows), digest)
    return found


def _all(table: Table, refusals: bool):
    wanted = select(table).order_by(*table.primary_key.columns)
    if table.name == "audit_event" and not refusals:
        # A refusal makes the chain longer; the lines of acts must stay as they were.
        return wanted.where(table.c.refused.is_(None))
    return wanted


def differing(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """The tables that are not as they were."""
    return sorted(name for name in before if before[name] != after[name])
