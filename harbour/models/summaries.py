"""The weekly summary, its concerns, and the counter of public numbers."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.domain.summaries import (
    ConcernSubject,
    Fate,
    ReferredTo,
    Source,
    SummaryState,
    SummarySubject,
    Urgency,
)
from harbour.extensions import Model
from harbour.models.base import (
    CommunityOwned,
    Moment,
    Recorded,
    Unledgered,
    Versioned,
    one_of,
    parent_key,
    within,
)
from harbour.models.people import User
from harbour.models.places import Building, Compound, SubArea, Unit


class NumberCounter(Unledgered, CommunityOwned, Model):
    """The last public number given in a compound and year."""

    __tablename__ = "number_counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16), default="matter")
    last: Mapped[int] = mapped_column(default=0)
    __table_args__ = (within("compound"), UniqueConstraint("compound_id", "year", "kind"))


class Summary(Recorded, CommunityOwned, Versioned, Model):
    """What one representative heard in one period; ``period_end`` is its last day."""

    __tablename__ = "summary"
    subject_kind = "summary"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    cutoff_at: Mapped[datetime] = mapped_column(Moment)
    meeting_id: Mapped[int | None] = mapped_column()
    state: Mapped[str] = mapped_column(String(16), default=SummaryState.DRAFT)
    nil: Mapped[bool] = mapped_column(default=False)
    visited: Mapped[int | None]
    heard: Mapped[int | None]
    solved_on_spot: Mapped[str] = mapped_column(Text, default="")
    praise: Mapped[str] = mapped_column(Text, default="")
    remarks: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text, default="")
    answer_until: Mapped[datetime | None] = mapped_column(Moment)
    late: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    submitted_at: Mapped[datetime | None] = mapped_column(Moment)
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    entered_by: Mapped[User] = relationship(foreign_keys=[entered_by_id])
    compound: Mapped[Compound] = relationship(
        primaryjoin="Summary.compound_id == Compound.id", foreign_keys=[compound_id]
    )
    concerns: Mapped[list["Concern"]] = relationship(
        back_populates="summary",
        primaryjoin="Summary.id == Concern.summary_id",
        foreign_keys="Concern.summary_id",
        order_by="Concern.position, Concern.id",
    )
    __table_args__ = (
        parent_key(),
        within("compound"),
        within("meeting"),
        one_of("state", SummaryState),
        UniqueConstraint("author_id", "compound_id", "period_start"),
        Index("ix_summary_of_period", "compound_id", "period_end", "state"),
        Index("ix_summary_of_author", "community_id", "author_id"),
        Index("ix_summary_waiting", "community_id", "state", "cutoff_at"),
        CheckConstraint(
            "(state = 'draft') = (submitted_at IS NULL)", name="submitted_at_once_submitted"
        ),
    )

    def subject(self) -> SummarySubject:
        """What the rules see of it."""
        return SummarySubject(
            state=self.state,
            community_id=self.community_id,
            compound_id=self.compound_id,
            author_id=self.author_id,
            entered_by_id=self.entered_by_id,
            concerns=len(self.concerns),
            nil=self.nil,
            undecided=sum(1 for concern in self.concerns if concern.state == Fate.OPEN),
            incomplete=tuple(
                str(place)
                for place, concern in enumerate(self.concerns, 1)
                if not (concern.title and concern.category)
            ),
        )


class Concern(Recorded, CommunityOwned, Versioned, Model):
    """One thing residents said, and its fate (``state``); ``number`` starts the public thread.

    ``form_key`` is that of the form it was first written in: the same form writes the same row.
    In a draft title and category may still be empty. ``same_as`` is the number of the earlier
    matter the author takes it to be; what becomes of it is for the desk to decide.
    """

    __tablename__ = "concern"
    subject_kind = "concern"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    summary_id: Mapped[int] = mapped_column()
    form_key: Mapped[str | None] = mapped_column(String(64))
    position: Mapped[int] = mapped_column(default=0)
    number: Mapped[str | None] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16), default=Fate.OPEN)
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(40))
    sub_area_id: Mapped[int | None] = mapped_column()
    building_id: Mapped[int | None] = mapped_column()
    unit_id: Mapped[int | None] = mapped_column()
    place: Mapped[str] = mapped_column(String(200), default="")
    voices: Mapped[int] = mapped_column(default=1)
    households: Mapped[int] = mapped_column(default=1)
    source: Mapped[str] = mapped_column(String(20), default=Source.VISIT)
    remedy: Mapped[str] = mapped_column(Text, default="")
    urgency: Mapped[str] = mapped_column(String(16), default=Urgency.SOON)
    same_as: Mapped[str] = mapped_column(String(40), default="")
    proposal_id: Mapped[int | None] = mapped_column()
    task_id: Mapped[int | None] = mapped_column()
    reply: Mapped[str] = mapped_column(Text, default="")
    referred_to: Mapped[str | None] = mapped_column(String(20))
    referred_name: Mapped[str] = mapped_column(String(120), default="")
    answer_on: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    summary: Mapped[Summary] = relationship(
        back_populates="concerns",
        primaryjoin="Concern.summary_id == Summary.id",
        foreign_keys=[summary_id],
    )
    sub_area: Mapped[SubArea | None] = relationship(
        primaryjoin="Concern.sub_area_id == SubArea.id", foreign_keys=[sub_area_id]
    )
    building: Mapped[Building | None] = relationship(
        primaryjoin="Concern.building_id == Building.id", foreign_keys=[building_id]
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="Concern.unit_id == Unit.id", foreign_keys=[unit_id]
    )
    __table_args__ = (
        parent_key(),
        within("compound"),
        within("summary"),
        within("sub_area"),
        within("building"),
        within("unit"),
        within("proposal"),
        within("task"),
        one_of("state", Fate),
        one_of("source", Source),
        one_of("urgency", Urgency),
        one_of("referred_to", ReferredTo, nullable=True),
        UniqueConstraint("summary_id", "form_key"),
        Index("ix_concern_of_summary", "summary_id", "position"),
        Index("ix_concern_alike", "compound_id", "category", "created_at"),
        Index("ix_concern_waiting", "community_id", "state", "created_at"),
        Index("ix_concern_of_proposal", "proposal_id"),
        Index("ix_concern_of_task", "task_id"),
        Index("ix_concern_numbered", "community_id", "number", unique=True),
    )

    def subject(self, proposal_state: str | None = None) -> ConcernSubject:
        """What the rules see of it; the proposal made of it decides whether it can be undone."""
        return ConcernSubject(
            state=self.state,
            community_id=self.community_id,
            compound_id=self.compound_id,
            author_id=self.summary.author_id,
            summary_state=self.summary.state,
            proposal_state=proposal_state,
            entered_by_id=self.summary.entered_by_id,
        )
