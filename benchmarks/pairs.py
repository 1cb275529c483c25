"""The search index's own spelling of texts, quickly: a million documents are to be made.

The harbour's functions say how it is done; this repeats them for plain texts from a table of
characters, and compares itself with them now and then.
"""

from collections.abc import Callable

from harbour.domain import searching

EVERY = 500


class Speller:
    """Spells texts as ``searching`` does; raises AssertionError where it does not."""

    def __init__(self) -> None:
        self.plain: dict[str, str] = {}
        self.hex: dict[str, str] = {}
        self.made = 0

    def normalised(self, text: str) -> str:
        """The text as it is compared."""
        plain = self.plain
        try:
            letters = "".join([plain[sign] for sign in text])
        except KeyError:
            for sign in set(text) - plain.keys():
                plain[sign] = " " if sign.isspace() else searching.normalised(sign)
            return self.normalised(text)
        return " ".join(letters.split())

    def fts5(self, text: str, owner: int) -> tuple[str, str]:
        """The document for FTS5 and the normalised text."""
        plain, spelt, prefix = self.normalised(text), self.hex, f"c{owner}x"
        for sign in set(plain) - spelt.keys():
            spelt[sign] = f"{ord(sign):06x}"
        document = " ".join(
            [
                prefix + spelt[a] + spelt[b] if b != " " else prefix + spelt[a]
                for a, b in zip(plain, plain[1:] + " ", strict=True)
                if a != " "
            ]
        )
        self._compare(lambda: searching.fts5_document(text, owner), document, text, plain)
        return document, plain

    def tokens(self, text: str, owner: int) -> tuple[list[str], str]:
        """The pairs for a tsvector and the normalised text."""
        plain, prefix = self.normalised(text), f"{owner}:"
        pairs = [
            prefix + a + b if b != " " else prefix + a
            for a, b in zip(plain, plain[1:] + " ", strict=True)
            if a != " "
        ]
        self._compare(lambda: searching.tokens(text, owner), pairs, text, plain)
        return pairs, plain

    def _compare(self, truth: Callable[[], object], made: object, text: str, plain: str) -> None:
        self.made += 1
        if self.made % EVERY == 1 and (truth() != made or searching.normalised(text) != plain):
            raise AssertionError(f"Spelt unlike the harbour: {text!r}")
