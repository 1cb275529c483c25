"""flask harbour sweep-photos: nothing waits for ever, and files and rows agree both ways."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from harbour.adapters import photos as adapter
from harbour.adapters.files import LocalFiles
from harbour.domain.photos import SETTLES, WAITS
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.photos import Photo
from harbour.tenancy import scoped_to
from tests.making.photos import picture, waiting

MOMENT = timedelta(seconds=1)


@pytest.fixture
def run(app):
    runner = app.test_cli_runner()
    return lambda: runner.invoke(args=["harbour", "sweep-photos"])


@pytest.fixture
def store(app):
    found = adapter.photo_store(Path(app.config["HARBOUR_DATA_DIR"]))
    assert isinstance(found, LocalFiles)
    return found


def left(street):
    """The photos that still have a row, by id, with their files."""
    db.session.rollback()
    with scoped_to(*street.community_ids):
        return {
            one.id: one.file_key for one in db.session.scalars(select(Photo).order_by(Photo.id))
        }


def written(store: LocalFiles, key: str, at: datetime) -> str:
    """Let a file be as old as that."""
    os.utime(store.root / key, (at.timestamp(), at.timestamp()))
    return key


def test_what_nobody_sent_in_a_week_is_gone_and_the_rest_waits(
    app, street, clock, store, run, tmp_path
):
    old, young, now = clock.now - WAITS - MOMENT, clock.now - WAITS + MOMENT, clock.now
    rep, other = street.actor("ch01-rep1"), street.actor("cx-qian")
    with scoped_to(street.communities["CH"]):
        (gone,) = waiting(rep, "form-1", "photos", 1, old, tmp_path)
        (stays,) = waiting(rep, "form-2", "photos", 1, young, tmp_path)
    with scoped_to(street.communities["CX"]):
        waiting(other, "form-3", "photos", 1, old, tmp_path)
    key = left(street)[stays]

    answer = run()

    assert answer.exit_code == 0, answer.output
    assert "2 photos that waited too long: removed." in answer.output
    assert left(street) == {stays: key}
    assert sorted(store.keys()) == sorted((key, adapter.small_key(key)))
    with scoped_to(*street.community_ids):
        line = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "photo.remove").order_by(AuditEvent.id)
        ).first()
    assert line is not None
    assert (line.subject_id, line.actor_name, line.at) == (gone, "clock", now)


def test_a_photo_of_something_never_expires(app, street, clock, store, run, begin):
    begin("reported")
    before, there = left(street), sorted(store.keys())
    clock.pass_(days=400)

    answer = run()

    assert before
    assert answer.output.startswith("0 photos that waited too long")
    assert (left(street), sorted(store.keys())) == (before, there)


def test_files_of_no_photo_go_when_they_have_settled(app, street, clock, store, run):
    strays = [adapter.keep(store, picture(seed), 2026).file_key for seed in (1, 2)]
    half = store.root / ".incoming" / "half"
    half.write_bytes(b"x")
    written(store, ".incoming/half", clock.now - SETTLES - MOMENT)
    for key, age in zip(strays, (SETTLES + MOMENT, SETTLES - MOMENT), strict=True):
        written(store, key, clock.now - age)
        written(store, adapter.small_key(key), clock.now - age)

    answer = run()

    assert answer.exit_code == 0
    assert "3 files of no photo: removed." in answer.output
    assert sorted(store.keys()) == sorted((strays[1], adapter.small_key(strays[1])))
    assert not half.exists()


@pytest.mark.parametrize("lost", ["large", "small"])
def test_a_photo_whose_file_is_missing_is_named_and_kept(
    app, street, clock, store, run, tmp_path, lost
):
    with scoped_to(street.communities["CH"]):
        waiting(street.actor("ch01-rep1"), "form-1", "photos", 2, clock.now, tmp_path)
    gone, whole = left(street).values()
    store.delete(gone if lost == "large" else adapter.small_key(gone))

    answer = run()

    assert answer.exit_code == 1
    assert gone in answer.output
    assert whole not in answer.output
    assert len(left(street)) == 2


def test_an_empty_house_is_swept_without_a_word_of_trouble(app, run):
    answer = run()

    assert answer.exit_code == 0
    assert answer.output == (
        "0 photos that waited too long: removed.\n0 files of no photo: removed.\n"
    )
