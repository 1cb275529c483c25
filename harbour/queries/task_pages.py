"""One task, with everything that was promised, done and found."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from harbour.domain.actors import Actor, Role
from harbour.domain.calendar import shipped
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import Level
from harbour.domain.errors import Missing
from harbour.domain.lights import LightNow
from harbour.domain.promises import urge_day
from harbour.domain.settings import CommunitySettings
from harbour.domain.similar import photos_alike
from harbour.domain.tasks import (
    NOT_REPORTED,
    PAYER_LABELS,
    TASK,
    TaskState,
    TaskSubject,
    missing_in,
)
from harbour.domain.text import N_
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.photos import Photo
from harbour.models.places import Compound
from harbour.models.proposals import Proposal
from harbour.models.subjects import lead_people, raised_by
from harbour.models.tasks import Report, SupervisionOrder, Task
from harbour.queries import task_parts as parts
from harbour.queries.ledger import Line, history
from harbour.queries.task_parts import DateLine, Finding, ProgressLine, Raised, ReportLine, Step
from harbour.queries.tasks import light_of

HISTORY = parts.HISTORY
# So many of the latest photos by the lead's people are compared with those of a new report.
COMPARED = 2000
VERIFIERS = frozenset({Role.RESIDENT_REP, Role.COMMUNITY_WORKER, Role.SECRETARY})
UNREPORTED = frozenset({TaskState.DRAFTED, TaskState.ASSIGNED})


@dataclass(frozen=True)
class Port:
    """One port of the thread; ``href`` names what lies behind it as (kind, number)."""

    label: str
    state: str
    at: datetime | None = None
    leads_to: tuple[str, str] | None = None


@dataclass(frozen=True)
class Alike:
    """A photo of the report that looks like an earlier one; ``number`` is that one's task."""

    photo_id: int
    number: str


@dataclass(frozen=True)
class TaskPage:
    """All a reader sees of one task, and may do with it."""

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
    reply_on: date | None
    proposal_number: str | None
    ports: tuple[Port, ...]
    criteria: tuple[tuple[int, str], ...]
    milestones: tuple[Step, ...]
    progress: tuple[ProgressLine, ...]
    reports: tuple[ReportLine, ...]
    findings: tuple[Finding, ...]
    dates: tuple[DateLine, ...]
    raised: tuple[Raised, ...]
    alike: tuple[Alike, ...]
    offers: tuple[Offer, ...]
    history: tuple[Line, ...] = field(default=(), repr=False)

    @property
    def report(self) -> ReportLine | None:
        """The report that stands: of this round, and not withdrawn."""
        of_now = (r for r in self.reports if r.round == self.round and r.withdrawn_at is None)
        return next(of_now, None)

    @property
    def owes_an_answer(self) -> bool:
        """Whether the reader leads it and an urge waits for them."""
        return any(one.name == "answer_urge" for one in self.offers)

    @property
    def finding(self) -> Finding | None:
        """The last thing anybody found on the spot."""
        return self.findings[-1] if self.findings else None


def page(
    actor: Actor,
    number: str,
    now: datetime,
    settings: CommunitySettings,
    *,
    acting: str | None = None,
) -> TaskPage:
    """The task with this number as the actor sees it; Missing where they may not know of it.

    ``acting`` names the act whose page it is: that one shows no history but compares photos, and
    raises Denied or Refused where the act is not open to the actor now.
    """
    row = db.session.execute(_ROW.where(Task.number == number)).first()
    if row is None:
        raise Missing
    steps = _Steps(row)
    subject = subject_of(actor, row, steps, now)
    if not TASK.shows(actor, subject):
        raise Missing
    if acting:
        TASK.require(actor, subject, acting, now)
    findings = parts.findings(row.id) if steps.reports else ()
    progress = parts.progress(row.id) if row.accepted_at is not None else ()
    pictures = parts.Pictures(steps.reports, findings, progress)
    reports = tuple(parts.with_photos(one, pictures) for one in steps.reports)
    return TaskPage(
        **{name: getattr(row, name) for name in _AS_STORED},
        state_label=TASK.labels[row.state],
        light=light_of(row, now, settings),
        level=Level(row.level),
        lead=row.lead_name,
        who_pays=PAYER_LABELS.get(row.who_pays),
        verification_begun=row.verification_begun_by_id is not None,
        orders=row.orders or 0,
        ports=_ports(row, steps.raised),
        criteria=steps.criteria,
        milestones=steps.milestones,
        progress=tuple(replace(one, photos=pictures.of("progress", one.id)) for one in progress),
        reports=reports,
        findings=tuple(replace(f, photos=pictures.of("verification", f.id)) for f in findings),
        dates=parts.dates(row.id) if row.dispatched_at is not None and not acting else (),
        raised=steps.raised,
        alike=_alike(actor, row, subject, pictures) if acting else (),
        offers=_worth_showing(TASK.offers(actor, subject, now)),
        history=() if acting else history("task", row.id, most=HISTORY),
    )


