"""What can go wrong for a person: each kind has one status at the edge."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from harbour.domain.text import N_, Text

T = TypeVar("T")


@dataclass(frozen=True)
class About:
    """What a refused act was aimed at, for the ledger."""

    action: str
    kind: str
    subject_id: int | None = None
    number: str | None = None
    community_id: int | None = None


class DomainError(Exception):
    """An answer a person gets instead of what was asked."""

    def __init__(self, text: Text | str) -> None:
        self.text = text if isinstance(text, Text) else Text(text)
        self.about: About | None = None
        super().__init__(self.text.msgid)


class Missing(DomainError):
    """There is no such thing for this reader (404); it may exist next door, which is not said."""

    def __init__(self, text: Text | str = N_("There is nothing here under this address.")) -> None:
        super().__init__(text)


def there(found: T | None) -> T:
    """What was looked for; Missing where there is no such thing."""
    if found is None:
        raise Missing
    return found


class Denied(DomainError):
    """This act is never this person's (403)."""

    def __init__(self, text: Text | str = N_("This is not for your role to do.")) -> None:
        super().__init__(text)


class Refused(DomainError):
    """Not now (409): the text says why and what would have to happen."""


class Stale(DomainError):
    """Somebody else saved meanwhile (409); ``theirs`` holds what stands now, by input name."""

    def __init__(self, theirs: Mapping[str, object], version: int) -> None:
        super().__init__(N_("Somebody else changed this while you were writing."))
        self.theirs = theirs
        self.version = version


class Invalid(DomainError):
    """An input cannot be right (422); ``field`` names the input the sentence stands beside."""

    def __init__(self, field: str, text: Text | str) -> None:
        super().__init__(text)
        self.field = field
