"""What every test may ask for: the application, the clock, a street, people signed in."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import create_engine

from config import load
from harbour import create_app
from harbour.cli.migrating import bring_up
from harbour.extensions import db
from harbour.tenancy import scoped_to
from tests.browser import chromium, device, live, playwright_started  # noqa: F401
from tests.databases import Databases, databases
from tests.making import Make
from tests.making.places import Street, plant
from tests.making.tasks import Walk, walk
from tests.pages import Browser

SECRET = "a-secret-for-tests-only-0123456789abcdef"
MONDAY_MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


class Clock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def at(self, text: str) -> datetime:
        """Set the clock to a Shanghai time, such as "2026-03-05 14:30"."""
        self.now = datetime.fromisoformat(text + "+08:00").astimezone(UTC)
        return self.now

    def pass_(self, **span: float) -> datetime:
        """Let time pass."""
        self.now += timedelta(**span)
        return self.now


def settings(url: str, folder: Path) -> dict[str, Any]:
    """The settings tests run with: real ones, but cheap password hashing."""
    found = load({"DATABASE_URL": url, "HARBOUR_DATA_DIR": str(folder), "SECRET_KEY": SECRET})
    return {
        **found,
        "TESTING": True,
        "PROPAGATE_EXCEPTIONS": False,
        "PASSWORD_HASH": {"memory_cost": 64, "time_cost": 1, "parallelism": 1},
    }


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def one_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def one_app(tmp_path_factory: pytest.TempPathFactory, one_clock: Clock) -> Flask:
    """One application per worker: templates are compiled once."""
    folder = tmp_path_factory.mktemp("data")
    return create_app(settings(f"sqlite:///{folder}/none.db", folder), one_clock)


def point(app: Flask, url: str) -> None:
    """Let the application use this database."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
        db._app_engines[app][None] = create_engine(url)


@pytest.fixture(scope="session")
def all_databases(one_app: Flask, run_folder: Path) -> Iterator[Databases]:
    def migrate(url: str) -> None:
        point(one_app, url)
        with one_app.app_context():
            bring_up()
            db.session.remove()
            db.engine.dispose()

    with databases(run_folder, migrate) as found:
        yield found


@pytest.fixture
def app(
    one_app: Flask, all_databases: Databases, one_clock: Clock, tmp_path: Path
) -> Iterator[Flask]:
    """The application on a fresh, migrated, empty database."""
    one_clock.now = MONDAY_MORNING
    one_app.config["HARBOUR_DATA_DIR"] = tmp_path
    with all_databases.fresh() as url:
        point(one_app, url)
        with one_app.app_context():
            yield one_app
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def clock(app: Flask, one_clock: Clock) -> Clock:
    """The application's clock; it stands at Monday 2026-03-02, 09:00 in Shanghai."""
    return one_clock


@pytest.fixture
def street(app: Flask, clock: Clock) -> Street:
    """A street with two communities, their compounds, two firms and everybody's accounts."""
    return plant(clock.now)


@pytest.fixture
def make(street: Street, clock: Clock) -> Iterator[Make]:
    """Things in any state, walked there through the real commands; scope: all communities."""
    with scoped_to(*street.community_ids):
        yield Make(street, clock)


@pytest.fixture
def signed_in(app: Flask, street: Street, clock: Clock) -> Callable[[str], Browser]:
    """A browser signed in as one of the street's people, by user name."""
    return lambda username: Browser(app).sign_in_as(username, clock.now)


@pytest.fixture
def begin(
    make: Make, street: Street, clock: Clock, app: Flask, request: pytest.FixtureRequest
) -> Callable[..., Walk]:
    """A task walked to a state; a file says by ``BEGUN_AT`` where its tasks usually stand."""
    usual = getattr(request.module, "BEGUN_AT", "in_hand")

    def begun(state: str = usual, compound: str = "CH-01", **other: Any) -> Walk:
        return walk(street, clock, app.config["HARBOUR_DATA_DIR"], state, compound, **other)

    return begun
