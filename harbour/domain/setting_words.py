"""The settings as people read them: in groups, with words, and where each value comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from fractions import Fraction
from typing import Any

from harbour.domain.deadlines import LEVEL_WORDS, Level, Limit, counted
from harbour.domain.settings import DEFAULTS, CommunitySettings, deep, leaves
from harbour.domain.text import N_, Text


class Source(StrEnum):
    """Where a value comes from."""

    PRODUCT = "product"
    STREET = "street"
    COMMUNITY = "community"


SOURCE_WORDS: Mapping[Source, str] = {
    Source.PRODUCT: N_("the product's default"),
    Source.STREET: N_("the street's default"),
    Source.COMMUNITY: N_("the community's own"),
}


class Unit(StrEnum):
    """What a number counts."""

    DAYS = "days"
    WORKDAYS = "workdays"
    WEEKS = "weeks"
    TIMES = "times"
    TASKS = "tasks"


UNIT_WORDS: Mapping[Unit, tuple[str, str, str]] = {
    Unit.DAYS: (N_("days"), N_("1 day"), N_("%(n)d days")),
    Unit.WORKDAYS: (N_("workdays"), N_("1 workday"), N_("%(n)d workdays")),
    Unit.WEEKS: (N_("weeks"), N_("1 week"), N_("%(n)d weeks")),
    Unit.TIMES: (N_("times"), N_("once"), N_("%(n)d times")),
    Unit.TASKS: (N_("items"), N_("1 item"), N_("%(n)d items")),
}

_D, _W, _K, _T = Unit.DAYS, Unit.WORKDAYS, Unit.WEEKS, Unit.TIMES


@dataclass(frozen=True)
class Group:
    """Settings that are looked at and changed together: name → label and unit."""

    key: str
    title: str
    names: Mapping[str, tuple[str, Unit | None]]


GROUPS: tuple[Group, ...] = (
    Group("meetings", N_("Meetings and votes"), {
        "quorum": (N_("Of the voting members due, at least this share must be there"), None),
        "passing": (N_("More than this share of those present must agree"), None),
        "agenda_freeze_days": (N_("The agenda closes before the meeting by"), _D),
        "minutes_confirmation_workdays": (N_("Minutes are confirmed within"), _W),
        "notice_workdays": (N_("Public notices last"), _W),
        "proposal_accept_workdays": (N_("Proposals are accepted or returned within"), _W),
        "carries_before_street": (N_("The street is told once a proposal is carried over"), _T),
        "idle_weeks": (N_("A compound counts as silent without meeting or summary for"), _K),
    }),
    Group("summaries", N_("Weekly summaries"), {
        "summary_cutoff_days_before": (N_("Summaries are due before the meeting by"), _D),
        "summary_cutoff_time": (N_("Summaries are due at"), None),
        "summary_period_days": (N_("A summary covers"), _D),
        "summary_answer_workdays": (N_("A returned summary is answered within"), _W),
        "silent_weeks": (N_("A building counts as silent after"), _K),
        "duplicate_window_days": (N_("Likely duplicates are looked for among the last"), _D),
        "relapse_window_days": (N_("The same trouble counts as come back within"), _D),
    }),
    Group("limits", N_("Time limits of tasks"), {
        **{
            f"limits.{level}.{part}": (words, None)
            for level in Level
            for part, words in (("accept", N_("accept within")), ("handle", N_("handle within")))
        },
        "due_soon_workdays": (N_("The yellow light shines when this is left"), _W),
        "verify_workdays": (N_("A reported task is verified within"), _W),
        "close_workdays": (N_("A verified task is closed within"), _W),
    }),
    Group("requests", N_("Requests about tasks"), {
        "return_within_workdays": (N_("A task may be given back within"), _W),
        "hold_review_max_days": (N_("A hold is looked at again within"), _D),
        "reopen_within_days": (N_("Reopening may be asked for within"), _D),
        "reopen_answer_workdays": (N_("A request to reopen is answered within"), _W),
    }),
    Group("ladder", N_("Reminders and escalation"), {
        "remind_before_workdays": (N_("The lead is reminded before the due day by"), _W),
        "level1_over_workdays": (N_("Level 1: overdue by"), _W),
        "level2_over_workdays": (N_("Level 2: overdue by"), _W),
        "level2_accept_workdays": (N_("Level 2: not accepted for"), _W),
        "level2_urges": (N_("Level 2: urged"), _T),
        "level3_over_workdays": (N_("Level 3: overdue after a supervision order by"), _W),
        "level3_reworks": (N_("Level 3: sent back"), _T),
        "level3_carries": (N_("Level 3: carried over"), _T),
    }),
    Group("figures", N_("Figures"), {
        "small_denominator": (N_("Below this many a fraction is shown, no percentage"), Unit.TASKS),
    }),
)  # fmt: skip
BY_KEY: Mapping[str, Group] = {group.key: group for group in GROUPS}
WORDS: Mapping[str, tuple[str, Unit | None]] = {
    name: words for group in GROUPS for name, words in group.names.items()
}
# A share is chosen, not typed: others than these have never been asked for.
SHARES: tuple[Fraction, ...] = (
    Fraction(1, 3), Fraction(1, 2), Fraction(3, 5), Fraction(2, 3), Fraction(3, 4),
    Fraction(4, 5), Fraction(1),
)  # fmt: skip
BY_MILESTONES = N_("by its milestones")


def label(name: str) -> Text:
    """A setting's label; a limit's begins with its level."""
    words = Text(WORDS[name][0])
    level = level_of(name)
    if level is None:
        return words
    return Text(N_("%(level)s: %(words)s"), {"level": Text(LEVEL_WORDS[level]), "words": words})


def level_of(name: str) -> Level | None:
    """The level a limit is of, for the settings that are limits."""
    return Level(name.split(".")[1]) if name.startswith("limits.") else None


def value_of(settings: CommunitySettings, name: str) -> Any:
    """A single setting's value: a number, a share, a time of day, a limit or (None) none."""
    level = level_of(name)
    if level is None:
        return getattr(settings, name)
    return getattr(settings.limits[level], name.rpartition(".")[2])


def said(name: str, value: Any) -> Text | str:
    """A value in words."""
    unit = WORDS[name][1]
    if value is None:
        return Text(BY_MILESTONES)
    if isinstance(value, Limit):
        return value.text()
    if unit is not None:
        return counted(value, *UNIT_WORDS[unit][1:])
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


def stored(value: Any) -> Any:
    """A typed value as it is stored (JSON)."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return str(value) if isinstance(value, Limit) else value


@dataclass(frozen=True)
class Setting:
    """One setting at one place: what counts there, where from, and what would count without it."""

    name: str
    value: Any
    source: Source
    inherited: Any
    inherited_from: Source

    @property
    def own(self) -> bool:
        """Whether the place itself has set it."""
        return self.source is not self.inherited_from


def settings_at(
    street: Mapping[str, object] | None, own: Mapping[str, object] | None, *, community: bool
) -> Mapping[str, Setting]:
    """Every setting of a community, or (``community`` False) of a street, whose own are ``own``."""
    above = leaves(street) if community else {}
    here = leaves(own)
    home = Source.COMMUNITY if community else Source.STREET
    inherited = CommunitySettings.from_mapping(deep(above)) if above else DEFAULTS
    now = CommunitySettings.from_mapping(deep({**above, **here}))

    def one(name: str) -> Setting:
        from_above = Source.STREET if name in above else Source.PRODUCT
        return Setting(
            name, value_of(now, name), home if name in here else from_above,
            value_of(inherited, name), from_above,
        )  # fmt: skip

    return {name: one(name) for name in WORDS}
