"""Names of places, in their natural order, and ranges of them."""

import pytest

from harbour.domain.places import (
    fit_code,
    fit_compound_code,
    fit_slug,
    natural_key,
    numbers_in,
)


def test_building_2_comes_before_building_10():
    names = ["10号楼", "2号楼", "1号楼", "甲12号楼", "甲3号楼"]

    assert sorted(names, key=natural_key) == ["1号楼", "2号楼", "10号楼", "甲3号楼", "甲12号楼"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1-4", (1, 2, 3, 4)),
        ("１－３", (1, 2, 3)),
        ("1-2, 26、28至30", (1, 2, 26, 28, 29, 30)),
        ("5 — 7 7", (5, 6, 7)),
    ],
)
def test_numbers_are_read_as_people_write_them(typed, meant):
    assert numbers_in(typed) == meant


@pytest.mark.parametrize("typed", ["", "甲", "9-3", "1-201", "1-150 200-300", "1--2", "99999"])
def test_what_cannot_be_counted_is_refused(typed):
    with pytest.raises(ValueError, match=r".*"):
        numbers_in(typed)


@pytest.mark.parametrize(
    ("slug", "fits"), [("chunhe", True), ("ch-2", True), ("c", False), ("2ch", False),
                       ("a/b", False), ("春和", False), ("a--b", False), ("x" * 25, False)]
)  # fmt: skip
def test_only_plain_words_stand_in_addresses(slug, fits):
    assert fit_slug(slug) == fits


@pytest.mark.parametrize(
    ("code", "fits"), [("CH-01", True), ("01", False), ("ch-01", False), ("CHUNHEJIAYUAN", False)]
)
def test_a_compounds_code_can_begin_a_public_number(code, fits):
    assert fit_compound_code(code) == fits
    assert fit_code("CF")
