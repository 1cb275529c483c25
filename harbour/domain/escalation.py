"""The ladder of escalation: how far a promise that slipped has gone, why, and who is told.

Everything here is computed from facts, numbers, a calendar and a day. No level changes a state;
with the same facts a later day never lowers one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum, StrEnum

from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import ONE_DAY, counted, workdays_between
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import NOT_REPORTED, TaskState
from harbour.domain.text import N_, Text

WEEK = timedelta(days=7)


class Rung(IntEnum):
    """How high a thing has climbed."""

    NONE = 0
    FIRST = 1
    SECOND = 2
    THIRD = 3


RUNG_WORDS: Mapping[Rung, str] = {
    Rung.FIRST: N_("Alert level 1"),
    Rung.SECOND: N_("Alert level 2"),
    Rung.THIRD: N_("Alert level 3"),
}


class Party(StrEnum):
    """Who is told, or against whom the ladder runs."""

    LEAD = "lead"
    SECRETARY = "secretary"
    STREET = "street"


# Level 1 the lead and the secretary, from level 2 on the street as well.
TOLD: Mapping[Rung, frozenset[Party]] = {
    Rung.NONE: frozenset(),
    Rung.FIRST: frozenset({Party.LEAD, Party.SECRETARY}),
    Rung.SECOND: frozenset(Party),
    Rung.THIRD: frozenset(Party),
}


@dataclass(frozen=True)
class Facts:
    """What the ladder asks about a task; days are days in Shanghai.

    ``reworks`` are the times it was sent back, ``carried`` the ended meetings that found it
    overdue, ``ordered`` says that the street has issued a supervision order.
    """

    state: str
    due_on: date
    dispatched_on: date | None = None
    reported_on: date | None = None
    verified_on: date | None = None
    urges: int = 0
    reworks: int = 0
    carried: int = 0
    ordered: bool = False


class Reason(StrEnum):
    """What has made something climb."""

    DUE_DATE = "due_date"
    ACCEPTANCE = "acceptance"
    URGES = "urges"
    REWORKS = "reworks"
    CARRIES = "carries"
    VERIFICATION = "verification"
    CLOSING = "closing"
    DECISION = "decision"
    SILENCE = "silence"


@dataclass(frozen=True)
class Standing:
    """Where on the ladder something stands, the weightiest reason, and against whom it runs."""

    rung: Rung = Rung.NONE
    reason: Reason | None = None
    why: Text | None = None
    against: Party = Party.LEAD

    @property
    def said(self) -> Text | None:
        """The reason and the level in words; None below the first level."""
        if self.rung is Rung.NONE:
            return None
        level = Text(RUNG_WORDS[self.rung])
        if self.why is None:
            return level
        return Text(N_("%(why)s · %(level)s"), {"why": self.why, "level": level})

    @property
    def beside_light(self) -> Text | None:
        """The same where the light stands beside it and tells an overdue date by itself."""
        if self.reason is Reason.DUE_DATE:
            return Text(RUNG_WORDS[self.rung])
        return self.said


CALM = Standing()


def standing(facts: Facts, settings: CommunitySettings, calendar: Calendar, day: date) -> Standing:
    """Where a task stands on a day: against its lead until it is reported, then the secretary."""
    if facts.state in NOT_REPORTED:
        return _of_lead(facts, settings, calendar, day)
    if facts.state == TaskState.REPORTED and facts.reported_on is not None:
        over = _over(facts.reported_on, settings.verify_workdays, calendar, day)
        words = (N_("verification 1 workday late"), N_("verification %(n)d workdays late"))
        reason = Reason.VERIFICATION
    elif facts.state == TaskState.VERIFIED and facts.verified_on is not None:
        over = _over(facts.verified_on, settings.close_workdays, calendar, day)
        words = (N_("closing 1 workday late"), N_("closing %(n)d workdays late"))
        reason = Reason.CLOSING
    else:
        return CALM
    rung = by_days(over, settings, ordered=facts.ordered)
    return Standing(rung, reason, counted(over, *words), Party.SECRETARY) if rung else CALM


def by_days(over: int, settings: CommunitySettings, *, ordered: bool = False) -> Rung:
    """The level that so many workdays over a limit come to; the third only after an order."""
    if ordered and over >= settings.level3_over_workdays:
        return Rung.THIRD
    if over >= settings.level2_over_workdays:
        return Rung.SECOND
    return Rung.FIRST if over >= settings.level1_over_workdays else Rung.NONE


def _of_lead(facts: Facts, settings: CommunitySettings, calendar: Calendar, day: date) -> Standing:
    over = workdays_between(facts.due_on, day, calendar) if day > facts.due_on else 0
    by_date = by_days(over, settings, ordered=facts.ordered)
    found = _by_counts(facts, settings, calendar, day)
    if found.rung > by_date:
        return found
    if by_date is Rung.NONE:
        return CALM
    why = counted(over, N_("1 workday over"), N_("%(n)d workdays over"))
    return Standing(by_date, Reason.DUE_DATE, why)


def _by_counts(
    facts: Facts, settings: CommunitySettings, calendar: Calendar, day: date
) -> Standing:
    """The level by what was counted, whatever the due date says."""
    if facts.reworks >= settings.level3_reworks:
        why = Text(N_("sent back %(n)d times"), {"n": facts.reworks})
        return Standing(Rung.THIRD, Reason.REWORKS, why)
    if facts.carried >= settings.level3_carries:
        why = Text(N_("overdue at %(n)d meetings"), {"n": facts.carried})
        return Standing(Rung.THIRD, Reason.CARRIES, why)
    if facts.urges >= settings.level2_urges:
        why = Text(N_("urged %(n)d times"), {"n": facts.urges})
        return Standing(Rung.SECOND, Reason.URGES, why)
    if facts.state == TaskState.ASSIGNED and facts.dispatched_on is not None:
        waited = workdays_between(facts.dispatched_on, day, calendar)
        if waited > settings.level2_accept_workdays:
            why = Text(N_("not accepted for %(n)d workdays"), {"n": waited})
            return Standing(Rung.SECOND, Reason.ACCEPTANCE, why)
    return CALM


# ---- against the secretary, and against silent compounds ------------------------------------


def _over(since: date, limit: int, calendar: Calendar, day: date) -> int:
    """The workdays over a limit of ``limit`` workdays from a day on; 0 within it."""
    return max(0, workdays_between(since, day, calendar) - limit)


def undecided(
    since: date, limit: int, settings: CommunitySettings, calendar: Calendar, day: date
) -> Standing:
    """Where something stands that has waited for the secretary's decision since a day."""
    over = _over(since, limit, calendar, day)
    rung = by_days(over, settings)
    if rung is Rung.NONE:
        return CALM
    why = counted(over, N_("decision 1 workday late"), N_("decision %(n)d workdays late"))
    return Standing(rung, Reason.DECISION, why, Party.SECRETARY)


