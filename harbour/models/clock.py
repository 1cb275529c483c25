"""What the clock has done and is at: its slots, each once, and the workers that were seen."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from harbour.extensions import Model
from harbour.models.base import CommunityScoped, Moment, Unledgered, index_where

NOT_DONE = column("done_at").is_(None)


class ClockSlot(CommunityScoped, Unledgered, Model):
    """A slot of a duty: taken in the transaction of its act, or leased for work outside.

    While it is not done, ``try_at`` says until when it is leased or left alone after a failure,
    of which ``trouble`` is the sentence and ``facts`` fill its places. ``asks``: the clock could
    not do it without a person (a meeting on a holiday).
    """

    __tablename__ = "clock_slot"
    id: Mapped[int] = mapped_column(primary_key=True)
    duty: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(default=0)
    at: Mapped[datetime] = mapped_column(Moment)
    number: Mapped[str] = mapped_column(String(40), default="")
    attempts: Mapped[int] = mapped_column(default=0)
    try_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str] = mapped_column(String(400), default="")
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    asks: Mapped[bool] = mapped_column(default=False)
    worker: Mapped[str] = mapped_column(String(80), default="")
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("duty", "subject_id", "at"),
        index_where("ix_clock_slot_not_done", "try_at", "id", where=NOT_DONE),
        Index("ix_clock_slot_done", "done_at"),
    )


class ClockWorker(Unledgered, Model):
    """A process that does the clock's work, and when it was last seen at it."""

    __tablename__ = "clock_worker"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    since: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
