"""People of every kind at every door: who they are, and their tokens."""

import secrets

from itsdangerous import URLSafeTimedSerializer

from tests.pages import Browser


def token_of(browser: Browser) -> str:
    """A valid CSRF token of this browser's session, without asking any page for it."""
    with browser.client.session_transaction() as cookie:
        raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
    signer = URLSafeTimedSerializer(browser.app.secret_key or "", salt="wtf-csrf-token")
    return str(signer.dumps(raw))
