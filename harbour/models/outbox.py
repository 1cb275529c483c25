"""What is to be told: notices in the house, deliveries out of it, and how each wants to be told."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, column, literal_column
from sqlalchemy.orm import Mapped, mapped_column

from harbour.domain.notices import DIGEST_AT, Channel, Sending
from harbour.extensions import Model
from harbour.models.base import (
    CommunityOwned,
    Moment,
    Recorded,
    Unledgered,
    Versioned,
    index_where,
    one_of,
    within,
)

# Conditions of partial indexes; a query must say them in the same words to be served by one.
UNREAD = column("read_at").is_(None)
TO_SEND = column("state") == literal_column("'waiting'")
GIVEN_UP = column("state") == literal_column("'dead'")


class Telling(Recorded, Versioned, Model):
    """How one person wants to be told; without a row there is no e-mail, and nothing is quiet."""

    __tablename__ = "telling"
    subject_kind = "telling"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    digest_on: Mapped[bool] = mapped_column(default=True)
    digest_at: Mapped[time] = mapped_column(default=DIGEST_AT)
    quiet_from: Mapped[time | None]
    quiet_until: Mapped[time | None]


class Notice(Unledgered, Model):
    """What one person was told in the house: a reading of a line of the ledger, kept with it.

    It belongs to the person, whatever place they are at. ``told_as`` is the row's recipients;
    ``key`` lets what the clock finds again and again be told once.
    """

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"))
    action: Mapped[str] = mapped_column(String(64))
    told_as: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int]
    number: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    key: Mapped[str | None] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(Moment)
    read_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        UniqueConstraint("user_id", "key"),
        Index("ix_notice_newest", "user_id", "id"),
        index_where("ix_notice_unread", "user_id", where=UNREAD),
    )


class Robot(Recorded, Versioned, CommunityOwned, Model):
    """Where a community's or one compound's group is told; its address is a secret of its own."""

    __tablename__ = "robot"
    subject_kind = "robot"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int | None] = mapped_column()
    channel: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(80))
    hook: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        within("compound"),
        one_of("channel", Channel),
        Index("ix_robot_of_community", "community_id", "compound_id"),
    )


class Delivery(Unledgered, Model):
    """One message on its way out, by one channel to one person or group.

    ``key`` is its identity on every try: the Message-ID of a mail, the idempotency key of a
    request. Whoever sends it holds a lease; ``said`` keeps what the other side answered last.
    """

    __tablename__ = "delivery"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    channel: Mapped[str] = mapped_column(String(12))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    robot_id: Mapped[int | None] = mapped_column(ForeignKey("robot.id"), index=True)
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    action: Mapped[str] = mapped_column(String(64))
    told_as: Mapped[str] = mapped_column(String(16), default="")
    kind: Mapped[str] = mapped_column(String(32), default="")
    subject_id: Mapped[int | None]
    number: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(12), default=Sending.WAITING)
    created_at: Mapped[datetime] = mapped_column(Moment)
    not_before: Mapped[datetime] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    leased_until: Mapped[datetime | None] = mapped_column(Moment)
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    said: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    __table_args__ = (
        one_of("channel", Channel),
        one_of("state", Sending),
        index_where("ix_delivery_waiting", "not_before", "id", where=TO_SEND),
        index_where("ix_delivery_dead", "settled_at", "id", where=GIVEN_UP),
        Index("ix_delivery_of_person", "user_id", "action", "id"),
    )
