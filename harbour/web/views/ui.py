"""How the reader wants pages drawn: elder mode and language, on every page, remembered."""

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from harbour.web.access import ANYONE, open_to
from harbour.web.acting import inside
from harbour.web.i18n import COOKIE, LANGUAGES

bp = Blueprint("ui", __name__, url_prefix="/ui")
YEAR = 31_536_000


def _remember(name: str, value: str) -> Response:
    answer = redirect(inside(request.form.get("next"), "/"), 303)
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"]) or request.is_secure
    answer.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=secure)
    return answer


@bp.post("/elder")
@open_to(ANYONE)
def elder() -> ResponseReturnValue:
    """Switch the elder mode on or off."""
    return _remember("elder", "1" if request.form.get("on") == "1" else "0")


@bp.post("/language")
@open_to(ANYONE)
def language() -> ResponseReturnValue:
    """Choose the language of pages."""
    wanted = request.form.get("lang", "")
    aliases = {short: long for long, short in LANGUAGES.items()}
    chosen = wanted if wanted in LANGUAGES else aliases.get(wanted, "zh_Hans_CN")
    return _remember(COOKIE, chosen)
