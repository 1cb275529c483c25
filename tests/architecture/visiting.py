"""People of every kind at every door: who they are, and their tokens."""

import secrets
from datetime import datetime
from typing import Any

from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from tests.architecture.doors import Opener
from tests.pages import Browser, Page


def token_of(browser: Browser) -> str:
    """A valid CSRF token of this browser's session, without asking any page for it."""
    with browser.client.session_transaction() as cookie:
        raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
    signer = URLSafeTimedSerializer(browser.app.secret_key or "", salt="wtf-csrf-token")
    return str(signer.dumps(raw))


def ask(browser: Browser, method: str, path: str, **sent: Any) -> TestResponse:
    """A raw request in a context of its own, as in life: nobody inherits the last one's ``g``."""
    with browser.app.app_context():
        return browser.client.open(path, method=method, **sent)


def pages(opener: Opener, who: str, now: datetime, **cookies: str) -> list[tuple[str, Page]]:
    """Every page one person may see of a furnished compound, read strictly."""
    browser = Browser(opener.app).sign_in_as(who, now)
    for name, value in cookies.items():
        browser.client.set_cookie(name, value)
    found = []
    for path in sorted({door.path(opener.app) for door in opener.doors("GET")}):
        answer = ask(browser, "GET", path)
        if answer.mimetype == "text/html" and answer.status_code not in (301, 302, 303):
            found.append((path, Page(answer)))
    return found
