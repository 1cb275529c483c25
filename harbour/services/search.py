"""Keeping the search index in step: derived rows, written with the change they follow."""

from typing import Any

from sqlalchemy import ARRAY, Text, cast, delete, func, insert, select

from harbour.domain.searching import fts5_document, normalised, tokens
from harbour.extensions import db
from harbour.models.places import Community
from harbour.models.search import INDEXES, Index
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to

KINDS: dict[type, Index] = {one.model: one for one in INDEXES.values()}
BATCH = 500


def refresh(thing: Any) -> None:
    """Index a subject anew where its words have changed; what has no table is left alone."""
    index = KINDS.get(type(thing))
    if index is not None:
        write(index.kind, thing.id, thing.community_id, words_of(index, thing))


def words_of(index: Index, thing: Any) -> str:
    """All of a subject that can be found."""
    return "\n".join(str(getattr(thing, name) or "") for name in index.fields)


def write(kind: str, subject_id: int, community_id: int, words: str, *, anew: bool = False) -> None:
    """Put one subject's words into its kind's index, unless they stand there; ``anew``: always."""
    index, plain = INDEXES[kind], normalised(words)
    sqlite = _on_sqlite()
    table = index.fts5 if sqlite else index.vectors
    key = table.c.rowid if sqlite else table.c.id
    before = db.session.execute(select(table.c.plain).where(key == subject_id)).first()
    if before is not None:
        if before.plain == plain and not anew:
            return
        db.session.execute(delete(table).where(key == subject_id))
    made: dict[str, Any] = {"plain": plain}
    if sqlite:
        made |= {"rowid": subject_id, "document": fts5_document(words, community_id)}
    else:
        pairs = cast(tokens(words, community_id), ARRAY(Text))
        made |= {"id": subject_id, "vector": func.array_to_tsvector(pairs)}
    db.session.execute(insert(table).values(made))


def forget(thing: Any) -> None:
    """Take a subject that is about to go out of its index."""
    index = KINDS.get(type(thing))
    if index is not None:
        table = index.fts5 if _on_sqlite() else index.vectors
        key = table.c.rowid if _on_sqlite() else table.c.id
        db.session.execute(delete(table).where(key == thing.id))


def rebuild() -> dict[str, int]:
    """Make every index anew from the truth, in small transactions; how many of each kind."""
    communities = db.session.scalars(select(Community.id)).all()
    found = {}
    with scoped_to(*communities):
        for index in INDEXES.values():
            after, count = 0, 0
            while batch := _rebuild_batch(index, after):
                after, count = batch[-1], count + len(batch)
            _forget_gone(index)
            found[index.kind] = count
    return found


@command
def _rebuild_batch(index: Index, after: int) -> list[int]:
    """Index the next things after an id anew; their ids."""
    things = db.session.scalars(
        select(index.model).where(index.model.id > after).order_by(index.model.id).limit(BATCH)
    ).all()
    for thing in things:
        write(index.kind, thing.id, thing.community_id, words_of(index, thing), anew=True)
    db.session.expunge_all()
    return [thing.id for thing in things]


@command
def _forget_gone(index: Index) -> None:
    """Take out of the index what is in it but not in the truth."""
    table = index.fts5 if _on_sqlite() else index.vectors
    key = table.c.rowid if _on_sqlite() else table.c.id
    last, gone = 0, []
    while ids := db.session.scalars(select(key).where(key > last).order_by(key).limit(BATCH)).all():
        last = ids[-1]
        there = db.session.scalars(select(index.model.id).where(index.model.id.in_(ids)))
        gone += sorted(set(ids) - set(there))
    for one in gone:
        db.session.execute(delete(table).where(key == one))


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
