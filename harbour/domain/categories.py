"""What a concern is about: two levels, constant, in the words of both languages."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType

from harbour.domain.deadlines import Level


@dataclass(frozen=True)
class Category:
    """One category of the second level, with what follows from it.

    ``owner_decision``: only all owners together may decide (Civil Code art. 278).
    ``hand_over``: another body's duty, to be referred. ``restricted``: private or sensitive.
    """

    code: str
    l1_code: str
    l1: str
    l2: str
    l1_en: str
    l2_en: str
    usual_handler: str
    default_level: Level | None
    owner_decision: bool
    hand_over: bool
    restricted: bool

    def group(self, lang: str = "zh") -> str:
        """The first level's words in a language; Chinese unless English is asked for."""
        return self.l1_en if lang.startswith("en") else self.l1

    def short(self, lang: str = "zh") -> str:
        """The second level's words in a language."""
        return self.l2_en if lang.startswith("en") else self.l2

    def label(self, lang: str = "zh") -> str:
        """Both levels' words in a language."""
        return f"{self.group(lang)} / {self.short(lang)}"


def _read(line: Mapping[str, str]) -> Category:
    level = line["default_level"]
    return Category(
        code=f"{line['l1_code']}/{line['l2_zh']}",
        l1_code=line["l1_code"],
        l1=line["l1_zh"],
        l2=line["l2_zh"],
        l1_en=line["l1_en"],
        l2_en=line["l2_en"],
        usual_handler=line["usual_handler"],
        default_level=Level(level) if level else None,
        owner_decision=line["owner_decision"] == "1",
        hand_over=line["hand_over"] == "1",
        restricted=line["restricted"] == "1",
    )


def _shipped() -> Mapping[str, Category]:
    text = (files("harbour") / "seeds" / "categories.csv").read_text(encoding="utf-8")
    read = [_read(line) for line in csv.DictReader(text.splitlines())]
    return MappingProxyType({category.code: category for category in read})


CATEGORIES: Mapping[str, Category] = _shipped()
_BY_NAMES = {f"{category.l1}/{category.l2}": category for category in CATEGORIES.values()}


def by_names(names: str) -> Category:
    """The category of its two Chinese names, "安全消防/高处坠物"; KeyError if there is none."""
    return _BY_NAMES[names]


def grouped() -> Mapping[str, tuple[Category, ...]]:
    """The categories by the code of their first level, in the order people are shown them."""
    groups: dict[str, tuple[Category, ...]] = {}
    for category in CATEGORIES.values():
        groups[category.l1_code] = (*groups.get(category.l1_code, ()), category)
    return groups


def search(words: str) -> tuple[Category, ...]:
    """The categories in whose names every word occurs, in either language; none for no words."""
    wanted = words.casefold().split()
    if not wanted:
        return ()
    return tuple(
        category
        for category in CATEGORIES.values()
        if all(word in f"{category.label()} {category.label('en')}".casefold() for word in wanted)
    )
