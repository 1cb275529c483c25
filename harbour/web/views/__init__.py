"""Pages: one blueprint a feature, listed here."""

from flask import Flask

from harbour.web.views import (
    concerns,
    desk,
    firms,
    health,
    home,
    inbox,
    ledger,
    me,
    people,
    permissions,
    photos,
    places,
    proposals,
    search,
    sign_in,
    summaries,
    task_acts,
    tasks,
    threads,
    ui,
)

BLUEPRINTS = (
    concerns.bp,
    desk.bp,
    firms.bp,
    health.bp,
    home.bp,
    inbox.bp,
    ledger.bp,
    me.bp,
    people.bp,
    permissions.bp,
    photos.bp,
    places.bp,
    proposals.bp,
    search.bp,
    sign_in.bp,
    summaries.bp,
    task_acts.bp,
    tasks.bp,
    threads.bp,
    ui.bp,
)


def register(app: Flask) -> None:
    """Put every feature's pages on the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
