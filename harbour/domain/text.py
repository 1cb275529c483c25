"""Messages as values: Python marks and carries them, only the edge translates them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


def N_(message: str) -> str:  # noqa: N802 - the name gettext's extractors know
    """Mark an English sentence for translation and return it unchanged."""
    return message


@dataclass(frozen=True)
class Text:
    """A message and its numbers, not yet in any language."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)
