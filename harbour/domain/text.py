"""Messages as values: Python marks and carries them, only the edge translates them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


def N_(message: str) -> str:  # noqa: N802 - the name gettext's extractors know
    """Mark an English sentence for translation and return it unchanged."""
    return message


@dataclass(frozen=True)
class Text:
    """A message and its numbers, not yet in any language."""

    msgid: str
    params: Mapping[str, object] = field(default_factory=dict)


# How a message inside a message is told from a plain mapping once it is stored.
_SAYS, _FACTS = "says", "facts"


def kept(value: object) -> Any:
    """A fact of a message as plain values that can be stored; a message keeps its name."""
    if isinstance(value, Text):
        return {_SAYS: value.msgid, _FACTS: kept(value.params)}
    if isinstance(value, Mapping):
        return {str(name): kept(one) for name, one in value.items()}
    if isinstance(value, tuple | list):
        return [kept(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


def told(value: Any) -> Any:
    """What was kept, as a message carries it: the other way round."""
    if isinstance(value, Mapping):
        if value.keys() == {_SAYS, _FACTS}:
            return Text(value[_SAYS], told(value[_FACTS]))
        return {name: told(one) for name, one in value.items()}
    return tuple(told(one) for one in value) if isinstance(value, list) else value
