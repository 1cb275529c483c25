"""kill -9 of the sender in the middle: nothing is lost, at most one message a kill comes twice.

python -m tests.drills.sending --rounds 50
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import select

from config import load
from harbour import create_app
from harbour.cli import sending
from harbour.cli.migrating import bring_up
from harbour.domain.notices import DIGEST_AT, LEASE, Sending
from harbour.extensions import db
from harbour.models.outbox import Delivery
from harbour.services import notices, robots, tasks
from harbour.tenancy import scoped_to
from tests.drills.serving import PATIENCE, ROOT, SECRET, Now
from tests.making.places import plant
from tests.making.tasks import drafted
from tests.posting import MailHouse, Platform, mail_house, platform, says


class Post:
    """A scratch street with messages to send, and real servers that take them."""

    def __init__(self, folder: Path, house: MailHouse, group: Platform, messages: int) -> None:
        self.house, self.group, self.clock = house, group, Now()
        self.environ = {
            **os.environ, "HARBOUR_DATA_DIR": str(folder), "SECRET_KEY": SECRET,
            "DATABASE_URL": f"sqlite:///{folder / 'harbour.db'}", "MAIL_HOST": "127.0.0.1",
            "MAIL_PORT": str(house.port), "MAIL_SECURITY": "none",
            "MAIL_SENDER": "gangwan@example.org",
        }  # fmt: skip
        self.app = create_app(load(self.environ))
        self.keys = self._written(messages)

    def _written(self, messages: int) -> set[str]:
        now = self.clock.now
        with self.app.app_context():
            bring_up()
            street = plant(now)
            with scoped_to(*street.community_ids):
                said = {"email": "sun@example.org", "digest_on": False, "digest_at": DIGEST_AT,
                        "quiet_from": None, "quiet_until": None}  # fmt: skip
                notices.set_telling(street.actor("ah-sunjl"), said, version=0, now=now)
                robot = {"channel": "webhook", "name": "群", "compound": None, "secret": "s" * 20,
                         "hook": self.group.url("/hook")}  # fmt: skip
                chair = street.actor("ch-zhao")
                robots.create(chair, street.communities["CH"], robot, now=now)
                for _ in range(messages):
                    number = drafted(street, self.clock)
                    tasks.act(chair, number, "dispatch", {}, version=None, now=now)
            keys = set(db.session.scalars(select(Delivery.key)))
            db.session.remove()
        return keys

    def sender(self, now: datetime) -> "subprocess.Popen[bytes]":
        """A process of its own that makes one pass of delivery."""
        asked = [sys.executable, "-m", "tests.drills.sending", "--child", now.isoformat()]
        return subprocess.Popen(asked, cwd=ROOT, env=self.environ)

    def left(self) -> int:
        """What is not delivered yet."""
        with self.app.app_context():
            done = Delivery.state == Sending.SENT
            found = len(db.session.scalars(select(Delivery.id).where(~done)).all())
            db.session.remove()
        return found

    def arrived(self) -> Counter[str]:
        """How often each message came, by its identity."""
        mails = [str(one["Message-ID"]).strip("<>").partition("@")[0] for one in self.house.mails]
        return Counter([*mails, *(one.headers["idempotency-key"] for one in self.group.taken)])


def drill(folder: Path, rounds: int, messages: int = 4) -> dict[str, int]:
    """Kill the sender so many times with a message just taken; what is wrong afterwards."""
    with mail_house() as house, platform(says(204)) as group:
        post = Post(folder, house, group, messages)
        now, kills = post.clock.now, 0
        for n in range(rounds):
            there: MailHouse | Platform = group if n % 2 else house
            # The other side has the message and answers nothing yet: the worst moment to die.
            there.held, hold = Event(), there.held
            there.came.clear()
            process = post.sender(now)
            if there.came.wait(PATIENCE):
                process.send_signal(signal.SIGKILL)
                kills += 1
            process.wait(PATIENCE)
            there.held.set()
            there.held = hold
            now += LEASE + timedelta(minutes=1)
        for _ in range(2):  # what the last one killed had in hand, and all the rest
            post.sender(now).wait(PATIENCE)
            now += LEASE + timedelta(minutes=1)
        arrived, left = post.arrived(), post.left()
    return {
        "messages": len(post.keys),
        "kills": kills,
        "lost": len(post.keys - set(arrived)),
        "left": left,
        "unasked": len(set(arrived) - post.keys),
        "doubled": sum(arrived.values()) - len(arrived),
    }


def child(at: str) -> None:
    """One pass, as the worker makes it."""
    app = create_app({**load(os.environ), "HARBOUR_LOCAL_CHANNELS": True})
    with app.app_context():
        sending.deliver(datetime.fromisoformat(at))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=10)
    asked.add_argument("--child", default="")
    options = asked.parse_args()
    if options.child:
        child(options.child)
        return
    with tempfile.TemporaryDirectory() as folder:
        found = drill(Path(folder), options.rounds)
    sys.stdout.write("  ".join(f"{name} {number}" for name, number in found.items()) + "\n")
    sys.exit(
        bool(
            found["lost"] or found["left"] or found["unasked"] or found["doubled"] > found["kills"]
        )
    )


if __name__ == "__main__":
    main()
