"""How long a session lives, and how failed sign-ins slow down the next try."""

from datetime import datetime, timedelta

#: A phone need not be signed in anew every week; a lost one does not stay open for ever.
SESSION_LIFE = timedelta(days=30)
#: After a day without failures the count begins anew.
FORGOTTEN_AFTER = timedelta(days=1)

#: One person at one device: four slips are free, then 5 s, 10 s, 20 s … up to a quarter hour.
HERE_FREE, HERE_MOST = 4, timedelta(minutes=15)
#: The same account from everywhere strange together: slower to begin, never long, so that
#: somebody who guesses from many places cannot keep the owner out.
EVERYWHERE_FREE, EVERYWHERE_MOST = 20, timedelta(minutes=1)
FIRST_WAIT = timedelta(seconds=5)


def expired(begun_at: datetime, now: datetime) -> bool:
    """Whether a session is too old to count."""
    return now - begun_at >= SESSION_LIFE


def wait_after(count: int, *, everywhere: bool = False) -> timedelta:
    """How long after the last of ``count`` failures the next try must wait; never for ever."""
    free, most = (EVERYWHERE_FREE, EVERYWHERE_MOST) if everywhere else (HERE_FREE, HERE_MOST)
    if count <= free:
        return timedelta(0)
    doublings = min(count - free - 1, 20)
    return min(most, FIRST_WAIT * (1 << doublings))
