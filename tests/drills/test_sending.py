"""A few rounds of the sender's drill; the script beside this file runs it at full length."""

from pathlib import Path

import pytest

from tests.drills import sending

pytestmark = [pytest.mark.sqlite, pytest.mark.timeout(300)]


def test_kill_nine_of_the_sender_loses_nothing_and_doubles_one_at_most(tmp_path: Path) -> None:
    found = sending.drill(tmp_path, rounds=2, messages=2)

    assert found["kills"] == 2
    assert found["messages"] == 4
    assert (found["lost"], found["left"], found["unasked"]) == (0, 0, 0)
    assert found["doubled"] == found["kills"]
