"""Where a story may begin: an empty calendar, a full room, work in hand, minutes going round."""

from collections.abc import Callable
from random import Random

from tests.making import Make, meetings, tasks
from tests.stateful.deeds import Deeds
from tests.stateful.village import Village


def calendar(village: Village, chance: Random) -> None:
    """Summaries are written, matters put forward, a meeting stands on the calendar."""
    people = village.street.actor
    for name in ("ch01-rep1", "ch01-rep2"):
        village.write_summary(people(name), "CH-01", chance)
    for _ in range(2):
        village.put_forward(people("ch-zhao"), "CH-01", chance)
    for _ in range(4):
        village.schedule(people("ch-zhao"), "CH-01", chance)


def room(village: Village, chance: Random) -> None:
    """A meeting is in session; two proposals are on the table."""
    calendar(village, chance)
    meetings.opened(Make(village.street, village.clock), "楼道扶手松动", "晾衣杆生锈")


def ended(village: Village, chance: Random) -> None:
    """A meeting has ended; what it adopted has become a task."""
    meetings.ended(Make(village.street, village.clock))
    Deeds(village, chance).go_on()


def going_round(village: Village, chance: Random) -> None:
    """The minutes are with the three sides."""
    calendar(village, chance)
    meetings.circulated(Make(village.street, village.clock))


def reported(village: Village, chance: Random) -> None:
    """One firm says it is done; another task waits for its lead."""
    tasks.walk(village.street, village.clock, village.folder, "reported")
    tasks.walk(village.street, village.clock, village.folder, "assigned", "CX-01")


def verified(village: Village, chance: Random) -> None:
    """One task waits to be closed, one of the community's own is under way."""
    calendar(village, chance)
    tasks.walk(village.street, village.clock, village.folder, "verified")
    tasks.walk(village.street, village.clock, village.folder, "in_hand", lead="community")


SCENES: dict[str, Callable[[Village, Random], None]] = {
    one.__name__: one for one in (calendar, room, ended, going_round, reported, verified)
}
