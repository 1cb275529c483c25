"""One head; the head equals the models; up, down and up again, on both engines."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DatabaseError

from harbour.cli.migrating import bring_up, take_down
from harbour.extensions import Model, db
from tests.architecture.test_rooms import ROOT
from tests.making.places import Street

FOLDER = ROOT / "harbour" / "migrations"
DERIVED = ("search_", "ix_search_")


def differences() -> list[object]:
    """What a new migration would have to do; the derived search tables have no model."""

    def ours(thing: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
        return not (name or "").startswith(DERIVED)

    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": ours}
        )
        return list(compare_metadata(context, Model.metadata))


def test_there_is_one_head_and_numbers_run_without_gap() -> None:
    scripts = ScriptDirectory(str(FOLDER))
    numbers = sorted(revision.revision for revision in scripts.walk_revisions())

    assert len(scripts.get_heads()) == 1
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]


def test_every_migration_says_why() -> None:
    for revision in ScriptDirectory(str(FOLDER)).walk_revisions():
        assert len(revision.doc) > 20, Path(revision.path).name


def test_the_head_equals_the_models(app: Flask) -> None:
    assert differences() == []


def test_a_column_too_few_would_be_noticed(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE firm DROP COLUMN short_name"))

    assert differences() != []


def test_up_and_down_and_up_again(app: Flask, street: Street) -> None:
    db.session.remove()

    take_down("base")
    left = set(inspect(db.engine).get_table_names())
    bring_up()

    assert left <= {"alembic_version"}
    assert differences() == []


@pytest.mark.parametrize("table", ["audit_event", "minutes_revision"])
def test_the_guard_on_the_record_survives_the_way_down_and_up(
    app: Flask, street: Street, table: str
) -> None:
    db.session.remove()
    bring_up()
    take_down("0001")
    bring_up()

    url = db.engine.url.render_as_string(hide_password=False)
    bare = create_engine(url)
    with bare.connect() as connection:
        names = connection.execute(text(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            if bare.dialect.name == "sqlite"
            else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )).scalars().all()  # fmt: skip
    bare.dispose()

    assert any(name.startswith(table) for name in names)


def test_the_database_itself_refuses_to_change_a_line(app: Flask, street: Street) -> None:
    db.session.remove()
    for statement in ("UPDATE audit_event SET actor_name = 'x'", "DELETE FROM audit_event"):
        with db.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
            connection.execute(text(statement))
