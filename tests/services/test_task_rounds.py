"""Tasks on the way and at the end: progress, reports, verifications, rework, closing."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.errors import Invalid, Refused
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.tasks import (
    Progress,
    Report,
    ReportAnswer,
)
from tests.making import photos
from tests.making.tasks import Walk, reported

BEGUN_AT = "in_hand"  # where ``begin`` leaves a task unless told otherwise


def waiting(
    made: Walk, count: int = 1, key: str = "form", field: str = "photos"
) -> tuple[int, ...]:
    actor = made.street.actor("ah-sunjl")
    return photos.waiting(actor, key, field, count, made.clock.now, made.folder)


# ---- on the way ------------------------------------------------------------------------------


def test_progress_tells_how_much_of_how_much_with_photos(begin: Any) -> None:
    made = begin()

    made.take("progress", quantity_done=31, quantity_total=46, photos=waiting(made, 2))

    note = db.session.scalars(select(Progress)).one()
    assert (note.quantity_done, note.quantity_total, note.round) == (31, 46, 1)
    assert {photo.progress_id for photo in db.session.scalars(select(Photo))} == {note.id}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"quantity_done": 3}, "quantity_total"),
        ({"quantity_done": 5, "quantity_total": 4}, "quantity_done"),
        ({"quantity_done": -1, "quantity_total": 4}, "quantity_done"),
        ({"quantity_total": 0}, "quantity_total"),
        ({"quantity_total": 10**9}, "quantity_total"),
        ({"milestone": "999"}, "milestone"),
    ],
)
def test_numbers_that_cannot_be_right_are_said_beside_their_field(
    begin: Any, typed: dict[str, Any], field: str
) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        made.take("progress", **typed)

    assert invalid.value.field == field


def test_a_milestone_once_reached_stays_reached(begin: Any, clock: Any) -> None:
    made = begin(level="project", milestones="2026-05-25 开工\n2026-06-30 完工")
    first = made.task.milestones[0]

    made.take("progress", milestone=str(first.id))
    reached = clock.now
    clock.pass_(days=1)
    made.take("progress", milestone=str(first.id))

    assert [one.reached_at for one in made.task.milestones] == [reached, None]


# ---- the completion report ---------------------------------------------------------------------


def test_a_report_answers_every_criterion_with_its_own_photos(begin: Any, clock: Any) -> None:
    made = begin()
    first, second = made.task.criteria
    before = waiting(made, 1, field=f"before_{second.id}")
    after = waiting(made, 2, key="other", field=f"after_{second.id}")

    made.take(
        "report",
        criteria_answers={
            str(first.id): {"met": True, "words": "换好了"},
            str(second.id): {"met": True, "words": "", "before": before, "after": after},
        },
    )

    report = db.session.scalars(select(Report)).one()
    answers = db.session.scalars(select(ReportAnswer).order_by(ReportAnswer.id)).all()
    pictures = db.session.scalars(select(Photo).where(Photo.report_id == report.id)).all()
    assert [(one.criterion_id, one.met, one.words) for one in answers] == [
        (first.id, True, "换好了"),
        (second.id, True, ""),
    ]
    assert sorted((one.criterion_id, one.moment) for one in pictures) == [
        (second.id, "after"),
        (second.id, "after"),
        (second.id, "before"),
    ]
    assert (report.late, made.task.reported_at) == (False, clock.now)


def test_a_criterion_without_an_answer_stops_the_report(begin: Any) -> None:
    made = begin()
    first, second = made.task.criteria

    with pytest.raises(Invalid) as invalid:
        made.take("report", criteria_answers={str(first.id): {"met": True}})

    assert invalid.value.field == f"met_{second.id}"
    assert made.task.state == TaskState.IN_HAND


@pytest.mark.parametrize(
    ("result", "words", "field"), [("done", "没电", "result"), ("partly", " ", "words")]
)
def test_what_is_not_met_is_neither_done_nor_left_without_words(
    begin: Any, result: str, words: str, field: str
) -> None:
    made = begin()
    first, second = made.task.criteria
    answers = {str(first.id): {"met": False, "words": words}, str(second.id): {"met": True}}

    with pytest.raises(Invalid) as invalid:
        made.take("report", result=result, criteria_answers=answers)

    assert invalid.value.field.startswith(field)


def test_a_firm_shows_a_photo_of_what_it_calls_done(begin: Any) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        made.take("report", **reported(made.task))

    assert invalid.value.field == f"after_{made.task.criteria[0].id}"


@pytest.mark.parametrize("result", ["partly", "cannot"])
def test_a_firm_needs_no_photo_to_say_that_it_is_not_done(begin: Any, result: str) -> None:
    made = begin()

    made.take("report", **reported(made.task, result=result))

    assert made.task.state == TaskState.REPORTED


@pytest.mark.parametrize("lead", ["community", "team"])
def test_the_community_and_its_teams_may_report_without_photos(
    begin: Any, street: Any, lead: str
) -> None:
    made = begin(lead=lead if lead == "community" else f"team:{street.teams['CH']}")

    made.take("report", **reported(made.task))

    assert made.task.state == TaskState.REPORTED


def test_a_report_after_the_due_date_is_marked_late_for_ever(begin: Any, clock: Any) -> None:
    made = begin()
    clock.now = made.task.due_at + timedelta(seconds=1)

    made.take("report")

    assert db.session.scalars(select(Report.late)).all() == [True]


def test_nobody_was_told_on_a_day_that_has_not_come(begin: Any) -> None:
    made = begin()

    with pytest.raises(Invalid) as invalid:
        made.take("report", contact_on=date(2026, 3, 3))

    assert invalid.value.field == "contact_on"


def test_a_report_is_withdrawn_until_somebody_begins_to_verify_and_is_kept(
    begin: Any, clock: Any
) -> None:
    made = begin("reported")

    made.take("withdraw_report")
    assert (made.task.state, made.task.reported_at) == (TaskState.IN_HAND, None)
    clock.pass_(hours=1)
    made.take("report")
    made.take("inspect")

    with pytest.raises(Refused):
        made.take("withdraw_report")
    with pytest.raises(Refused):
        made.take("inspect", by="ch01-rep2")
    assert len(db.session.scalars(select(Report)).all()) == 2
