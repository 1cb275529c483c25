"""flask harbour sweep-photos: what waits no more, files nobody speaks of, rows without files."""

from dataclasses import dataclass
from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from harbour.adapters import photos as adapter
from harbour.adapters.files import FileStore
from harbour.domain.actors import the_clock
from harbour.domain.photos import SETTLES
from harbour.queries import photos as queries
from harbour.queries.accounts import let_go
from harbour.queries.places import community_ids
from harbour.services import photos as services
from harbour.tenancy import scoped_to


@dataclass(frozen=True)
class Swept:
    """What a sweep took away, and the keys of photos whose files are missing."""

    waiting: int
    files: int
    leftovers: int
    missing: tuple[str, ...]


def sweep(store: FileStore, now: datetime) -> Swept:
    """Sweep every community's photos, a transaction each; may be run at any time, and again."""
    communities = community_ids(None)
    waiting = 0
    for community_id in communities:
        with scoped_to(community_id):
            gone = services.expire(the_clock(community_id), now=now)
        for key in gone:
            adapter.forget(store, key)
        waiting += len(gone)
    with scoped_to(*communities):
        found = adapter.orphans(store, queries.file_keys())
        let_go()
        # A photo taken out while the files were counted has lost row and file: that is no loss.
        missing = frozenset(found.rows) & frozenset(queries.file_keys())
    strays = adapter.drop_strays(store, found.files, now - SETTLES)
    leftovers = store.drop_leftovers(now - SETTLES)
    return Swept(waiting, len(strays), leftovers, tuple(sorted(missing)))


@click.command("sweep-photos")
@with_appcontext
def sweep_photos() -> None:
    """Clear away photos nobody sent and files nobody speaks of; name missing files, exit with 1."""
    store = adapter.photo_store(current_app.config["HARBOUR_DATA_DIR"])
    swept = sweep(store, current_app.extensions["harbour_clock"]())
    click.echo(f"{swept.waiting} photos that waited too long: removed.")
    click.echo(f"{swept.files + swept.leftovers} files of no photo: removed.")
    if swept.missing:
        raise click.ClickException("Files are missing: " + ", ".join(swept.missing))
