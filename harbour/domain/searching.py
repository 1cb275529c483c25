"""Full-text search by pairs of characters: exact for Chinese, needs no dictionary.

Every word (what stands between spaces) is cut into overlapping pairs and its last character:
楼道灯 gives 楼道, 道灯, 灯. So any passage of two characters or more is found by its pairs, a
single character as the beginning of one. The pairs narrow the search down; that all of a word
really stands together is asked of the normalised text, which is stored beside them.

A text that belongs to somebody (a community) carries its owner in every pair, so that looking
in one community never touches the words of another, however many more they are.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST_QUERY = 100
_SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def normalised(text: str) -> str:
    """The text as it is compared: half width, small letters, single spaces, no invisible signs."""
    seen, before = "".join(map(_visible, text)), None
    while seen != before:
        # Folding can leave a form that composes once more, so until nothing changes.
        before = seen
        seen = unicodedata.normalize("NFKC", seen).casefold()
    return " ".join(seen.split())


@lru_cache(maxsize=16_384)
def _visible(sign: str) -> str:
    """The sign, a space for a control character, nothing for one that only shapes others."""
    match unicodedata.category(sign):
        case "Cc" | "Zl" | "Zp":
            return " "
        case "Cf" | "Cs":
            return ""
        case _:
            return "" if sign in _SELECTORS else sign


def _pairs(word: str) -> list[str]:
    return [word[at : at + 2] for at in range(len(word))]


def tokens(text: str, owner: int | None = None) -> list[str]:
    """The pairs of every word of the text, in order, each word's last character by itself."""
    pairs = (pair for word in normalised(text).split() for pair in _pairs(word))
    return [_owned(pair, owner) for pair in pairs]


def _owned(token: str, owner: int | None) -> str:
    return token if owner is None else f"{owner}:{token}"


def _ascii(token: str, owner: int | None = None) -> str:
    """The token in a spelling no tokenizer splits, folds or drops, whatever Unicode it knows."""
    spelt = "".join(f"{ord(sign):06x}" for sign in token)
    return spelt if owner is None else f"c{owner}x{spelt}"


def fts5_document(text: str, owner: int | None = None) -> str:
    """The text as it is put into an FTS5 table."""
    return " ".join(_ascii(pair, owner) for pair in tokens(text))


@dataclass(frozen=True)
class QueryPlan:
    """How to look something up: by the index of either engine, then by ``words``.

    ``match`` is for FTS5's MATCH, ``tsquery`` for a cast to PostgreSQL's tsquery, ``tokens``
    the same as a list. Every one of ``words`` must then occur in the stored normalised text.
    """

    match: str
    tsquery: str
    tokens: tuple[str, ...]
    words: tuple[str, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing is asked for, so that there is nothing to narrow a list down by."""
        return not self.words


def query_plan(text: str, owners: Iterable[int] = ()) -> QueryPlan:
    """The plan for what a person typed; words stand for themselves in any order.

    ``owners`` are those whose texts are looked through, if the texts have owners.
    """
    words = tuple(dict.fromkeys(map(_core, normalised(text[:LONGEST_QUERY]).split())))
    owned: tuple[int | None, ...] = tuple(owners) or (None,)
    matches = [" AND ".join(_phrase(word, owner) for word in words) for owner in owned]
    queries = [" & ".join(_lexemes(words, owner)) for owner in owned]
    return QueryPlan(
        match=_any_of(matches, "OR") if words else "",
        tsquery=_any_of(queries, "|") if words else "",
        tokens=tuple(dict.fromkeys(one for word in words for one in _wanted(word))),
        words=words,
    )


def _any_of(parts: list[str], joint: str) -> str:
    return parts[0] if len(parts) == 1 else f" {joint} ".join(f"({part})" for part in parts)


def _wanted(word: str) -> list[str]:
    """The pairs looked for: the last character by itself would ask for the end of a word."""
    return [word] if len(word) == 1 else _pairs(word)[:-1]


def _phrase(word: str, owner: int | None) -> str:
    spelt = " ".join(_ascii(pair, owner) for pair in _wanted(word))
    return f'"{spelt}" *' if len(word) == 1 else f'"{spelt}"'


def _lexemes(words: Iterable[str], owner: int | None) -> list[str]:
    every = (
        _quoted(_owned(pair, owner)) + (":*" if len(word) == 1 else "")
        for word in words
        for pair in _wanted(word)
    )
    return list(dict.fromkeys(every))


def _core(word: str) -> str:
    """The word without the punctuation around it, unless it is nothing else."""
    start, end = 0, len(word)
    while start < end and unicodedata.category(word[start]).startswith("P"):
        start += 1
    while end > start and unicodedata.category(word[end - 1]).startswith("P"):
        end -= 1
    return word[start:end] or word


def _quoted(token: str) -> str:
    """The token as a quoted lexeme of a tsquery."""
    doubled = token.replace("\\", "\\\\").replace("'", "''")
    return f"'{doubled}'"


class Piece(NamedTuple):
    """A part of a text; ``hit`` where it is what was looked for."""

    text: str
    hit: bool = False


def marked(text: str, words: Iterable[str]) -> tuple[Piece, ...]:
    """The text in pieces, with every passage that is one of the (normalised) words as a hit."""
    folded, origin = _folded(text)
    spans: list[tuple[int, int]] = []
    for word in words:
        at = folded.find(word)
        while word and at >= 0:
            spans.append((origin[at], origin[at + len(word) - 1] + 1))
            at = folded.find(word, at + 1)
    pieces, done = [], 0
    for start, end in _joined(spans):
        pieces += [Piece(text[done:start]), Piece(text[start:end], hit=True)]
        done = end
    pieces.append(Piece(text[done:]))
    return tuple(piece for piece in pieces if piece.text)


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def excerpt(text: str, words: Iterable[str], width: int = 60) -> str:
    """About ``width`` characters of the text around the first of the words; "" if none is there."""
    folded, origin = _folded(text)
    places = [folded.find(word) for word in words if word]
    found = min((at for at in places if at >= 0), default=-1)
    if found < 0:
        return ""
    start = max(0, origin[found] - width // 3)
    cut = " ".join(text[start : start + width].split())
    return f"{'…' if start else ''}{cut}{'…' if start + width < len(text) else ''}"


def _folded(text: str) -> tuple[str, Sequence[int]]:
    """The text sign by sign as it is compared, and which sign of it each came from."""
    signs = [_folded_sign(sign) for sign in text]
    folded = "".join(signs)
    if len(folded) == len(text) and "" not in signs:
        return folded, range(len(text))  # nearly every text: sign stands for sign
    return folded, [at for at, sign in enumerate(signs) for _ in sign]


@lru_cache(maxsize=16_384)
def _folded_sign(sign: str) -> str:
    return unicodedata.normalize("NFKC", _visible(sign)).casefold()
