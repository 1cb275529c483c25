import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.numbers import PublicNumber, compound_code

numbers = st.builds(
    PublicNumber,
    st.from_regex(r"[A-Z][A-Z0-9]{0,9}", fullmatch=True),
    st.integers(2000, 2099),
    st.integers(1, 99_999_999),
    st.integers(1, 999),
)


@given(numbers)
def test_a_printed_number_is_read_back(number):
    assert PublicNumber.parse(str(number)) == number


@pytest.mark.parametrize(
    ("number", "printed"),
    [
        (PublicNumber("CH01", 2026, 31), "CH01-2026-0031"),
        (PublicNumber("CH01", 2026, 31, 2), "CH01-2026-0031-2"),
        (PublicNumber("CX02", 2026, 12345), "CX02-2026-12345"),
    ],
)
def test_how_a_number_is_printed(number, printed):
    assert str(number) == printed


@pytest.mark.parametrize(
    "typed",
    [
        "CH01-2026-0031",
        " ch01-2026-0031 ",
        "ＣＨ０１-２０２６-００３１",
        "CH01－2026－0031",
        "CH01–2026–0031",
    ],
)
def test_a_number_is_understood_however_it_was_typed(typed):
    assert PublicNumber.parse(typed) == PublicNumber("CH01", 2026, 31)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "CH01",
        "CH01-2026",
        "CH01-26-0031",
        "CH01-2026-31",
        "CH01-2026-0031-0",
        "CH01-2026-0000",
        "CH01-2026-0031-",
        "CH-01-2026-0031",
        "CH01-2026-0031 x",
        "春和-2026-0031",
        "CH01-2026-٠٠٣١",
    ],
)
def test_what_is_no_number_is_refused(typed):
    with pytest.raises(ValueError, match="public number"):
        PublicNumber.parse(typed)


def test_a_further_task_shares_the_thread():
    first = PublicNumber("CH01", 2026, 31)

    assert str(first.further(2)) == "CH01-2026-0031-2"
    assert first.further(2).whole == first


def test_a_compounds_code_loses_its_dash():
    assert compound_code("CH-01") == "CH01"


@pytest.mark.parametrize("code", ["", "-", "01", "CH 01", "春和", "ABCDEFGHIJKL"])
def test_an_unfit_code_is_refused(code):
    with pytest.raises(ValueError, match="code"):
        compound_code(code)
