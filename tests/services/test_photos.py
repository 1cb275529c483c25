"""Photos wait in a form, once each, and are seen by nobody but whoever put them there."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from harbour.adapters import photos as adapter
from harbour.domain.errors import Denied, Missing
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.photos import Photo
from harbour.queries import photos as queries
from harbour.services import photos
from harbour.tenancy import scoped_to
from tests.making.photos import picture, waiting


@pytest.fixture
def folder(app) -> Path:
    return Path(app.config["HARBOUR_DATA_DIR"])


def kept(folder, seed=1):
    return adapter.keep(adapter.photo_store(folder), picture(seed), 2026)


def test_a_staged_photo_leaves_a_line_and_waits_for_its_uploader_alone(street, clock, folder):
    rep, other = street.actor("ch01-rep1"), street.actor("ch01-rep2")
    with scoped_to(street.communities["CH"]):
        found = photos.stage(rep, "form-1", "photos", kept(folder), now=clock.now)

        assert [line.id for line in queries.waiting_in(rep, "form-1")] == [found.id]
        assert queries.waiting_in(other, "form-1") == ()
        assert queries.file_of(rep, found.id, clock.now)
        with pytest.raises(Missing):
            queries.file_of(other, found.id, clock.now)
        line = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert line is not None
        assert (line.action, line.subject_id) == ("photo.stage", found.id)


def test_the_same_picture_twice_in_one_form_is_one_photo(street, clock, folder):
    rep = street.actor("ch01-rep1")
    with scoped_to(street.communities["CH"]):
        first = photos.stage(rep, "form-1", "photos", kept(folder), now=clock.now)
        again = photos.stage(rep, "form-1", "photos", kept(folder), now=clock.now)
        elsewhere = photos.stage(rep, "form-2", "photos", kept(folder), now=clock.now)

        assert (first.fresh, again.fresh) == (True, False)
        assert first.id == again.id != elsewhere.id
        assert db.session.scalar(select(func.count()).select_from(Photo)) == 2


def test_a_photo_taken_out_is_gone_and_nobody_else_can_take_it_out(street, clock, folder):
    rep, other = street.actor("ch01-rep1"), street.actor("ch01-rep2")
    with scoped_to(street.communities["CH"]):
        (found,) = waiting(rep, "form-1", "photos", 1, clock.now, folder)
        with pytest.raises(Missing):
            photos.discard(other, "form-1", found, now=clock.now)

        photos.discard(rep, "form-1", found, now=clock.now)

        assert queries.waiting_in(rep, "form-1") == ()


def test_an_administrator_of_no_community_stages_nothing(street, clock, folder):
    with scoped_to(street.communities["CH"]), pytest.raises(Denied):
        photos.stage(street.actor("cf-admin"), "form-1", "photos", kept(folder), now=clock.now)


def test_the_sweep_finds_files_without_rows_and_rows_without_files(street, clock, folder):
    store = adapter.photo_store(folder)
    with scoped_to(street.communities["CH"]):
        ids = waiting(street.actor("ch01-rep1"), "form-1", "photos", 2, clock.now, folder)
        lost, _ = (db.session.get_one(Photo, one).file_key for one in ids)
        stray = kept(folder, seed=77).file_key
        store.delete(lost)

        found = adapter.orphans(store, queries.file_keys())

    assert found.files == tuple(sorted((stray, adapter.small_key(stray))))
    assert found.rows == (lost,)
