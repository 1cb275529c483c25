"""Requests beside a task: what was asked, by whom, and what was answered."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, column, literal_column
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from harbour.domain.request_facts import (
    WAITING,
    HoldReason,
    RequestKind,
    RequestState,
    RequestSubject,
    ReturnReason,
)
from harbour.domain.tasks import TaskSubject
from harbour.extensions import Model
from harbour.models.base import (
    CommunityOwned,
    Moment,
    Recorded,
    Versioned,
    index_where,
    one_of,
    parent_key,
    within,
)
from harbour.models.tasks import Task

# Conditions of partial indexes; a query must say them in the same words to be served by one.
_WAITING: list[Any] = [literal_column(f"'{state}'") for state in sorted(WAITING)]
STILL_WAITING = column("state").in_(_WAITING)


class Request(Recorded, CommunityOwned, Versioned, Model):
    """Something asked for beside a task; each kind is a subject of its own in this one table.

    ``firm_id`` is the firm that asked, which need not lead the task any more. ``by_street``: the
    street decides from the start. ``due_at`` and ``sent_at`` are the task's due date and last
    assignment when it was asked. ``decision`` is what the last who decided said.
    """

    __tablename__ = "request"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    task_id: Mapped[int] = mapped_column()
    state: Mapped[str] = mapped_column(String(12), default=RequestState.PENDING)
    by_street: Mapped[bool] = mapped_column(default=False)
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    asker_name: Mapped[str] = mapped_column(String(80), default="")
    asker_role: Mapped[str] = mapped_column(String(24))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")
    return_reason: Mapped[str | None] = mapped_column(String(20))
    hold_reason: Mapped[str | None] = mapped_column(String(20))
    what_first: Mapped[str] = mapped_column(Text, default="")
    wished_on: Mapped[date | None]
    review_on: Mapped[date | None]
    granted_on: Mapped[date | None]
    decision: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    decided_by_name: Mapped[str] = mapped_column(String(80), default="")
    decided_role: Mapped[str | None] = mapped_column(String(24))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    task: Mapped[Task] = relationship(
        primaryjoin="Request.task_id == Task.id", foreign_keys=[task_id]
    )
    __table_args__ = (
        parent_key(),
        within("task"),
        one_of("kind", RequestKind),
        one_of("state", RequestState),
        one_of("return_reason", ReturnReason, nullable=True),
        one_of("hold_reason", HoldReason, nullable=True),
        CheckConstraint("(kind = 'return') = (return_reason IS NOT NULL)", name="return_says_why"),
        CheckConstraint("(kind = 'extension') = (wished_on IS NOT NULL)", name="extension_wishes"),
        CheckConstraint(
            "(kind = 'hold') = (hold_reason IS NOT NULL AND review_on IS NOT NULL)",
            name="hold_is_reviewed",
        ),
        CheckConstraint("kind = 'hold' OR state <> 'forwarded'", name="only_holds_forwarded"),
        CheckConstraint("kind = 'return' OR state <> 'disputed'", name="only_returns_disputed"),
        CheckConstraint("kind <> 'reopen' OR state <> 'lapsed'", name="reopening_never_lapses"),
        Index("ix_request_of_task", "task_id", "id"),
        # Of one task one request waits at a time, whoever asks at the same moment.
        Index(
            "uq_request_waiting_of_task",
            "task_id",
            unique=True,
            sqlite_where=STILL_WAITING,
            postgresql_where=STILL_WAITING,
        ),
        index_where("ix_request_waiting", "community_id", "kind", "asked_at", where=STILL_WAITING),
        Index("ix_request_of_firm", "firm_id", "id"),
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy hands in the class
        if cls.__name__ == "Request":
            return {"polymorphic_on": "kind", "version_id_col": cls.__table__.c.version}
        return {"polymorphic_identity": cls.subject_kind}

    @property
    def number(self) -> str:
        """The number of its task, under which everything about it is found."""
        return self.task.number

    @property
    def ruled_by_street(self) -> bool:
        """Whether the street has refused it."""
        return self.state == RequestState.REFUSED and self.decided_role == "street_supervisor"

    def subject(self, task: TaskSubject, **facts: Any) -> RequestSubject:
        """What the rules see of it; how its task stands is gathered elsewhere."""
        return RequestSubject(
            kind=self.kind,
            state=self.state,
            task=task,
            asker_id=self.asker_id,
            firm_id=self.firm_id,
            by_street=self.by_street,
            ruled_by_street=self.ruled_by_street,
            **facts,
        )


WAITS = Request.state.in_(_WAITING)


class Extension(Request):
    """A request for more time."""

    subject_kind = RequestKind.EXTENSION.value


class Return(Request):
    """A task given back by its lead."""

    subject_kind = RequestKind.RETURN.value


class Hold(Request):
    """A request to let a task rest until something else has happened."""

    subject_kind = RequestKind.HOLD.value


class Reopening(Request):
    """A request to take a closed task up again."""

    subject_kind = RequestKind.REOPEN.value


CLASSES: dict[str, type[Request]] = {
    str(one.subject_kind): one for one in (Extension, Return, Hold, Reopening)
}
