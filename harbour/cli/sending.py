"""flask harbour send: one pass of delivery, as the worker makes it."""

import logging
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_babel import force_locale

from harbour.adapters.channels import Message, Outcome, mail, robots
from harbour.adapters.channels.outcome import Came, later
from harbour.documents import messages
from harbour.domain.notices import Channel, Parcel, Sending
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.queries import letters
from harbour.queries.letters import Letter
from harbour.services import outbox

log = logging.getLogger("harbour.sending")
#: At five seconds each, a pass is over before the first lease runs out.
AT_MOST = 20
_STATES = {Came.SENT: Sending.SENT, Came.LATER: Sending.WAITING, Came.REFUSED: Sending.DEAD}


def deliver(now: datetime, most: int = AT_MOST) -> Mapping[str, int]:
    """Send what is due, at most so many; how many were sent, dropped, put off, given up.

    Any number of processes may do so at once. Who is killed in between loses nothing: the lease
    runs out, and the same message goes out once more under the same identity.
    """
    done: Counter[str] = Counter()
    for _ in range(most):
        parcel = outbox.lease(now)
        if parcel is None:
            break
        done[str(_delivered(parcel, now))] += 1
    return done


def _delivered(parcel: Parcel, now: datetime) -> Sending | None:
    try:
        letter = letters.letter(parcel, now)
        if isinstance(letter, Text):
            return outbox.settle(parcel, Sending.DROPPED, now, letter)
        came = _sent(parcel, letter, now)
    except Exception as error:
        # One message that cannot be written must not hold up all others behind it.
        log.exception("delivery %s could not be made", parcel.key)
        came = later(N_("Something went wrong on our side (%(why)s)."), why=type(error).__name__)
    return outbox.settle(parcel, _STATES[came.came], now, came.said, came.after)


def _sent(parcel: Parcel, letter: Letter, now: datetime) -> Outcome:
    settings = current_app.config
    with force_locale(letter.language):
        said = messages.written(letter, settings["HARBOUR_ADDRESS"])
        sender_name = say(messages.PRODUCT)
    message = Message(
        parcel.key, parcel.action, said.subject, said.words, said.link, parcel.created_at
    )
    if not letter.channel:
        return mail.send(_server(settings, sender_name), letter.email, message, now)
    robot = robots.Robot(Channel(letter.channel), letter.hook, letter.secret)
    return robots.send(robot, message, now, local=settings["HARBOUR_LOCAL_CHANNELS"])


def _server(settings: Mapping[str, Any], sender_name: str) -> mail.MailServer | None:
    if not settings["MAIL_HOST"]:
        return None
    return mail.MailServer(
        settings["MAIL_HOST"],
        settings["MAIL_PORT"],
        settings["MAIL_SECURITY"],
        settings["MAIL_USER"],
        settings["MAIL_PASSWORD"],
        settings["MAIL_SENDER"],
        sender_name,
    )


@click.command("send")
@with_appcontext
def send() -> None:
    """Queue today's digests whose hour has come, and send what is due, once."""
    now = current_app.extensions["harbour_clock"]()
    queued = outbox.digest(now)
    done = deliver(now)
    click.echo(f"{queued} digests queued.")
    click.echo(", ".join(f"{n} {state}" for state, n in sorted(done.items())) or "Nothing to send.")
