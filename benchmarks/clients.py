"""A small load generator: keep-alive connections, requests sent as bytes, answers timed."""

import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

HOST = "127.0.0.1"
END = b"\r\n\r\n"
FIELD = re.compile(r"<input[^>]*>")


class Refused(RuntimeError):
    """The server answered otherwise than it must."""


@dataclass
class Answer:
    """One reply."""

    status: int
    headers: dict[str, str]
    body: bytes


class Connection:
    """One keep-alive connection; opened anew where the server has closed it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.left = b""

    def ask(self, request: bytes) -> Answer:
        """Send a request and read the whole answer."""
        for again in (True, False):
            try:
                return self._ask(request)
            except (ConnectionError, EOFError):
                self.close()
                if not again:
                    raise
        raise EOFError

    def _ask(self, request: bytes) -> Answer:
        if self.socket is None:
            self.socket = socket.create_connection((HOST, self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.left = b""
        self.socket.sendall(request)
        head = self._until(END)
        first, _, rest = head.decode("latin-1").partition("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in rest.split("\r\n") if line)
        }
        if headers.get("transfer-encoding") == "chunked":
            body = b"".join(self._chunks())
        else:
            body = self._exactly(int(headers.get("content-length", 0)))
        if headers.get("connection") == "close":
            self.close()
        return Answer(int(first.split()[1]), headers, body)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self.left:
            self._read()
        found, _, self.left = self.left.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self.left) < size:
            self._read()
        found, self.left = self.left[:size], self.left[size:]
        return found

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self._until(b"\r\n"), 16):
            yield self._exactly(size)
            self._exactly(2)
        self._exactly(2)

    def _read(self) -> None:
        if self.socket is None:
            raise EOFError
        got = self.socket.recv(262_144)
        if not got:
            raise EOFError
        self.left += got

    def close(self) -> None:
        """Hang up."""
        if self.socket is not None:
            self.socket.close()
            self.socket = None


def get(path: str, cookie: str = "") -> bytes:
    """A GET request as bytes."""
    signed = f"Cookie: {cookie}\r\n" if cookie else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{signed}\r\n".encode()


def post(path: str, cookie: str, fields: Mapping[str, str]) -> bytes:
    """A form sent as bytes."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {cookie}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the last form on a page: token, version and key."""
    form = page[page.rindex("<form", 0, page.index("</main>")) :]
    found = {}
    for tag in FIELD.findall(form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = unescape(attributes.get("value", ""))
    return found


@dataclass
class Load:
    """What a load came to; times in seconds."""

    seconds: float
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    def quantile(self, share: float) -> float:
        """The time that so large a share of answers stayed within."""
        ordered = sorted(self.times)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def drive(
    port: int,
    requests: Sequence[bytes],
    connections: int,
    *,
    seconds: float = 0,
    expect: int = 200,
) -> Load:
    """Send requests over some connections, for a time in turn, or (without a time) each once.

    Raises Refused at the first answer of another status, unless it is a server's failure,
    which is counted.
    """
    load = Load(seconds)
    lock, faults = threading.Lock(), []
    begun = time.perf_counter()

    def work(mine: Sequence[bytes]) -> None:
        connection, times, statuses = Connection(port), [], Counter[int]()
        place = 0
        try:
            while (time.perf_counter() - begun < seconds) if seconds else place < len(mine):
                before = time.perf_counter()
                answer = connection.ask(mine[place % len(mine)])
                times.append(time.perf_counter() - before)
                statuses[answer.status] += 1
                _demand(answer, expect, mine[place % len(mine)])
                place += 1
        except (Refused, OSError, EOFError) as error:
            faults.append(error)
        finally:
            connection.close()
        with lock:
            load.times += times
            load.statuses += statuses

    share = [requests if seconds else requests[n::connections] for n in range(connections)]
    threads = [threading.Thread(target=work, args=(mine,)) for mine in share]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - begun
    if faults:
        raise faults[0]
    return load


def _demand(answer: Answer, expect: int, request: bytes) -> None:
    if answer.status not in (expect, *range(500, 600)):
        raise Refused(f"{answer.status} for {request[:80]!r}")
