"""Tasks: what was promised, how it went, and who found it done."""

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    column,
    literal_column,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import Level
from harbour.domain.tasks import (
    Contact,
    LeadKind,
    Payer,
    Result,
    ReworkCause,
    Satisfaction,
    Solved,
    TaskState,
    TaskSubject,
    missing_in,
)
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
from harbour.models.firms import Firm, VolunteerTeam
from harbour.models.places import Compound

# The condition of a partial index; a query must say it in the same words to be served by it.
NOT_A_FIRMS = column("lead_kind") != literal_column("'firm'")


class Task(Recorded, CommunityOwned, Versioned, Model):
    """A practical thing to be done (实事), followed until it is closed.

    Until dispatch ``due_at`` is provisional; ``first_due_at`` is the first promise and never
    changes after dispatch. ``due_soon_at`` is the instant the light turns yellow. ``is_open``
    repeats the state so that one index carries filter and order.
    """

    __tablename__ = "task"
    subject_kind = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    compound_id: Mapped[int] = mapped_column()
    number: Mapped[str] = mapped_column(String(40))
    state: Mapped[str] = mapped_column(String(16), default=TaskState.DRAFTED)
    is_open: Mapped[bool] = mapped_column(default=True)
    title: Mapped[str] = mapped_column(String(120))
    category: Mapped[str] = mapped_column(String(40))
    place: Mapped[str] = mapped_column(String(200), default="")
    proposal_id: Mapped[int | None] = mapped_column()
    meeting_id: Mapped[int | None] = mapped_column()
    direct_reason: Mapped[str] = mapped_column(Text, default="")
    lead_kind: Mapped[str | None] = mapped_column(String(12))
    lead_firm_id: Mapped[int | None] = mapped_column(ForeignKey("firm.id"))
    lead_team_id: Mapped[int | None] = mapped_column()
    lead_name: Mapped[str] = mapped_column(String(120), default="")
    assistants: Mapped[str] = mapped_column(String(400), default="")
    level: Mapped[str] = mapped_column(String(12), default=Level.NORMAL)
    due_by_hand: Mapped[bool] = mapped_column(default=False)
    who_pays: Mapped[str | None] = mapped_column(String(20))
    public_sentence: Mapped[str] = mapped_column(Text, default="")
    round: Mapped[int] = mapped_column(default=1)
    carried: Mapped[int] = mapped_column(default=0)
    verification_begun_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    dispatched_at: Mapped[datetime | None] = mapped_column(Moment)
    accept_due_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    due_soon_at: Mapped[datetime] = mapped_column(Moment)
    first_due_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    reported_at: Mapped[datetime | None] = mapped_column(Moment)
    verified_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    lead_firm: Mapped[Firm | None] = relationship()
    lead_team: Mapped[VolunteerTeam | None] = relationship(
        primaryjoin="Task.lead_team_id == VolunteerTeam.id", foreign_keys=[lead_team_id]
    )
    compound: Mapped[Compound] = relationship(
        primaryjoin="Task.compound_id == Compound.id", foreign_keys=[compound_id]
    )
    criteria: Mapped[list["Criterion"]] = relationship(
        primaryjoin="Task.id == Criterion.task_id",
        foreign_keys="Criterion.task_id",
        order_by="Criterion.position",
        cascade="all, delete-orphan",
    )
    milestones: Mapped[list["Milestone"]] = relationship(
        primaryjoin="Task.id == Milestone.task_id",
        foreign_keys="Milestone.task_id",
        order_by="Milestone.due_on, Milestone.id",
        cascade="all, delete-orphan",
    )
    helpers: Mapped[list["AssistantFirm"]] = relationship(
        primaryjoin="Task.id == AssistantFirm.task_id",
        foreign_keys="AssistantFirm.task_id",
        cascade="all, delete-orphan",
    )
    __table_args__ = (
        parent_key(),
        within("compound"),
        within("proposal"),
        within("meeting"),
        within("volunteer_team", column="lead_team_id"),
        one_of("state", TaskState),
        one_of("level", Level),
        one_of("lead_kind", LeadKind, nullable=True),
        one_of("who_pays", Payer, nullable=True),
        UniqueConstraint("community_id", "number"),
        CheckConstraint("is_open = (state NOT IN ('closed', 'cancelled'))", name="open_as_state"),
        CheckConstraint(
            "state IN ('drafted', 'cancelled') OR (dispatched_at IS NOT NULL AND "
            "first_due_at IS NOT NULL AND lead_kind IS NOT NULL AND who_pays IS NOT NULL)",
            name="complete_once_dispatched",
        ),
        CheckConstraint("(state = 'closed') <= (closed_at IS NOT NULL)", name="closed_at_set"),
        Index("ix_task_open_by_due", "community_id", "is_open", "due_at", "id"),
        Index("ix_task_open_of_compound", "compound_id", "is_open", "due_at", "id"),
        Index("ix_task_open_of_firm", "lead_firm_id", "is_open", "due_at", "id"),
        Index("ix_task_by_state", "community_id", "state", "due_at", "id"),
        Index("ix_task_of_compound_by_state", "compound_id", "state", "due_at", "id"),
        Index("ix_task_of_firm_by_state", "lead_firm_id", "state", "due_at", "id"),
        index_where(
            "ix_task_of_community_itself",
            "community_id",
            "state",
            "due_at",
            "id",
            where=NOT_A_FIRMS,
        ),
        Index("ix_task_newest", "community_id", "id"),
        Index("ix_task_of_proposal", "proposal_id"),
        Index("ix_task_of_meeting", "meeting_id"),
        Index("ix_task_alike", "compound_id", "category", "created_at"),
    )

    def lacking(self) -> tuple[str, ...]:
        """What dispatch still asks for, as words to be translated."""
        return missing_in(
            lead_kind=self.lead_kind,
            criteria=bool(self.criteria),
            who_pays=self.who_pays,
            public_sentence=self.public_sentence,
            dated=self.level != Level.PROJECT or bool(self.milestones) or self.due_by_hand,
        )

    def subject(
        self,
        *,
        raised_by_ids: frozenset[int] = frozenset(),
        reporter_id: int | None = None,
        urged_today: bool = False,
        open_urges: int = 0,
        orders_to_answer: int = 0,
        orders_standing: int = 0,
        lead_people_ids: frozenset[int] = frozenset(),
    ) -> TaskSubject:
        """What the rules see of it; who raised and reported it stand in other tables."""
        return TaskSubject(
            state=self.state,
            community_id=self.community_id,
            compound_id=self.compound_id,
            lead_kind=self.lead_kind,
            lead_firm_id=self.lead_firm_id,
            assistant_firm_ids=frozenset(one.firm_id for one in self.helpers),
            raised_by_ids=raised_by_ids,
            reporter_id=reporter_id,
            lacking=self.lacking() if self.state == TaskState.DRAFTED else (),
            verification_begun=self.verification_begun_by_id is not None,
            urged_today=urged_today,
            open_urges=open_urges,
            orders_to_answer=orders_to_answer,
            orders_standing=orders_standing,
            from_meeting=self.meeting_id is not None,
            restricted=CATEGORIES[self.category].restricted,
            lead_people_ids=lead_people_ids,
        )


