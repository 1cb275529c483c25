"""Public numbers: in order, without gaps, one sequence per compound and year."""

from datetime import UTC, datetime
from queue import Queue
from threading import Thread

from flask import Flask
from sqlalchemy import select

from harbour.extensions import db
from harbour.models.places import Compound
from harbour.services import ledger
from harbour.services.numbers import public_number
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.places import Street

EVE = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
NEW_YEAR = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)  # 00:00 in Shanghai


def number(street: Street, code: str, now: datetime) -> str:
    @command
    def take() -> str:
        compound = db.session.scalars(select(Compound).where(Compound.code == code)).one()
        found = public_number(compound, now)
        ledger.record(street.actor("ch-zhao"), "number", compound, now=now)
        return found

    with scoped_to(*street.community_ids):
        return take()


def test_each_compound_counts_for_itself(street: Street) -> None:
    assert [number(street, c, EVE) for c in ("CH-01", "CH-01", "CH-02")] == [
        "CH01-2026-0001",
        "CH01-2026-0002",
        "CH02-2026-0001",
    ]


def test_a_new_year_begins_at_midnight_in_shanghai(street: Street) -> None:
    number(street, "CH-01", EVE)

    assert number(street, "CH-01", NEW_YEAR) == "CH01-2027-0001"


def test_many_at_once_get_different_numbers_without_a_gap(app: Flask, street: Street) -> None:
    found: Queue[str] = Queue()

    def take() -> None:
        with app.app_context():
            found.put(number(street, "CH-01", EVE))
            db.session.remove()

    threads = [Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found.queue) == [f"CH01-2026-{n:04}" for n in range(1, 9)]
