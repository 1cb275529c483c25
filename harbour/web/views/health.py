"""Whether the process lives (/healthz) and can do its work (/readyz)."""

from pathlib import Path

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from harbour.queries import health
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
    """The database can be written and stands at the newest migration."""
    found = health.readiness(Path(current_app.root_path) / "harbour" / "migrations")
    body = {"ready": found.ready, "migration": found.migration, "expected": found.expected}
    return jsonify(body), 200 if found.ready else 503