class Criterion(CommunityOwned, Model):
    """One thing by which everybody can see that the task is done."""

    __tablename__ = "criterion"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(300))
    __table_args__ = (parent_key(), within("task"))


class Milestone(CommunityOwned, Model):
    """A dated step of a project."""

    __tablename__ = "milestone"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    reached_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (parent_key(), within("task"))


class AssistantFirm(CommunityOwned, Model):
    """A firm that assists the lead (协办)."""

    __tablename__ = "assistant_firm"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    firm_id: Mapped[int] = mapped_column(ForeignKey("firm.id"), index=True)
    __table_args__ = (within("task"), UniqueConstraint("task_id", "firm_id"))


class Progress(CommunityOwned, Model):
    """A note on the way: what was done, how much of how much, which milestone."""

    __tablename__ = "progress"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    round: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    quantity_done: Mapped[int | None]
    quantity_total: Mapped[int | None]
    milestone_id: Mapped[int | None] = mapped_column()
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (parent_key(), within("task"), within("milestone"))


class Report(CommunityOwned, Model):
    """A completion report (完成报告); a withdrawn one is kept."""

    __tablename__ = "report"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    round: Mapped[int]
    result: Mapped[str] = mapped_column(String(12))
    what_was_done: Mapped[str] = mapped_column(Text)
    public_reply: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(String(16))
    contact_on: Mapped[date | None]
    late: Mapped[bool] = mapped_column(default=False)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    answers: Mapped[list["ReportAnswer"]] = relationship(
        primaryjoin="Report.id == ReportAnswer.report_id", foreign_keys="ReportAnswer.report_id"
    )
    __table_args__ = (
        parent_key(),
        within("task"),
        one_of("result", Result),
        one_of("contact", Contact),
    )


class ReportAnswer(CommunityOwned, Model):
    """The report's answer to one criterion."""

    __tablename__ = "report_answer"
    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column()
    criterion_id: Mapped[int] = mapped_column()
    met: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        within("report"),
        within("criterion"),
        UniqueConstraint("report_id", "criterion_id"),
    )


class Verification(CommunityOwned, Model):
    """Somebody looked on the spot and says whether it is done; rework carries its cause."""

    __tablename__ = "verification"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    report_id: Mapped[int | None] = mapped_column()
    round: Mapped[int]
    solved: Mapped[str] = mapped_column(String(12))
    satisfaction: Mapped[str | None] = mapped_column(String(20))
    words: Mapped[str] = mapped_column(Text, default="")
    rework_cause: Mapped[str | None] = mapped_column(String(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    by_name: Mapped[str] = mapped_column(String(80), default="")
    role: Mapped[str] = mapped_column(String(24))
    at: Mapped[datetime] = mapped_column(Moment)
    ticks: Mapped[list["VerificationTick"]] = relationship(
        primaryjoin="Verification.id == VerificationTick.verification_id",
        foreign_keys="VerificationTick.verification_id",
    )
    __table_args__ = (
        parent_key(),
        within("task"),
        within("report"),
        one_of("solved", Solved),
        one_of("satisfaction", Satisfaction, nullable=True),
        one_of("rework_cause", ReworkCause, nullable=True),
    )


class VerificationTick(CommunityOwned, Model):
    """What the verifier found on one criterion."""

    __tablename__ = "verification_tick"
    id: Mapped[int] = mapped_column(primary_key=True)
    verification_id: Mapped[int] = mapped_column()
    criterion_id: Mapped[int] = mapped_column()
    met: Mapped[bool]
    __table_args__ = (
        within("verification"),
        within("criterion"),
        UniqueConstraint("verification_id", "criterion_id"),
    )


class DueChange(CommunityOwned, Model):
    """A due date and the one after it, kept for ever; ``request_id`` is what moved it."""

    __tablename__ = "due_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(index=True)
    due_before: Mapped[datetime | None] = mapped_column(Moment)
    due_after: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="")
    request_id: Mapped[int | None] = mapped_column()
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (within("task"), within("request"))
