"""The pages of the weekly summary: nothing lost, nothing doubled, every error beside its field."""

import re
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.summaries import Concern, Summary
from harbour.tenancy import scoped_to
from tests.making import summaries as making
from tests.making.photos import picture, upload

HEIC = Path(__file__).parents[1] / "adapters" / "upright.heic"


@pytest.fixture
def rep(signed_in):
    return signed_in("ch01-rep1")


@pytest.fixture
def draft(street, clock):
    return making.draft(street, clock)


def count(street, model):
    with scoped_to(*street.community_ids):
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(model))


def new(rep, draft):
    return rep.visit(f"/c/ch/summaries/{draft}/concerns/new")


def typed(**more):
    return {"concern_title": "修好门口的路灯", "category": "FAC/公共照明", **more}


def test_the_first_concern_begins_the_summary_and_a_look_does_not(rep, street):
    page = rep.visit("/c/ch/summaries/write")
    assert (page.status, count(street, Summary)) == (200, 0)

    done = rep.press(page, f"/write?compound={street.compounds['CH-01']}", **typed())

    assert (done.status, count(street, Summary), count(street, Concern)) == (303, 1, 1)
    assert rep.visit("/c/ch/summaries/write").location == done.location


def test_save_and_another_leads_to_the_next_page(rep, draft):
    done = rep.press(new(rep, draft), "/concerns/new", ("then", "another"), **typed())

    assert done.location == f"/c/ch/summaries/{draft}/concerns/new"
    assert "第 2 条情况" in rep.visit(done.location).text


def test_a_double_tap_makes_one_concern_and_one_photo(rep, street, draft):
    page = new(rep, draft)
    first = rep.press(page, "/concerns/new", **typed(photos=[upload(picture())]))
    again = rep.press(page, "/concerns/new", **typed(photos=[upload(picture())]))

    assert (first.status, first.location) == (again.status, again.location)
    assert (count(street, Concern), count(street, Photo)) == (1, 1)


def test_a_double_tap_on_submit_is_one_submission(rep, street, clock):
    summary_id = making.summary(street, clock, submit=False)
    page = rep.visit(f"/c/ch/summaries/{summary_id}")

    answers = [rep.press(page, "/submit") for _ in range(2)]

    assert {(one.status, one.location) for one in answers} == {
        (303, f"/c/ch/summaries/{summary_id}")
    }
    assert making.stored(street, summary_id).state == "submitted"


def test_what_is_wrong_stands_beside_its_field_and_everything_typed_is_kept(rep, street, draft):
    page = new(rep, draft)

    wrong = rep.press(
        page, "/concerns/new", **typed(voices="很多", residents_words="晚上看不见😀䶮",
                                      photos=[upload(picture(1)), upload(b"no photo", "a.pdf")]),
    )  # fmt: skip

    assert wrong.status == 422
    assert "请填整数" in wrong.text
    assert "a.pdf：" in wrong.text
    assert "晚上看不见😀䶮" in wrong.html
    assert len(re.findall(r'name="remove_photo"', wrong.html)) == 1
    assert count(street, Concern) == 0
    done = rep.press(wrong, "/concerns/new", voices="5")
    assert done.status == 303
    (kept,) = making.concerns_of(street, draft)
    assert (kept.voices, kept.words) == (5, "晚上看不见😀䶮")
    with scoped_to(*street.community_ids):
        assert db.session.scalars(select(Photo)).one().concern_id == kept.id


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        (b"%PDF-1.4", "a.jpg", "不是照片"),
        (picture()[:200], "half.jpg", "损坏"),
        (b"", "empty.jpg", "空"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.svg", "不是照片"),
    ],
)
def test_a_file_that_is_no_photo_says_why(rep, street, draft, content, name, says):
    wrong = rep.press(new(rep, draft), "/concerns/new", **typed(photos=[upload(content, name)]))

    assert wrong.status == 422
    assert says in wrong.text
    assert count(street, Photo) == 0


