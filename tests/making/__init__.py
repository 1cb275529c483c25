"""make: things in any state; each feature's walk stands in a file of its own."""

from typing import Any

from tests.making.places import Street


class Make:
    """Walks the tables through real commands, as somebody allowed to, at the clock's time."""

    def __init__(self, street: Street, clock: Any) -> None:
        self.street = street
        self.clock = clock
