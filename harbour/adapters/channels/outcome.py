"""What is sent, and what came of it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

from harbour.domain.text import N_, Text


@dataclass(frozen=True)
class Message:
    """Words in the reader's language, a link to the thing itself, and an identity for all tries."""

    key: str
    action: str
    subject: str
    words: str
    link: str
    at: datetime

    def clipped(self, most: int) -> str:
        """Words and link in at most so many bytes of UTF-8: the link is never cut."""
        tail = f"\n{self.link}" if self.link else ""
        whole = self.words + tail
        if len(whole.encode()) <= most:
            return whole
        room = most - len(f"…{tail}".encode())
        return self.words.encode()[:room].decode(errors="ignore") + "…" + tail


class Came(StrEnum):
    """Accepted by the other side; to be tried again; or refused for good."""

    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"


@dataclass(frozen=True)
class Outcome:
    """What came of one try; ``after`` is how long the other side wants to be left alone."""

    came: Came
    said: Text | None = None
    after: timedelta | None = None


SENT = Outcome(Came.SENT)


def later(msgid: str, after: timedelta | None = None, **facts: object) -> Outcome:
    """Not now: the reason, and how long to wait at least."""
    return Outcome(Came.LATER, Text(msgid, facts), after)


def refused(msgid: str, **facts: object) -> Outcome:
    """Never: the reason."""
    return Outcome(Came.REFUSED, Text(msgid, facts))


TOO_OFTEN = N_("It asked for fewer messages (%(code)s).")
BUSY = N_("It could not take the message just then (%(code)s).")
NOT_TAKEN = N_("It refused the message: %(code)s %(words)s")
NO_SENSE = N_("It answered something that makes no sense.")
MOST_WAIT = timedelta(days=1)


def wait_of(retry_after: str | None, now: datetime) -> timedelta | None:
    """How long a Retry-After header asks to wait: seconds or a date; None if it says neither."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 9:
        return min(timedelta(seconds=int(retry_after)), MOST_WAIT)
    try:
        at = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta()), MOST_WAIT)
