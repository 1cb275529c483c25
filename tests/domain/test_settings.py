import json
from dataclasses import fields
from datetime import time
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.deadlines import LIMITS, Level, LevelLimits, hours, workdays
from harbour.domain.settings import DEFAULTS, CommunitySettings, Unsuitable, unknown_keys

NUMBERS = [one.name for one in fields(CommunitySettings) if one.type is int]


def test_without_anything_stored_the_defaults_hold():
    assert CommunitySettings.from_mapping(None) == DEFAULTS
    assert CommunitySettings.from_mapping({}) == DEFAULTS
    assert DEFAULTS.to_mapping() == {}


def test_the_defaults_of_the_product():
    assert DEFAULTS.quorum == Fraction(2, 3)
    assert DEFAULTS.passing == Fraction(1, 2)
    assert (DEFAULTS.summary_cutoff_days_before, DEFAULTS.summary_cutoff_time) == (1, time(18))
    assert DEFAULTS.summary_period_days == 7
    assert DEFAULTS.duplicate_window_days == DEFAULTS.relapse_window_days == 90
    assert DEFAULTS.minutes_confirmation_workdays == 2
    assert DEFAULTS.agenda_freeze_days == 1
    assert DEFAULTS.summary_answer_workdays == 1
    assert DEFAULTS.limits == LIMITS


def test_what_is_stored_lies_over_the_defaults():
    stored = {"quorum": "3/5", "summary_cutoff_time": "17:30", "hold_review_max_days": 60}

    settings = CommunitySettings.from_mapping(stored)

    assert settings.quorum == Fraction(3, 5)
    assert settings.summary_cutoff_time == time(17, 30)
    assert settings.hold_review_max_days == 60
    assert settings.passing == DEFAULTS.passing


def test_one_levels_limit_is_overlaid_and_the_others_stay():
    stored = {"limits": {"urgent": {"handle": "2 workdays"}, "project": {"handle": "60 workdays"}}}

    limits = CommunitySettings.from_mapping(stored).limits

    assert limits[Level.URGENT] == LevelLimits(hours(24), workdays(2))
    assert limits[Level.PROJECT] == LevelLimits(workdays(1), workdays(60))
    assert limits[Level.CRITICAL] == LIMITS[Level.CRITICAL]


def test_a_limit_can_be_taken_away():
    stored = {"limits": {"complex": {"handle": None}}}

    assert CommunitySettings.from_mapping(stored).limits[Level.COMPLEX].handle is None


def test_unknown_keys_count_for_nothing_and_are_named():
    stored = {"quorum": "3/5", "quroum": "1/2", "colour": 3}

    assert CommunitySettings.from_mapping(stored).quorum == Fraction(3, 5)
    assert unknown_keys(stored) == ("colour", "quroum")
    assert unknown_keys(None) == ()


@pytest.mark.parametrize("key", NUMBERS)
@pytest.mark.parametrize("value", [-1, 1001, "3", 2.5, True, None])
def test_a_number_that_cannot_be_is_refused(key, value):
    with pytest.raises(Unsuitable) as refused:
        CommunitySettings.from_mapping({key: value})

    assert refused.value.key == key


@pytest.mark.parametrize(
    ("stored", "key"),
    [
        ({"quorum": "0/3"}, "quorum"),
        ({"quorum": "4/3"}, "quorum"),
        ({"quorum": "2/0"}, "quorum"),
        ({"quorum": 0.66}, "quorum"),
        ({"passing": "1/1"}, "passing"),
        ({"summary_cutoff_time": "25:00"}, "summary_cutoff_time"),
        ({"summary_cutoff_time": "18"}, "summary_cutoff_time"),
        ({"summary_cutoff_time": 18}, "summary_cutoff_time"),
        ({"minutes_confirmation_workdays": 0}, "minutes_confirmation_workdays"),
        ({"limits": []}, "limits"),
        ({"limits": {"soon": {}}}, "limits.soon"),
        ({"limits": {"urgent": "2 hours"}}, "limits.urgent"),
        ({"limits": {"urgent": {"accept": None}}}, "limits.urgent"),
        ({"limits": {"urgent": {"handle": "2 weeks"}}}, "limits.urgent"),
        ({"limits": {"urgent": {"handle": 2}}}, "limits.urgent"),
    ],
)
def test_a_value_that_cannot_be_worked_by_is_refused_by_name(stored, key):
    with pytest.raises(Unsuitable) as refused:
        CommunitySettings.from_mapping(stored)

    assert refused.value.key == key


def test_a_freeze_may_be_on_the_day_itself():
    assert CommunitySettings.from_mapping({"agenda_freeze_days": 0}).agenda_freeze_days == 0


limit = st.builds(hours, st.integers(1, 99)) | st.builds(workdays, st.integers(1, 99))
shares = st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)])
settings = st.builds(
    CommunitySettings,
    quorum=shares,
    passing=shares,
    summary_cutoff_time=st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    limits=st.fixed_dictionaries(
        {level: st.builds(LevelLimits, limit, limit | st.none()) for level in Level}
    ),
    **dict.fromkeys(NUMBERS, st.integers(1, 1000)),
)


@given(settings)
def test_what_is_stored_as_json_is_read_back(chosen):
    stored = json.loads(json.dumps(chosen.to_mapping()))

    assert CommunitySettings.from_mapping(stored) == chosen
