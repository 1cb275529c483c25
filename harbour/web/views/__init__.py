"""Pages: one blueprint a feature, listed here."""

from flask import Flask

from harbour.web.views import (
    firms,
    health,
    home,
    inbox,
    me,
    people,
    permissions,
    photos,
    places,
    search,
    sign_in,
    summaries,
    threads,
    ui,
)

BLUEPRINTS = (
    firms.bp,
    health.bp,
    home.bp,
    inbox.bp,
    me.bp,
    people.bp,
    permissions.bp,
    photos.bp,
    places.bp,
    search.bp,
    sign_in.bp,
    summaries.bp,
    threads.bp,
    ui.bp,
)


def register(app: Flask) -> None:
    """Put every feature's pages on the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
