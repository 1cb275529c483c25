"""Pressing and speaking on a task: urges, the street's orders, comments."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, column, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from harbour.domain.supervision import OrderOutcome
from harbour.extensions import Model
from harbour.models.base import CommunityOwned, Moment, index_where, one_of, within

# Conditions of partial indexes; a query must say them in the same words to be served by one.
UNANSWERED = column("answered_at").is_(None)
NO_REPLY = column("reply") == literal_column("''")


class Urge(CommunityOwned, Model):
    """A reminder by a person (催办); the lead must answer."""

    __tablename__ = "urge"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    day: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    __table_args__ = (
        within("task"),
        UniqueConstraint("task_id", "day"),
        index_where("ix_urge_unanswered", "community_id", "at", where=UNANSWERED),
    )


class SupervisionOrder(CommunityOwned, Model):
    """A street's order (督办单), numbered per street and year: its reply, and how it ended."""

    __tablename__ = "supervision_order"
    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    task_id: Mapped[int] = mapped_column(index=True)
    year: Mapped[int]
    sequence: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    reply_on: Mapped[date]
    reply: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    reply_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    replied_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(String(16))
    outcome_words: Mapped[str] = mapped_column(Text, default="")
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    concluded_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        within("task"),
        one_of("outcome", OrderOutcome, nullable=True),
        UniqueConstraint("street_id", "year", "sequence"),
        Index("ix_supervision_order_newest", "street_id", "id"),
        index_where("ix_supervision_order_unanswered", "community_id", "reply_on", where=NO_REPLY),
    )


class Comment(CommunityOwned, Model):
    """A remark under a task."""

    __tablename__ = "comment"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (within("task"),)
