"""The desk: who has filed, what was heard where, and one summary with all its concerns."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload, selectinload

from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import ONE_DAY, local_day
from harbour.domain.errors import Missing
from harbour.domain.settings import CommunitySettings
from harbour.domain.summaries import CONCERN, SUMMARY, Fate, SummaryState
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.people import Membership, User
from harbour.models.places import Building, Compound
from harbour.models.summaries import Concern, Summary
from harbour.queries import concerns, photos, relapses
from harbour.queries.concerns import ConcernLine, Earlier
from harbour.queries.photos import PhotoLine
from harbour.queries.visibility import visible

FILED = (SummaryState.SUBMITTED, SummaryState.ACCEPTED, SummaryState.RETURNED)
WAITING = (SummaryState.SUBMITTED, SummaryState.RETURNED)
WEEK = timedelta(days=7)
MONDAY = 1


@dataclass(frozen=True)
class SummaryLine:
    """A summary in a list."""

    id: int
    author: str
    compound: str
    period_start: date
    period_end: date
    state: str
    state_label: str
    nil: bool
    late: bool
    on_behalf: bool
    submitted_at: datetime | None
    answer_until: datetime | None
    concerns: int
    undecided: int


@dataclass(frozen=True)
class Filing:
    """One representative of a compound in a period: filed (and when), or not yet."""

    name: str
    summary: SummaryLine | None

    @property
    def pip(self) -> tuple[str, str]:
        """The filing square: yes, nil or no, and the name."""
        if self.summary is None or self.summary.state == SummaryState.DRAFT:
            return "no", self.name
        return ("nil" if self.summary.nil else "yes"), self.name


@dataclass(frozen=True)
class CompoundWeek:
    """A compound's period at the desk; ``silent`` are buildings not heard for the weeks set."""

    id: int
    name: str
    starts: date
    ends: date
    filings: tuple[Filing, ...]
    heard: tuple[str, ...]
    silent: tuple[str, ...]
    buildings: int

    @property
    def pips(self) -> tuple[tuple[str, str], ...]:
        """A filing square per representative."""
        return tuple(one.pip for one in self.filings)

    @property
    def waiting_for(self) -> tuple[str, ...]:
        """Who has not filed yet."""
        return tuple(one.name for one in self.filings if one.pip[0] == "no")

    @property
    def filed(self) -> tuple[SummaryLine, ...]:
        """The summaries handed in, in the order of the representatives."""
        return tuple(one.summary for one in self.filings if one.summary and one.pip[0] != "no")

    @property
    def late(self) -> tuple[str, ...]:
        """Who filed after the cut-off."""
        return tuple(one.author for one in self.filed if one.late)


@dataclass(frozen=True)
class DeskPage:
    """One week at the desk; ``earlier`` and ``later`` are days of the weeks beside it."""

    day: date
    earlier: date
    later: date | None
    compounds: tuple[CompoundWeek, ...]
    waiting: tuple[SummaryLine, ...]
    silent_weeks: int

    @property
    def to_read(self) -> int:
        """How many summaries wait to be read."""
        return sum(1 for one in self.waiting if one.state == SummaryState.SUBMITTED)

    @property
    def undecided(self) -> int:
        """How many of their concerns have no reply yet."""
        return sum(one.undecided for one in self.waiting)

    @property
    def not_filed(self) -> int:
        """How many representatives have not filed for the week shown."""
        return sum(len(one.waiting_for) for one in self.compounds)


def overview(actor: Actor, day: date, now: datetime, settings: CommunitySettings) -> DeskPage:
    """The periods before the meetings of the seven days from ``day`` on, and what waits."""
    compounds = db.session.scalars(select(Compound).order_by(Compound.code)).all()
    ids = [one.id for one in compounds]
    lines = _summaries(actor, Summary.period_end.between(day - ONE_DAY, day + 5 * ONE_DAY))
    waiting = [one for _, one in _summaries(actor, Summary.state.in_(WAITING))]
    people = _representatives(ids)
    heard = _heard(ids, day + 5 * ONE_DAY, settings.silent_weeks)
    buildings = _buildings(ids)
    weeks = []
    for one in compounds:
        filed = {user: found for (compound, user), found in lines if compound == one.id}
        weeks.append(
            _week(one, day, people.get(one.id, {}), filed, heard[one.id], buildings[one.id])
        )
    today = local_day(now)
    return DeskPage(
        day=day,
        earlier=day - WEEK,
        later=min(day + WEEK, today) if day < today else None,
        compounds=tuple(weeks),
        waiting=tuple(waiting),
        silent_weeks=settings.silent_weeks,
    )


