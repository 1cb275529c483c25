"""flask harbour demo: the street that comes with the product, replayed, with its accounts."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import select

from harbour.cli.replay import Told, keep_accounts, replay_or_stop, spoken, tell
from harbour.cli.replay_people import Cast, NewAccount
from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.series import HolidayChoice
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.places import Compound
from harbour.queries import people
from harbour.services import meetings
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to

SEED = Path(str(files("harbour") / "seeds" / "spring_street.yaml"))
ACCOUNTS = "demo-accounts.txt"
HEADS = (
    N_("User name"),
    N_("First password"),
    N_("Person"),
    N_("Role"),
    N_("Where the role is held"),
)


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Load the demonstration street into an empty installation; print its accounts."""
    now: datetime = current_app.extensions["harbour_clock"]()
    if people.is_empty():
        told = replay_or_stop([SEED])
        path = keep_accounts(told.accounts, ACCOUNTS)
        schedule_coming(told, now)
        print_table(told.accounts)
        says = N_(
            "Each password must be changed at the first sign-in. They also stand in %(path)s."
        )
        tell(Text(says, {"path": str(path)}))
    else:
        say_where()
    click.echo(f"议事港湾 Deliberation Harbour: http://127.0.0.1:{current_app.config['PORT']}")


def say_where() -> None:
    """Say where the accounts of an installation filled earlier stand."""
    path = Path(current_app.config["HARBOUR_DATA_DIR"]) / ACCOUNTS
    if path.is_file():
        tell(Text(N_("There is data already; nothing was loaded. The accounts and their first "
                     "passwords stand in %(path)s."), {"path": str(path)}))  # fmt: skip
    else:
        tell(N_("There is data already; nothing was loaded."))


@command
def schedule_coming(told: Told, now: datetime) -> None:
    """Let each compound's secretary make its next weekly meeting, moved if on a holiday."""
    cast = Cast(())
    for community_id in told.communities:
        secretary = cast.in_role(Role.SECRETARY, community_id, now)
        if secretary is None:
            continue
        with scoped_to(community_id):
            for compound in db.session.scalars(select(Compound).order_by(Compound.id)).all():
                slot = meetings.next_of(compound, now)
                if slot is not None:
                    choice = HolidayChoice.MOVE if slot.holiday else None
                    meetings.schedule_next(secretary, compound.id, choice, day=slot.day, now=now)


def print_table(accounts: Sequence[NewAccount]) -> None:
    """One account a line, in columns that stand under each other."""
    rows = [[spoken(head) for head in HEADS]]
    rows += [[one.username, one.password, one.name, spoken(ROLE_LABELS[one.role]), one.place]
             for one in accounts]  # fmt: skip
    widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
    click.echo()
    for row in rows:
        click.echo(_line(row, widths))
    click.echo()


def _line(row: Iterable[str], widths: Iterable[int]) -> str:
    cells = (cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True))
    return "  ".join(cells).rstrip()


def width(text: str) -> int:
    """How many columns a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
