"""Whether the process lives (/healthz) and can do its work (/readyz)."""

from pathlib import Path

from flask import Blueprint, current_app, g, jsonify
from flask.typing import ResponseReturnValue

from harbour.queries import clock, health
from harbour.web.access import ANYONE, open_to

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@open_to(ANYONE)
def alive() -> ResponseReturnValue:
    """The process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@open_to(ANYONE)
def ready() -> ResponseReturnValue:
    """The database can be written and stands at the newest migration; beside it, the clock.

    A clock that has stopped does not make the server unfit: it says so, and goes on serving.
    """
    found = health.readiness(Path(current_app.root_path) / "harbour" / "migrations")
    body: dict[str, object] = {
        "ready": found.ready,
        "migration": found.migration,
        "expected": found.expected,
    }
    if found.ready:
        pulse = clock.pulse(g.now)
        seen = None if pulse.seen_at is None else pulse.seen_at.isoformat()
        body["clock"] = {"seen": seen, "running": not pulse.stopped}
    return jsonify(body), 200 if found.ready else 503
