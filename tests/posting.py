"""Real servers on this machine that take messages as the platforms and mail servers do."""

import json
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Taken:
    """One request that came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> Any:
        return json.loads(self.body)


@dataclass
class Platform:
    """A web server that answers as it is told; ``held`` makes it wait before it does."""

    answer: Callable[[Taken], Reply]
    taken: list[Taken] = field(default_factory=list)
    held: threading.Event | None = None
    came: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def says(status: int = 200, body: Any = None, **headers: str) -> Callable[[Taken], Reply]:
    """Always the same answer."""
    raw = json.dumps({} if body is None else body).encode()
    return lambda _taken: (status, {k.replace("_", "-"): v for k, v in headers.items()}, raw)


@contextmanager
def platform(answer: Callable[[Taken], Reply]) -> Iterator[Platform]:
    """A web server while the block runs."""
    one = Platform(answer)

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", 0))
            headers = {k.lower(): v for k, v in self.headers.items()}
            taken = Taken(self.path, headers, self.rfile.read(length))
            one.taken.append(taken)
            one.came.set()
            if one.held is not None:
                one.held.wait(30)
            status, headers, body = one.answer(taken)
            with suppress(OSError):  # who asked may have gone
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with _running(ThreadingHTTPServer(("127.0.0.1", 0), Desk)) as port:
        one.port = port
        yield one
        if one.held is not None:
            one.held.set()


@dataclass
class MailHouse:
    """A mail server: what came in, and how it answers by stage ("MAIL", "RCPT", "DATA")."""

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    held: threading.Event | None = None
    came: threading.Event = field(default_factory=threading.Event)
    port: int = 0


class Counter(socketserver.StreamRequestHandler):
    """Takes mails for a house: as much of the protocol as a sender needs."""

    house: MailHouse

    def handle(self) -> None:
        self._say("220 ready")
        while line := self.rfile.readline():
            verb = line.decode(errors="replace").strip().upper()[:4]
            if verb == "QUIT":
                self._say("221 bye")
                return
            if verb == "DATA":
                self._data()
                continue
            if verb == "RCPT" and verb not in self.house.answers:
                found = re.search(rb"<(.*?)>", line)
                self.house.recipients.append(found[1].decode() if found else "")
            self._say(self.house.answers.get(verb, "250 OK"))

    def _data(self) -> None:
        self._say("354 go on")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        if "DATA" not in self.house.answers:
            one = message_from_bytes(b"".join(lines), policy=policy.default)
            self.house.mails.append(one)
        self.house.came.set()
        if self.house.held is not None:
            self.house.held.wait(30)
        self._say(self.house.answers.get("DATA", "250 taken"))

    def _say(self, words: str) -> None:
        with suppress(OSError):  # who asked may have gone
            self.wfile.write(f"{words}\r\n".encode())


@contextmanager
def mail_house() -> Iterator[MailHouse]:
    """A mail server while the block runs."""
    one = MailHouse()
    counter = type("OfThisHouse", (Counter,), {"house": one})
    with _running(socketserver.ThreadingTCPServer(("127.0.0.1", 0), counter)) as port:
        one.port = port
        yield one
        if one.held is not None:
            one.held.set()


@contextmanager
def _running(server: Any) -> Iterator[int]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
