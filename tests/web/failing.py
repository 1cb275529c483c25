"""An application of its own with addresses that fail in every way a real one may."""

from collections.abc import Callable

from flask import Blueprint, Flask, abort, g, request
from flask.typing import ResponseReturnValue

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.domain.text import Text
from harbour.queries.health import DatabaseTrouble
from harbour.web.access import ANYONE, SIGNED_IN, open_to

#: What trust.md lists, and the two that storage may cause.
STATUSES = (400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503, 507)
SECRET_WORDS = "SELECT password_hash FROM user_account -- /srv/harbour/services/secret.py"

RAISED: dict[str, tuple[Callable[[], BaseException], int]] = {
    "missing": (Missing, 404),
    "denied": (Denied, 403),
    "refused": (lambda: Refused(Text("Not possible now")), 409),
    "stale": (lambda: Stale({"title": "旧"}, 3), 409),
    "invalid": (lambda: Invalid("title", Text("Something is not right yet")), 422),
    "bug": (lambda: ZeroDivisionError(SECRET_WORDS), 500),
    "recursion": (lambda: RecursionError(SECRET_WORDS), 500),
    "busy": (lambda: DatabaseTrouble(SECRET_WORDS, {}, Exception("database is locked")), 503),
    "full": (lambda: DatabaseTrouble(SECRET_WORDS, {}, Exception("database or disk is full")), 507),
    "disk": (lambda: OSError(28, "No space left on device", "/srv/photos/x.jpg"), 507),
}

bp = Blueprint("failing", __name__, url_prefix="/failing")


@bp.route("/status/<int:status>", methods=["GET", "POST"])
@open_to(ANYONE)
def status(status: int) -> ResponseReturnValue:
    if status == 507:
        raise OSError(28, "No space left on device")
    if status == 500:
        raise ZeroDivisionError(SECRET_WORDS)
    if status == 409:
        raise Refused(Text("Not possible now"))
    abort(status)


@bp.route("/raise/<kind>", methods=["GET", "POST"])
@open_to(ANYONE)
def raised(kind: str) -> ResponseReturnValue:
    failure = RAISED[kind][0]()
    raise failure


@bp.post("/text")
@open_to(ANYONE)
def text() -> ResponseReturnValue:
    """Reads what came in, as a form would."""
    g.seen = request.form.to_dict(flat=False)
    return {"fields": len(g.seen)}


@bp.get("/members")
@open_to(SIGNED_IN)
def members() -> ResponseReturnValue:
    return "inside"


def add_to(app: Flask) -> Flask:
    app.register_blueprint(bp)
    return app
