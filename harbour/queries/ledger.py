"""The history of one thing, read from the ledger; names of acts, not yet in any language."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.meetings import MEETING
from harbour.domain.proposals import PROPOSAL
from harbour.domain.requests import REQUESTS
from harbour.domain.summaries import CONCERN, SUMMARY
from harbour.domain.tasks import TASK
from harbour.domain.text import N_
from harbour.domain.workflow import Transition, Workflow
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.base import BUILT_ONCE

_TABLES: tuple[Workflow[Any], ...] = (SUMMARY, CONCERN, PROPOSAL, MEETING, TASK)
WORKFLOWS: Mapping[str, Workflow[Any]] = {**{one.name: one for one in _TABLES}, **REQUESTS}
# More lines of one thing than anybody reads.
MANY = 1000
ANEW = frozenset({"task.rework", "task.reopen"})


@dataclass(frozen=True)
class Line:
    """One act of a thing's history; ``inputs`` are what was typed, in the order of the needs."""

    at: datetime
    who: str
    role_label: str
    action: str
    what: str
    kind: str
    number: str | None
    after: str | None = None
    inputs: tuple[tuple[str, object], ...] = ()
    bad: bool = False
    round: int | None = field(default=None)


_COLUMNS = (
    AuditEvent.at,
    AuditEvent.actor_id,
    AuditEvent.actor_name,
    AuditEvent.role,
    AuditEvent.action,
    AuditEvent.subject_kind,
    AuditEvent.number,
    AuditEvent.after,
    AuditEvent.inputs,
)


_HISTORY = (
    select(*_COLUMNS)
    .where(
        AuditEvent.subject_kind == bindparam("kind"),
        AuditEvent.subject_id == bindparam("subject"),
        AuditEvent.refused.is_(None),
    )
    .order_by(AuditEvent.id.desc())
    .limit(bindparam("most"))
    .execution_options(**BUILT_ONCE)
)


def history(kind: str, subject_id: int, *, most: int = MANY) -> tuple[Line, ...]:
    """What was done with one thing, oldest first; refused attempts are left out.

    ``most`` keeps to the latest so many lines.
    """
    found = db.session.execute(_HISTORY, {"kind": kind, "subject": subject_id, "most": most})
    return _told(found.all()[::-1])


def histories(subjects: Iterable[tuple[str, int]], *, most: int | None = None) -> tuple[Line, ...]:
    """The common history of several things, oldest first (one statement)."""
    wanted: dict[str, list[int]] = {}
    for kind, subject_id in subjects:
        wanted.setdefault(kind, []).append(subject_id)
    if not wanted:
        return ()
    these = or_(
        *(
            and_(AuditEvent.subject_kind == kind, AuditEvent.subject_id.in_(ids))
            for kind, ids in wanted.items()
        )
    )
    events = db.session.execute(
        select(*_COLUMNS)
        .where(these, AuditEvent.refused.is_(None))
        .order_by(AuditEvent.id.desc())
        .limit(most)
    ).all()[::-1]
    return _told(events)


def _told(events: Sequence[Any]) -> tuple[Line, ...]:
    rounds = any(event.action in ANEW for event in events)
    lines, current = [], 1
    for event in events:
        lines.append(_line(event, current if rounds else None))
        current += event.action in ANEW
    return tuple(lines)


def _line(event: Any, current: int | None) -> Line:
    row = row_of(event.action)
    return Line(
        at=event.at,
        who=event.actor_name if event.actor_id is not None else ROLE_LABELS[Role(event.role)],
        role_label=ROLE_LABELS[Role(event.role)] if event.actor_id is not None else "",
        action=event.action,
        what=row.past if row else N_("changed it"),
        kind=event.subject_kind,
        number=event.number,
        after=event.after,
        inputs=_typed(row, event.inputs),
        bad=bool(row and row.bad),
        round=current,
    )


def row_of(action: str) -> Transition[Any] | None:
    """The table's row behind a ledger line's action, such as "proposal.accept"."""
    kind, _, name = action.partition(".")
    workflow = WORKFLOWS.get(kind)
    return workflow.rows.get(name) if workflow else None


def _typed(
    row: Transition[Any] | None, inputs: Mapping[str, object]
) -> tuple[tuple[str, object], ...]:
    order = {name: place for place, name in enumerate(row.needs if row else ())}
    said = [(n, v) for n, v in inputs.items() if v not in (None, "", [], {})]
    return tuple(sorted(said, key=lambda pair: order.get(pair[0], len(order))))
