"""Who manages a compound: property firms, their dated contracts, and volunteer teams."""

from datetime import date

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.extensions import Model
from harbour.models.base import CommunityOwned, Recorded, Versioned, parent_key, within


class Firm(Recorded, Versioned, Model):
    """A property firm of a street; it may serve compounds of several communities."""

    __tablename__ = "firm"
    subject_kind = "firm"
    id: Mapped[int] = mapped_column(primary_key=True)
    street_id: Mapped[int] = mapped_column(ForeignKey("street.id"))
    code: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(120))
    short_name: Mapped[str] = mapped_column(String(40))
    __table_args__ = (UniqueConstraint("street_id", "code"),)


class ServiceContract(Recorded, CommunityOwned, Model):
    """A firm serves a compound between two dates (either may be unknown)."""

    __tablename__ = "service_contract"
    subject_kind = "service_contract"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"))
    kind: Mapped[str] = mapped_column(String(40), default="")
    fee_mode: Mapped[str] = mapped_column(String(40), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    firm: Mapped[Firm] = relationship()
    __table_args__ = (
        parent_key(),
        within("compound"),
        Index("ix_service_contract_of_compound", "compound_id", "ends_on"),
        Index("ix_service_contract_of_firm", "firm_id", "ends_on"),
    )


class VolunteerTeam(Recorded, Versioned, CommunityOwned, Model):
    """A volunteer service team of a community that may lead tasks."""

    __tablename__ = "volunteer_team"
    subject_kind = "volunteer_team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(80), default="")
    __table_args__ = (parent_key(), UniqueConstraint("community_id", "name"))
