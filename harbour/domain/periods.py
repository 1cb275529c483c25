"""The week a summary is about: the days before a meeting, and until when it is in time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from harbour.domain.deadlines import ONE_DAY, SHANGHAI, local_day, start_of_day
from harbour.domain.settings import CommunitySettings


@dataclass(frozen=True)
class Period:
    """First and last day, and the last moment at which a summary of it is not late."""

    start: date
    end: date
    cutoff_at: datetime

    @classmethod
    def before(cls, meeting_at: datetime, settings: CommunitySettings) -> "Period":
        """The period of a meeting; its length and the cut-off are the community's settings."""
        day = local_day(meeting_at)
        last = day - ONE_DAY * settings.summary_cutoff_days_before
        return cls(
            start=day - ONE_DAY * settings.summary_period_days,
            end=day - ONE_DAY,
            cutoff_at=datetime.combine(last, settings.summary_cutoff_time, SHANGHAI),
        )

    def shares_most_with(self, start: date, end: date) -> bool:
        """Whether another span is this period too: a meeting that was moved moves its days."""
        shared = min(self.end, end) - max(self.start, start) + ONE_DAY
        return shared * 2 > self.end - self.start + ONE_DAY


def next_monday(now: datetime) -> datetime:
    """Where a compound has no meeting slot, its weeks end on Sundays."""
    day = local_day(now)
    return start_of_day(day + timedelta(days=8 - day.isoweekday()))
