"""Changing one byte of the record anywhere is found."""

import pytest
from sqlalchemy import text

from harbour.extensions import db, seal
from harbour.services import chains, places
from tests.making.people import OPERATOR, everywhere


@pytest.fixture
def recorded(street, clock):
    """A few lines in two chains."""
    with everywhere():
        for name in ("子", "丑", "寅"):
            places.add_sub_area(OPERATOR, street.compounds["CH-02"], f"{name}园", now=clock.now)
        places.create_street(OPERATOR, {"code": "QS", "name": "秋水街道"}, now=clock.now)
    db.session.rollback()


def tamper(statement: str) -> None:
    """What somebody with the database file in hands does: the guards taken off first."""
    engine = db.engine
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            for act in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS audit_event_no_{act}")
        else:
            connection.execute(
                text("DROP TRIGGER IF EXISTS audit_event_append_only ON audit_event")
            )
        connection.execute(text(statement))
        connection.commit()


def walked():
    with everywhere():
        return chains.walk()


def test_an_untouched_record_is_unbroken(recorded):
    found = walked()

    assert found.broken is None
    assert found.lines >= 6
    assert found.chains == 3


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'operatox'",
        "at = '2026-03-02 01:00:01'",
        "action = 'compound.add_sub_areas'",
        'inputs = \'{"name": "丁园"}\'',
        'changes = \'{"name": ["a", "b"]}\'',
        "role = 'clock'",
        "subject_id = 1000",
        "request_id = 'x'",
        "refused = 'x'",
        "digest = '" + "0" * 64 + "'",
        "previous = '" + "0" * 64 + "'",
        "seq = 1000",
        "community_id = (SELECT max(id) FROM community)",
    ],
)
def test_a_changed_column_is_found(recorded, street, change):
    community = street.communities["CH"]
    tamper(f"UPDATE audit_event SET {change} WHERE community_id = {community} AND seq = 2")

    found = walked()

    assert found.broken is not None
    assert found.broken.startswith(f"community:{community}, line ")


def test_a_line_taken_out_of_the_middle_is_found(recorded, street):
    community = street.communities["CH"]
    tamper(f"DELETE FROM audit_event WHERE community_id = {community} AND seq = 2")

    assert walked().broken == f"community:{community}, line 3: line 2 is missing"


def test_a_line_sealed_anew_without_the_key_is_found(recorded, street, monkeypatch):
    """Who can write every row still cannot seal one without the installation's secret."""
    monkeypatch.setattr(seal, "key", b"another key")

    assert walked().broken is not None
