"""flask harbour reindex: the search index, made anew from the truth."""

import click
from flask.cli import with_appcontext

from harbour.services import search


@click.command("reindex")
@with_appcontext
def reindex() -> None:
    """Make the search index anew (it is derived: nothing can be lost)."""
    for kind, count in search.rebuild().items():
        click.echo(f"{kind}: {count}")
