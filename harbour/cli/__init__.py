"""flask harbour …: what an operator does without a browser."""

from flask import Flask
from flask.cli import AppGroup

harbour = AppGroup("harbour", help="Run and keep the harbour.")


def register(app: Flask) -> None:
    """Put the commands on the application."""
    app.cli.add_command(harbour)
