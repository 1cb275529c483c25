"""What one must know of a task before anything else: how it stands, and what the reader may do."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased

from harbour.domain.actors import Actor, Role
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import Level, local_day
from harbour.domain.errors import Missing
from harbour.domain.escalation import Standing
from harbour.domain.lights import LightNow
from harbour.domain.promises import urge_day
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import (
    NOT_REPORTED,
    PAYER_LABELS,
    TASK,
    TaskState,
    TaskSubject,
    missing_in,
)
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.audit import AuditEvent
from harbour.models.base import BUILT_ONCE
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Meeting
from harbour.models.places import Compound
from harbour.models.proposals import Proposal
from harbour.models.relapses import Relapse
from harbour.models.requests import Request
from harbour.models.subjects import lead_people, raised_by
from harbour.models.summaries import Concern
from harbour.models.tasks import (
    Criterion,
    DueChange,
    Milestone,
    Progress,
    Report,
    Task,
    Verification,
)
from harbour.models.urges import NO_REPLY, SupervisionOrder, Urge
from harbour.queries import relapses, requests
from harbour.queries import task_parts as parts
from harbour.queries.relapses import Related
from harbour.queries.requests import Asked
from harbour.queries.tasks import light_of

# What the lead or the street is asked for by somebody else's act.
ANSWERING = frozenset({"answer_urge", "reply", "conclude"})
VERIFIERS = frozenset({Role.RESIDENT_REP, Role.COMMUNITY_WORKER, Role.SECRETARY})


@dataclass(frozen=True)
class TaskHead:
    """How a task stands and what its reader may do.

    ``mark`` changes with every act on it or on what is asked for beside it.
    """

    id: int
    number: str
    version: int
    title: str
    state: str
    state_label: str
    light: LightNow | None
    compound_id: int
    compound: str
    place: str
    category: str
    level: Level
    lead: str
    lead_kind: str | None
    assistants: str
    who_pays: str | None
    public_sentence: str
    direct_reason: str
    reason: str
    round: int
    due_at: datetime
    accept_due_at: datetime | None
    dispatched_at: datetime | None
    accepted_at: datetime | None
    verification_begun: bool
    orders: int
    orders_to_answer: int
    reply_on: date | None
    urges: int
    relapses: tuple[Related, ...]
    proposal_number: str | None
    urged: str
    asked_on: date
    standing: Standing
    offers: tuple[Offer, ...]
    asked: Asked
    mark: str
    row: Any = field(repr=False)
    subject: TaskSubject = field(repr=False)

    @property
    def owes_an_answer(self) -> bool:
        """Whether the reader leads it and an urge waits for them."""
        return any(one.name == "answer_urge" for one in self.offers)


def head(actor: Actor, number: str, now: datetime, settings: CommunitySettings) -> TaskHead:
    """How the task with this number stands; Missing where the actor may not know of it."""
    row = db.session.execute(_ROW, {"number": number}).first()
    if row is None:
        raise Missing
    urges = parts.urges(row.id) if row.state in NOT_REPORTED else ()
    subject = _subject(actor, row, urges, now)
    if not TASK.shows(actor, subject):
        raise Missing
    lines = requests.of_task(row.id) if row.asked else ()
    return TaskHead(
        **{name: getattr(row, name) for name in _AS_STORED},
        state_label=TASK.labels[row.state],
        light=light_of(row, now, settings),
        level=Level(row.level),
        lead=row.lead_name,
        who_pays=PAYER_LABELS.get(row.who_pays),
        verification_begun=row.verification_begun_by_id is not None,
        urged=next((one.note for one in reversed(urges) if one.answered_at is None), ""),
        asked_on=local_day(now),
        relapses=relapses.of_task(row.id, row.proposal_id) if row.related else (),
        standing=escalation.standing_of(row, settings, working_calendar(), now),
        offers=_worth_showing(TASK.offers(actor, subject, now)),
        asked=requests.asked(actor, row, subject, lines, now, settings),
        mark=".".join((row.mark or "", *(f"{one.id}-{one.state}-{one.version}" for one in lines))),
        row=row,
        subject=subject,
    )


def facts(actor: Actor, number: str, now: datetime) -> TaskSubject:
    """What the rules are asked about the task with this number; Missing where there is none."""
    row = db.session.execute(_ROW, {"number": number}).first()
    if row is None:
        raise Missing
    urges = parts.urges(row.id) if row.state in NOT_REPORTED else ()
    return _subject(actor, row, urges, now)


def _subject(actor: Actor, row: Any, urges: Iterable[Any], now: datetime) -> TaskSubject:
    """The facts the rules ask for: the same as models.subjects.of_task, from columns."""
    restricted = CATEGORIES[row.category].restricted
    lacking = missing_in(
        lead_kind=row.lead_kind,
        criteria=bool(row.criteria),
        who_pays=row.who_pays,
        public_sentence=row.public_sentence,
        dated=row.level != Level.PROJECT or bool(row.steps) or row.due_by_hand,
    )
    nobody: frozenset[int] = frozenset()
    return TaskSubject(
        state=row.state,
        community_id=row.community_id,
        compound_id=row.compound_id,
        lead_kind=row.lead_kind,
        lead_firm_id=row.lead_firm_id,
        assistant_firm_ids=parts.assisting(row.id) if actor.role is Role.FIRM_MANAGER else nobody,
        raised_by_ids=raised_by(row.proposal_id, row.id) if restricted else nobody,
        reporter_id=row.reporter_id,
        lacking=lacking if row.state == TaskState.DRAFTED else (),
        verification_begun=row.verification_begun_by_id is not None,
        urged_today=any(one.day == urge_day(now, working_calendar()) for one in urges),
        open_urges=sum(1 for one in urges if one.answered_at is None),
        from_meeting=row.meeting_id is not None,
        orders_to_answer=row.orders_to_answer,
        orders_standing=row.orders_standing,
        restricted=restricted,
        lead_people_ids=lead_people(row.state, row.lead_kind, row.lead_firm_id, row.community_id)
        if actor.role in VERIFIERS
        else nobody,
    )


def _worth_showing(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Without answers to what nobody asked: that is nothing to wait for."""
    return tuple(one for one in offers if one.name not in ANSWERING or one.refusal is None)


