"""Where things happen: street, community, compound, sub-area, building, unit."""

from datetime import time
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.extensions import Model
from harbour.models.base import CommunityOwned, Recorded, Versioned, parent_key, within


class Street(Recorded, Versioned, Model):
    """A street office area: the widest place."""

    __tablename__ = "street"
    subject_kind = "street"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Community(Recorded, Versioned, Model):
    """A community: the tenant. ``slug`` stands in every address of its pages."""

    __tablename__ = "community"
    subject_kind = "community"
    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"), index=True)
    code: Mapped[str] = mapped_column(String(12))
    slug: Mapped[str] = mapped_column(String(24), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    street: Mapped[Street] = relationship()
    __table_args__ = (UniqueConstraint("street_id", "code"),)


class Compound(Recorded, Versioned, CommunityOwned, Model):
    """A residential compound (小区) with its profile and its regular meeting slot."""

    __tablename__ = "compound"
    subject_kind = "compound"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(80))
    households: Mapped[int | None]
    floor_area: Mapped[int | None]
    built: Mapped[int | None]
    owners_committee: Mapped[str] = mapped_column(String(20), default="none")
    meeting_weekday: Mapped[int | None]
    meeting_time: Mapped[time | None]
    meeting_minutes: Mapped[int] = mapped_column(default=90)
    meeting_place: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(String(400), default="")
    sub_areas: Mapped[list["SubArea"]] = relationship(order_by="SubArea.id")
    __table_args__ = (parent_key(), UniqueConstraint("community_id", "code"))


class SubArea(CommunityOwned, Model):
    """A named part of a large compound (家园, 园)."""

    __tablename__ = "sub_area"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    __table_args__ = (parent_key(), within("compound"), UniqueConstraint("compound_id", "name"))


class Building(CommunityOwned, Model):
    """A building (楼栋); ``sort_key`` orders 2号楼 before 10号楼."""

    __tablename__ = "building"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    sub_area_id: Mapped[int | None] = mapped_column()
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(100))
    units: Mapped[list["Unit"]] = relationship(order_by="Unit.sort_key")
    __table_args__ = (
        parent_key(),
        within("compound"),
        within("sub_area"),
        UniqueConstraint("compound_id", "sub_area_id", "name"),
        Index("ix_building_in_order", "compound_id", "sort_key"),
    )


class Unit(CommunityOwned, Model):
    """A staircase (单元) of a building."""

    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    building_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(80))
    sort_key: Mapped[str] = mapped_column(String(100))
    __table_args__ = (parent_key(), within("building"), UniqueConstraint("building_id", "name"))
