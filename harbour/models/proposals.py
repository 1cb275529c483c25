"""Proposals, and who follows them."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    column,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.domain.categories import CATEGORIES
from harbour.domain.proposals import ProposalState, ProposalSubject
from harbour.domain.summaries import ReferredTo
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
from harbour.models.people import User
from harbour.models.places import Building, Compound, SubArea, Unit

# The condition of a partial index: deferred or not reached, and on no agenda again. A query must
# say it in the same words to be served by it.
CARRIED_OVER = and_(
    column("state") == literal_column("'backlog'"), column("carried") > literal_column("0")
)


class Proposal(Recorded, CommunityOwned, Versioned, Model):
    """What is put to the meeting; it keeps the number of the concern it came from."""

    __tablename__ = "proposal"
    subject_kind = "proposal"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16), default=ProposalState.SUBMITTED)
    title: Mapped[str] = mapped_column(String(120))
    wanted: Mapped[str] = mapped_column(Text, default="")
    category: Mapped[str] = mapped_column(String(40))
    sub_area_id: Mapped[int | None] = mapped_column()
    building_id: Mapped[int | None] = mapped_column()
    unit_id: Mapped[int | None] = mapped_column()
    place: Mapped[str] = mapped_column(String(200), default="")
    urgency: Mapped[str] = mapped_column(String(16), default="soon")
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    author_role: Mapped[str] = mapped_column(String(24))
    master_id: Mapped[int | None] = mapped_column()
    meeting_id: Mapped[int | None] = mapped_column()
    late: Mapped[bool] = mapped_column(default=False)
    carried: Mapped[int] = mapped_column(default=0)
    asked_for_table: Mapped[bool] = mapped_column(default=False)
    reply: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    wording: Mapped[str] = mapped_column(Text, default="")
    referred_to: Mapped[str | None] = mapped_column(String(20))
    referred_name: Mapped[str] = mapped_column(String(120), default="")
    answer_on: Mapped[date | None]
    outcome_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    waits_since: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    author: Mapped[User | None] = relationship()
    compound: Mapped[Compound] = relationship(
        primaryjoin="Proposal.compound_id == Compound.id", foreign_keys=[compound_id]
    )
    sub_area: Mapped[SubArea | None] = relationship(
        primaryjoin="Proposal.sub_area_id == SubArea.id", foreign_keys=[sub_area_id]
    )
    building: Mapped[Building | None] = relationship(
        primaryjoin="Proposal.building_id == Building.id", foreign_keys=[building_id]
    )
    unit: Mapped[Unit | None] = relationship(
        primaryjoin="Proposal.unit_id == Unit.id", foreign_keys=[unit_id]
    )
    __table_args__ = (
        parent_key(),
        within("compound"),
        within("sub_area"),
        within("building"),
        within("unit"),
        within("proposal", column="master_id"),
        within("meeting"),
        one_of("state", ProposalState),
        one_of("referred_to", ReferredTo, nullable=True),
        UniqueConstraint("community_id", "number"),
        CheckConstraint("(state = 'merged') = (master_id IS NOT NULL)", name="master_when_merged"),
        CheckConstraint(
            "state <> 'on_agenda' OR meeting_id IS NOT NULL", name="meeting_when_on_agenda"
        ),
        Index("ix_proposal_by_state", "community_id", "state", "id"),
        Index("ix_proposal_newest", "community_id", "id"),
        Index("ix_proposal_of_compound", "compound_id", "state", "id"),
        Index("ix_proposal_alike", "compound_id", "category", "created_at"),
        Index("ix_proposal_of_author", "author_id", "state"),
        Index("ix_proposal_of_meeting", "meeting_id"),
        Index("ix_proposal_of_master", "master_id"),
        index_where("ix_proposal_carried_over", "waits_since", "id", where=CARRIED_OVER),
    )

    def subject(
        self, meeting_state: str | None = None, attendance: int = 0, quorum: int = 0
    ) -> ProposalSubject:
        """What the rules see of it, and of its meeting."""
        category = CATEGORIES[self.category]
        return ProposalSubject(
            state=self.state,
            community_id=self.community_id,
            compound_id=self.compound_id,
            author_id=self.author_id,
            owner_decision=category.owner_decision,
            asked_for_table=self.asked_for_table,
            meeting_state=meeting_state,
            attendance=attendance,
            quorum=quorum,
            restricted=category.restricted,
        )


class Subscription(CommunityOwned, Model):
    """Somebody who raised the thing and follows it to the end; a merge keeps it."""

    __tablename__ = "subscription"
    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column()
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    __table_args__ = (within("proposal"), UniqueConstraint("proposal_id", "user_id"))