def _counted(kind: Any, name: str, *which: Any) -> Any:
    """How many of a kind hang on the task: what there is none of need not be asked for."""
    counted = select(func.count()).where(kind.task_id == Task.id, *which).correlate(Task)
    return counted.scalar_subquery().label(name)


_UNENDED = SupervisionOrder.outcome.is_(None)
_UNANSWERED = (_UNENDED, SupervisionOrder.reply == NO_REPLY.right)
_ORDERS = (
    _counted(SupervisionOrder, "orders"),
    _counted(SupervisionOrder, "orders_to_answer", *_UNANSWERED),
    _counted(SupervisionOrder, "orders_standing", _UNENDED),
)
_REPLY_ON = (
    select(func.min(SupervisionOrder.reply_on))
    .where(SupervisionOrder.task_id == Task.id, *_UNANSWERED)
    .correlate(Task)
    .scalar_subquery()
    .label("reply_on")
)
Led = aliased(Proposal)
_CAME_BACK = select(func.count()).where(Relapse.task_id == Task.id).correlate(Task)
_CAME_FROM = (
    select(func.count())
    .select_from(Concern)
    .join(Relapse, Relapse.concern_id == Concern.id)
    .where(
        Concern.proposal_id.in_(
            select(Led.id)
            .where(or_(Led.id == Task.proposal_id, Led.master_id == Task.proposal_id))
            .correlate(Task)
        )
    )
    .correlate(Task)
)
_RELATED = (_CAME_BACK.scalar_subquery() + _CAME_FROM.scalar_subquery()).label("related")
_REPORTER = (
    select(Report.by_id)
    .where(Report.task_id == Task.id, Report.withdrawn_at.is_(None))
    .order_by(Report.id.desc())
    .limit(1)
    .correlate(Task)
    .scalar_subquery()
    .label("reporter_id")
)
_MARK = (
    select(AuditEvent.digest)
    .where(AuditEvent.subject_kind == "task", AuditEvent.subject_id == Task.id)
    .order_by(AuditEvent.id.desc())
    .limit(1)
    .correlate(Task)
    .scalar_subquery()
    .label("mark")
)
# Grows with every act on any request: versions count up, and nothing is ever deleted.
_ASKED = (
    select(func.coalesce(func.sum(Request.version), 0))
    .where(Request.task_id == Task.id)
    .correlate(Task)
    .scalar_subquery()
    .label("asked")
)
_AS_STORED = (
    "id", "number", "version", "title", "state", "compound_id", "compound", "place", "category",
    "lead_kind", "assistants", "public_sentence", "direct_reason", "reason", "round", "due_at",
    "accept_due_at", "dispatched_at", "accepted_at", "orders", "orders_to_answer", "reply_on",
    "urges", "proposal_number",
)  # fmt: skip
_ROW = (
    select(
        Task.id, Task.number, Task.version, Task.title, Task.state, Task.community_id,
        Task.compound_id, Task.place, Task.category, Task.level, Task.lead_kind, Task.lead_firm_id,
        Task.lead_name, Task.assistants, Task.who_pays, Task.public_sentence, Task.direct_reason,
        Task.reason, Task.round, Task.due_by_hand, Task.due_at, Task.due_soon_at, Task.first_due_at,
        Task.accept_due_at, Task.dispatched_at, Task.accepted_at, Task.reported_at,
        Task.verified_at, Task.closed_at, Task.verification_begun_by_id, Task.proposal_id,
        Task.meeting_id, Compound.name.label("compound"), Proposal.number.label("proposal_number"),
        Proposal.created_at.label("proposed_at"), Meeting.number.label("meeting_number"),
        Meeting.starts_at, *_ORDERS, _REPLY_ON, _counted(Urge, "urges"), _RELATED,
        escalation.CARRIED, escalation.ORDERED,
        _counted(Progress, "notes"), _counted(DueChange, "promises"), _counted(Report, "reported"),
        _counted(Verification, "found"), _counted(Criterion, "criteria"),
        _counted(Milestone, "steps"), _REPORTER, _MARK, _ASKED,
    )
    .join(Compound, Compound.id == Task.compound_id)
    .outerjoin(Proposal, Proposal.id == Task.proposal_id)
    .outerjoin(Meeting, Meeting.id == Task.meeting_id)
    .where(Task.number == bindparam("number"))
    .execution_options(**BUILT_ONCE)
)  # fmt: skip