def facts(actor: Actor, number: str, now: datetime) -> TaskSubject:
    """What the rules are asked about the task with this number; Missing where there is none."""
    row = db.session.execute(_ROW.where(Task.number == number)).first()
    if row is None:
        raise Missing
    return subject_of(actor, row, _Steps(row), now)


_ORDERS = (
    select(func.count())
    .where(SupervisionOrder.task_id == Task.id)
    .correlate(Task)
    .scalar_subquery()
    .label("orders")
)
_REPLY_ON = (
    select(func.max(SupervisionOrder.reply_on))
    .where(SupervisionOrder.task_id == Task.id)
    .correlate(Task)
    .scalar_subquery()
    .label("reply_on")
)
_AS_STORED = (
    "id", "number", "version", "title", "state", "compound_id", "compound", "place", "category",
    "lead_kind", "assistants", "public_sentence", "direct_reason", "reason", "round", "due_at",
    "accept_due_at", "dispatched_at", "accepted_at", "reply_on", "proposal_number",
)  # fmt: skip
_ROW = (
    select(
        Task.id, Task.number, Task.version, Task.title, Task.state, Task.community_id,
        Task.compound_id, Task.place, Task.category, Task.level, Task.lead_kind, Task.lead_firm_id,
        Task.lead_name, Task.assistants, Task.who_pays, Task.public_sentence, Task.direct_reason,
        Task.reason, Task.round, Task.due_by_hand, Task.due_at, Task.due_soon_at,
        Task.accept_due_at, Task.dispatched_at, Task.accepted_at, Task.reported_at,
        Task.verified_at, Task.closed_at, Task.verification_begun_by_id, Task.proposal_id,
        Task.meeting_id, Compound.name.label("compound"), Proposal.number.label("proposal_number"),
        Proposal.created_at.label("proposed_at"), Meeting.number.label("meeting_number"),
        Meeting.starts_at, _ORDERS, _REPLY_ON,
    )
    .join(Compound, Compound.id == Task.compound_id)
    .outerjoin(Proposal, Proposal.id == Task.proposal_id)
    .outerjoin(Meeting, Meeting.id == Task.meeting_id)
)  # fmt: skip


class _Steps:
    """What hangs on a task's row and is asked for by its state, each in one statement."""

    def __init__(self, row: Any) -> None:
        self.criteria = parts.criteria(row.id)
        self.milestones = parts.milestones(row.id) if row.level == Level.PROJECT else ()
        self.raised = parts.raised(row)
        worked_on = row.state not in UNREPORTED or row.round > 1
        self.reports = parts.reports(row.id) if worked_on else ()