def _week(
    compound: Compound,
    day: date,
    people: Mapping[int, str],
    filed: Mapping[int, SummaryLine],
    heard: Mapping[int, date],
    buildings: Mapping[int, str],
) -> CompoundWeek:
    names = {**{user: line.author for user, line in filed.items()}, **people}
    ahead = ((compound.meeting_weekday or MONDAY) - day.isoweekday()) % 7
    ends = next((one.period_end for one in filed.values()), day + ahead * ONE_DAY - ONE_DAY)
    starts = next((one.period_start for one in filed.values()), ends - 6 * ONE_DAY)
    return CompoundWeek(
        id=compound.id,
        name=compound.name,
        starts=starts,
        ends=ends,
        filings=tuple(Filing(name, filed.get(user)) for user, name in names.items()),
        heard=tuple(n for key, n in buildings.items() if heard.get(key, date.min) >= starts),
        silent=tuple(n for key, n in buildings.items() if key not in heard),
        buildings=len(buildings),
    )


def _summaries(actor: Actor, which: Any) -> list[tuple[tuple[int, int], SummaryLine]]:
    """Summaries with the numbers of their concerns, by compound and author (one statement)."""
    counted = (
        select(
            Concern.summary_id,
            func.count().label("every"),
            func.sum(case((Concern.state == Fate.OPEN, 1), else_=0)).label("undecided"),
        )
        .where(Concern.summary_id.in_(select(Summary.id).where(which)))
        .group_by(Concern.summary_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Summary, User.name, Compound.name, counted.c.every, counted.c.undecided)
        .join(User, User.id == Summary.author_id)
        .join(Compound, Compound.id == Summary.compound_id)
        .outerjoin(counted, counted.c.summary_id == Summary.id)
        .where(which, visible(Summary, SUMMARY, actor))
        .order_by(Summary.submitted_at, Summary.id)
    ).all()
    return [
        ((s.compound_id, s.author_id), _summary(s, author, compound, every or 0, open_ or 0))
        for s, author, compound, every, open_ in rows
    ]


def _summary(s: Summary, author: str, compound: str, every: int, undecided: int) -> SummaryLine:
    return SummaryLine(
        id=s.id,
        author=author,
        compound=compound,
        period_start=s.period_start,
        period_end=s.period_end,
        state=s.state,
        state_label=SUMMARY.labels[s.state],
        nil=s.nil,
        late=s.late,
        on_behalf=s.entered_by_id != s.author_id,
        submitted_at=s.submitted_at,
        answer_until=s.answer_until,
        concerns=every,
        undecided=undecided,
    )


def _representatives(compounds: Iterable[int]) -> dict[int, dict[int, str]]:
    """The names of each compound's representatives by their keys."""
    rows = db.session.execute(
        select(Membership.compound_id, User.id, User.name)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.role == Role.RESIDENT_REP,
            Membership.compound_id.in_(list(compounds)),
            Membership.ended_at.is_(None),
        )
        .order_by(User.sort_key, User.id)
    )
    found: dict[int, dict[int, str]] = {}
    for row in rows:
        found.setdefault(row.compound_id, {})[row.id] = row.name
    return found


def _heard(compounds: list[int], until: date, weeks: int) -> Mapping[int, dict[int, date]]:
    """When each building was last heard of, in the last ``weeks`` weeks up to a day."""
    rows = db.session.execute(
        select(Concern.compound_id, Concern.building_id, func.max(Summary.period_end).label("on"))
        .join(Summary, Summary.id == Concern.summary_id)
        .where(
            Concern.compound_id.in_(compounds),
            Concern.building_id.is_not(None),
            Summary.state.in_(FILED),
            Summary.period_end.between(until - weeks * WEEK + ONE_DAY, until),
        )
        .group_by(Concern.compound_id, Concern.building_id)
    )
    found: defaultdict[int, dict[int, date]] = defaultdict(dict)
    for row in rows:
        found[row.compound_id][row.building_id] = row.on
    return found


