"""One table: what went wrong → status → a page in words."""

from urllib.parse import urlsplit

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    render_template,
    request,
    url_for,
)
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadHost, HTTPException

from harbour.domain.errors import Denied, DomainError, Invalid, Missing, Refused, Stale
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.forms.fields import label_of
from harbour.queries.health import DatabaseRefusal, DatabaseTrouble, Unstorable, read_only
from harbour.web.pressing import SECRETS

STATUS: dict[type[DomainError], int] = {
    Missing: 404,
    Denied: 403,
    Refused: 409,
    Stale: 409,
    Invalid: 422,
}

PAGES: dict[int, tuple[str, str, str]] = {
    400: (N_("This request cannot be read"), N_("Something in it was damaged on the way."), N_("Go back and try again.")),
    401: (N_("Please sign in"), N_("This page is for people with an account."), N_("Sign in, then come back.")),
    403: (N_("Not for your role"), N_("This is not for your role to do."), N_("If it should be, ask the community office.")),
    404: (N_("Nothing here"), N_("There is nothing here under this address."), N_("Check the address, or start from the home page.")),
    405: (N_("Not this way"), N_("This address cannot be used like that."), N_("Start from the home page.")),
    409: (N_("Not possible now"), N_("This is not possible now."), N_("Look at the page again and see how it stands.")),
    410: (N_("No longer here"), N_("What was here has been taken away."), N_("Start from the home page.")),
    413: (N_("Too large"), N_("What you sent is too large."), N_("Send fewer or smaller photos, or a shorter text.")),
    415: (N_("Not a kind we can read"), N_("This kind of file or request cannot be read here."), N_("Use photos in JPEG, PNG, WebP or HEIC.")),
    422: (N_("Something is not right yet"), N_("Something typed cannot be right."), N_("Go back and correct it.")),
    429: (N_("Too many tries"), N_("There were too many tries in a short time."), N_("Wait a little, then try again.")),
    500: (N_("Something broke on our side"), N_("It is our fault, not yours. What you had saved is safe."), N_("Try again; if it stays, tell the community office the number below.")),
    503: (N_("Busy for the moment"), N_("The records cannot be written right now. Nothing of yours was half saved."), N_("Wait a moment and try again.")),
    507: (N_("The disk is full"), N_("The records cannot be written right now. Nothing of yours was half saved."), N_("Tell the administrator; reading still works.")),
}  # fmt: skip


def page(status: int, sentence: Text | str | None = None) -> Response:
    """An error page with its way back and the request's id."""
    if status == 401 and request.method == "POST" and not _fetched():
        return _again()
    title, standing, todo = PAGES.get(status, PAGES[500])
    if _by_script():
        return _problem(status, title, sentence or standing)
    body = render_template(
        "errors/problem.html",
        title=title,
        sentence=sentence or standing,
        todo=todo,
        request_id=getattr(g, "request_id", "-"),
        back=_back(),
        typed=_typed() if status == 409 else (),
    )
    return make_response(body, status)


def _by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _problem(status: int, title: Text | str, detail: Text | str) -> Response:
    """The one shape of errors for scripts (RFC 9457); ``instance`` is the request's id."""
    response = jsonify(
        type="about:blank",
        title=say(title),
        status=status,
        detail=say(detail),
        instance=f"urn:request:{getattr(g, 'request_id', '-')}",
    )
    response.status_code = status
    response.mimetype = "application/problem+json"
    return response


def _fetched() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _again() -> Response:
    """The session ended while somebody wrote: say what is safe, and show what was typed."""
    back = urlsplit(_back())
    onward = back.path + (f"?{back.query}" if back.query else "")
    body = render_template(
        "sign_in/again.html", typed=_typed(), href=url_for("sign_in.show", next=onward)
    )
    return make_response(body, 401)


def _typed() -> list[tuple[Text | str, str]]:
    """What was typed, by its labels: what could not be taken is not lost with the page."""
    hidden = {"csrf_token", "version", "key", "next", "seen", *WHICH_BUTTON, *SECRETS}
    return [
        (label_of(name), value)
        for name, value in request.form.items(multi=True)
        if name not in hidden and value and not (value.isdigit() and label_of(name) == name)
    ]


def _back() -> str:
    """The page the reader came from, if it is ours; else home."""
    referrer = request.referrer or ""
    return referrer if referrer.startswith(request.host_url) else "/"


def _domain(error: DomainError) -> Response:
    if isinstance(error, Stale) and request.method == "POST":
        return _stale(error)
    return page(STATUS[type(error)], error.text)


# Names of buttons, where one form has several: the one pressed is pressed again.
WHICH_BUTTON = ("do",)


def _stale(error: Stale) -> Response:
    """Both texts side by side; what the reader typed is not lost."""
    if _by_script():
        return _problem(409, PAGES[409][0], error.text)
    typed = request.form
    hidden = {"csrf_token", "version", "key", "seen", *WHICH_BUTTON}
    names = [n for n in typed if n not in hidden]
    fields = [(label_of(n), error.theirs.get(n, ""), typed.get(n, ""), n) for n in names]
    body = render_template(
        "errors/stale.html",
        fields=fields,
        href=request.path,
        version=error.version,
        back=_back(),
        hidden={n: typed[n] for n in WHICH_BUTTON if n in typed},
    )
    return make_response(body, 409)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    if isinstance(error, BadHost):  # a forged Host: no address can be made of it
        return _alone(400)
    response = page(status if status in PAGES else (400 if status < 500 else 500))
    response.status_code = status
    if status == 405:
        response.headers["Allow"] = ", ".join(getattr(error, "valid_methods", None) or ())
    return response


def _csrf(error: CSRFError) -> Response:
    return page(400, N_("This form was open too long or came from elsewhere. Nothing was saved; "
                        "go back, reload the page and send it again."))  # fmt: skip


def _database(error: DatabaseTrouble) -> Response:
    full = "disk is full" in str(error).lower() or "no space" in str(error).lower()
    return page(507 if full else 503)


def _refusal(error: DatabaseRefusal) -> Response:
    return page(503) if read_only(error) else _failure(error)


def _disk(error: OSError) -> Response:
    return page(507 if error.errno == 28 else 500)


def _failure(error: Exception) -> Response:
    """The last net: a page that stands alone and asks nothing of the database."""
    request_id = getattr(g, "request_id", "-")
    current_app.logger.error("failure %s", request_id, exc_info=error)
    if _by_script():
        return _problem(500, *PAGES[500][:2])
    return _alone(500)


def _alone(status: int) -> Response:
    request_id = getattr(g, "request_id", "-")
    body = current_app.jinja_env.get_template("errors/failure.html").render(request_id=request_id)
    return make_response(body, status)


def _unstorable(error: Exception) -> Response:
    """A number no database can hold: nothing honest, and nothing a page could ask for."""
    return page(400)


def init_app(app: Flask) -> None:
    """Register the table."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DatabaseTrouble, _database)
    app.register_error_handler(DatabaseRefusal, _refusal)
    app.register_error_handler(OSError, _disk)
    app.register_error_handler(OverflowError, _unstorable)
    app.register_error_handler(Unstorable, _unstorable)
    app.register_error_handler(Exception, _failure)