def subject_of(actor: Actor, row: Any, steps: "_Steps", now: datetime) -> TaskSubject:
    """The facts the rules ask for: the same as models.subjects.of_task, from columns."""
    urges = parts.urges(row.id) if row.state in NOT_REPORTED else ()
    restricted = CATEGORIES[row.category].restricted
    lacking = missing_in(
        lead_kind=row.lead_kind,
        criteria=bool(steps.criteria),
        who_pays=row.who_pays,
        public_sentence=row.public_sentence,
        dated=row.level != Level.PROJECT or bool(steps.milestones) or row.due_by_hand,
    )
    standing = [one for one in steps.reports if one.withdrawn_at is None]
    return TaskSubject(
        state=row.state,
        community_id=row.community_id,
        compound_id=row.compound_id,
        lead_kind=row.lead_kind,
        lead_firm_id=row.lead_firm_id,
        assistant_firm_ids=parts.assisting(row) if actor.role is Role.FIRM_MANAGER else frozenset(),
        raised_by_ids=raised_by(row.proposal_id) if restricted else frozenset(),
        reporter_id=standing[-1].by_id if standing else None,
        lacking=lacking if row.state == TaskState.DRAFTED else (),
        verification_begun=row.verification_begun_by_id is not None,
        urged_today=any(one.day == urge_day(now, shipped()) for one in urges),
        open_urges=sum(1 for one in urges if one.answered_at is None),
        from_meeting=row.meeting_id is not None,
        restricted=restricted,
        lead_people_ids=lead_people(row.state, row.lead_kind, row.lead_firm_id, row.community_id)
        if actor.role in VERIFIERS
        else frozenset(),
    )


def _alike(
    actor: Actor, row: Any, subject: TaskSubject, pictures: parts.Pictures
) -> tuple[Alike, ...]:
    """Photos of afterwards that look like an earlier one by the lead's people."""
    if row.state != TaskState.REPORTED or actor.role not in VERIFIERS:
        return ()
    latest = max((one.report_id for one in pictures.rows if one.report_id), default=0)
    new = [one for one in pictures.rows if one.report_id == latest and one.moment == "after"]
    if not new or not subject.lead_people_ids:
        return ()
    earlier = db.session.execute(
        select(Photo.id, Photo.phash, Photo.report_id)
        .where(
            Photo.by_id.in_(sorted(subject.lead_people_ids)),
            Photo.report_id.is_not(None),
            Photo.id.not_in([one.id for one in new]),
        )
        .order_by(Photo.id.desc())
        .limit(COMPARED)
    ).all()
    hits = {
        one.id: old.report_id
        for one in new
        for old in reversed(earlier)
        if photos_alike(one.phash, old.phash)
    }
    if not hits:
        return ()
    numbers = dict(
        db.session.execute(
            select(Report.id, Task.number)
            .join(Task, Task.id == Report.task_id)
            .where(Report.id.in_(set(hits.values())))
        ).all()
    )
    return tuple(Alike(photo, numbers[report]) for photo, report in hits.items())


def _worth_showing(offers: Iterable[Offer]) -> tuple[Offer, ...]:
    """Without the answer to an urge where nobody urged: that is nothing to wait for."""
    return tuple(one for one in offers if one.name != "answer_urge" or one.refusal is None)


def _ports(row: Any, raised: Sequence[Raised]) -> tuple[Port, ...]:
    """From the residents' words to closing; where it stands now is the last port reached."""
    words = raised[0] if raised else None
    ports = [
        (
            N_("Residents' words"),
            words.at if words else None,
            ("concern", words.number) if words else None,
        ),
        (N_("Proposal"), row.proposed_at, ("proposal", row.proposal_number)),
        (N_("Meeting"), row.starts_at, ("meeting", row.meeting_number)),
    ]
    before = [one for one in ports if one[1] is not None]
    since = [
        (N_("Dispatched"), row.dispatched_at, None),
        (N_("Accepted"), row.accepted_at, None),
        (N_("Reported"), row.reported_at, None),
        (N_("Verified"), row.verified_at, None),
        (N_("Closed"), row.closed_at if row.state == TaskState.CLOSED else None, None),
    ]
    every: list[tuple[str, datetime | None, Any]] = [*before, *since]
    present = max((place for place, one in enumerate(every) if one[1] is not None), default=0)
    ended = row.state == TaskState.CLOSED
    return tuple(
        Port(
            label,
            "off" if at is None else "now" if place == present and not ended else "on",
            at,
            leads_to if leads_to and leads_to[1] else None,
        )
        for place, (label, at, leads_to) in enumerate(every)
    )
