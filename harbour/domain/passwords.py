"""What a password must be; where it is kept and checked is not known here."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from harbour.domain.text import N_, Text

SHORTEST, LONGEST = 8, 128
COMMON = Path(__file__).resolve().parent.parent / "seeds" / "common_passwords.txt"
# Runs along the alphabet, the digits and the rows of a keyboard, read in both directions.
ROWS = (
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qazwsxedcrfv",
)
# A name or pet phrase and a run of digits: the first thing anybody tries.
PHRASE_AND_DIGITS = re.compile(
    r"(?:[a-z]{1,2}|abc|abcd|qwe|qwer|asd|qaz|qq|woaini|wo|ni|aini|love|iloveyou|admin|root|user|"
    r"test|pass|password|mima|zhang|wang|li|liu|chen|yang|huang|zhao|zhou|wu|china|zhongguo)"
    r"[@#!_.]?(?P<digits>[0-9]{3,})[@#!_.]*"
)
LUCKY = re.compile(r"(?:(?:520|521|1314|5201314|123|1234|12345|123456|1234567|12345678|123456789|"
                   r"1234567890|321|654321|111|1111|111111|666|6666|666666|888|8888|888888|"
                   r"000|0000|000000|123123|112233|19[0-9]{2}|20[0-9]{2}){1,2})")  # fmt: skip


def normalised(password: str) -> str:
    """What is hashed: NFKC, so that full-width digits of a Chinese keyboard are the same."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """The packaged list of passwords that everybody tries first."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line and not line.startswith("#"))


def objection(password: str, *own: str | None) -> Text | None:
    """Why a password will not do, or None; ``own`` are the person's user name and phone."""
    plain = normalised(password)
    if len(plain) < SHORTEST:
        return Text(N_("At least %(least)d characters, please."), {"least": SHORTEST})
    if len(plain) > LONGEST:
        return Text(N_("At most %(most)d characters, please."), {"most": LONGEST})
    low = plain.casefold()
    for one in own:
        if one and _tells(low, one.casefold()):
            return Text(N_("It must not be made of your user name or phone number."))
    if guessable(low):
        return Text(N_("Everybody tries this one first. Choose another, for example three words."))
    return None


def guessable(low: str) -> bool:
    """Whether a password (in small letters) is on the list, or a pattern the list stands for."""
    bare = low.strip(" !.@#_*~?")
    if low in common() or bare in common():
        return True
    if len(set(low)) <= 2 or _repeats(low) or any(_runs(low, row) for row in ROWS):
        return True
    if re.fullmatch(r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", bare):
        return True
    phrase = PHRASE_AND_DIGITS.fullmatch(low)
    return bool(phrase and LUCKY.fullmatch(phrase["digits"]))


def _tells(low: str, own: str) -> bool:
    """Whether the password is little more than the name or number itself."""
    own = own.removeprefix("+86")
    if len(own) < 3 or own not in low:
        return low in own
    return len(low) - len(own) < 5


def _repeats(low: str) -> bool:
    """Whether it is one piece of at most half its length over and over: 123123123, abcabcab."""
    return any(
        (low[:size] * (len(low) // size + 1))[: len(low)] == low
        for size in range(1, min(4, len(low) // 2) + 1)
    )


def _runs(low: str, row: str) -> bool:
    twice = row * 2
    return low in twice or low[::-1] in twice
