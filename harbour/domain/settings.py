"""The numbers a community works by: defaults of the product, each of them its own to change."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import time
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from harbour.domain.deadlines import DUE_SOON_WORKDAYS, LIMITS, Level, LevelLimits, Limit
from harbour.domain.text import N_, Text

MOST = 1000
_FRACTION = re.compile(r"([0-9]{1,3})/([1-9][0-9]{0,2})")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


class Unsuitable(ValueError):
    """A stored or typed setting that cannot be worked by; ``key`` names it, ``text`` says why."""

    def __init__(self, key: str, text: Text) -> None:
        super().__init__(f"{key}: {text.msgid}")
        self.key = key
        self.text = text


@dataclass(frozen=True)
class CommunitySettings:
    """One community's numbers; days are calendar days unless the name says workdays."""

    # Votes: at least the quorum of those due must be there, more than ``passing`` of those agree.
    quorum: Fraction = Fraction(2, 3)
    passing: Fraction = Fraction(1, 2)

    # Weekly summaries.
    summary_cutoff_days_before: int = 1
    summary_cutoff_time: time = time(18)
    summary_period_days: int = 7
    summary_answer_workdays: int = 1
    silent_weeks: int = 4
    duplicate_window_days: int = 90
    relapse_window_days: int = 90

    # Proposals and meetings.
    agenda_freeze_days: int = 1
    carries_before_street: int = 3
    proposal_accept_workdays: int = 2
    minutes_confirmation_workdays: int = 2
    notice_workdays: int = 5
    idle_weeks: int = 2

    # Tasks and requests.
    due_soon_workdays: int = DUE_SOON_WORKDAYS
    verify_workdays: int = 2
    close_workdays: int = 2
    return_within_workdays: int = 1
    hold_review_max_days: int = 90
    reopen_within_days: int = 30
    reopen_answer_workdays: int = 3
    limits: Mapping[Level, LevelLimits] = field(default_factory=lambda: LIMITS)

    # The ladder of escalation, in workdays before and after the due date, and in counts.
    remind_before_workdays: int = 3
    level1_over_workdays: int = 1
    level2_over_workdays: int = 3
    level2_accept_workdays: int = 2
    level2_urges: int = 3
    level3_over_workdays: int = 5
    level3_reworks: int = 2
    level3_carries: int = 3

    # Figures: below this denominator a fraction is shown, not a percentage.
    small_denominator: int = 10

    @classmethod
    def from_mapping(cls, stored: Mapping[str, object] | None) -> "CommunitySettings":
        """The defaults, overlaid by what is stored; unknown keys count for nothing.

        Raises Unsuitable for a known key whose value cannot be worked by.
        """
        known = {key: value for key, value in (stored or {}).items() if key in _READERS}
        return cls(**{key: _READERS[key](key, value) for key, value in known.items()})

    @classmethod
    def overlaid(
        cls, street: Mapping[str, object] | None, own: Mapping[str, object] | None
    ) -> "CommunitySettings":
        """The defaults, overlaid by what the street says, overlaid by what the community says.

        Of the limits each counts by itself: a community may set one level, its street another.
        """
        return cls.from_mapping(deep({**leaves(street), **leaves(own)}))

    def to_mapping(self) -> dict[str, object]:
        """What differs from the defaults, as it is stored (JSON)."""
        return {
            key: _written(getattr(self, key))
            for key in _READERS
            if getattr(self, key) != getattr(DEFAULTS, key)
        }


LIMITS_KEY = "limits"


def leaves(stored: Mapping[str, object] | None) -> dict[str, object]:
    """What is stored as single settings; a limit is named like "limits.normal.accept"."""
    found: dict[str, object] = {}
    for key, value in (stored or {}).items():
        if key != LIMITS_KEY or not isinstance(value, Mapping):
            found[key] = value
            continue
        for level, limits in value.items():
            inside = limits.items() if isinstance(limits, Mapping) else [("", limits)]
            found |= {f"{key}.{level}.{part}": one for part, one in inside}
    return found


def deep(single: Mapping[str, object]) -> dict[str, object]:
    """Single settings as they are stored, the limits by level: the other way round."""
    found: dict[str, Any] = {}
    for key, value in single.items():
        if not key.startswith(f"{LIMITS_KEY}."):
            found[key] = value
            continue
        _, level, part = key.split(".", 2)
        found.setdefault(LIMITS_KEY, {}).setdefault(level, {})[part] = value
    return found


def unknown_keys(stored: Mapping[str, object] | None) -> tuple[str, ...]:
    """The stored keys that name no setting, for the administrator to be told of."""
    return tuple(sorted(key for key in stored or {} if key not in _READERS))


# Zero has a meaning where something may be due on the very day; elsewhere it would say nothing.
_MAY_BE_ZERO = frozenset({"summary_cutoff_days_before", "agenda_freeze_days", "due_soon_workdays"})


def _number(key: str, value: object) -> int:
    least = 0 if key in _MAY_BE_ZERO else 1
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= MOST:
        says = N_("A whole number from %(least)d to %(most)d is needed.")
        raise Unsuitable(key, Text(says, {"least": least, "most": MOST}))
    return value


def _share(key: str, value: object) -> Fraction:
    found = _FRACTION.fullmatch(value) if isinstance(value, str) else None
    share = Fraction(int(found[1]), int(found[2])) if found else Fraction(-1)
    if not 0 < share <= 1 or (key == "passing" and share == 1):
        # More than all can never agree, so a passing share of one would adopt nothing.
        raise Unsuitable(key, Text(N_("A share such as 2/3 is needed.")))
    return share


def _clock_time(key: str, value: object) -> time:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        raise Unsuitable(key, Text(N_("A time of day such as 18:00 is needed.")))
    return time.fromisoformat(value)


def _limits(key: str, value: object) -> Mapping[Level, LevelLimits]:
    if not isinstance(value, Mapping):
        raise Unsuitable(key, _NO_LIMIT)
    overlaid = dict(LIMITS)
    for name, limits in value.items():
        try:
            level = Level(name)
            accept = limits.get("accept", str(LIMITS[level].accept))
            handle = limits.get("handle", _maybe(LIMITS[level].handle))
            overlaid[level] = LevelLimits(
                Limit.parse(accept), None if handle is None else Limit.parse(handle)
            )
        except (ValueError, TypeError, AttributeError) as wrong:
            raise Unsuitable(f"{key}.{name}", _NO_LIMIT) from wrong
    return MappingProxyType(overlaid)


_NO_LIMIT = Text(N_("A time limit such as “3 workdays” or “24 hours” is needed."))


def _maybe(limit: Limit | None) -> str | None:
    return None if limit is None else str(limit)


def _written(value: object) -> object:
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, Mapping):
        return {
            str(level): {"accept": str(limits.accept), "handle": _maybe(limits.handle)}
            for level, limits in value.items()
            if limits != LIMITS[level]
        }
    return value


_BY_TYPE: Mapping[object, Callable[[str, object], Any]] = {
    int: _number,
    Fraction: _share,
    time: _clock_time,
    Mapping[Level, LevelLimits]: _limits,
}
_READERS = {one.name: _BY_TYPE[one.type] for one in fields(CommunitySettings)}

DEFAULTS = CommunitySettings()
