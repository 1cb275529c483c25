"""Names of places: their natural order, ranges of them, weekdays and owners' committees."""

import re
import unicodedata
from enum import StrEnum

from harbour.domain.numbers import compound_code
from harbour.domain.text import N_

MOST_AT_ONCE = 200
_NUMBER = re.compile(r"[0-9]+")
_RANGE = re.compile(r"(?P<first>[0-9]{1,4})(?:-(?P<last>[0-9]{1,4}))?")
_SEPARATORS = re.compile(r"[\s,、;.]+")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_CODE = re.compile(r"[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*")


class OwnersCommittee(StrEnum):
    """Whether the owners of a compound have elected their committee."""

    NONE = "none"
    PREPARING = "preparing"
    ESTABLISHED = "established"


OWNERS_COMMITTEE_LABELS: dict[OwnersCommittee, str] = {
    OwnersCommittee.NONE: N_("No owners' committee"),
    OwnersCommittee.PREPARING: N_("Owners' committee being prepared"),
    OwnersCommittee.ESTABLISHED: N_("Owners' committee established"),
}

#: ISO weekdays, Monday is 1.
WEEKDAY_LABELS: dict[int, str] = {
    1: N_("Monday"),
    2: N_("Tuesday"),
    3: N_("Wednesday"),
    4: N_("Thursday"),
    5: N_("Friday"),
    6: N_("Saturday"),
    7: N_("Sunday"),
}


def natural_key(name: str) -> str:
    """A key that puts 2号楼 before 10号楼: every number is written with five digits."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return _NUMBER.sub(lambda found: found[0].zfill(5), plain)[:100]


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers of "1-24, 26、28至30", each once, in the order typed; ValueError if unclear."""
    plain = unicodedata.normalize("NFKC", text)
    plain = re.sub(r"\s*[-~至到–—]\s*", "-", plain)
    found: dict[int, None] = {}
    for part in filter(None, _SEPARATORS.split(plain)):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(part)
        first = int(match["first"])
        last = int(match["last"] or first)
        if last < first or last - first >= MOST_AT_ONCE:
            raise ValueError(part)
        found.update(dict.fromkeys(range(first, last + 1)))
    if not found or len(found) > MOST_AT_ONCE:
        raise ValueError(text)
    return tuple(found)


def fit_slug(text: str) -> bool:
    """Whether a text may stand in the address of a community's pages."""
    return 2 <= len(text) <= 24 and bool(_SLUG.fullmatch(text))


def fit_code(text: str) -> bool:
    """Whether a text may be the code of a street, community or firm: CF, CH-2."""
    return bool(_CODE.fullmatch(text))


def fit_compound_code(text: str) -> bool:
    """Whether a code may begin public numbers: CH-01."""
    try:
        return bool(compound_code(text)) and fit_code(text)
    except ValueError:
        return False