class Silence(StrEnum):
    """What a compound has not had for too long."""

    MEETING = "meeting"
    SUMMARY = "summary"


SILENCE_WORDS: Mapping[Silence, tuple[str, str]] = {
    Silence.MEETING: (N_("no meeting for %(n)d weeks"), N_("no meeting yet")),
    Silence.SUMMARY: (N_("no summary for %(n)d weeks"), N_("no summary yet")),
}


def silence(
    last: date | None,
    of: Silence,
    settings: CommunitySettings,
    calendar: Calendar,
    day: date,
) -> Standing:
    """Where a compound stands that had its last meeting or summary on a day (None: never).

    From the weeks set on it is at the first level, and at the second once the workdays that
    bring the street in have passed as well.
    """
    weeks, never = SILENCE_WORDS[of]
    if last is None:
        return Standing(Rung.FIRST, Reason.SILENCE, Text(never), Party.SECRETARY)
    quiet = (day - last) // WEEK
    if quiet < settings.idle_weeks:
        return CALM
    over = workdays_between(last + settings.idle_weeks * WEEK, day, calendar)
    rung = max(Rung.FIRST, by_days(over, settings))
    return Standing(rung, Reason.SILENCE, Text(weeks, {"n": quiet}), Party.SECRETARY)


# ---- the moments one is told ----------------------------------------------------------------


