"""Meetings, who attended, the agenda, and the minutes with their revisions."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.domain.deadlines import local_day
from harbour.domain.meetings import (
    Capacity,
    ItemKind,
    MeetingKind,
    MeetingState,
    MeetingSubject,
    Outcome,
    Presence,
    Side,
    Way,
)
from harbour.extensions import Model
from harbour.models.base import (
    CommunityOwned,
    Moment,
    Recorded,
    Versioned,
    one_of,
    parent_key,
    within,
)
from harbour.models.people import User
from harbour.models.places import Compound


class Meeting(Recorded, CommunityOwned, Versioned, Model):
    """One meeting of a compound; ``number`` is its issue number (期号) in its year."""

    __tablename__ = "meeting"
    subject_kind = "meeting"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    number: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    issue_no: Mapped[int]
    kind: Mapped[str] = mapped_column(String(16), default=MeetingKind.WEEKLY)
    state: Mapped[str] = mapped_column(String(16), default=MeetingState.SCHEDULED)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    planned_minutes: Mapped[int] = mapped_column(default=90)
    place: Mapped[str] = mapped_column(String(120), default="")
    current_item_id: Mapped[int | None] = mapped_column()
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    recorder: Mapped[str] = mapped_column(String(80), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    opened_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    circulated_at: Mapped[datetime | None] = mapped_column(Moment)
    confirm_until: Mapped[datetime | None] = mapped_column(Moment)
    finalised_at: Mapped[datetime | None] = mapped_column(Moment)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    notice_until: Mapped[date | None]
    minutes_text: Mapped[str] = mapped_column(Text, default="")
    minutes_public: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    chair: Mapped[User | None] = relationship()
    compound: Mapped[Compound] = relationship(
        primaryjoin="Meeting.compound_id == Compound.id", foreign_keys=[compound_id]
    )
    attendees: Mapped[list["Attendee"]] = relationship(
        primaryjoin="Meeting.id == Attendee.meeting_id",
        foreign_keys="Attendee.meeting_id",
        order_by="Attendee.id",
    )
    items: Mapped[list["AgendaItem"]] = relationship(
        primaryjoin="Meeting.id == AgendaItem.meeting_id",
        foreign_keys="AgendaItem.meeting_id",
        order_by="AgendaItem.position, AgendaItem.id",
    )
    opinions: Mapped[list["MinutesOpinion"]] = relationship(
        primaryjoin="Meeting.id == MinutesOpinion.meeting_id",
        foreign_keys="MinutesOpinion.meeting_id",
        order_by="MinutesOpinion.id",
    )
    __table_args__ = (
        parent_key(),
        within("compound"),
        one_of("state", MeetingState),
        one_of("kind", MeetingKind),
        UniqueConstraint("compound_id", "year", "issue_no"),
        UniqueConstraint("community_id", "number"),
        Index("ix_meeting_of_compound", "compound_id", "starts_at"),
        Index("ix_meeting_by_state", "community_id", "state", "starts_at"),
        CheckConstraint(
            "(state IN ('finalised', 'published')) = (finalised_at IS NOT NULL)",
            name="finalised_at_when_final",
        ),
    )

    def subject(self, incomplete_tasks: int = 0) -> MeetingSubject:
        """What the rules see of it."""
        return MeetingSubject(
            state=self.state,
            community_id=self.community_id,
            compound_id=self.compound_id,
            held_on=local_day(self.starts_at),
            attendee_ids=frozenset(a.user_id for a in self.attendees if a.user_id is not None),
            undecided_items=sum(1 for item in self.items if item.outcome is None),
            incomplete_tasks=incomplete_tasks,
            has_minutes=bool(self.minutes_text.strip()),
            sides_answered=len({opinion.side for opinion in self.opinions}),
            confirm_until=self.confirm_until,
        )


class Attendee(CommunityOwned, Model):
    """Somebody due at a meeting or present at it, with or without an account."""

    __tablename__ = "attendee"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    unit_name: Mapped[str] = mapped_column(String(120), default="")
    capacity: Mapped[str] = mapped_column(String(20), default=Capacity.GUEST)
    voting: Mapped[bool] = mapped_column(default=False)
    presence: Mapped[str] = mapped_column(String(12), default=Presence.DUE)
    way: Mapped[str] = mapped_column(String(12), default=Way.ON_SITE)
    signed_in_at: Mapped[datetime | None] = mapped_column(Moment)
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        parent_key(),
        within("meeting"),
        one_of("capacity", Capacity),
        one_of("presence", Presence),
        one_of("way", Way),
        UniqueConstraint("meeting_id", "user_id"),
    )


class AgendaItem(CommunityOwned, Versioned, Model):
    """One item of an agenda: a proposal, a task looked back on, or a concern without a reply."""

    __tablename__ = "agenda_item"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20), default=ItemKind.NEW)
    position: Mapped[int] = mapped_column(default=0)
    proposal_id: Mapped[int | None] = mapped_column()
    task_id: Mapped[int | None] = mapped_column()
    concern_id: Mapped[int | None] = mapped_column()
    planned_minutes: Mapped[int] = mapped_column(default=10)
    late: Mapped[bool] = mapped_column(default=False)
    points: Mapped[str] = mapped_column(Text, default="")
    votes_for: Mapped[int | None]
    votes_against: Mapped[int | None]
    votes_abstain: Mapped[int | None]
    present: Mapped[int | None]
    outcome: Mapped[str | None] = mapped_column(String(20))
    decision: Mapped[str] = mapped_column(Text, default="")
    taken_up_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        parent_key(),
        within("meeting"),
        within("proposal"),
        within("task"),
        within("concern"),
        one_of("kind", ItemKind),
        one_of("outcome", Outcome, nullable=True),
        Index("ix_agenda_item_of_meeting", "meeting_id", "position"),
        Index("ix_agenda_item_of_proposal", "proposal_id"),
        Index("ix_agenda_item_of_task", "task_id"),
        Index("ix_agenda_item_of_concern", "concern_id"),
    )


class MinutesOpinion(CommunityOwned, Model):
    """One attendee's answer to the minutes; an objection carries its text."""

    __tablename__ = "minutes_opinion"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    side: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    objection: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        within("meeting"),
        one_of("side", Side),
        UniqueConstraint("meeting_id", "user_id"),
    )


class MinutesRevision(CommunityOwned, Model):
    """A final text of the minutes: the database itself refuses to change or delete it.

    ``ledger_head`` is the digest of the community's ledger when it was made final, and is
    printed on the published page.
    """

    __tablename__ = "minutes_revision"
    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column()
    revision: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    public_text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    ledger_head: Mapped[str] = mapped_column(String(64))
    __table_args__ = (within("meeting"), UniqueConstraint("meeting_id", "revision"))
