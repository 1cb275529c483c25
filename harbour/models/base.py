"""What stored things have in common."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy import DateTime as NaiveDateTime
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

# For statements that are built when their module loads and get their values as parameters.
BUILT_ONCE = {"built_once": True}


class Moment(TypeDecorator[datetime]):
    """An instant: aware in Python, stored as UTC without a zone on both engines."""

    impl = NaiveDateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give UTC back as an aware value."""
        return None if value is None else value.replace(tzinfo=UTC)


class CommunityScoped:
    """Anything the tenancy listener must narrow to the communities in scope."""

    @declared_attr
    def community_id(cls) -> Mapped[int | None]:  # noqa: N805 - SQLAlchemy hands in the class
        """The owning community; none for lines of the installation itself."""
        return mapped_column(ForeignKey("community.id"))


class CommunityOwned(CommunityScoped):
    """A thing that belongs to one community for ever."""

    @declared_attr
    def community_id(cls) -> Mapped[int]:  # noqa: N805
        """The owning community."""
        return mapped_column(ForeignKey("community.id"), nullable=False)


class Versioned:
    """A thing people edit: every change counts up, so that a stale save is noticed."""

    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Recorded:
    """A thing the ledger names: ``subject_kind`` is its workflow's name."""

    subject_kind: ClassVar[str]


class Unledgered:
    """A derived or technical row that leaves no line: search index, receipts, sessions."""


def within(parent: str, *, column: str | None = None) -> ForeignKeyConstraint:
    """A link to a parent of the same community: ``(community_id, parent_id)``."""
    return ForeignKeyConstraint(
        ["community_id", column or f"{parent}_id"], [f"{parent}.community_id", f"{parent}.id"]
    )


def parent_key() -> UniqueConstraint:
    """What lets children refer to ``(community_id, id)``."""
    return UniqueConstraint("community_id", "id")


def one_of(column: str, states: type[StrEnum], *, nullable: bool = False) -> CheckConstraint:
    """A column holds one of an enum's values."""
    values = ", ".join(f"'{state}'" for state in states)
    condition = f"{column} IN ({values})"
    if nullable:
        condition = f"{column} IS NULL OR {condition}"
    return CheckConstraint(condition, name=f"{column}_known")


def index_where(name: str, *columns: str, where: ColumnElement[bool]) -> Index:
    """An index over the rows of which a condition holds; queries say it in the same words."""
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


def word(length: int = 40) -> Any:
    """A short coded text."""
    return String(length)
