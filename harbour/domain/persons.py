"""What may be shown of a person."""

import re
import unicodedata

MOBILE = 11
SHOWN_BEFORE, SHOWN_AFTER = 3, 4


def spoken_phone(phone: str) -> str:
    """The number as people here dial it: +8613812341234 gives 13812341234."""
    return phone.removeprefix("+86")


def mask_phone(phone: str) -> str:
    """The number with its middle hidden: 138****1234; a short one keeps its last two digits."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", phone) if sign in "0123456789")
    if len(digits) > MOBILE:
        # The country code tells nothing about the person, and would push digits into view.
        digits = digits.removeprefix("00").removeprefix("86")
    if len(digits) >= MOBILE:
        hidden = len(digits) - SHOWN_BEFORE - SHOWN_AFTER
        return digits[:SHOWN_BEFORE] + "*" * hidden + digits[-SHOWN_AFTER:]
    shown = digits[-2:] if len(digits) > 2 else ""
    return "*" * (len(digits) - len(shown)) + shown


# What tells who lives where or how to reach them: long numbers, door numbers, identity numbers.
_NUMBERS = re.compile(r"(?<![0-9A-Za-z-])\+?[0-9][0-9 -]{5,}[0-9Xx](?![0-9A-Za-z-])")
_DOORS = re.compile(
    r"[0-9一二三四五六七八九十]+\s*单元\s*[0-9]{1,4}\s*[室户号]?"
    r"|(?<![0-9])[0-9]{3,4}\s*[室户]"
    r"|(?<![0-9-])[0-9]{1,3}-[0-9]{1,2}-[0-9]{3,4}(?![0-9-])"
)
_DAY = re.compile(r"[12][0-9]{3}-[0-9]{1,2}-[0-9]{1,2}")
SHORTEST = 7
HIDDEN = "…"


def without_persons(words: str) -> str:
    """Words for everybody: telephone, identity and door numbers are taken out of them.

    A building stays, for work is done there. Names cannot be told from other words: the public
    sentence is written without them.
    """
    found = unicodedata.normalize("NFKC", words) if _full_width(words) else words
    return _NUMBERS.sub(_kept_or_hidden, _DOORS.sub(HIDDEN, found))


def _kept_or_hidden(found: re.Match[str]) -> str:
    """A day stays, and so does what is too short for a number one can call."""
    said = found[0]
    digits = sum(sign.isdigit() for sign in said)
    return said if digits < SHORTEST or _DAY.fullmatch(said) else HIDDEN


def _full_width(words: str) -> bool:
    return any("０" <= sign <= "９" for sign in words)
