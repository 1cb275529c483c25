"""Headers on every answer, and refusal of what no honest browser sends."""

from wsgiref.headers import Headers

from flask import Flask, Request, Response, abort, current_app, g, request
from flask_wtf import CSRFProtect

csrf = CSRFProtect()

POLICY = (
    "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
    "form-action 'self'; img-src 'self' blob: data:"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}
STRICT = ("Strict-Transport-Security", "max-age=31536000")


def dress_file(headers: Headers, path: str, url: str) -> None:
    """The same headers on static files, which never reach the application."""
    for name, value in HEADERS.items():
        headers[name] = value


def refuse_malformed() -> None:
    """Answer 400 to NUL, undecodable text and doubled tokens before anything reads them."""
    _decodable(request)
    if request.method == "POST" and request.mimetype in (
        "application/x-www-form-urlencoded",
        "multipart/form-data",
    ):
        for name in ("csrf_token", "version", "key"):
            if len(request.form.getlist(name)) > 1:
                abort(400)
        for name, values in request.form.lists():
            if "\x00" in name or any("\x00" in value for value in values):
                abort(400)


def _decodable(asked: Request) -> None:
    for text in (asked.path, asked.query_string.decode("latin-1")):
        if "\x00" in text or "%00" in text:
            abort(400)
    if "\ufffd" in asked.path or any("\ufffd" in v for vs in asked.args.listvalues() for v in vs):
        abort(400)


def dress(response: Response) -> Response:
    """Put the headers on; what signed-in people see is never stored by a cache."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure or current_app.config["HARBOUR_HTTPS"]:
        response.headers.setdefault(*STRICT)
    if getattr(g, "person", None) is not None and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Hang the gates on the application; who one is was settled before (web/context.py)."""
    app.before_request(refuse_malformed)
    app.after_request(dress)
    csrf.init_app(app)
