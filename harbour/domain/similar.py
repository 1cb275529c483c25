"""What is probably the same case said again: likeness of texts, and of photos.

Texts are compared by their pairs of characters: how many of the shorter text's pairs stand in
the longer one (the overlap coefficient), because one is often a title and the other a story.
Numbers and the words that count buildings and floors are left out: every text has them, and the
place is compared by itself.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from harbour.domain.searching import normalised

K = TypeVar("K")

# Tried on wordings as people type them: within one compound and category, a title lies above
# this with its case told again, while sentences about something else stay below (see the tests).
# Two long stories told in other words lie below as well; a hint may miss, it must not tire.
LIKELY = 0.3
LEAST_SHARED = 2
_PLACES = re.compile("[0-9a-z]*[0-9一二三四五六七八九十][0-9a-z]*(号楼|号|栋|幢|单元|层|楼|室|户)?")

HASH_BITS = 64
ALIKE_BITS = 6


def _pairs(text: str) -> frozenset[str]:
    plain = _PLACES.sub(" ", normalised(text))
    letters = "".join(sign if unicodedata.category(sign)[0] in "LN" else " " for sign in plain)
    return frozenset(word[at : at + 2] for word in letters.split() for at in range(len(word) - 1))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    shared, shorter = len(one & other), min(len(one), len(other))
    # One pair in common is chance, unless it is all there is: 返水.
    return shared / shorter if shorter and shared >= min(LEAST_SHARED, shorter) else 0.0


def similarity(one: str, other: str) -> float:
    """How much of the shorter text stands in the longer, 0 to 1; symmetric."""
    return _likeness(_pairs(one), _pairs(other))


@dataclass(frozen=True)
class Likeness(Generic[K]):
    """A thing that may be the same case, and how alike the words are, 0 to 1."""

    key: K
    score: float


def likely_duplicates(
    text: str, others: Iterable[tuple[K, str]], threshold: float = LIKELY, at_most: int = 5
) -> tuple[Likeness[K], ...]:
    """The others that say much the same, most alike first, equals in the order given.

    The caller chooses whom to compare with: same compound, same category, the last 90 days.
    """
    wanted = _pairs(text)
    found = [Likeness(key, _likeness(wanted, _pairs(other))) for key, other in others]
    likely = [one for one in found if one.score >= threshold]
    return tuple(sorted(likely, key=lambda one: -one.score)[:at_most])


def hash_distance(one: str, other: str) -> int:
    """In how many of the 64 bits two perceptual hashes differ (hexadecimal)."""
    return (int(one, 16) ^ int(other, 16)).bit_count()


def photos_alike(one: str, other: str) -> bool:
    """Whether two photos are probably the same picture, scaled, saved anew or brightened."""
    return hash_distance(one, other) <= ALIKE_BITS
