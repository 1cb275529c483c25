"""Changing one byte of the record anywhere is found."""

import pytest
from sqlalchemy import text

from harbour.cli.migrating import bring_up, take_down
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
    db.session.rollback()
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
    db.session.rollback()
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
        """facts = '{"lacking": ["x"]}'""",
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


def test_lines_cut_off_the_end_are_found(recorded, street):
    community = street.communities["CH"]
    ours = f"community_id = {community}"
    tamper(f"DELETE FROM audit_event WHERE {ours} AND seq IN "
           f"(SELECT max(seq) FROM audit_event WHERE {ours})")  # fmt: skip

    broken = walked().broken

    assert broken is not None
    assert broken.startswith(f"community:{community}, line ")
    assert "the end of the chain is missing" in broken


def test_a_chain_of_which_no_line_is_left_is_found(recorded, street):
    community = street.communities["CH"]
    tamper(f"DELETE FROM audit_event WHERE community_id = {community}")
    tamper(f"DELETE FROM ledger_head WHERE community_id = {community}")

    assert walked().broken == f"community:{community}, line 1: every line is missing"


def test_what_is_written_after_the_end_was_cut_off_hides_nothing(recorded, street, clock):
    community = street.communities["CH"]
    tamper(f"DELETE FROM audit_event WHERE community_id = {community} AND seq > 1")
    with everywhere():
        places.add_sub_area(OPERATOR, street.compounds["CH-02"], "卯园", now=clock.now)
    db.session.rollback()

    broken = walked().broken

    assert broken is not None
    assert broken.endswith("line 2 is missing")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("SET lines = lines - 1", "not the one the chain's head names"),
        ("SET digest = '" + "0" * 64 + "'", "not the one the chain's head names"),
        ("SET seal = '" + "0" * 64 + "'", "head was altered"),
    ],
)
def test_a_changed_head_is_found(recorded, street, change, found):
    tamper(f"UPDATE ledger_head {change} WHERE community_id = {street.communities['CH']}")

    assert found in walked().broken


def test_a_head_set_back_to_an_earlier_line_without_the_key_is_found(recorded, street):
    community = street.communities["CH"]
    ours = f"community_id = {community}"
    tamper(f"DELETE FROM audit_event WHERE {ours} AND seq > 2")
    tamper(f"UPDATE ledger_head SET lines = 2, digest = (SELECT digest FROM audit_event "
           f"WHERE {ours} AND seq = 2) WHERE {ours}")  # fmt: skip

    assert "head was altered" in walked().broken


def test_a_head_taken_away_is_found(recorded, street):
    tamper(f"DELETE FROM ledger_head WHERE community_id = {street.communities['CH']}")

    assert "head is missing" in walked().broken


def test_chains_written_before_there_were_heads_get_theirs(recorded):
    db.session.remove()
    take_down("0002")
    bring_up()

    assert walked().broken is None
    tamper("DELETE FROM audit_event WHERE id = (SELECT max(id) FROM audit_event)")
    assert walked().broken is not None


def test_a_line_sealed_anew_without_the_key_is_found(recorded, street, monkeypatch):
    """Who can write every row still cannot seal one without the installation's secret."""
    monkeypatch.setattr(seal, "key", b"another key")

    assert walked().broken is not None
