"""E-mail: by the server an installation names, with an identity that stays through all tries."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from harbour.adapters.channels.outcome import (
    BUSY,
    NOT_TAKEN,
    SENT,
    Message,
    Outcome,
    later,
    refused,
)
from harbour.adapters.channels.outgoing import DEADLINE, NO_ANSWER, NOT_REACHED
from harbour.domain.text import N_

PERMANENT = 500


@dataclass(frozen=True)
class MailServer:
    """Who carries our mail; ``security`` is starttls, tls or none (on one's own host)."""

    host: str
    port: int = 25
    security: str = "none"
    user: str = ""
    password: str = ""
    sender: str = ""
    sender_name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the @ of the sender."""
        return self.sender.rpartition("@")[2] or "localhost"


def composed(server: MailServer, to: str, message: Message, now: datetime) -> EmailMessage:
    """The mail itself; ValueError where an address is none."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(message.subject.split())
    mail["From"] = Address(server.sender_name, addr_spec=server.sender)
    mail["To"] = Address(addr_spec=to)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message.key.replace(':', '.')}@{server.domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    words = message.words + (f"\n\n{message.link}" if message.link else "")
    mail.set_content(words + "\n", cte="base64")
    return mail


def send(server: MailServer | None, to: str, message: Message, now: datetime) -> Outcome:
    """Hand a mail over; what the server answered, in our own words."""
    if server is None:
        return refused(N_("No mail server is set up for this installation."))
    try:
        mail = composed(server, to, message, now)
    except (ValueError, IndexError):
        return refused(N_("This is no e-mail address."))
    try:
        with _opened(server) as line:
            line.send_message(mail, server.sender, [to])
    except (OSError, smtplib.SMTPException) as error:
        return _failed(error)
    return SENT


def _failed(error: OSError) -> Outcome:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _answered(*next(iter(error.recipients.values())))
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return later(NO_ANSWER)
    return later(NOT_REACHED, why=type(error).__name__)


def _opened(server: MailServer) -> smtplib.SMTP:
    if server.security == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(
            server.host, server.port, server.domain, timeout=DEADLINE,
            context=ssl.create_default_context(),
        )  # fmt: skip
    else:
        line = smtplib.SMTP(server.host, server.port, server.domain, timeout=DEADLINE)
    try:
        if server.security == "starttls":
            line.starttls(context=ssl.create_default_context())
        if server.user:
            line.login(server.user, server.password)
    except BaseException:
        line.close()
        raise
    return line


def _answered(code: int, words: bytes | str) -> Outcome:
    said = words.decode(errors="replace") if isinstance(words, bytes) else words
    if code >= PERMANENT:
        return refused(NOT_TAKEN, code=code, words=said[:120])
    return later(BUSY, code=code)
