"""flask harbour worker · tick: the clock at work, for ever or once."""

import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event
from types import FrameType

import click
from flask import current_app
from flask.cli import with_appcontext

from harbour.cli import clockwork
from harbour.cli.sending import deliver
from harbour.domain.clock import DUTIES, PASS, SEEN_EVERY
from harbour.domain.deadlines import SHANGHAI
from harbour.extensions import db
from harbour.services import clock as services
from harbour.services import outbox

log = logging.getLogger("harbour.clock")
# After a pass that could not be made at all (no database), one waits longer.
AFTER_FAILURE = PASS * 3


class Worker:
    """Passes, one after another, until somebody says stop or the process it goes with is gone."""

    def __init__(self, now: Callable[[], datetime], beside: int | None = None) -> None:
        self.now, self.beside = now, beside
        self.stop = Event()
        self.name = clockwork.name_of_worker()
        self.seen: datetime | None = None

    def heed(self) -> None:
        """End on SIGTERM and SIGINT, once the slot in hand is done."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._end)

    def _end(self, number: int, frame: FrameType | None) -> None:
        self.stop.set()

    @property
    def going_on(self) -> bool:
        """Whether to take another slot."""
        alone = self.beside is not None and os.getppid() != self.beside
        return not alone and not self.stop.is_set()

    def work(self) -> None:
        """Pass after pass; what goes wrong in one is no reason not to try the next."""
        log.info("the clock starts (%s)", self.name)
        while self.going_on:
            self._rest(PASS if self.once() else AFTER_FAILURE)
        log.info("the clock stops (%s)", self.name)

    def once(self) -> bool:
        """One pass; False where it could not be made."""
        try:
            now = self.now()
            if self.seen is None or now - self.seen >= SEEN_EVERY:
                services.see(self.name, now=now)
                self.seen = now
            done = clockwork.run(now, going_on=lambda: self.going_on)
            self._send(now)
        except Exception:
            log.exception("this pass could not be made")
            return False
        finally:
            db.session.remove()
        if done.taken or done.failed:
            log.info("%d taken, %d failed", done.taken, done.failed)
        return True

    def _send(self, now: datetime) -> None:
        """Queue the digests whose hour has come, and send what is due; trouble there is its own."""
        try:
            outbox.digest(now)
            if self.going_on:
                sent = deliver(now)
                if sent:
                    log.info("messages: %s", dict(sent))
        except Exception:
            log.exception("nothing could be sent at this pass")

    def _rest(self, span: timedelta) -> None:
        """Wait for the next pass, but no longer than a second for a server that is gone."""
        for _ in range(int(span.total_seconds())):
            if self.stop.wait(1) or not self.going_on:
                return


def _log_to_the_screen() -> None:
    hand = logging.StreamHandler(sys.stderr)
    hand.setFormatter(logging.Formatter("%(asctime)s clock: %(message)s"))
    log.addHandler(hand)
    log.setLevel(logging.INFO)


@click.command("worker")
@click.option("--once", is_flag=True, help="One pass, then end: for cron.")
@click.option("--beside", type=int, metavar="PID", help="End when this parent process is gone.")
@with_appcontext
def worker(*, once: bool, beside: int | None) -> None:
    """Do what falls due by itself: one process beside the server, for ever.

    Several may run at once: each thing is done once. SIGTERM ends it after the thing in hand.
    """
    _log_to_the_screen()
    one = Worker(current_app.extensions["harbour_clock"], beside)
    one.heed()
    if not once:
        one.work()
    elif not one.once():
        raise SystemExit(1)


@click.command("tick")
@click.option("--at", "at", metavar="TIME", required=True, help="Such as 2026-05-22T09:00.")
@with_appcontext
def tick(*, at: str) -> None:
    """Do what the clock would do at a moment (of Shanghai, unless it names its zone)."""
    _log_to_the_screen()
    done = clockwork.run(_moment(at), only=[d.name for d in DUTIES.values() if not d.upkeep])
    outbox.digest(_moment(at))
    click.echo(f"{done.taken} taken, {done.failed} failed.")
    if done.failed:
        raise SystemExit(1)


def _moment(typed: str) -> datetime:
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise click.BadParameter(f"not a moment: {typed}", param_hint="--at") from None
    return found.replace(tzinfo=SHANGHAI) if found.tzinfo is None else found
