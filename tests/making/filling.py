"""Many things at once, put straight into the tables with one true line: for lists and counts."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from harbour.domain.actors import Actor, Role
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.proposals import Proposal
from harbour.models.tasks import Task
from harbour.services import ledger, search
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.places import Street

FILLER = Actor(user_id=None, name="fill", role=Role.CLOCK)
DAY = timedelta(days=1)
_numbers = count(7000, 1000)


def _next() -> int:
    """A number from which on nobody has counted yet."""
    return next(_numbers)


@command
def fill_tasks(
    street: Street, now: datetime, titles: Iterable[str], *, compound: str = "CH-01",
    indexed: bool = True, **said: Any
) -> list[int]:  # fmt: skip
    """A task per title, in hand with the firm AH unless said otherwise; their ids."""
    community = street.communities[compound[:2]]
    facts: dict[str, Any] = {
        "state": TaskState.IN_HAND, "category": "SAF/消防设施", "lead_kind": "firm",
        "lead_firm_id": street.firms["AH" if compound.startswith("CH") else "HL"],
        "who_pays": "firm", "dispatched_at": now, "accept_due_at": now + DAY,
        "due_at": now + 5 * DAY, "due_soon_at": now + 3 * DAY, "first_due_at": now + 5 * DAY,
        "created_at": now, "public_sentence": "公开说明", "place": "门口", **said,
    }  # fmt: skip
    facts["is_open"] = facts["state"] not in ("closed", "cancelled")
    made = []
    for n, title in enumerate(titles, _next()):
        number = f"{compound.replace('-', '')}-2026-{n:04}"
        made.append(Task(community_id=community, compound_id=street.compounds[compound],
                         number=number, title=title, **facts))  # fmt: skip
    return _stored(made, now, community, indexed)


@command
def fill_proposals(
    street: Street, now: datetime, titles: Iterable[str], *, compound: str = "CH-01", **said: Any
) -> list[int]:  # fmt: skip
    """A proposal per title, put forward by the secretary unless said otherwise; their ids."""
    community = street.communities[compound[:2]]
    facts: dict[str, Any] = {
        "category": "SAF/消防设施", "author_id": None, "author_role": "secretary",
        "created_at": now, "waits_since": now, **said,
    }  # fmt: skip
    made = []
    for n, title in enumerate(titles, _next()):
        number = f"{compound.replace('-', '')}-2026-{n:04}"
        made.append(Proposal(community_id=community, compound_id=street.compounds[compound],
                             number=number, title=title, **facts))  # fmt: skip
    return _stored(made, now, community, indexed=True)


def _stored(made: list[Any], now: datetime, community: int, indexed: bool) -> list[int]:
    with scoped_to(community):
        db.session.add_all(made)
        db.session.flush()
        for thing in made if indexed else ():
            search.refresh(thing)
        ledger.append(FILLER, "test.fill", kind="test", subject_id=None, now=now,
                      community_id=community)  # fmt: skip
    return [thing.id for thing in made]
