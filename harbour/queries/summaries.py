"""Summaries as their authors see them: this week's, the earlier ones, one with all its concerns."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import past
from harbour.domain.errors import Missing
from harbour.domain.reach import in_own_compounds
from harbour.domain.summaries import CONCERN, REFERRED_TO_LABELS, SUMMARY, Fate, SummaryState
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.people import Membership, User
from harbour.models.places import Compound
from harbour.models.subjects import of_summary, settings_of
from harbour.models.summaries import Concern, Summary
from harbour.models.upcoming import next_meeting, unheard
from harbour.queries import photos
from harbour.queries.photos import PhotoLine
from harbour.queries.visibility import visible

PAGE = 20
FILED = frozenset({SummaryState.SUBMITTED, SummaryState.ACCEPTED})


@dataclass(frozen=True)
class Upcoming:
    """The next meeting of a compound and how the actor's summary for it stands."""

    compound_id: int
    compound: str
    place: str
    meeting_id: int | None
    meeting_at: datetime | None
    cutoff_at: datetime
    period_start: date
    period_end: date
    too_late: bool
    summary_id: int | None
    state: str | None
    concerns: int
    nil: bool
    late: bool

    @property
    def filed(self) -> bool:
        """Whether the actor's summary has been handed in."""
        return self.state in FILED

    @property
    def state_label(self) -> str | None:
        """The word of the summary's state, to be translated."""
        return None if self.state is None else SUMMARY.labels[self.state]


@dataclass(frozen=True)
class SummaryLine:
    """One of the actor's own summaries."""

    id: int
    compound: str
    author: str
    on_behalf: bool
    period_start: date
    period_end: date
    state: str
    state_label: str
    nil: bool
    late: bool
    concerns: int
    replied: int


@dataclass(frozen=True)
class ConcernView:
    """A concern with what became of it; ``lacking`` says that it cannot be submitted yet."""

    id: int
    version: int
    place_in_list: int
    number: str | None
    state: str
    state_label: str
    title: str
    words: str
    category: str
    where: tuple[str, ...]
    voices: int
    households: int
    source: str
    urgency: str
    remedy: str
    same_as: str
    lacking: bool
    editable: bool
    photos: tuple[PhotoLine, ...]
    reply: str
    referred_to: str | None
    referred_name: str
    answer_on: date | None
    decided_at: datetime | None


@dataclass(frozen=True)
class SummaryPage:
    """A summary with its header, its concerns and what the actor may do."""

    id: int
    version: int
    compound_id: int
    compound: str
    author: str
    entered_by: str | None
    state: str
    state_label: str
    period_start: date
    period_end: date
    cutoff_at: datetime
    too_late: bool
    late: bool
    nil: bool
    visited: int | None
    heard: int | None
    solved_on_spot: str
    praise: str
    remarks: str
    question: str
    answer_until: datetime | None
    submitted_at: datetime | None
    meeting_id: int | None
    meeting_at: datetime | None
    concerns: tuple[ConcernView, ...]
    offers: Mapping[str, Offer]


@dataclass(frozen=True)
class Representative:
    """Somebody for whom staff may type a summary in."""

    user_id: int
    name: str
    compound_id: int
    compound: str


def upcoming(actor: Actor, compound_id: int, now: datetime) -> Upcoming:
    """The next meeting of one of the actor's compounds, the cut-off, and whether they filed."""
    compound = db.session.scalars(select(Compound).where(Compound.id == compound_id)).first()
    if compound is None or not in_own_compounds(actor, _Here(compound.id)):
        raise Missing
    coming = next_meeting(compound, settings_of(compound.community_id), now)
    period = coming.period
    mine = db.session.scalars(
        select(Summary)
        .where(
            Summary.author_id == actor.user_id,
            Summary.compound_id == compound.id,
            Summary.period_end >= period.start,
            Summary.period_start <= period.end,
            unheard(coming),
        )
        .order_by(Summary.period_start.desc())
        .options(selectinload(Summary.concerns))
    ).all()
    summary = next(
        (
            one
            for one in mine
            if (one.meeting_id is not None and one.meeting_id == coming.id)
            or period.shares_most_with(one.period_start, one.period_end)
        ),
        None,
    )
    return Upcoming(
        compound_id=compound.id,
        compound=compound.name,
        place=coming.place,
        meeting_id=coming.id,
        meeting_at=coming.at,
        cutoff_at=period.cutoff_at,
        period_start=period.start,
        period_end=period.end,
        too_late=past(period.cutoff_at, now),
        summary_id=summary.id if summary else None,
        state=summary.state if summary else None,
        concerns=len(summary.concerns) if summary else 0,
        nil=summary.nil if summary else False,
        late=summary.late if summary else False,
    )


def coming_up(actor: Actor, now: datetime) -> tuple[Upcoming, ...]:
    """``upcoming`` of each compound the actor represents."""
    return tuple(upcoming(actor, one, now) for one in sorted(actor.compound_ids))


@dataclass(frozen=True)
class _Here:
    compound_id: int


