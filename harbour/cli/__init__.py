"""flask harbour …: what an operator does without a browser."""

from collections.abc import Mapping
from importlib import import_module

import click
from flask import Flask
from flask.cli import AppGroup

# Each command and its module: loaded when it is asked for, for a server never asks.
COMMANDS: Mapping[str, str] = {
    "demo": "demonstration:demo",
    "docs": "documents:docs",
    "draft-migration": "migrating:draft_migration",
    "init": "installation:init",
    "reindex": "searching:reindex",
    "replay": "replay:replay_command",
    "send": "sending:send",
    "sweep-photos": "photos:sweep_photos",
    "tasks": "tasks:tasks",
    "tick": "worker:tick",
    "user": "installation:user",
    "verify-ledger": "installation:verify_ledger",
    "worker": "worker:worker",
}


class Commands(AppGroup):
    """The commands of the harbour, each found in its module by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of this name, or None."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        found: click.Command = getattr(import_module(f"harbour.cli.{module}"), attribute)
        return found


def register(app: Flask) -> None:
    """Put the commands on the application."""
    app.cli.add_command(Commands("harbour", help="Run and keep the harbour."))
