"""What may be shown of a person."""

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