def mine(actor: Actor, older_than: int | None = None) -> tuple[tuple[SummaryLine, ...], int | None]:
    """The actor's own summaries and those they typed in, newest first; the key of the next page."""
    replied = (
        select(func.count())
        .where(Concern.summary_id == Summary.id, Concern.state != Fate.OPEN)
        .correlate(Summary)
        .scalar_subquery()
    )
    concerns = (
        select(func.count())
        .where(Concern.summary_id == Summary.id)
        .correlate(Summary)
        .scalar_subquery()
    )
    asked = (
        select(Summary, concerns, replied)
        .where(
            visible(Summary, SUMMARY, actor),
            or_(Summary.author_id == actor.user_id, Summary.entered_by_id == actor.user_id),
        )
        .options(joinedload(Summary.compound), joinedload(Summary.author))
        .order_by(Summary.id.desc())
        .limit(PAGE + 1)
    )
    if older_than is not None:
        asked = asked.where(Summary.id < older_than)
    rows = db.session.execute(asked).all()
    lines = tuple(_line(summary, count, done, actor) for summary, count, done in rows[:PAGE])
    return lines, lines[-1].id if len(rows) > PAGE else None


def _line(summary: Summary, concerns: int, replied: int, actor: Actor) -> SummaryLine:
    return SummaryLine(
        id=summary.id,
        compound=summary.compound.name,
        author=summary.author.name,
        on_behalf=summary.entered_by_id != summary.author_id,
        period_start=summary.period_start,
        period_end=summary.period_end,
        state=summary.state,
        state_label=SUMMARY.labels[summary.state],
        nil=summary.nil,
        late=summary.late,
        concerns=concerns,
        replied=replied,
    )


def page(actor: Actor, summary_id: int, now: datetime) -> SummaryPage:
    """One summary, if the actor may know of it; else Missing."""
    summary = db.session.scalars(
        select(Summary)
        .where(Summary.id == summary_id)
        .options(
            joinedload(Summary.compound),
            joinedload(Summary.author),
            joinedload(Summary.entered_by),
            selectinload(Summary.concerns).options(
                joinedload(Concern.sub_area), joinedload(Concern.building), joinedload(Concern.unit)
            ),
        )
    ).first()
    if summary is None or not SUMMARY.shows(actor, of_summary(summary)):
        raise Missing
    meeting_at = _meeting_at(summary)
    offers = SUMMARY.offers(actor, of_summary(summary), now)
    return SummaryPage(
        id=summary.id,
        version=summary.version,
        compound_id=summary.compound_id,
        compound=summary.compound.name,
        author=summary.author.name,
        entered_by=(
            None if summary.entered_by_id == summary.author_id else summary.entered_by.name
        ),
        state=summary.state,
        state_label=SUMMARY.labels[summary.state],
        period_start=summary.period_start,
        period_end=summary.period_end,
        cutoff_at=summary.cutoff_at,
        too_late=past(summary.cutoff_at, now),
        late=summary.late,
        nil=summary.nil,
        visited=summary.visited,
        heard=summary.heard,
        solved_on_spot=summary.solved_on_spot,
        praise=summary.praise,
        remarks=summary.remarks,
        question=summary.question,
        answer_until=summary.answer_until,
        submitted_at=summary.submitted_at,
        meeting_id=summary.meeting_id,
        meeting_at=meeting_at,
        concerns=concern_views(summary.concerns, editable="edit" in {one.name for one in offers}),
        offers={one.name: one for one in offers},
    )


def _meeting_at(summary: Summary) -> datetime | None:
    if summary.meeting_id is None:
        return None
    return db.session.scalar(select(Meeting.starts_at).where(Meeting.id == summary.meeting_id))


def concern_views(concerns: list[Concern], *, editable: bool) -> tuple[ConcernView, ...]:
    """Concerns in their order, with their photos (one statement)."""
    pictures = photos.of("concern", [one.id for one in concerns])
    return tuple(
        _view(place, one, pictures.get(one.id, ()), editable=editable)
        for place, one in enumerate(concerns, 1)
    )


def _view(
    place: int, concern: Concern, pictures: tuple[PhotoLine, ...], *, editable: bool
) -> ConcernView:
    around = (concern.sub_area, concern.building, concern.unit)
    return ConcernView(
        id=concern.id,
        version=concern.version,
        place_in_list=place,
        number=concern.number,
        state=concern.state,
        state_label=CONCERN.labels[concern.state],
        title=concern.title,
        words=concern.words,
        category=concern.category,
        where=tuple(one.name for one in around if one)
        + ((concern.place,) if concern.place else ()),
        voices=concern.voices,
        households=concern.households,
        source=concern.source,
        urgency=concern.urgency,
        remedy=concern.remedy,
        same_as=concern.same_as,
        lacking=not (concern.title and concern.category),
        editable=editable and concern.state == Fate.OPEN,
        photos=pictures,
        reply=concern.reply,
        referred_to=(
            None if concern.referred_to is None else REFERRED_TO_LABELS[concern.referred_to]  # type: ignore[index]
        ),
        referred_name=concern.referred_name,
        answer_on=concern.answer_on,
        decided_at=concern.decided_at,
    )


def representatives(actor: Actor) -> tuple[Representative, ...]:
    """The representatives of the actor's community, by compound and name."""
    rows = db.session.execute(
        select(
            User.id, User.name, Compound.id.label("compound_id"), Compound.name.label("compound")
        )
        .join(Membership, Membership.user_id == User.id)
        .join(Compound, Compound.id == Membership.compound_id)
        .where(
            Membership.role == Role.RESIDENT_REP,
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
            Compound.community_id == actor.community_id,
        )
        .order_by(Compound.code, User.sort_key, User.id)
    ).all()
    return tuple(Representative(r.id, r.name, r.compound_id, r.compound) for r in rows)
