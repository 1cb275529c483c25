"""Requests to addresses somebody typed in: never into our own network, never for long.

The host is resolved once; every address it has must be one of the public Internet, and the
connection goes to the address that was looked at, so that a second answer of the name server
cannot lead elsewhere. Redirects are not followed.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from harbour.domain.text import N_, Text

DEADLINE = 5.0
MOST_ANSWER = 64 * 1024
AGENT = "deliberation-harbour"

# Addresses that carry another one inside, which may be private: NAT64 (RFC 6052, RFC 8215),
# 6to4 (RFC 3056), Teredo (RFC 4380).
CARRIERS = tuple(
    ipaddress.ip_network(one)
    for one in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


class Unreachable(Exception):
    """No answer; ``final``: nor will there ever be one from this address."""

    def __init__(self, text: Text, *, final: bool = False) -> None:
        super().__init__(text.msgid)
        self.text = text
        self.final = final


@dataclass(frozen=True)
class Answer:
    """What came back: at most the first 64 KiB of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet, and carries no other inside."""
    found: Any = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 6:
        if found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        elif any(found in net for net in CARRIERS):
            return False
    return bool(found.is_global) and not found.is_multicast


@dataclass(frozen=True)
class Target:
    """An address that may be asked: where it leads, and the IP address it was found at."""

    scheme: str
    host: str
    port: int
    path: str
    ip: str


def target(url: str, *, local: bool, deadline: float) -> Target:
    """Where an address leads; Unreachable where it must not. ``local`` is for tests alone."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Unreachable(Text(BAD_ADDRESS), final=True) from None
    good = parts.scheme == "https" or (local and parts.scheme == "http")
    if not good or not parts.hostname or parts.username is not None or not url.isascii():
        raise Unreachable(Text(BAD_ADDRESS), final=True)
    found = _resolved(parts.hostname, port, deadline)
    if not local and not all(is_public(one) for one in found):
        raise Unreachable(Text(N_("The address leads into a network of our own.")), final=True)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if any(ord(sign) <= 32 or ord(sign) == 127 for sign in path):
        raise Unreachable(Text(BAD_ADDRESS), final=True)
    return Target(parts.scheme, parts.hostname, port, path, found[0])


BAD_ADDRESS = N_("This is no address of a web service: it must begin with https://.")
NO_ANSWER = N_("There was no answer within 5 seconds.")
NOT_REACHED = N_("It could not be reached (%(why)s).")


def _resolved(host: str, port: int, deadline: float) -> list[str]:
    """Every IP address of a host; asked in a thread, for a name server may take its time."""
    found: list[str] = []
    wrong: list[OSError] = []

    def ask() -> None:
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.extend(str(one[4][0]) for one in answers)
        except OSError as error:
            wrong.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(max(deadline - time.monotonic(), 0))
    if wrong or not found:
        raise Unreachable(Text(N_("The name of its host leads nowhere.")))
    return found


class _Pinned(http.client.HTTPConnection):
    """A connection to the IP address that was looked at, by TLS in the name of the host."""

    def __init__(self, to: Target, deadline: float) -> None:
        super().__init__(to.host, to.port, timeout=max(deadline - time.monotonic(), 0.01))
        self.to = to

    def connect(self) -> None:
        """Open the connection, and prove who is at its other end."""
        sock = socket.create_connection((self.to.ip, self.to.port), self.timeout)
        self.sock = sock
        if self.to.scheme == "https":
            secure = ssl.create_default_context()
            self.sock = secure.wrap_socket(sock, server_hostname=self.to.host)


def post(
    url: str, body: bytes, headers: Mapping[str, str], *, local: bool = False,
    within: float = DEADLINE,
) -> Answer:  # fmt: skip
    """Send a request and give its answer, within five seconds from name to last byte.

    Raises Unreachable where there is none, or where the address must not be asked.
    """
    deadline = time.monotonic() + within
    to = target(url, local=local, deadline=deadline)
    connection = _Pinned(to, deadline)
    # A timeout of the socket counts each read alone; who drips bytes would hold us for hours.
    alarm = threading.Timer(max(deadline - time.monotonic(), 0), _hang_up, [connection])
    alarm.daemon = True
    alarm.start()
    try:
        connection.request("POST", to.path, body, {"User-Agent": AGENT, **headers})
        answer = connection.getresponse()
        said = answer.read(MOST_ANSWER)
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, said)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if time.monotonic() >= deadline or isinstance(error, TimeoutError):
            raise Unreachable(Text(NO_ANSWER)) from error
        raise Unreachable(Text(NOT_REACHED, {"why": type(error).__name__})) from error
    finally:
        alarm.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    sock = connection.sock
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
