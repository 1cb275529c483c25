"""Settings as people read them: every one has its words, and says where its value comes from."""

from dataclasses import fields
from fractions import Fraction

import pytest

from harbour.domain.deadlines import Level, workdays
from harbour.domain.setting_words import (
    GROUPS,
    WORDS,
    Source,
    label,
    level_of,
    said,
    settings_at,
    value_of,
)
from harbour.domain.settings import DEFAULTS, CommunitySettings, deep, leaves


def test_every_setting_stands_in_exactly_one_group():
    named = {field.name for field in fields(CommunitySettings)} - {"limits"}
    limits = {f"limits.{level}.{part}" for level in Level for part in ("accept", "handle")}

    assert set(WORDS) == named | limits
    assert sum(len(group.names) for group in GROUPS) == len(WORDS)


@pytest.mark.parametrize("name", WORDS)
def test_every_setting_can_be_said(name):
    assert label(name).msgid
    assert said(name, value_of(DEFAULTS, name))


def test_a_value_says_where_it_comes_from_and_what_would_count_without_it():
    street = {"quorum": "3/5", "limits": {"normal": {"handle": "7 workdays"}}}
    own = {"quorum": "3/4", "silent_weeks": 6}

    found = settings_at(street, own, community=True)

    quorum, silent = found["quorum"], found["silent_weeks"]
    assert (quorum.value, quorum.source) == (Fraction(3, 4), Source.COMMUNITY)
    assert (quorum.inherited, quorum.inherited_from) == (Fraction(3, 5), Source.STREET)
    assert (silent.inherited, silent.inherited_from, silent.own) == (4, Source.PRODUCT, True)
    limit = found["limits.normal.handle"]
    assert (limit.value, limit.source, limit.own) == (workdays(7), Source.STREET, False)
    assert found["passing"].source is Source.PRODUCT


def test_a_streets_own_defaults_stand_above_the_products():
    one = settings_at(None, {"quorum": "3/5"}, community=False)["quorum"]

    assert (one.source, one.inherited_from, one.own) == (Source.STREET, Source.PRODUCT, True)


def test_limits_are_single_settings_and_come_together_again():
    stored = {"quorum": "3/5", "limits": {"urgent": {"accept": "2 hours", "handle": "1 workdays"}}}

    assert leaves(stored)["limits.urgent.accept"] == "2 hours"
    assert deep(leaves(stored)) == stored
    assert level_of("limits.urgent.accept") is Level.URGENT
    assert leaves(None) == {}


def test_of_street_and_community_each_limit_counts_by_itself():
    street = {"limits": {"normal": {"handle": "7 workdays"}}}
    own = {"limits": {"normal": {"accept": "2 workdays"}}}

    normal = CommunitySettings.overlaid(street, own).limits[Level.NORMAL]

    assert (normal.accept, normal.handle) == (workdays(2), workdays(7))
