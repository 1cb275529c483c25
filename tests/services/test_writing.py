"""Concerns written as one goes: nothing doubled, nothing lost, nothing of somebody else's."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from harbour.domain.categories import CATEGORIES
from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.photos import Photo
from harbour.models.summaries import Concern
from harbour.queries import photos as pictures
from harbour.queries import writing as queries
from harbour.services import writing
from harbour.tenancy import scoped_to
from tests.making import summaries as making
from tests.making.photos import waiting


@pytest.fixture(autouse=True)
def inside(street):
    with scoped_to(*street.community_ids):
        yield


@pytest.fixture
def rep(street):
    return street.actor("ch01-rep1")


@pytest.fixture
def draft(street, clock):
    return making.draft(street, clock)


def change(rep, clock, concern_id, version=None, **inputs):
    return writing.change(rep, concern_id, inputs, version=version, now=clock.now)


def lines():
    return db.session.scalar(select(func.count()).select_from(AuditEvent))


def test_the_same_form_writes_the_same_concern(rep, clock, draft):
    first = writing.write(rep, draft, "form-1", making.inputs(), version=None, now=clock.now)
    count = lines()
    again = writing.write(rep, draft, "form-1", making.inputs(), version=None, now=clock.now)
    more = writing.write(
        rep, draft, "form-1", making.inputs(concern_title="改了标题"), version=1, now=clock.now
    )

    assert again == first
    assert (more.concern_id, more.version) == (first.concern_id, 2)
    assert lines() == count + 1
    assert db.session.scalar(select(func.count()).select_from(Concern)) == 1


def test_a_form_without_a_word_makes_nothing(rep, street, clock):
    nothing = {"concern_title": "", "category": "", "urgency": "soon", "source": "visit"}

    assert (
        writing.begin(
            rep, street.compounds["CH-01"], "form-1", nothing, version=None, now=clock.now
        )
        is None
    )
    assert lines() == 2  # what planted the two communities
    assert db.session.scalar(select(func.count()).select_from(Concern)) == 0


def test_rare_characters_and_emoji_are_kept(rep, clock, draft):
    written = writing.write(
        rep,
        draft,
        "form-1",
        making.inputs(concern_title="䶮家门口😀的灯"),
        version=None,
        now=clock.now,
    )

    db.session.rollback()
    assert db.session.get_one(Concern, written.concern_id).title == "䶮家门口😀的灯"


def test_two_devices_never_overwrite_each_other(rep, street, clock, draft):
    concern_id = making.concern(street, clock, draft, "form-1")
    change(rep, clock, concern_id, version=1, concern_title="手机上写的")

    with pytest.raises(Stale) as stale:
        change(rep, clock, concern_id, version=1, concern_title="平板上写的")

    assert (stale.value.theirs["concern_title"], stale.value.version) == ("手机上写的", 2)
    # The same words once more are a double tap, not a quarrel.
    assert change(rep, clock, concern_id, version=1, concern_title="手机上写的").version == 2


def test_only_who_writes_it_changes_a_concern(street, clock, draft):
    concern_id = making.concern(street, clock, draft, "form-1")

    for username in ("ch01-rep2", "ch-lin", "ch02-rep1"):
        with pytest.raises(Missing):
            change(street.actor(username), clock, concern_id, concern_title="别人的")


def test_once_submitted_it_stands_until_it_is_returned(street, rep, clock):
    summary_id = making.summary(street, clock, concerns=1)
    concern_id = making.concerns_of(street, summary_id)[0].id

    with pytest.raises(Refused, match="submitted"):
        change(rep, clock, concern_id, concern_title="晚了")
    with pytest.raises(Denied):
        change(street.actor("ch01-rep2"), clock, concern_id, concern_title="别人的")
    making.act(street, clock, summary_id, "return", street.actor("ch-zhao"), question="哪一盏？")
    change(rep, clock, concern_id, concern_title="东门左边那盏")
    with pytest.raises(Refused, match="keeps its number"):
        writing.strike(rep, concern_id, now=clock.now)


def test_a_struck_concern_goes_with_its_photos(street, rep, clock, draft, app):
    folder = Path(app.config["HARBOUR_DATA_DIR"])
    ids = waiting(rep, "form-1", "photos", 2, clock.now, folder)
    concern_id = making.concern(street, clock, draft, "form-1", photos=ids)

    written = writing.strike(rep, concern_id, now=clock.now)

    assert len(written.files) == 2
    assert db.session.scalar(select(func.count()).select_from(Photo)) == 0
    assert making.concerns_of(street, draft) == []


def test_photos_move_from_the_form_to_the_concern_and_its_readers(street, rep, clock, app):
    folder = Path(app.config["HARBOUR_DATA_DIR"])
    draft = making.draft(street, clock)
    ids = waiting(rep, "form-1", "photos", 2, clock.now, folder)
    concern_id = making.concern(street, clock, draft, "form-1", photos=ids)
    secretary, other = street.actor("ch-zhao"), street.actor("ch02-rep1")

    assert pictures.waiting_in(rep, "form-1") == ()
    assert [one.id for one in pictures.of("concern", [concern_id])[concern_id]] == list(ids)
    with pytest.raises(Missing):
        pictures.file_of(secretary, ids[0], clock.now)
    making.act(street, clock, draft, "submit", rep)
    assert pictures.file_of(secretary, ids[0], clock.now)
    with pytest.raises(Missing):
        pictures.file_of(other, ids[0], clock.now)


def test_more_than_nine_photos_are_refused_beside_the_field(street, rep, clock, draft, app):
    folder = Path(app.config["HARBOUR_DATA_DIR"])
    ids = waiting(rep, "form-1", "photos", 10, clock.now, folder)

    with pytest.raises(Invalid) as refused:
        making.concern(street, clock, draft, "form-1", photos=ids)

    assert refused.value.field == "photos"
    assert len(pictures.waiting_in(rep, "form-1")) == 10


def test_the_narrower_place_decides_and_a_wrong_pair_is_refused(street, rep, clock, draft):
    unit = street.units["CH-01/3/2"]
    concern_id = making.concern(
        street, clock, draft, "form-1", unit=unit, building=None, sub_area=None
    )
    found = db.session.get_one(Concern, concern_id)
    assert found.building_id == street.buildings["CH-01/3"]
    assert found.sub_area_id is not None

    with pytest.raises(Invalid) as wrong:
        change(rep, clock, concern_id, building=street.buildings["CH-01/1"], unit=unit)
    assert wrong.value.field == "unit"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("building", 0),
        ("unit", 0),
        ("sub_area", 0),
        ("category", "不存在"),
        ("source", "?"),
        ("urgency", "?"),
    ],
)
def test_what_does_not_exist_is_refused_beside_its_field(street, rep, clock, draft, field, value):
    wrong = {"building": street.buildings["CH-02/1"], "unit": street.units["CX-01/1/1"]}.get(
        field, value
    )

    with pytest.raises(Invalid) as refused:
        making.concern(street, clock, draft, "form-1", "ch01-rep1", **{field: wrong or 999_999})

    assert refused.value.field == field
    assert making.concerns_of(street, draft) == []


def test_what_was_said_lately_of_the_same_kind_is_shown_once(street, rep, clock):
    making.summary(street, clock, "ch01-rep2", concerns=2)
    clock.at("2026-03-10 10:00")
    compound = street.compounds["CH-01"]

    def alike(category, text):
        found = queries.alike(rep, compound, [(None, category, text)], clock.now)
        return [one.number for one in found.get(None, ())]

    assert alike("FAC/公共照明", "3号楼路灯坏了修一下门口的路灯") == ["CH01-2026-0001"]
    assert alike("ENV/垃圾清运", "3号楼路灯坏了修一下门口的路灯") == []
    assert alike("FAC/公共照明", "楼道窗户玻璃破损") == []
    clock.at("2026-06-30 10:00")
    assert alike("FAC/公共照明", "3号楼路灯坏了修一下门口的路灯") == []


def test_the_usual_categories_exist_and_ones_own_come_first(street, rep, clock, draft):
    assert set(queries.USUAL) <= set(CATEGORIES)
    making.concern(street, clock, draft, "form-1", category="SAF/消防设施")

    found = queries.recent_categories(rep, street.compounds["CH-01"])

    assert found[0] == "SAF/消防设施"
    assert len(found) == queries.RECENT
