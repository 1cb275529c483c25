"""The newest tables: what brings a database there, loaded by nobody who only serves pages."""

from pathlib import Path

import click
import flask_migrate
from flask import Flask, current_app
from flask.cli import with_appcontext

from harbour.extensions import db

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


def attach(app: Flask) -> None:
    """Tell the library which application and which scripts it works for."""
    flask_migrate.Migrate(app, db, directory=str(FOLDER), render_as_batch=True)


def bring_up() -> None:
    """Bring the application's database to the newest migration."""
    attach(current_app)
    flask_migrate.upgrade()


def take_down(revision: str) -> None:
    """Take the application's database back to a revision, or (-1) by one."""
    attach(current_app)
    flask_migrate.downgrade(revision=revision)


@click.command("draft-migration")
@click.argument("why")
@with_appcontext
def draft_migration(why: str) -> None:
    """Draft the migration from what the database is to what the models say."""
    attach(current_app)
    number = len(list((FOLDER / "versions").glob("[0-9]*.py"))) + 1
    flask_migrate.migrate(message=why, rev_id=f"{number:04d}")
