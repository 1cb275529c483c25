"""Rows of what a search found, every word said: looked up once, drawn in one go."""

from collections.abc import Iterable
from typing import NamedTuple

from flask_babel import gettext
from markupsafe import Markup, escape

from harbour.domain.searching import Piece
from harbour.forms.base import say
from harbour.queries.search import Hit
from harbour.web.addresses import of_hit
from harbour.web.i18n import day_in


class HitRow(NamedTuple):
    """One thing found as the template prints it."""

    href: str
    title: Markup | str
    number: str
    place: str
    on: str
    day: str
    state: str
    excerpt: Markup


def rows(hits: Iterable[Hit]) -> tuple[HitRow, ...]:
    """The hits in the reader's language, what was looked for marked."""
    pattern = gettext("EEE, d MMM yyyy")
    states: dict[str, str] = {}
    found = []
    for hit in hits:
        if hit.state not in states:
            states[hit.state] = say(hit.state)
        found.append(
            HitRow(
                href=of_hit(hit),
                title=_marked(hit.title) if hit.issue is None else say(hit.issue),
                number=hit.number,
                place=hit.place,
                on=hit.on.isoformat(),
                day=day_in(hit.on, pattern),
                state=states[hit.state],
                excerpt=_marked(hit.excerpt),
            )
        )
    return tuple(found)


def _marked(pieces: Iterable[Piece]) -> Markup:
    said = (f'<mark class="found">{escape(text)}</mark>' if hit else escape(text)
            for text, hit in pieces)  # fmt: skip
    return Markup("".join(said))  # noqa: S704 - every piece was escaped
