import pytest

from harbour.domain.persons import mask_phone


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812341234", "138****1234"),
        ("138 1234 1234", "138****1234"),
        ("+86 138-1234-1234", "138****1234"),
        ("0086 13812341234", "138****1234"),
        ("１３８１２３４１２３４", "138****1234"),
        ("0571-88881234", "057*****1234"),
        ("88881234", "******34"),
        ("12345", "***45"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_the_middle_of_a_number_is_hidden(phone, masked):
    assert mask_phone(phone) == masked


def test_what_stands_around_a_number_is_not_shown():
    assert mask_phone("王阿姨 13812341234") == "138****1234"
