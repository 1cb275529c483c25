"""How many SQL statements something asks."""

from collections.abc import Callable

from sqlalchemy import event

from harbour.extensions import db


def counted(act: Callable[[], object]) -> list[str]:
    """The statements sent to the database while ``act`` runs, in order."""
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return seen
