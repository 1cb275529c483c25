"""Pages: one blueprint a feature, listed here."""

from flask import Flask

from harbour.web.views import health, photos, search, ui

BLUEPRINTS = (health.bp, photos.bp, search.bp, ui.bp)


def register(app: Flask) -> None:
    """Put every feature's pages on the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
