"""What a password must be."""

import pytest

from harbour.domain.passwords import common, guessable, objection


@pytest.mark.parametrize(
    "password",
    [
        "12345678", "１２３４５６７８", "a1234567", "woaini1314", "WoAiNi1314!", "woaini5201314",
        "zhang123456", "wang1314520", "qwertyuiop", "87654321", "abcabcabc", "11111111", "1q2w3e4r",
        "19650412", "admin888", "Password1", "li520520",
    ],
)  # fmt: skip
def test_what_everybody_tries_first_is_refused(password):
    assert guessable(password.casefold()) or objection(password) is not None


@pytest.mark.parametrize(
    "password", ["梧桐树下的第三把椅子", "k7mq-3vtz-p9wd", "harbour horse tea"]
)
def test_what_nobody_guesses_is_taken(password):
    assert objection(password, "ch-zhao", "+8613812341234") is None


@pytest.mark.parametrize(("length", "fits"), [(7, False), (8, True), (128, True), (129, False)])
def test_it_has_8_to_128_characters(length, fits):
    password = ("梧桐树下第三把椅" * 20)[:length]

    said = objection(password[:-1] + "x")

    assert (said is None) == fits


@pytest.mark.parametrize(
    "password", ["13812341234", "x13812341234", "ch01-rep1", "ch01-rep1!1", "+8613812341234"]
)
def test_it_is_not_made_of_ones_own_name_or_number(password):
    said = objection(password.ljust(8, "!"), "ch01-rep1", "+8613812341234")

    assert said is not None
    assert "user name" in said.msgid


def test_the_list_knows_hundreds_all_of_which_are_refused():
    assert len(common()) > 300
    assert all(objection(one) for one in common())
