"""What the clock does by itself: one table of its duties, and when each of their slots comes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from harbour.domain.deadlines import ONE_DAY, SHANGHAI, local_day
from harbour.domain.text import N_


@dataclass(frozen=True)
class When:
    """How often a duty comes: at every pass, or at an hour of each day (or of one weekday)."""

    at: time | None = None
    weekday: int | None = None

    def latest(self, now: datetime) -> datetime | None:
        """The last slot at or before ``now``; None for what comes at every pass."""
        if self.at is None:
            return None
        day = local_day(now)
        if self.weekday is not None:
            day -= ONE_DAY * ((day.isoweekday() - self.weekday) % 7)
        found = datetime.combine(day, self.at, SHANGHAI)
        if found > now:
            found -= ONE_DAY * (1 if self.weekday is None else 7)
        return found


EVERY_PASS = When()


@dataclass(frozen=True)
class Duty:
    """One thing the clock does: its name, when, what it looks for, and the row it takes.

    ``row`` is None for what touches no record (housekeeping, messages). What has an hour is done
    for its last slot alone, and after ``fresh_for`` not at all: nobody wants last week's digest.
    ``outside`` marks work beyond the database, which cannot share the slot's transaction;
    ``upkeep`` what keeps the house and is never done as of another moment than the present.
    """

    name: str
    when: When
    finds: str
    row: str | None = None
    fresh_for: timedelta | None = None
    outside: bool = False
    upkeep: bool = False

    def slot(self, now: datetime) -> datetime | None:
        """The slot to be done at ``now``, unless it has grown stale."""
        found = self.when.latest(now)
        if found is None or (self.fresh_for is not None and now - found > self.fresh_for):
            return None
        return found


@dataclass(frozen=True)
class Due:
    """A slot of a duty: when it fell due, for which thing of which community (none: for all).

    ``duty``, ``subject_id`` and ``at`` name the slot: there is never a second one like it.
    """

    duty: str
    at: datetime
    community_id: int | None = None
    subject_id: int = 0
    number: str = ""


# When people are told of due days and levels: early, but not before they are up.
MORNING = When(time(8))
NEWS = timedelta(hours=12)


def _told(name: str, finds: str) -> Duty:
    """Somebody is told of a moment that has come; nothing of the task changes."""
    return Duty(name, MORNING, finds, fresh_for=NEWS)


# In this order where two fall due at one moment: what is carried over needs its meeting first.
DUTIES: Mapping[str, Duty] = {
    one.name: one
    for one in (
        Duty("task.resume", EVERY_PASS, N_("Tasks on hold whose review date has come"),
             row="task.resume"),
        Duty("extension.lapse", EVERY_PASS,
             N_("Requests for more time nobody answered by the due date"),
             row="extension.lapse"),
        Duty("proposal.not_reached", EVERY_PASS,
             N_("Proposals on the agenda of a meeting that never took place"),
             row="proposal.not_reached"),
        Duty("meeting.schedule", EVERY_PASS,
             N_("Weekly slots whose next meeting has not been made"),
             row="meeting.schedule"),
        Duty("proposal.place", EVERY_PASS,
             N_("Deferred proposals, for a meeting that has been made already"),
             row="proposal.place"),
        _told("task.remind", N_("Tasks due in a few workdays")),
        _told("task.due_today", N_("Tasks due today")),
        _told("task.level1", N_("Overdue tasks, alert level 1")),
        _told("task.level2", N_("Overdue tasks, alert level 2")),
        _told("task.level3", N_("Overdue tasks, alert level 3")),
        _told("meeting.cutoff", N_("Meetings whose summaries must be in today")),
        _told("clock.morning", N_("The morning's look at due days and levels")),
        Duty("photos.sweep", When(time(3, 30)), N_("Photos nobody sent"),
             outside=True, upkeep=True),
        Duty("clock.clear", When(time(3, 50)),
             N_("Old receipts, ended sessions, slots long done"), upkeep=True),
    )
}  # fmt: skip

# Rows of the clock that are part of somebody's act: what they leave without a meaning lapses.
WITH_AN_ACT = frozenset({"return.lapse", "hold.lapse"})
# What one task is told of, each once for a due date.
STEPS = ("task.remind", "task.due_today", "task.level1", "task.level2", "task.level3")

# A failed slot is tried again after so long, the last of these over and over.
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))
# Who has a slot beyond the database in hand is believed to be at it for so long.
LEASE = timedelta(minutes=15)
# Between two passes of the worker; when it has not been seen for so much longer, it is gone.
PASS = timedelta(seconds=10)
SEEN_EVERY = timedelta(minutes=1)
MISSED_AFTER = timedelta(minutes=5)


def pause(attempts: int) -> timedelta:
    """How long to leave a slot that has failed so often (once or more)."""
    return _PAUSES[min(attempts, len(_PAUSES)) - 1]
