"""Persons, the roles they hold at places, their sessions, and failed sign-ins."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.domain.actors import Role
from harbour.extensions import Model
from harbour.models.base import Moment, Recorded, Unledgered, Versioned, one_of
from harbour.models.firms import Firm
from harbour.models.places import Community, Street


class User(Recorded, Versioned, Model):
    """A person with an account."""

    __tablename__ = "user_account"
    subject_kind = "user"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    phone: Mapped[str | None] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(160), default="")
    password_hash: Mapped[str] = mapped_column(String(255))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    preferences: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")


class Membership(Recorded, Model):
    """A role a person holds at a place; the place's level follows from the role.

    A representative's place is a compound, a firm manager's a firm (its compounds follow from
    the contracts), a secretary's and worker's a community, a supervisor's a street, an
    administrator's a street or, with no place at all, the whole installation.
    """

    __tablename__ = "membership"
    subject_kind = "membership"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str] = mapped_column(String(24))
    street_id: Mapped[int | None] = mapped_column(ForeignKey("street.id"))
    community_id: Mapped[int | None] = mapped_column(ForeignKey("community.id"))
    compound_id: Mapped[int | None] = mapped_column(ForeignKey("compound.id"))
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    title: Mapped[str] = mapped_column(String(80), default="")
    owners_committee: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    user: Mapped[User] = relationship(back_populates="memberships")
    street: Mapped[Street | None] = relationship()
    community: Mapped[Community | None] = relationship()
    firm: Mapped[Firm | None] = relationship()
    __table_args__ = (
        one_of("role", Role),
        Index("ix_membership_at_compound", "compound_id", "role"),
        Index("ix_membership_at_community", "community_id", "role"),
        Index("ix_membership_at_firm", "firm_id", "role"),
    )


class UserSession(Unledgered, Model):
    """One signed-in device; the cookie holds the secret, the table its digest."""

    __tablename__ = "user_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("membership.id"))
    user: Mapped[User] = relationship()


class SignInFailure(Unledgered, Model):
    """How often sign-in failed lately for one account on one device or address."""

    __tablename__ = "sign_in_failure"
    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(80))
    count: Mapped[int] = mapped_column(default=0)
    last_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("subject"),)


class Receipt(Unledgered, Model):
    """The answer a form's key was given: the same form twice makes one thing, one answer."""

    __tablename__ = "receipt"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    key: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("user_id", "key"),)
