"""The public number that runs through the whole chain: CH01-2026-0031."""

import re
import unicodedata
from dataclasses import dataclass, replace

CODE_PATTERN = "[A-Z][A-Z0-9]{0,9}"
_CODE = re.compile(CODE_PATTERN)
_NUMBER = re.compile(
    rf"(?P<compound>{CODE_PATTERN})-(?P<year>20[0-9]{{2}})-(?P<sequence>[0-9]{{4,8}})"
    r"(?:-(?P<part>[1-9][0-9]{0,2}))?"
)
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def compound_code(code: str) -> str:
    """A compound's code as it stands in numbers: "CH-01" gives "CH01"; ValueError if unfit."""
    short = code.replace("-", "").upper()
    if not _CODE.fullmatch(short):
        raise ValueError(f"Not a compound's code: {code!r}")
    return short


@dataclass(frozen=True, order=True)
class PublicNumber:
    """One thing's number: compound, year, sequence in that year, and which of its tasks."""

    compound: str
    year: int
    sequence: int
    part: int = 1

    def __post_init__(self) -> None:
        # Written and read back it must be itself, or a printed number would lead nowhere.
        if self.sequence < 1 or not _NUMBER.fullmatch(str(self)):
            raise ValueError(f"Not a public number: {self}")

    def __str__(self) -> str:
        suffix = "" if self.part == 1 else f"-{self.part}"
        return f"{self.compound}-{self.year}-{self.sequence:04d}{suffix}"

    @classmethod
    def parse(cls, text: str) -> "PublicNumber":
        """The number a person typed, in any case or width; ValueError if it is none."""
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip().upper()
        found = _NUMBER.fullmatch(plain)
        if found is None:
            raise ValueError(f"Not a public number: {text!r}")
        return cls(
            found["compound"], int(found["year"]), int(found["sequence"]), int(found["part"] or 1)
        )

    @property
    def whole(self) -> "PublicNumber":
        """The number of the thread, whichever of its tasks this is."""
        return replace(self, part=1)

    def further(self, part: int) -> "PublicNumber":
        """The number of the thread's task number ``part``; the first has no suffix."""
        return replace(self, part=part)
