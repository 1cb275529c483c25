"""Runs the migrations inside the application, on SQLite and on PostgreSQL."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.schema import SchemaItem

from harbour.extensions import Model, writing

config = context.config


def ours(thing: SchemaItem, name: str | None, kind: str, reflected: bool, other: Any) -> bool:
    """Leave the derived search tables, which no model maps, out of comparisons."""
    return not (name or "").startswith(("search_", "ix_search_"))


def run() -> None:
    """Upgrade or downgrade over one connection."""
    engine = current_app.extensions["migrate"].db.engine
    token = writing.set(True)
    try:
        with engine.connect() as connection:
            context.configure(
                connection=connection,
                target_metadata=Model.metadata,
                include_object=ours,
                render_as_batch=True,
                compare_type=True,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        writing.reset(token)


run()
