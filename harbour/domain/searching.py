"""Full-text search by pairs of characters: exact for Chinese, needs no dictionary.

Every word (what stands between spaces) is cut into overlapping pairs and its last character:
楼道灯 gives 楼道, 道灯, 灯. So any passage of two characters or more is found by its pairs, a
single character as the beginning of one. The pairs narrow the search down; that all of a word
really stands together is asked of the normalised text, which is stored beside them.
"""

import unicodedata
from dataclasses import dataclass

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


def tokens(text: str) -> list[str]:
    """The pairs of every word of the text, in order, each word's last character by itself."""
    return [pair for word in normalised(text).split() for pair in _pairs(word)]


def _ascii(token: str) -> str:
    """The token in a spelling no tokenizer splits, folds or drops, whatever Unicode it knows."""
    return "".join(f"{ord(sign):06x}" for sign in token)


def fts5_document(text: str) -> str:
    """The text as it is put into an FTS5 table."""
    return " ".join(map(_ascii, tokens(text)))


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


def query_plan(text: str) -> QueryPlan:
    """The plan for what a person typed; words stand for themselves in any order."""
    words = tuple(dict.fromkeys(map(_core, normalised(text[:LONGEST_QUERY]).split())))
    phrases, terms, wanted = [], [], []
    for word in words:
        if len(word) == 1:
            phrases.append(f'"{_ascii(word)}" *')
            terms.append(f"{_quoted(word)}:*")
            wanted.append(word)
            continue
        # The last character by itself would ask for the end of a word.
        pairs = _pairs(word)[:-1]
        phrases.append('"{}"'.format(" ".join(map(_ascii, pairs))))
        terms.extend(map(_quoted, pairs))
        wanted.extend(pairs)
    return QueryPlan(
        match=" AND ".join(phrases),
        tsquery=" & ".join(dict.fromkeys(terms)),
        tokens=tuple(dict.fromkeys(wanted)),
        words=words,
    )


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
