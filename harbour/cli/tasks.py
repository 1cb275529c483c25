"""flask harbour tasks: how every task stood at the end of a day."""

import json
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.queries.as_of import TaskAsOf, tasks_as_of
from harbour.queries.places import community_ids
from harbour.tenancy import scoped_to

DAYS = (
    "dispatched", "accepted", "first_due", "due", "reported", "verified", "closed",
    "first_reported", "first_verified",
)  # fmt: skip


@click.command("tasks")
@click.option(
    "--as-of", "as_of", metavar="DATE", help="A day, such as 2026-05-22; today if not said."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of lines.")
@with_appcontext
def tasks(*, as_of: str | None, as_json: bool) -> None:
    """Print every task as it stood at the end of a day, in all communities."""
    day = _day(as_of)
    with scoped_to(*community_ids(None)):
        found = tasks_as_of(day)
    if as_json:
        click.echo(json.dumps([_told(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        said = _told(one)
        click.echo(
            "\t".join(
                str(said[name] or "-") for name in ("number", "state", "lead", "due_on", "title")
            )
        )


def _day(typed: str | None) -> date:
    if typed is None:
        return local_day(current_app.extensions["harbour_clock"]())
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise click.BadParameter(f"not a day: {typed}", param_hint="--as-of") from None


def _told(task: TaskAsOf) -> dict[str, Any]:
    """Days as Shanghai days, and beside them the moments."""
    plain = asdict(task)
    for name in DAYS:
        at: datetime | None = plain.pop(f"{name}_at")
        plain[f"{name}_on"] = local_day(at).isoformat() if at else None
        plain[f"{name}_at"] = at.astimezone(SHANGHAI).isoformat() if at else None
    return plain