def _buildings(compounds: list[int]) -> Mapping[int, dict[int, str]]:
    rows = db.session.execute(
        select(Building.compound_id, Building.id, Building.name)
        .where(Building.compound_id.in_(compounds))
        .order_by(Building.sort_key, Building.id)
    )
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for row in rows:
        found[row.compound_id][row.id] = row.name
    return found


# ---- one summary, to be read --------------------------------------------------------------


@dataclass(frozen=True)
class ReadingPage:
    """A summary with every concern, its photos, and what it may have to do with."""

    id: int
    version: int
    line: SummaryLine
    compound_id: int
    entered_by: str | None
    visited: int | None
    heard: int | None
    solved_on_spot: str
    praise: str
    remarks: str
    question: str
    concerns: tuple[ConcernLine, ...]
    photos: Mapping[int, tuple[PhotoLine, ...]]
    alike: Mapping[int, tuple[Earlier, ...]]
    relapses: Mapping[int, tuple[Earlier, ...]]
    others: tuple[ConcernLine, ...]
    offers: tuple[Offer, ...]
    next_id: int | None

    @property
    def open(self) -> tuple[ConcernLine, ...]:
        """The concerns without a fate that may be decided on now."""
        return tuple(one for one in self.concerns if one.state == Fate.OPEN and one.offers)


def reading(
    actor: Actor, summary_id: int, now: datetime, settings: CommunitySettings
) -> ReadingPage:
    """A summary that has been handed in, or Missing."""
    summary = db.session.scalars(
        select(Summary)
        .where(Summary.id == summary_id, visible(Summary, SUMMARY, actor))
        .options(
            joinedload(Summary.author),
            joinedload(Summary.entered_by),
            joinedload(Summary.compound),
            selectinload(Summary.concerns).options(*concerns.placed(Concern)),
        )
    ).first()
    if summary is None or summary.state == SummaryState.DRAFT:
        raise Missing
    became = concerns.became(summary.concerns)
    lines = tuple(
        concerns.line(one, became.get(one.id), _offers(actor, one, became.get(one.id), now))
        for one in summary.concerns
    )
    texts = {one.id: concerns.words_of(one) for one in lines if one.state == Fate.OPEN}
    undecided = sum(1 for one in lines if one.state == Fate.OPEN)
    return ReadingPage(
        id=summary.id,
        version=summary.version,
        line=_summary(summary, summary.author.name, summary.compound.name, len(lines), undecided),
        compound_id=summary.compound_id,
        entered_by=summary.entered_by.name if summary.entered_by_id != summary.author_id else None,
        visited=summary.visited,
        heard=summary.heard,
        solved_on_spot=summary.solved_on_spot,
        praise=summary.praise,
        remarks=summary.remarks,
        question=summary.question,
        concerns=lines,
        photos=photos.of("concern", [one.id for one in lines]),
        alike=concerns.alike(
            actor, summary.compound_id, texts, now, settings.duplicate_window_days
        ),
        relapses=relapses.offered(
            actor,
            summary.compound_id,
            (one for one in summary.concerns if one.id in texts),
            now,
            settings.relapse_window_days,
        ),
        others=concerns.undecided(actor, summary.compound_id, [one.id for one in lines])
        if texts
        else (),
        offers=SUMMARY.offers(actor, summary.subject(), now),
        next_id=_next(actor, summary.id),
    )


def _offers(
    actor: Actor, concern: Concern, became: Earlier | None, now: datetime
) -> tuple[Offer, ...]:
    """The fates open to the reader, without asking for each concern's proposal anew."""
    state = became.state if became and became.kind == "proposal" else None
    subject = concern.subject(state if concern.state == Fate.PROPOSED else None)
    # That something came back is offered beside the task it comes from, and only there.
    return tuple(one for one in CONCERN.offers(actor, subject, now) if one.name != "relapse")


def _next(actor: Actor, besides: int) -> int | None:
    """The summary that has waited longest after this one."""
    return db.session.scalar(
        select(Summary.id)
        .where(
            Summary.state == SummaryState.SUBMITTED,
            Summary.id != besides,
            visible(Summary, SUMMARY, actor),
        )
        .order_by(Summary.submitted_at, Summary.id)
        .limit(1)
    )
