"""What one sees before writing a task: who could lead it, how busy they are, by when it is due."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, case, func, or_, select

from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import Level, Limit, local_day
from harbour.domain.errors import Missing
from harbour.domain.promises import promise
from harbour.domain.settings import CommunitySettings
from harbour.domain.tasks import NOT_REPORTED, LeadKind
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.places import Compound
from harbour.models.proposals import Proposal
from harbour.models.tasks import Criterion, Milestone, Task

# Beyond this many open tasks of one lead nobody needs the exact number.
COUNTED = 1000


@dataclass(frozen=True)
class Load:
    """How much a lead has on its hands in this community."""

    open: int = 0
    overdue: int = 0
    rework: int = 0


@dataclass(frozen=True)
class LeadChoice:
    """One that could lead: ``value`` is what the input ``lead`` takes."""

    value: str
    kind: LeadKind
    name: str
    load: Load


@dataclass(frozen=True)
class LevelChoice:
    """A level with its limits, and the day it would be due if dispatched now."""

    level: Level
    accept: Limit
    handle: Limit | None
    due_on: date | None


@dataclass(frozen=True)
class DraftStart:
    """All a draft form begins with; ``no_firm``: the compound has no contract today."""

    compound_id: int
    compound: str
    proposal_number: str | None
    title: str
    place: str
    category: str | None
    level: Level
    levels: tuple[LevelChoice, ...]
    leads: tuple[LeadChoice, ...]
    suggested: str | None
    no_firm: bool

    @property
    def direct(self) -> bool:
        """Whether it comes from no proposal."""
        return self.proposal_number is None


def start_of_proposal(number: str, now: datetime, settings: CommunitySettings) -> DraftStart:
    """The beginning of a task from a proposal; Missing where there is none."""
    found = db.session.execute(
        select(
            Proposal.compound_id,
            Proposal.number,
            Proposal.title,
            Proposal.wording,
            Proposal.place,
            Proposal.category,
            Compound.name.label("compound"),
        )
        .join(Compound, Compound.id == Proposal.compound_id)
        .where(Proposal.number == number)
    ).first()
    if found is None:
        raise Missing
    title = (found.wording or found.title)[:120]
    matter = _Matter(found.number, title, found.place, found.category)
    return _start(found.compound_id, found.compound, matter, now, settings)


def start_of_compound(compound_id: int, now: datetime, settings: CommunitySettings) -> DraftStart:
    """The beginning of a direct task in a compound; Missing where there is none."""
    name = db.session.scalar(select(Compound.name).where(Compound.id == compound_id))
    if name is None:
        raise Missing
    return _start(compound_id, name, _Matter(None, "", "", None), now, settings)


@dataclass(frozen=True)
class _Matter:
    number: str | None
    title: str
    place: str
    category: str | None


def _start(
    compound_id: int, compound: str, matter: _Matter, now: datetime, settings: CommunitySettings
) -> DraftStart:
    leads = leads_of(compound_id, now)
    firms = [one.value for one in leads if one.kind is LeadKind.FIRM]
    suggested = {0: str(LeadKind.COMMUNITY), 1: firms[0] if firms else None}.get(len(firms))
    default = CATEGORIES[matter.category].default_level if matter.category else None
    return DraftStart(
        compound_id=compound_id,
        compound=compound,
        proposal_number=matter.number,
        title=matter.title,
        place=matter.place,
        category=matter.category,
        level=default or Level.NORMAL,
        levels=levels_at(now, settings),
        leads=leads,
        suggested=suggested,
        no_firm=not firms,
    )


def levels_at(now: datetime, settings: CommunitySettings) -> tuple[LevelChoice, ...]:
    """Every level with its limits and its due day for something dispatched now."""
    found = []
    for level in Level:
        limits = settings.limits[level]
        due = promise(now, level, settings, working_calendar()).due_at if limits.handle else None
        found.append(LevelChoice(level, limits.accept, limits.handle, due and local_day(due)))
    return tuple(found)


def leads_of(compound_id: int, now: datetime) -> tuple[LeadChoice, ...]:
    """Firms with a contract today, the community, its teams; each with what it has on its hands."""
    today = local_day(now)
    firms = db.session.execute(
        select(Firm.id, Firm.short_name)
        .join(ServiceContract, ServiceContract.firm_id == Firm.id)
        .where(
            ServiceContract.compound_id == compound_id,
            or_(ServiceContract.starts_on.is_(None), ServiceContract.starts_on <= today),
            or_(ServiceContract.ends_on.is_(None), ServiceContract.ends_on >= today),
        )
        .distinct()
        .order_by(Firm.id)
    ).all()
    teams = db.session.execute(
        select(VolunteerTeam.id, VolunteerTeam.name).order_by(VolunteerTeam.id)
    ).all()
    loads = _loads([firm.id for firm in firms], now)
    return (
        *(
            LeadChoice(
                f"firm:{firm.id}", LeadKind.FIRM, firm.short_name, loads.get(firm.id, Load())
            )
            for firm in firms
        ),
        LeadChoice("community", LeadKind.COMMUNITY, "", loads.get(None, Load())),
        *(LeadChoice(f"team:{team.id}", LeadKind.TEAM, team.name, Load()) for team in teams),
    )


def _loads(firm_ids: Iterable[int], now: datetime) -> Mapping[int | None, Load]:
    """The loads of these firms and (under None) of the community itself, in one statement."""
    open_tasks = (
        select(Task.lead_firm_id, Task.lead_kind, Task.state, Task.due_at, Task.round)
        .where(
            Task.is_open.is_(True),
            or_(
                Task.lead_firm_id.in_(tuple(firm_ids)),
                and_(Task.lead_firm_id.is_(None), Task.lead_kind == LeadKind.COMMUNITY),
            ),
        )
        .order_by(Task.due_at)
        .limit(COUNTED)
        .subquery()
    )
    over = and_(open_tasks.c.state.in_(sorted(NOT_REPORTED)), open_tasks.c.due_at < now)
    rows = db.session.execute(
        select(
            open_tasks.c.lead_firm_id,
            func.count().label("open"),
            func.sum(case((over, 1), else_=0)).label("overdue"),
            func.sum(case((open_tasks.c.round > 1, 1), else_=0)).label("rework"),
        ).group_by(open_tasks.c.lead_firm_id)
    )
    return {row.lead_firm_id: Load(row.open, row.overdue, row.rework) for row in rows}


def written(number: str) -> dict[str, object]:
    """What stands in a drafted task, by the names of its inputs; Missing where there is none."""
    row = db.session.execute(select(*_WRITTEN).where(Task.number == number)).first()
    if row is None:
        raise Missing
    lines = db.session.scalars(
        select(Criterion.text).where(Criterion.task_id == row.id).order_by(Criterion.position)
    )
    steps = db.session.execute(
        select(Milestone.due_on, Milestone.name)
        .where(Milestone.task_id == row.id)
        .order_by(Milestone.due_on, Milestone.id)
    )
    keys = {LeadKind.FIRM: row.lead_firm_id, LeadKind.TEAM: row.lead_team_id}
    key = keys.get(row.lead_kind)
    return {
        "task_title": row.title,
        "lead": row.lead_kind if key is None else f"{row.lead_kind}:{key}",
        "level": row.level,
        "due_on": local_day(row.due_at) if row.due_by_hand else None,
        "criteria": "\n".join(lines),
        "who_pays": row.who_pays,
        "public_sentence": row.public_sentence,
        "assistants": row.assistants,
        "milestones": "\n".join(f"{step.due_on} {step.name}" for step in steps),
    }


_WRITTEN = (
    Task.id,
    Task.title,
    Task.lead_kind,
    Task.lead_firm_id,
    Task.lead_team_id,
    Task.level,
    Task.due_by_hand,
    Task.due_at,
    Task.who_pays,
    Task.public_sentence,
    Task.assistants,
)
