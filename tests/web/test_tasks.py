"""Pages of tasks: lists, one task, and each act on it."""

from typing import Any

import pytest
from flask import Flask

from harbour.domain.tasks import TASK
from tests.making.photos import picture, upload
from tests.making.tasks import ROADS, Walk, walk


@pytest.fixture
def begin(make: Any, street: Any, clock: Any, app: Flask) -> Any:
    def begun(state: str = "drafted", compound: str = "CH-01", **other: Any) -> Walk:
        return walk(street, clock, app.config["HARBOUR_DATA_DIR"], state, compound, **other)

    return begun


WHO = ("ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou")


@pytest.mark.parametrize("state", list(ROADS))
@pytest.mark.parametrize("who", WHO)
def test_every_task_page_and_every_act_page_can_be_drawn(
    begin: Any, signed_in: Any, state: str, who: str
) -> None:
    made = begin(state)
    browser = signed_in(who)
    hidden = state == "drafted" and who not in ("ch-zhao", "ch-lin")

    page = browser.visit(f"/c/ch/tasks/{made.number}")

    assert page.status == (404 if hidden else 200)
    for action, row in TASK.rows.items():
        if row.is_birth or row.through:
            continue
        answered = browser.visit(f"/c/ch/tasks/{made.number}/{action}")
        offered = any(a.endswith(f"/{action}") for a in [*page.read.links, *[f["action"] for f in page.read.forms]])
        assert answered.status in ((404,) if hidden else (200,) if offered else (403, 409)), action
