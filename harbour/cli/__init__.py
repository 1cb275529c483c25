"""flask harbour …: what an operator does without a browser."""

from flask import Flask
from flask.cli import AppGroup

from harbour.cli import demonstration, documents, installation, photos, replay, searching, tasks

harbour = AppGroup("harbour", help="Run and keep the harbour.")


def register(app: Flask) -> None:
    """Put the commands on the application."""
    harbour.add_command(documents.docs)
    harbour.add_command(searching.reindex)
    harbour.add_command(replay.replay_command)
    harbour.add_command(demonstration.demo)
    harbour.add_command(tasks.tasks)
    harbour.add_command(photos.sweep_photos)
    for command in installation.COMMANDS:
        harbour.add_command(command)
    app.cli.add_command(harbour)
