"""The record of a community: the latest lines of its ledger, refused attempts among them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.acts import ACTS, KIND_LABELS
from harbour.domain.text import N_, Text, told
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.firms import ServiceContract
from harbour.models.people import Membership, User
from harbour.queries.ledger import WORKFLOWS, row_of

PAGE = 40


@dataclass(frozen=True)
class RecordLine:
    """One line: who did (or tried) what, to which thing, and how that stood afterwards."""

    id: int
    at: datetime
    actor_id: int | None
    who: str
    role_label: str
    what: str
    kind: str
    kind_label: str
    number: str | None
    before: str | None
    after: str | None
    bad: bool
    refused: Text | None


@dataclass(frozen=True)
class Record:
    """A page of the record; ``older`` is the key to go on from."""

    lines: tuple[RecordLine, ...]
    older: int | None


def latest(
    community_id: int,
    *,
    kind: str | None = None,
    by: int | None = None,
    before: int | None = None,
) -> Record:
    """The latest lines, newest first, narrowed to a kind of thing or to one person."""
    wanted = select(
        AuditEvent.id, AuditEvent.at, AuditEvent.actor_id, AuditEvent.actor_name, AuditEvent.role,
        AuditEvent.action, AuditEvent.subject_kind, AuditEvent.number, AuditEvent.before,
        AuditEvent.after, AuditEvent.refused, AuditEvent.facts,
    ).where(AuditEvent.community_id == community_id)  # fmt: skip
    if kind:
        wanted = wanted.where(AuditEvent.subject_kind == kind)
    if by is not None:
        wanted = wanted.where(AuditEvent.actor_id == by)
    if before is not None:
        wanted = wanted.where(AuditEvent.id < before)
    rows = db.session.execute(wanted.order_by(AuditEvent.id.desc()).limit(PAGE + 1)).all()
    older = rows[PAGE - 1].id if len(rows) > PAGE else None
    return Record(tuple(_line(row) for row in rows[:PAGE]), older)


def people(community_id: int) -> tuple[tuple[int, str], ...]:
    """Those who hold a role in the community or manage a firm that serves it, by name."""
    serving = select(ServiceContract.firm_id).where(ServiceContract.community_id == community_id)
    rows = db.session.execute(
        select(User.id, User.name, User.sort_key)
        .join(Membership, Membership.user_id == User.id)
        .where(or_(Membership.community_id == community_id, Membership.firm_id.in_(serving)))
        .distinct()
        .order_by(User.sort_key, User.id)
    )
    return tuple((row.id, row.name) for row in rows)


def _line(row: Any) -> RecordLine:
    table = row_of(row.action)
    _, _, name = row.action.partition(".")
    workflow = WORKFLOWS.get(row.subject_kind)
    labels = workflow.labels if workflow else {}
    role = ROLE_LABELS[Role(row.role)]
    what = table.label if table and row.refused else table.past if table else ACTS.get(name)
    return RecordLine(
        id=row.id,
        at=row.at,
        actor_id=row.actor_id,
        who=row.actor_name if row.actor_id is not None else role,
        role_label=role if row.actor_id is not None else "",
        what=what or N_("changed it"),
        kind=row.subject_kind,
        kind_label=KIND_LABELS.get(row.subject_kind, N_("Something else")),
        number=row.number,
        before=labels.get(row.before) if row.before != row.after else None,
        after=labels.get(row.after) if row.before != row.after else None,
        bad=bool(table and table.bad),
        refused=Text(row.refused, told(row.facts or {})) if row.refused else None,
    )
