"""The derived search tables: no model maps them, one per kind, written beside the truth.

On SQLite each is an FTS5 table whose rowid is the subject's id, on PostgreSQL a table with a
tsvector. ``plain`` holds the normalised words on both.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Integer, String, TableClause, column, table

from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern
from harbour.models.tasks import Task


@dataclass(frozen=True)
class Index:
    """One kind's index: what it is of, the fields that are found, and its table."""

    kind: str
    model: Any
    fields: tuple[str, ...]

    @property
    def fts5(self) -> TableClause:
        """The table as SQLite knows it."""
        name = f"search_{self.kind}"
        return table(
            name,
            column("rowid", Integer),
            column("document", String),
            column("plain", String),
            column(name, String),
        )

    @property
    def vectors(self) -> TableClause:
        """The table as PostgreSQL knows it."""
        return table(
            f"search_{self.kind}", column("id", Integer), column("vector"), column("plain", String)
        )


INDEXES: Mapping[str, Index] = {
    one.kind: one
    for one in (
        Index(
            "task",
            Task,
            ("number", "title", "place", "public_sentence", "lead_name", "assistants"),
        ),
        Index(
            "proposal",
            Proposal,
            ("number", "title", "wanted", "place", "wording", "reply", "reason"),
        ),
        Index("concern", Concern, ("number", "title", "words", "place", "remedy", "reply")),
        Index("meeting", Meeting, ("number", "place", "minutes_text")),
    )
}
