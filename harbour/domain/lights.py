"""The light of a task: a colour, a word and a reason, computed and never stored."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import (
    Limit,
    Unit,
    counted,
    local_day,
    past,
    workdays_between,
)
from harbour.domain.text import N_, Text

ONE_HOUR = timedelta(hours=1)


class Colour(StrEnum):
    """A light's colour; never shown without its word."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"
    BLUE = "blue"


COLOUR_WORDS: Mapping[Colour, str] = {
    Colour.GREEN: N_("In time"),
    Colour.YELLOW: N_("Due soon"),
    Colour.RED: N_("Overdue"),
    Colour.GREY: N_("On hold"),
    Colour.BLUE: N_("Closed"),
}


class LightNow(NamedTuple):
    """How a task stands at one moment: colour, word, and why where there is more to say."""

    colour: Colour
    word: str
    why: Text | None = None


def light(  # noqa: PLR0913 - the light is what all these facts come to
    now: datetime,
    due_at: datetime | None,
    due_soon_at: datetime | None,
    calendar: Calendar,
    *,
    limit: Limit | None = None,
    reported: bool = False,
    on_hold: bool = False,
    closed: bool = False,
    late: bool = False,
) -> LightNow:
    """The light at ``now``; ``late`` says that the report that counts came after the due date."""
    if closed:
        why = Text(N_("finished late")) if late else None
        return LightNow(Colour.BLUE, COLOUR_WORDS[Colour.BLUE], why)
    if on_hold:
        return LightNow(Colour.GREY, COLOUR_WORDS[Colour.GREY])
    if reported:
        why = Text(N_("reported late")) if late else None
        return LightNow(Colour.GREEN, N_("Reported"), why)
    if due_at is None:
        return LightNow(Colour.GREEN, N_("No due date yet"))
    return _running(now, due_at, due_soon_at, calendar, limit)


def _running(
    now: datetime,
    due_at: datetime,
    due_soon_at: datetime | None,
    calendar: Calendar,
    limit: Limit | None,
) -> LightNow:
    if past(due_at, now):
        return _shining(Colour.RED, _over(now, due_at, calendar, limit))
    soon = due_soon_at is not None and now >= due_soon_at
    return _shining(Colour.YELLOW if soon else Colour.GREEN, _left(now, due_at, calendar, limit))


def _shining(colour: Colour, why: Text) -> LightNow:
    return LightNow(colour, COLOUR_WORDS[colour], why)


def _by_hours(limit: Limit | None) -> bool:
    return limit is not None and limit.unit is Unit.HOURS


def _left(now: datetime, due_at: datetime, calendar: Calendar, limit: Limit | None) -> Text:
    if _by_hours(limit):
        whole = (due_at - now) // ONE_HOUR
        left = counted(whole, N_("1 hour left"), N_("%(n)d hours left"))
        return left if whole else Text(N_("last hour"))
    if local_day(now) == local_day(due_at):
        return Text(N_("due today"))
    days = workdays_between(local_day(now), local_day(due_at), calendar)
    left = counted(days, N_("1 workday left"), N_("%(n)d workdays left"))
    return left if days else Text(N_("due on a day off"))


def _over(now: datetime, due_at: datetime, calendar: Calendar, limit: Limit | None) -> Text:
    if _by_hours(limit):
        whole = (now - due_at) // ONE_HOUR
        over = counted(whole, N_("1 hour over"), N_("%(n)d hours over"))
        return over if whole else Text(N_("just over"))
    days = workdays_between(local_day(due_at), local_day(now), calendar)
    over = counted(days, N_("1 workday over"), N_("%(n)d workdays over"))
    return over if days else Text(N_("just over"))
