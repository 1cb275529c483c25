"""People who are told by e-mail, and a mail server that takes it."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from harbour.domain.actors import Actor
from harbour.domain.notices import DIGEST_AT
from harbour.services import notices
from tests.making.places import Street
from tests.posting import MailHouse, mail_house

PLAIN = {"email": "", "digest_on": True, "digest_at": None, "quiet_from": None, "quiet_until": None}


@pytest.fixture
def house(app: Flask) -> Iterator[MailHouse]:
    with mail_house() as one:
        kept = {key: app.config[key] for key in app.config if key.startswith("MAIL_")}
        app.config.update(
            MAIL_HOST="127.0.0.1", MAIL_PORT=one.port, MAIL_SECURITY="none",
            MAIL_SENDER="gangwan@example.org", HARBOUR_LOCAL_CHANNELS=True,
        )  # fmt: skip
        yield one
        app.config.update(kept, HARBOUR_LOCAL_CHANNELS=False)


@pytest.fixture
def by_mail(street: Street, clock: Any) -> Any:
    """Let somebody be told by e-mail too."""

    def told(username: str, **other: Any) -> Actor:
        actor = street.actor(username)
        said = {**PLAIN, "digest_at": DIGEST_AT, "email": f"{username}@example.org", **other}
        notices.set_telling(actor, said, version=0, now=clock.now)
        return actor

    return told
