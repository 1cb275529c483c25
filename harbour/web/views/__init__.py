"""Pages: one blueprint a feature, listed here."""

from flask import Flask

from harbour.web.views import (
    calendar,
    clock,
    concerns,
    copying,
    desk,
    firms,
    health,
    home,
    inbox,
    ledger,
    me,
    meetings,
    minutes,
    notices,
    people,
    permissions,
    photos,
    places,
    proposals,
    requests,
    robots,
    room,
    search,
    settings,
    sign_in,
    summaries,
    supervision,
    task_acts,
    tasks,
    threads,
    ui,
)

BLUEPRINTS = (
    calendar.bp,
    clock.bp,
    concerns.bp,
    copying.bp,
    desk.bp,
    firms.bp,
    health.bp,
    home.bp,
    inbox.bp,
    ledger.bp,
    me.bp,
    meetings.bp,
    minutes.bp,
    notices.bp,
    people.bp,
    permissions.bp,
    photos.bp,
    places.bp,
    proposals.bp,
    requests.bp,
    robots.bp,
    room.bp,
    search.bp,
    settings.bp,
    sign_in.bp,
    summaries.bp,
    supervision.bp,
    task_acts.bp,
    tasks.bp,
    threads.bp,
    ui.bp,
)


def register(app: Flask) -> None:
    """Put every feature's pages on the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
