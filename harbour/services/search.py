"""Keeping the search index in step: derived rows, written with the change they follow."""

from typing import Any

from sqlalchemy import text

from harbour.domain.searching import fts5_document, normalised, tokens
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern
from harbour.models.tasks import Task

# What of each subject is found: its number, its names and its words.
INDEXED: dict[str, tuple[str, ...]] = {
    "concern": ("number", "title", "words", "place", "remedy", "reply"),
    "proposal": ("number", "title", "wanted", "place", "wording", "reply", "reason"),
    "task": ("number", "title", "place", "public_sentence", "lead_name", "assistants"),
    "meeting": ("number", "place", "minutes_text"),
}
KINDS: dict[type, str] = {Concern: "concern", Proposal: "proposal", Task: "task", Meeting: "meeting"}


def refresh(thing: Any) -> None:
    """Index a subject anew; what has no table here is left alone."""
    kind = KINDS.get(type(thing))
    if kind is None:
        return
    words = "\n".join(str(getattr(thing, name) or "") for name in INDEXED[kind])
    write(kind, thing.id, thing.community_id, words)


def write(kind: str, subject_id: int, community_id: int, words: str) -> None:
    """Replace one row of a kind's index."""
    table = f"search_{kind}"
    values: dict[str, Any] = {"id": subject_id, "plain": normalised(words)}
    if db.session.get_bind().dialect.name == "sqlite":
        db.session.execute(text(f"DELETE FROM {table} WHERE rowid = :id"), {"id": subject_id})  # noqa: S608 - names are ours
        values["document"] = fts5_document(words)
        db.session.execute(
            text(f"INSERT INTO {table} (rowid, document, plain) VALUES (:id, :document, :plain)"),  # noqa: S608
            values,
        )
        return
    values["tokens"] = tokens(words)
    db.session.execute(
        text(
            f"INSERT INTO {table} (id, vector, plain) "  # noqa: S608
            "VALUES (:id, array_to_tsvector(CAST(:tokens AS text[])), :plain) "
            "ON CONFLICT (id) DO UPDATE SET vector = excluded.vector, plain = excluded.plain"
        ),
        values,
    )