def test_a_heic_from_the_camera_is_kept_as_jpeg(rep, street, draft):
    done = rep.press(
        new(rep, draft), "/concerns/new", **typed(photos=[upload(HEIC.read_bytes(), "a.heic")])
    )

    assert done.status == 303
    with scoped_to(*street.community_ids):
        shown = rep.client.get(f"/c/ch/photos/{db.session.scalars(select(Photo.id)).one()}.jpg")
    assert shown.data[:3] == b"\xff\xd8\xff"


def test_nine_photos_are_kept_and_the_tenth_is_named(rep, street, draft):
    ten = [upload(picture(seed)) for seed in range(10)]

    wrong = rep.press(new(rep, draft), "/concerns/new", **typed(photos=ten))

    assert (wrong.status, count(street, Photo)) == (422, 9)
    assert "最多 9 张照片" in wrong.text
    assert rep.press(wrong, "/concerns/new").status == 303


def test_a_photo_is_taken_out_before_and_after_it_was_saved(rep, street, draft, app):
    wrong = rep.press(
        new(rep, draft), "/concerns/new",
        **typed(voices="x", photos=[upload(picture(1)), upload(picture(2))]),
    )  # fmt: skip
    first, second = re.findall(r'name="remove_photo" value="(\d+)"', wrong.html)
    rep.press(wrong, "/concerns/new", voices="1", remove_photo=first)
    concern = making.concerns_of(street, draft)[0].id
    page = rep.visit(f"/c/ch/summaries/concerns/{concern}")

    done = rep.press(page, f"/concerns/{concern}", remove_photo=second)

    assert (done.status, count(street, Photo)) == (303, 0)
    assert not list(Path(app.config["HARBOUR_DATA_DIR"]).rglob("*.jpg"))


@pytest.mark.parametrize("size", [4_100, 10_000_000])
def test_a_text_too_long_is_refused_and_not_cut(rep, street, draft, size):
    wrong = rep.press(new(rep, draft), "/concerns/new", **typed(residents_words="长" * size))

    assert wrong.status in (413, 422)
    assert count(street, Concern) == 0


def test_two_devices_see_both_texts(rep, street, clock, draft):
    concern = making.concern(street, clock, draft, "form-1")
    path = f"/concerns/{concern}"
    phone, tablet = (rep.visit(f"/c/ch/summaries{path}") for _ in range(2))
    rep.press(phone, path, concern_title="手机上写的")

    stale = rep.press(tablet, path, concern_title="平板上写的")

    assert stale.status == 409
    assert "手机上写的" in stale.text
    assert "平板上写的" in stale.html
    done = rep.press(stale, path)
    assert done.status == 303
    assert making.concerns_of(street, draft)[0].title == "平板上写的"


def fetch(rep, page, ending, **more):
    fields = {name: value[-1] for name, value in page.form(ending)["fields"].items()}
    with rep.app.app_context():
        return rep.client.post(
            page.form(ending)["action"], data={**fields, **more},
            headers={"X-Requested-With": "fetch"},
        )  # fmt: skip


def test_what_is_typed_is_saved_as_one_goes_and_the_button_writes_the_same_row(rep, street, draft):
    page = new(rep, draft)
    nothing = fetch(rep, page, "/concerns/new")
    assert (nothing.status_code, count(street, Concern)) == (204, 0)

    saved = fetch(rep, page, "/concerns/new", concern_title="修")
    more = fetch(rep, page, "/concerns/new", concern_title="修好", version=saved.json["version"])
    half = fetch(rep, page, "/concerns/new", concern_title="修好路灯", voices="很多", version="2")
    done = rep.press(page, "/concerns/new", version="3", **typed())

    assert (saved.status_code, saved.json["at"], more.json["version"]) == (200, "09:00", 2)
    assert half.status_code == 422
    assert done.status == 303
    assert [one.title for one in making.concerns_of(street, draft)] == ["修好门口的路灯"]