class Moment(StrEnum):
    """Why somebody is reminded on a day."""

    BEFORE = "before"
    DUE = "due"
    LEVEL = "level"


@dataclass(frozen=True)
class Reminder:
    """What is told on a day, to whom; ``rung`` is above NONE where a level was reached."""

    moment: Moment
    to: frozenset[Party]
    said: Text
    rung: Rung = Rung.NONE


def reminders(
    facts: Facts,
    settings: CommunitySettings,
    calendar: Calendar,
    day: date,
    *,
    before: Facts | None = None,
) -> tuple[Reminder, ...]:
    """What is told on a day about a task: soon due, due today, a level reached since yesterday.

    ``before`` are the facts as they were when the day before ended; without them only what
    time alone brought about is told. Nothing is told of what has been reported, rests or ended,
    but for levels that run against the secretary.
    """
    found = []
    if facts.state in NOT_REPORTED:
        found += _of_due_day(facts, settings, calendar, day)
    now = standing(facts, settings, calendar, day)
    then = standing(before or facts, settings, calendar, day - ONE_DAY)
    risen = now.rung > then.rung or (now.rung > Rung.NONE and now.against is not then.against)
    if risen and now.said is not None:
        to = TOLD[now.rung] - ({Party.LEAD} if now.against is Party.SECRETARY else set())
        found.append(Reminder(Moment.LEVEL, to, now.said, now.rung))
    return tuple(found)


def _of_due_day(
    facts: Facts, settings: CommunitySettings, calendar: Calendar, day: date
) -> list[Reminder]:
    if day == facts.due_on:
        return [Reminder(Moment.DUE, TOLD[Rung.FIRST], Text(N_("due today")))]
    n = settings.remind_before_workdays
    # Whoever was given it today has just been told of it.
    early = facts.dispatched_on is None or day > facts.dispatched_on
    if early and calendar.is_workday(day) and workdays_between(day, facts.due_on, calendar) == n:
        said = counted(n, N_("1 workday left"), N_("%(n)d workdays left"))
        return [Reminder(Moment.BEFORE, frozenset({Party.LEAD}), said)]
    return []


# ---- the same as days, for lists ------------------------------------------------------------


@dataclass(frozen=True)
class Cuts:
    """The last days on which something must have begun to stand at a level on a given day.

    ``due``, ``reported`` and ``verified`` are by level, first to third (the third counts only
    after an order); ``dispatched`` is of what has not been accepted.
    """

    due: tuple[date, date, date]
    reported: tuple[date, date, date]
    verified: tuple[date, date, date]
    dispatched: date


def cuts(settings: CommunitySettings, calendar: Calendar, day: date) -> Cuts:
    """The days a list is cut at, so that SQL finds what ``standing`` would."""
    steps = (
        settings.level1_over_workdays,
        settings.level2_over_workdays,
        settings.level3_over_workdays,
    )

    def back(limit: int) -> tuple[date, date, date]:
        first, second, third = (last_before(day, limit + n, calendar) for n in steps)
        return first, second, third

    return Cuts(
        due=back(0),
        reported=back(settings.verify_workdays),
        verified=back(settings.close_workdays),
        dispatched=last_before(day, settings.level2_accept_workdays + 1, calendar),
    )


def last_before(day: date, n: int, calendar: Calendar) -> date:
    """The latest day since which at least ``n`` workdays have passed."""
    found, left = day, n
    while left > 0:
        left -= calendar.is_workday(found)
        found -= ONE_DAY
    return found
