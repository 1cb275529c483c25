"""A client with opinions: it parses every page strictly and presses real buttons."""

import re
from datetime import datetime
from html.parser import HTMLParser
from typing import Any, Self

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from harbour.extensions import db
from harbour.models.people import User, UserSession
from harbour.services.unit_of_work import command
from harbour.web.context import SESSION_SECRET, digest_of

VOID = {
    "area",
    "base",
    "br",
    "col",
    "embed",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "source",
    "track",
    "wbr",
}


class Strict(HTMLParser):
    """Refuses unbalanced tags and doubled ids; collects forms, ids, labels and links."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: set[str] = set()
        self.forms: list[dict[str, Any]] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self.lang = ""
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = {k: v or "" for k, v in attrs}
        if tag not in VOID:
            self.stack.append(tag)
        if "id" in a:
            assert a["id"] not in self.ids, f"id {a['id']} twice"
            self.ids.add(a["id"])
        if tag == "html":
            self.lang = a.get("lang", "")
        if tag == "a" and "href" in a:
            self.links.append(a["href"])
        if tag == "form":
            method = a.get("method", "get").lower()
            form = {"action": a.get("action", ""), "method": method, "fields": {}, "buttons": []}
            self.forms.append(form)
        if self.forms and "form" in self.stack:
            self._field(tag, a)

    def _field(self, tag: str, a: dict[str, str]) -> None:
        fields = self.forms[-1]["fields"]
        name = a.get("name")
        if tag == "option" and self._select and "selected" in a:
            fields.setdefault(self._select, []).append(a.get("value", ""))
        if tag == "button":
            self.forms[-1]["buttons"].append((name, a.get("value", "")))
        if not name:
            return
        if tag == "input":
            self._input(name, a)
        elif tag == "textarea":
            fields[name] = [""]
            self._area = name
        elif tag == "select":
            self._select = name

    def _input(self, name: str, a: dict[str, str]) -> None:
        kind = a.get("type", "text")
        if kind in ("file", "submit") or (kind in ("checkbox", "radio") and "checked" not in a):
            return
        self.forms[-1]["fields"].setdefault(name, []).append(a.get("value", "on"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.stack, f"</{tag}> closes nothing"
        assert self.stack[-1] == tag, f"</{tag}> closes <{self.stack[-1]}>"
        self.stack.pop()
        if tag == "select":
            self._select = None
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None and self.forms:
            self.forms[-1]["fields"][self._area] = [data.lstrip("\r\n")]
        if not self.stack or self.stack[-1] not in ("script", "style"):
            self.text.append(data)


class Page:
    """An answer that has been read strictly."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.location = response.headers.get("Location", "")
        self.html = response.get_data(as_text=True)
        self.read = Strict()
        if response.mimetype == "text/html" and self.status not in (302, 303):
            self.read.feed(self.html)
            assert not self.read.stack, f"left open: {self.read.stack}"

    @property
    def text(self) -> str:
        """All the words on the page, with single spaces."""
        return re.sub(r"\s+", " ", " ".join(self.read.text))

    def form(self, ending: str) -> dict[str, Any]:
        """The form whose action ends so."""
        found = [f for f in self.read.forms if f["action"].endswith(ending)]
        assert found, f"no form to {ending}: {[f['action'] for f in self.read.forms]}"
        return found[0]


class Browser:
    """One person's browser."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.client = app.test_client()

    def sign_in_as(self, username: str, now: datetime) -> Self:
        """Start a session as the sign-in page would, without paying for the password."""
        secret = f"secret-of-{username}-{now.timestamp()}"
        _begin_session(username, digest_of(secret), now)
        with self.client.session_transaction() as cookie:
            cookie[SESSION_SECRET] = secret
        return self

    def visit(self, path: str) -> Page:
        """GET a page; redirects are not followed."""
        return self._asked("GET", path)

    def _asked(self, method: str, path: str, **sent: Any) -> Page:
        """Each request in a context of its own, as in life: one person's is not the next one's."""
        with self.app.app_context():
            return Page(self.client.open(path, method=method, **sent))

    def press(
        self, page: Page, ending: str, button: tuple[str, str] | None = None, **typed: Any
    ) -> Page:
        """Fill the page's form whose action ends so and send it; redirects are not followed."""
        form = page.form(ending)
        data = {**form["fields"], **typed}
        if button:
            data[button[0]] = button[1]
        return self._asked("POST", form["action"], data=data)

    def post(self, path: str, **typed: Any) -> Page:
        """POST directly with a valid CSRF token, as a forged but well-formed request would."""
        token = self.token()
        return self._asked("POST", path, data={"csrf_token": token, **typed})

    def token(self) -> str:
        """A CSRF token of this session."""
        page = self.visit("/me")
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.html)
        assert found, "no token on /me"
        return found.group(1)


@command
def _begin_session(username: str, digest: str, now: datetime) -> None:
    user = db.session.scalars(select(User).where(User.username == username)).one()
    found = db.session.scalars(select(UserSession).where(UserSession.digest == digest)).first()
    if found is None:
        db.session.add(
            UserSession(user_id=user.id, digest=digest, created_at=now, seen_at=now, device="test")
        )
