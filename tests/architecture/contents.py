"""What a database holds, table by table: to see that nothing was changed, or what was."""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Engine, Select, Table, select

from harbour.extensions import Model

#: Rows that may come and go with requests that change nothing of the work; the head of a chain
#: moves with a refusal's line too.
TECHNICAL = frozenset({"receipt", "user_session", "sign_in_failure", "ledger_head"})

Contents = Mapping[str, tuple[int, str]]


def contents(engine: Engine, *, without: Collection[str] = TECHNICAL) -> Contents:
    """Rows and digest of every table; refusals written to the ledger do not count."""
    found = {}
    with engine.connect() as connection:
        for table in Model.metadata.sorted_tables:
            if table.name in without:
                continue
            rows = [str(tuple(row)) for row in connection.execute(_all(table))]
            digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
            found[table.name] = (len(rows), digest)
    return found


def _all(table: Table) -> Select[Any]:
    # That somebody has read a notice changes nothing of the work.
    told = [one for one in table.columns if (table.name, one.name) != ("notice", "read_at")]
    wanted = select(*told).order_by(*table.primary_key.columns)
    if table.name == "audit_event":
        # A refusal makes the chain longer; the lines of acts must stay as they were.
        return wanted.where(table.c.refused.is_(None))
    return wanted


def differing(before: Contents, after: Contents) -> list[str]:
    """The tables that are not as they were."""
    return sorted(name for name in before if before[name] != after[name])
