"""flask harbour docs: the documents that are printed from the tables."""

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from harbour.documents.tables import documents


@click.command("docs")
@click.option("--check", is_flag=True, help="Write nothing; fail where a document is stale.")
@with_appcontext
def docs(*, check: bool) -> None:
    """Write docs/workflows.md and docs/permissions.md from the tables."""
    stale = []
    for name, text in documents().items():
        path = Path(current_app.root_path) / name
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for name in stale:
        click.echo(f"{name} {'is stale: run flask harbour docs' if check else 'written'}")
    if check and stale:
        raise SystemExit(1)
