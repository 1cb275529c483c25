"""All stylesheets as one answer, named by its content, so that a phone asks once and keeps it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Flask, Response, abort, current_app, url_for

from harbour.web.access import ANYONE, open_to

bp = Blueprint("assets", __name__)
FIRST = ("tokens.css", "base.css")
YEAR = 31_536_000


def bundle(folder: Path) -> str:
    """Tokens, base, then every component's stylesheet in the order of their names."""
    rest = sorted((folder / "components").glob("*.css"))
    return "\n".join(path.read_text() for path in (*(folder / name for name in FIRST), *rest))


@bp.get("/assets/<digest>.css")
@open_to(ANYONE)
def stylesheet(digest: str) -> Response:
    """The bundle; any other name is not ours."""
    made = current_app.extensions["stylesheet"]
    if digest != made.digest:
        abort(404)
    answer = Response(made.css, mimetype="text/css")
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


@dataclass(frozen=True)
class Stylesheet:
    """The bundle and the name made of its content."""

    css: str
    digest: str


def bundled(folder: Path) -> Stylesheet:
    """Read the files as they are now."""
    css = bundle(folder)
    return Stylesheet(css, hashlib.sha256(css.encode()).hexdigest()[:16])


def init_app(app: Flask) -> None:
    """Read the stylesheets once (in debug: each time) and let templates name them."""
    folder = Path(app.static_folder or "") / "css"
    app.extensions["stylesheet"] = bundled(folder)
    app.register_blueprint(bp)

    @app.context_processor
    def _stylesheet() -> dict[str, str]:
        if app.debug:
            app.extensions["stylesheet"] = bundled(folder)
        digest = app.extensions["stylesheet"].digest
        return {"stylesheet": url_for("assets.stylesheet", digest=digest)}
