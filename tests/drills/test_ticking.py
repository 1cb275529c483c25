"""However many workers run, and however they end, each slot is done exactly once."""

from pathlib import Path
from time import monotonic

import pytest

from tests.conftest import SECRET
from tests.drills import ticking
from tests.drills.ticking import MISSED, PLACED, Hands
from tests.making import Make

pytestmark = pytest.mark.timeout(300)
MANY = 24


def lines(hands: Hands, action: str) -> int:
    found = f"SELECT count(*) FROM audit_event WHERE action = '{action}' AND role = 'clock'"
    return int(hands.counted(found)[0][0])


def on_the_next(hands: Hands) -> int:
    found = hands.counted(
        "SELECT count(*) FROM proposal JOIN meeting ON meeting.id = proposal.meeting_id "
        "WHERE proposal.state = 'on_agenda' AND meeting.issue_no = 2"
    )
    return int(found[0][0])


def test_two_workers_at_once_do_each_slot_once(make: Make, tmp_path: Path) -> None:
    at = ticking.left_over(make, MANY)
    hands = Hands(tmp_path, SECRET)

    both = [hands.tick(at), hands.tick(at)]
    ended = [one.wait(ticking.PATIENCE) for one in both]

    assert ended == [0, 0], hands.log.read_text()
    assert (lines(hands, MISSED), lines(hands, PLACED)) == (MANY, MANY)
    assert on_the_next(hands) == MANY
    assert hands.doubled() == {}
    assert hands.counted("SELECT count(*) FROM clock_slot WHERE attempts > 0") == [(0,)]


def test_a_worker_killed_in_the_middle_leaves_nothing_half_done(make: Make, tmp_path: Path) -> None:
    at = ticking.left_over(make, MANY)
    hands = Hands(tmp_path, SECRET)
    killed = 0
    for wanted in (4, 16, 30):
        one = hands.tick(at)
        if ticking.until(lambda n=wanted: hands.done() >= n, lambda p=one: p.poll() is not None):  # type: ignore[misc]
            killed += 1
        hands.kill(one)

    last = hands.tick(at).wait(ticking.PATIENCE)

    assert killed == 3
    assert last == 0, hands.log.read_text()
    assert (lines(hands, MISSED), lines(hands, PLACED)) == (MANY, MANY)
    assert on_the_next(hands) == MANY
    assert hands.doubled() == {}


def test_the_clock_ends_with_its_server_however_that_ends(make: Make, tmp_path: Path) -> None:
    hands = Hands(tmp_path, SECRET)
    server = hands.beside()
    patience = monotonic() + ticking.PATIENCE
    started = ticking.until(
        lambda: hands.logged("the clock starts"), lambda: monotonic() > patience
    )

    hands.kill(server)

    stopped = ticking.until(lambda: hands.logged("the clock stops"), lambda: monotonic() > patience)
    assert (started, stopped) == (True, True), hands.log.read_text()