def test_a_fetched_save_of_a_stale_page_says_so(rep, street, clock, draft):
    concern = making.concern(street, clock, draft, "form-1")
    page = rep.visit(f"/c/ch/summaries/concerns/{concern}")
    fetch(rep, page, f"/concerns/{concern}", concern_title="一")

    assert fetch(rep, page, f"/concerns/{concern}", concern_title="二").status_code == 409


def test_likely_duplicates_are_shown_noted_and_never_forced(rep, street, clock, draft):
    making.summary(street, clock, "ch01-rep2", concerns=1)
    concern = making.concern(street, clock, draft, "form-1")
    path = f"/concerns/{concern}"
    page = rep.visit(f"/c/ch/summaries{path}")
    assert "CH01-2026-0001" in page.text
    piece = fetch(rep, page, path) and rep.client.post(
        f"/c/ch/summaries/alike/{street.compounds['CH-01']}?but={concern}",
        data={"csrf_token": page.form(path)["fields"]["csrf_token"][0], "category": "FAC/公共照明",
              "concern_title": "修好3号楼2单元门口的路灯"},
    )  # fmt: skip
    assert "CH01-2026-0001" in piece.get_data(as_text=True)
    assert "<html" not in piece.get_data(as_text=True)

    rep.press(page, path, same_as="CH01-2026-0001")

    assert making.concerns_of(street, draft)[0].same_as == "CH01-2026-0001"
    assert "与 CH01-2026-0001 相同" in rep.visit(f"/c/ch/summaries/{draft}").text


def test_nothing_new_is_said_and_submitted_in_one_tap(rep, street):
    page = rep.visit("/c/ch/summaries")

    done = rep.press(page, "/summaries/nil")

    assert done.status == 303
    assert "本周无新情况" in rep.visit(done.location).text
    assert making.stored(street, int(done.location.rsplit("/", 1)[1])).state == "submitted"


def test_an_incomplete_concern_holds_the_submission_back_and_says_which(rep, street, clock, draft):
    making.concern(street, clock, draft, "form-1", concern_title="")

    page = rep.visit(f"/c/ch/summaries/{draft}")

    assert "第 1 条情况还没写清要办什么事" in page.text
    assert not [form for form in page.read.forms if form["action"].endswith("/submit")]
    assert rep.post(f"/c/ch/summaries/{draft}/submit").status == 409


def test_the_header_is_kept_and_its_errors_too(rep, draft):
    page = rep.visit(f"/c/ch/summaries/{draft}/header")
    wrong = rep.press(page, "/header", visited="-3", praise="物业师傅很热心")
    assert (wrong.status, "物业师傅很热心" in wrong.html) == (422, True)

    done = rep.press(wrong, "/header", visited="12")

    assert done.status == 303
    assert "物业师傅很热心" in rep.visit(done.location).text


def test_afterwards_each_concern_shows_its_fate_and_leads_to_its_thread(rep, street, clock):
    summary_id = making.summary(street, clock, concerns=1)

    page = rep.visit(f"/c/ch/summaries/{summary_id}")

    assert "等待答复" in page.text
    assert "/c/ch/thread/CH01-2026-0001" in page.read.links
    assert "修好3号楼2单元门口的路灯" in rep.visit("/c/ch/thread/ch01-2026-0001").text


def test_staff_type_in_for_a_representative_and_it_is_marked(street, signed_in):
    worker = signed_in("ch-lin")
    page = worker.visit("/c/ch/summaries/on-behalf")
    assert worker.press(page, "/on-behalf", author="9/x").status == 422
    pair = f"{street.compounds['CH-01']}/{street.users['ch01-rep1']}"

    begun = worker.press(page, "/on-behalf", author=pair)
    done = worker.press(worker.visit(f"{begun.location}/concerns/new"), "/concerns/new", **typed())
    worker.press(worker.visit(done.location), "/submit")

    assert "由 社工小林 代录" in signed_in("ch01-rep1").visit(begun.location).text
    assert signed_in("ch-zhao").visit("/c/ch/summaries/on-behalf").status == 403


