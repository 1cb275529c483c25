import re
from collections import Counter

import pytest

from harbour.domain.categories import CATEGORIES, by_names, grouped, search
from harbour.domain.deadlines import Level


def test_a_category_knows_what_follows_from_it():
    falling = CATEGORIES["SAF/高处坠物"]

    assert falling.label() == "安全消防 / 高处坠物"
    assert falling.label("en") == "Safety and fire / Objects falling from height"
    assert falling.default_level is Level.CRITICAL
    assert (falling.owner_decision, falling.hand_over, falling.restricted) == (False,) * 3


@pytest.mark.parametrize("lang", ["zh", "zh_Hans_CN", "zh-CN", "fr"])
def test_chinese_is_shown_unless_english_is_asked_for(lang):
    assert CATEGORIES["LFT/困人"].short(lang) == "困人"
    assert CATEGORIES["LFT/困人"].short("en_GB") == "People trapped"


def test_the_three_marks_are_read():
    assert by_names("业主自治/选聘物业").owner_decision
    assert by_names("停车管理/停车收费").owner_decision
    assert by_names("水电气热/供水").hand_over
    assert by_names("邻里纠纷/宠物").restricted


def test_a_category_without_a_usual_level_says_so():
    assert by_names("其他转办/其他").default_level is None


def test_unknown_names_are_an_error():
    with pytest.raises(KeyError):
        by_names("安全消防/没有这一类")


def test_groups_hold_every_category_once_in_order():
    listed = [category for group in grouped().values() for category in group]

    assert listed == list(CATEGORIES.values())
    assert next(iter(grouped())) == "ENV"


@pytest.mark.parametrize("category", CATEGORIES.values(), ids=lambda one: one.code)
def test_every_category_is_named_in_both_languages(category):
    assert re.search(r"[\u4e00-\u9fff]", category.l1)
    assert re.search(r"[\u4e00-\u9fff]", category.l2)
    assert re.fullmatch(r"[A-Z][A-Za-z ,'-]+", category.l1_en)
    assert re.fullmatch(r"[A-Z][A-Za-z ,'-]+", category.l2_en)
    assert len(category.code) <= 40


def test_english_names_tell_categories_apart():
    counts = Counter(category.label("en") for category in CATEGORIES.values())

    assert [label for label, n in counts.items() if n > 1] == []


def test_categories_are_found_by_words_of_either_language():
    assert by_names("停车管理/占用消防通道") in search("消防")
    assert search("占用 消防") == (by_names("停车管理/占用消防通道"),)
    assert search("FIRE lane") == (by_names("停车管理/占用消防通道"),)
    assert search("") == ()
    assert search("恐龙") == ()
