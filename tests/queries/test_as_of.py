"""How tasks stood on a day that is over, told by the ledger."""

import json
from datetime import date
from typing import Any

import pytest
from flask import Flask

from harbour.queries.as_of import tasks_as_of
from harbour.tenancy import scoped_to
from tests.making.tasks import Walk, walk


@pytest.fixture
def twice(make: Any, street: Any, clock: Any, app: Flask) -> Walk:
    """Dispatched on Thursday, sent back on Monday, done for good a week later."""
    clock.at("2026-03-05 15:40")
    made = walk(street, clock, app.config["HARBOUR_DATA_DIR"], "reported")
    clock.at("2026-03-09 09:00")
    made.take("rework", new_due_on=date(2026, 3, 16))
    clock.at("2026-03-16 10:00")
    for action in ("report", "verify", "close"):
        made.take(action)
        clock.pass_(hours=3)
    return made


def stood(day: str) -> Any:
    return tasks_as_of(date.fromisoformat(day))


def test_a_task_not_yet_written_is_not_told_of(twice: Walk) -> None:
    assert stood("2026-03-04") == ()


def test_before_the_second_round_it_stands_reported_and_due_as_first_promised(twice: Walk) -> None:
    (one,) = stood("2026-03-08")

    assert (one.state, one.rounds, one.first_solved) == ("reported", 1, None)
    assert one.due_at == one.first_due_at
    assert one.reported_at == one.first_reported_at is not None


def test_sent_back_it_is_in_hand_again_with_a_new_date_and_a_kept_first_round(twice: Walk) -> None:
    (one,) = stood("2026-03-09")

    assert (one.state, one.rounds, one.reported_at) == ("in_hand", 2, None)
    assert one.due_at is not None
    assert one.due_at.isoformat().startswith("2026-03-16")
    assert one.due_at != one.first_due_at
    assert one.first_reported_at is not None
    assert (one.first_solved, one.first_satisfaction) == ("partly", None)


def test_in_the_end_it_is_closed_and_its_first_round_is_not_forgotten(twice: Walk) -> None:
    (one,) = stood("2026-03-16")

    assert (one.state, one.rounds, one.first_solved) == ("closed", 2, "partly")
    assert one.closed_at is not None
    assert one.verified_at is not None
    assert one.reported_at is not None
    assert one.reported_at < one.verified_at < one.closed_at


def test_the_command_prints_every_community_as_json(app: Flask, twice: Walk, street: Any) -> None:
    with scoped_to():
        answered = app.test_cli_runner().invoke(
            args=["harbour", "tasks", "--as-of", "2026-03-16", "--json"]
        )

    (one,) = json.loads(answered.output)
    assert one["number"] == twice.number
    assert (one["dispatched_on"], one["due_on"]) == ("2026-03-05", "2026-03-16")
    assert (one["first_due_on"], one["reported_on"], one["closed_on"]) == (
        "2026-03-12", "2026-03-16", "2026-03-16",
    )  # fmt: skip
    assert (one["state"], one["lead"], one["rounds"]) == ("closed", "安和物业", 2)


def test_a_day_that_is_none_is_refused_in_words(app: Flask, street: Any) -> None:
    answered = app.test_cli_runner().invoke(args=["harbour", "tasks", "--as-of", "gestern"])

    assert answered.exit_code == 2
    assert "gestern" in answered.output