@pytest.mark.parametrize(
    ("username", "status"),
    [("ch01-rep2", 404), ("ch02-rep1", 404), ("ch-zhao", 404), ("ch-lin", 404), ("cx01-rep1", 404),
     ("ah-sunjl", 403), ("cf-zhou", 404), ("cf-admin", 404)],
)  # fmt: skip
def test_a_draft_and_its_photos_are_nobody_elses(
    street, clock, signed_in, rep, draft, username, status
):
    rep.press(new(rep, draft), "/concerns/new", **typed(photos=[upload(picture())]))
    concern = making.concerns_of(street, draft)[0]
    with scoped_to(*street.community_ids):
        photo = db.session.scalars(select(Photo.id)).one()
    other = signed_in(username)

    assert other.visit(f"/c/ch/summaries/{draft}").status == status
    assert other.visit(f"/c/ch/photos/{photo}.jpg").status == 404
    assert other.visit(f"/c/ch/photos/{photo}-small.jpg").status == 404
    assert other.visit(f"/c/cx/photos/{photo}.jpg").status == 404
    assert other.post(f"/c/ch/summaries/concerns/{concern.id}", **typed()).status in (403, 404)
    assert other.post(f"/c/ch/summaries/{draft}/submit").status in (403, 404)
    assert making.concerns_of(street, draft)[0].version == concern.version


@pytest.mark.parametrize(
    "path", ["summaries/999", "summaries/999/concerns/new", "summaries/999/header",
             "summaries/concerns/999", "summaries/write?compound=999", "photos/999.jpg",
             "thread/CH01-2026-0999", "thread/nonsense", "thread/%F0%9F%98%80"],
)  # fmt: skip
def test_what_is_not_there_is_not_there(rep, path):
    assert rep.visit(f"/c/ch/{path}").status == 404


def test_a_photo_is_served_as_nothing_but_a_picture(rep, street, draft):
    rep.press(new(rep, draft), "/concerns/new", **typed(photos=[upload(picture())]))
    with scoped_to(*street.community_ids):
        photo = db.session.scalars(select(Photo.id)).one()

    answer = rep.client.get(f"/c/ch/photos/{photo}-small.jpg")

    assert answer.mimetype == "image/jpeg"
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"].startswith("private")


def statements(app, look):
    """How many SQL statements a look at a page takes."""
    seen = []
    with app.app_context():
        engine = db.engine

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        try:
            assert look().status == 200
        finally:
            event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if not one.startswith(("BEGIN", "PRAGMA"))])


@pytest.mark.parametrize("path", ["summaries", "summaries/{id}", "thread/CH01-2026-0001"])
def test_no_page_asks_more_the_more_there_is(app, street, clock, rep, path):
    first = making.summary(street, clock, concerns=1)
    little = statements(app, lambda: rep.visit(f"/c/ch/{path.format(id=first)}"))
    for _ in range(3):
        clock.pass_(days=7)
        last = making.summary(street, clock, concerns=6)

    much = statements(app, lambda: rep.visit(f"/c/ch/{path.format(id=last)}"))

    assert much <= max(little, 15)
    assert much - little <= 1


def test_a_large_compound_makes_no_heavy_page(app, street, clock, rep, draft):
    little = statements(app, lambda: new(rep, draft))
    making.enlarge(street, clock)

    assert statements(app, lambda: new(rep, draft)) == little
    page = new(rep, draft)
    assert "70号楼 7单元" in page.html
    assert len(page.html) < 120_000


def test_writing_pages_take_few_statements(app, street, clock, rep, draft):
    concern = making.concern(street, clock, draft, "form-1")

    for path in (f"{draft}", f"{draft}/concerns/new", f"concerns/{concern}"):
        assert statements(app, lambda: rep.visit(f"/c/ch/summaries/{path}")) <= 15  # noqa: B023
