"""Relapses: whether what residents say now is the trouble of a closed task come back."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

LEAST_NAMED = 2


@dataclass(frozen=True)
class Spot:
    """Where something lies within a compound: the building where one is known, and words."""

    building_id: int | None
    unit_id: int | None
    words: str

    @property
    def named(self) -> str:
        """The words without signs and spaces, in one width and case."""
        plain = unicodedata.normalize("NFKC", self.words).casefold()
        return "".join(sign for sign in plain if unicodedata.category(sign)[0] in "LN")


def same_place(one: Spot, other: Spot) -> bool:
    """Whether two spots of one compound are the same place.

    Two known buildings decide it, and two known units within them; else the words do, where one
    holds the other. What names no place at all is about the compound as a whole.
    """
    if one.building_id is not None and other.building_id is not None:
        units = {one.unit_id, other.unit_id} - {None}
        return one.building_id == other.building_id and len(units) < 2
    shorter, longer = sorted((one.named, other.named), key=len)
    if len(shorter) < LEAST_NAMED:
        return not longer
    return shorter in longer


def since(now: datetime, window_days: int) -> datetime:
    """From when on what was closed can be said to have come back."""
    return now - timedelta(days=window_days)
