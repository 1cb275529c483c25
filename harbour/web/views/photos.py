"""Photos as files: shown to whoever may see what they belong to."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from harbour.web import photos
from harbour.web.access import MEMBERS, open_to

bp = Blueprint("photos", __name__, url_prefix="/c/<community>/photos")
DAY = 86_400


@bp.get("/<int:id>.jpg")
@open_to(MEMBERS)
def large(id: int) -> ResponseReturnValue:  # noqa: A002 - the address's own word
    """The whole photo."""
    return _answer(photos.content(id, small=False))


@bp.get("/<int:id>-small.jpg")
@open_to(MEMBERS)
def small(id: int) -> ResponseReturnValue:  # noqa: A002 - the address's own word
    """The photo as lists show it."""
    return _answer(photos.content(id, small=True))


def _answer(content: bytes) -> Response:
    """Never a page, never kept by a shared cache."""
    answer = Response(content, mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = "sandbox"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = f"private, max-age={DAY}, immutable"
    return answer
