"""What is uploaded is kept for those whose act it is, and for nobody else."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from harbour.adapters.photos import photo_store
from harbour.domain.tasks import TASK
from harbour.extensions import db
from harbour.forms.actions import action_form
from harbour.models.audit import AuditEvent
from harbour.models.photos import Photo
from harbour.tenancy import scoped_to
from harbour.web import acting
from tests.architecture.contents import contents, differing
from tests.architecture.visiting import ask, token_of
from tests.making.photos import picture, upload
from tests.making.places import Street
from tests.pages import Browser

#: The acts that take photos, how a task stands then, and somebody who sees it but may never.
TAKING = {
    "progress": ("in_hand", "ch01-rep1"),
    "report": ("in_hand", "ch01-rep1"),
    "verify": ("reported", "ah-sunjl"),
    "rework": ("reported", "ah-sunjl"),
}
WORDS = {"progress_note": "灯已买回", "finding": "都亮", "key": "one-and-the-same"}


def sent(browser: Browser, path: str, field: str = "photos", **words: Any) -> int:
    data = {**WORDS, "csrf_token": token_of(browser), field: [upload(picture(1))], **words}
    return ask(browser, "POST", path, data=data).status_code


def files(app: Flask) -> list[str]:
    return sorted(photo_store(Path(app.config["HARBOUR_DATA_DIR"])).keys())


def waiting(street: Street) -> int:
    db.session.rollback()
    with scoped_to(*street.community_ids):
        found = db.session.scalars(select(Photo).where(Photo.form_key == WORDS["key"])).all()
    return len(found)


def test_every_act_that_takes_photos_is_tried() -> None:
    taking = {row.name for row in TASK.moves if action_form(row).has_files}

    assert taking == set(TAKING)


@pytest.mark.parametrize("action", sorted(TAKING))
def test_what_is_never_ones_own_act_leaves_nothing_but_the_refusal(
    app: Flask, street: Street, begin: Any, signed_in: Callable[[str], Browser], action: str
) -> None:
    state, stranger = TAKING[action]
    made = begin(state)
    field = f"after_{made.task.criteria[0].id}" if action == "report" else "photos"
    path = f"/c/ch/tasks/{made.number}/{action}"
    browser = signed_in(stranger)
    before, there = contents(db.engine), files(app)

    status = sent(browser, path, field)

    assert status == 403
    assert differing(before, contents(db.engine)) == []
    assert files(app) == there
    with scoped_to(*street.community_ids):
        line = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert line is not None
    assert (line.action, line.refused is None) == (f"task.{action}", False)


def test_what_is_not_there_for_the_sender_leaves_nothing(
    app: Flask, begin: Any, signed_in: Callable[[str], Browser]
) -> None:
    made = begin("in_hand")
    before, there = contents(db.engine), files(app)

    elsewhere = sent(signed_in("cx-qian"), f"/c/ch/tasks/{made.number}/progress")
    nowhere = sent(signed_in("ah-sunjl"), "/c/ch/tasks/CH01-2026-0999/progress")
    foreign = sent(signed_in("ch01-rep2"), "/c/ch/summaries/concerns/999", concern_title="灯")

    assert (elsewhere, nowhere, foreign) == (404, 404, 404)
    assert differing(before, contents(db.engine)) == []
    assert files(app) == there


def test_what_is_only_not_yet_keeps_its_photos(
    app: Flask, street: Street, begin: Any, signed_in: Callable[[str], Browser]
) -> None:
    made = begin("assigned")

    status = sent(signed_in("ah-sunjl"), f"/c/ch/tasks/{made.number}/progress")

    assert (status, waiting(street), len(files(app))) == (409, 1, 2)


def test_what_was_typed_wrongly_keeps_its_photos(
    app: Flask, street: Street, begin: Any, signed_in: Callable[[str], Browser]
) -> None:
    made = begin("in_hand")

    status = sent(signed_in("ah-sunjl"), f"/c/ch/tasks/{made.number}/progress", progress_note="")

    assert (status, waiting(street), len(files(app))) == (422, 1, 2)


def test_a_form_with_uploads_that_does_not_say_whose_it_is_fails(app: Flask) -> None:
    with (
        app.test_request_context(method="POST"),
        pytest.raises(TypeError, match="whose act"),
    ):
        acting._asked(None)
