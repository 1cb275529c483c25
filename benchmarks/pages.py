"""What is asked of the harbour: pages as people open them, and two forms they send."""

import hashlib
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import Connection as Database
from sqlalchemy import Row, create_engine, text
from sqlalchemy.engine import make_url

from benchmarks import clients
from benchmarks.clients import Connection, get, hidden
from benchmarks.filling import secret_of
from benchmarks.words import COMMON, RARE
from harbour.web.context import SESSION_SECRET

HERE = "/c/ch"
SAMPLE = 60


@dataclass(frozen=True)
class Page:
    """One kind of page: its name, who opens it, and the addresses opened in turn."""

    name: str
    reader: str
    paths: tuple[str, ...]
    rows: int

    def requests(self, cookies: dict[str, str]) -> list[bytes]:
        """The requests, signed in."""
        return [get(path, cookies[self.reader]) for path in self.paths]


@dataclass
class Site:
    """A filled database, seen from outside."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    tasks_in_hand: tuple[str, ...] = ()
    newest: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def ask(self, statement: str, **values: Any) -> Sequence[Row[Any]]:
        """Ask the database itself."""
        address = make_url(self.url)
        if address.get_backend_name() == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address)
        base: Database
        with engine.connect() as base:
            found = base.execute(text(statement), values).all()
        engine.dispose()
        return found

    def survey(self) -> None:
        """Choose the tasks, meetings and words to ask for: the same from the same filling."""
        verified = self._numbers("state = 'verified'")
        meetings = self.ask(
            "SELECT number FROM meeting WHERE community_id = 1 AND state = 'published' "
            "ORDER BY id DESC LIMIT 60"
        )
        self.tasks_in_hand = self._numbers("state = 'in_hand' AND lead_firm_id = 1")
        every = (
            Page("home", "ch-secretary", ("/",), 12),
            Page("inbox", "ch-secretary", ("/inbox",), 40),
            Page("list", "ch-secretary", (f"{HERE}/tasks",), 50),
            Page("task", "ch-secretary", tuple(f"{HERE}/tasks/{n}" for n in verified), 25),
            Page(
                "meeting",
                "ch-secretary",
                tuple(f"{HERE}/meetings/{m.number}" for m in meetings),
                25,
            ),
            Page("search", "ch-secretary", (f"{HERE}/search?q={quote(COMMON)}",), 20),
            Page("search rare", "ch-secretary", (f"{HERE}/search?q={quote(RARE)}",), 20),
        )
        self.pages = {page.name: page for page in every}
        for word in (COMMON, RARE):
            found = self.ask(
                "SELECT number FROM task WHERE community_id = 1 AND (title LIKE :w OR place LIKE :w "
                "OR public_sentence LIKE :w) ORDER BY id DESC LIMIT 5", w=f"%{word}%",
            )  # fmt: skip
            self.newest[word] = tuple(row.number for row in found)

    def _numbers(self, condition: str) -> tuple[str, ...]:
        found = self.ask(
            f"SELECT number FROM task WHERE community_id = 1 AND {condition} "  # noqa: S608
            f"ORDER BY id DESC LIMIT {SAMPLE}"
        )
        return tuple(row.number for row in found)

    def written(self) -> dict[str, int]:
        """How many rows of the two kinds written are stored."""
        return {
            kind: self.ask(f"SELECT count(*) AS n FROM {kind}")[0].n  # noqa: S608
            for kind in ("progress", "comment")
        }


def cookies(app: Flask, seed: int, readers: Sequence[str]) -> dict[str, str]:
    """Session cookies of the readers as a browser has them after its first page, token and all."""
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    name = app.config["SESSION_COOKIE_NAME"]
    return {reader: f"{name}={signer.dumps(_kept(reader, seed))}" for reader in readers}


def _kept(reader: str, seed: int) -> dict[str, object]:
    secret = secret_of(reader, seed)
    token = hashlib.sha1(secret.encode(), usedforsecurity=False).hexdigest()
    return {"_permanent": True, SESSION_SECRET: secret, "csrf_token": token}


def proved(site: Site, port: int, signed: dict[str, str]) -> dict[str, int]:
    """Open each page once: it must be there, searches must have their hits; bytes of each."""
    connection, sizes = Connection(port), {}
    for page in site.pages.values():
        answer = connection.ask(page.requests(signed)[0])
        if answer.status != 200:
            raise clients.Refused(f"{page.name} answers {answer.status}: {page.paths[0]}")
        sizes[page.name] = len(answer.body)
        word = {"search": COMMON, "search rare": RARE}.get(page.name)
        if word:
            html = answer.body.decode()
            places = [html.find(number) for number in site.newest[word]]
            if -1 in places or places != sorted(places):
                raise clients.Refused(f"{word}: {site.newest[word]} are not found newest first")
    connection.close()
    return sizes


def forms(site: Site, port: int, signed: dict[str, str], kind: str, count: int) -> list[bytes]:
    """So many filled forms, each fetched from its page like a person does; ready to be sent."""
    reader, field_name = {
        "progress": ("firm-ah", "progress_note"),
        "comment": ("ch-secretary", "remark"),
    }[kind]
    connection, ready = Connection(port), []
    for n, number in zip(range(count), itertools.cycle(site.tasks_in_hand), strict=False):
        path = f"{HERE}/tasks/{number}/{kind}"
        answer = connection.ask(get(path, signed[reader]))
        if answer.status != 200:
            raise clients.Refused(f"{path} answers {answer.status}")
        cookie = _renewed(signed[reader], answer.headers.get("set-cookie", ""))
        typed = {**hidden(answer.body.decode()), field_name: f"入户告知第{n}户，明天继续。"}
        ready.append(clients.post(path, cookie, typed))
    connection.close()
    return ready


def _renewed(cookie: str, given: str) -> str:
    """The session cookie as the answer set it: it now holds the form's token."""
    name = cookie.partition("=")[0]
    found = re.match(rf"{re.escape(name)}=[^;]*", given)
    return found.group(0) if found else cookie
