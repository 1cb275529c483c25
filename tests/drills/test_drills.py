"""A few rounds of each drill; the scripts beside this file run them at full length."""

from pathlib import Path
from threading import Event

import pytest

from tests.drills import killing, submitting
from tests.drills.serving import Scratch, Writer

pytestmark = [pytest.mark.sqlite, pytest.mark.timeout(600)]


def test_kill_nine_loses_alters_and_doubles_nothing(tmp_path: Path) -> None:
    found = killing.drill(tmp_path, rounds=3)

    assert found.pop("acknowledged") > 10
    assert {name: number for name, number in found.items() if number} == {}


def test_equal_submits_under_a_real_server_are_one(tmp_path: Path) -> None:
    answers, rows = submitting.drill(tmp_path, times=100)

    assert [status for status, _ in answers] == [303]
    assert rows == 1


def test_the_judge_notices_a_loss_and_a_change(tmp_path: Path) -> None:
    """The drill is worth nothing if it cannot see what it looks for."""
    scratch = Scratch(tmp_path)
    liar = Writer(scratch, "w0", over=Event())
    liar.acknowledged = {"w0-00001": "/c/ch/proposals/CH01-2026-0001"}

    assert killing.judged(scratch, [liar])["lost"] == 1
