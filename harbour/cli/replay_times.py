"""Plausible hours for what a file dates by its day alone, in order and after what precedes it."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from harbour.domain.deadlines import SHANGHAI, add_workdays, local_day
from harbour.models.calendar import working_calendar

#: When such things are usually done.
USUAL = {
    "accept": time(9, 10),
    "progress": time(10, 30),
    "milestone": time(11, 0),
    "notice_posted": time(9, 30),
    "report": time(15, 0),
    "verify": time(10, 0),
    "rework": time(10, 0),
    "close": time(16, 30),
    "urge": time(9, 40),
    "supervise": time(14, 0),
    "extension_request": time(9, 20),
    "extension_grant": time(16, 0),
    "return_request": time(9, 20),
    "return_grant": time(14, 0),
    "hold_request": time(9, 30),
    "hold_grant": time(10, 0),
    "hold_consent": time(15, 0),
    "resume": time(9, 0),
    "reopen": time(14, 30),
}
NOON = time(12, 0)
GAP = timedelta(minutes=15)
LAST = time(23, 58)


def at(day: date, hour: time) -> datetime:
    """A day and an hour in Shanghai."""
    return datetime.combine(day, hour, SHANGHAI)


def settle(
    actions: Sequence[str], days: Sequence[date | datetime], after: datetime
) -> list[datetime]:
    """A moment for each act, every one later than the one before; given moments stay.

    A day without an hour gets the usual one of its act, unless that would break the order.
    """
    found: list[datetime] = []
    before = after
    for place, (action, day) in enumerate(zip(actions, days, strict=True)):
        if isinstance(day, datetime):
            moment = day
        else:
            moment = max(at(day, USUAL.get(action, NOON)), before + GAP)
            until, waiting = _until(day, days[place + 1 :])
            if moment >= until:
                moment = before + (until - before) / (waiting + 2)
        found.append(moment)
        before = moment
    return found


def _until(day: date, coming: Sequence[date | datetime]) -> tuple[datetime, int]:
    """Before when an act of this day must be done, and how many others must fit in there too."""
    waiting = 0
    for one in coming:
        if isinstance(one, datetime):
            if local_day(one) == day:
                return one, waiting
            break
        if one != day:
            break
        waiting += 1
    return at(day, LAST), waiting


def workday_after(moment: datetime, days: int, hour: time) -> datetime:
    """An hour of the so-many-th workday after a moment."""
    return at(add_workdays(local_day(moment), days, working_calendar()), hour)
