"""The ledger: one line per act, chained, appended and never altered."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harbour.extensions import Model
from harbour.models.base import CommunityScoped, Moment, Unledgered


class AuditEvent(CommunityScoped, Model):
    """One line of the ledger; lines of the installation itself belong to no community.

    ``changes`` maps a column to what stood before and after; ``refused`` is the name of the
    message a refused attempt was answered with, ``facts`` fill its places. Each chain (one a
    community) counts its lines and seals each with a keyed digest over the one before.
    """

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(24))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(80))
    role: Mapped[str] = mapped_column(String(24))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int | None] = mapped_column()
    number: Mapped[str | None] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(String(32))
    after: Mapped[str | None] = mapped_column(String(32))
    changes: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    refused: Mapped[str | None] = mapped_column(String(400))
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    request_id: Mapped[str] = mapped_column(String(64), default="-")
    previous: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))
    __table_args__ = (
        UniqueConstraint("chain", "seq"),
        Index("ix_audit_event_of_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_event_of_community", "community_id", "id"),
        Index("ix_audit_event_of_kind", "community_id", "subject_kind", "id"),
        Index("ix_audit_event_of_actor", "community_id", "actor_id", "id"),
    )


class LedgerHead(CommunityScoped, Unledgered, Model):
    """How many lines a chain has and the last one's digest, sealed.

    It moves in the transaction that writes the line: what is cut off a chain's end is missed.
    """

    __tablename__ = "ledger_head"
    id: Mapped[int] = mapped_column(primary_key=True)
    chain: Mapped[str] = mapped_column(String(24), unique=True)
    lines: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))
