"""Meetings as lists and as one page: how each stands, and what one may do with it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from harbour.domain.actors import Actor
from harbour.domain.calendar import DAY_WORDS
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Missing
from harbour.domain.meetings import (
    CAPACITY_LABELS,
    KIND_LABELS,
    MEETING,
    PRESENCE_LABELS,
    WAY_LABELS,
    Capacity,
    MeetingKind,
    MeetingState,
    Presence,
    Way,
    needed,
)
from harbour.domain.reach import COMPOUND_BOUND
from harbour.domain.series import Slot, frozen_from, next_slot
from harbour.domain.settings import CommunitySettings
from harbour.domain.text import N_, Text
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Attendee, Meeting
from harbour.models.places import Compound
from harbour.models.subjects import of_meeting
from harbour.queries.visibility import visible

UPCOMING = (MeetingState.IN_SESSION, MeetingState.SCHEDULED)
A_PAGE = 20
MOST_UPCOMING = 60
TITLE = N_("%(compound)s, %(year)s no. %(issue)s")


@dataclass(frozen=True)
class Head:
    """What every page says of a meeting."""

    id: int
    number: str
    year: int
    issue_no: int
    compound_id: int
    compound: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    starts_at: datetime
    planned_minutes: int
    place: str
    chair: str
    recorder: str
    reason: str
    opened_at: datetime | None
    ended_at: datetime | None
    confirm_until: datetime | None
    notice_until: date | None
    published_at: datetime | None
    day_word: str | None
    version: int

    @property
    def held_on(self) -> date:
        """Its day in Shanghai."""
        return local_day(self.starts_at)

    @property
    def title(self) -> Text:
        """Its name: compound, year and issue."""
        facts = {"compound": self.compound, "year": self.year, "issue": self.issue_no}
        return Text(TITLE, facts)


@dataclass(frozen=True)
class AttendeeLine:
    """One person of the list."""

    id: int
    name: str
    unit_name: str
    capacity: str
    capacity_label: str
    voting: bool
    presence: str
    presence_label: str
    way: str
    way_label: str
    signed_in_at: datetime | None
    left_at: datetime | None
    has_account: bool
    is_me: bool

    @property
    def there(self) -> bool:
        """Whether they are in the room, or were until they left."""
        return self.presence in (Presence.PRESENT, Presence.OBSERVER)


@dataclass(frozen=True)
class Quorum:
    """Voting members due and present, and how many must be there."""

    due: int
    present: int
    needed: int

    @property
    def reached(self) -> bool:
        """Whether something may be adopted."""
        return self.needed > 0 and self.present >= self.needed


@dataclass(frozen=True)
class MeetingLine:
    """A meeting in a list."""

    head: Head
    present: int
    due: int


@dataclass(frozen=True)
class Meetings:
    """What is to come, then what was, newest first; ``older`` and ``newer`` are keys."""

    upcoming: tuple[MeetingLine, ...]
    past: tuple[MeetingLine, ...]
    older: str | None
    newer: str | None


@dataclass(frozen=True)
class SlotLine:
    """The next meeting of a compound's weekly slot, not made yet."""

    compound_id: int
    compound: str
    slot: Slot


@dataclass(frozen=True)
class MeetingPage:
    """A meeting as its page shows it."""

    head: Head
    attendees: tuple[AttendeeLine, ...]
    quorum: Quorum
    offers: tuple[Offer, ...]
    frozen_from: datetime
    has_minutes: bool
    items: int
    undecided: int

    @property
    def me(self) -> AttendeeLine | None:
        """The reader's own line on the list."""
        return next((one for one in self.attendees if one.is_me), None)


def head_of(meeting: Meeting) -> Head:
    """The facts of a loaded meeting."""
    special = working_calendar().day_kind(local_day(meeting.starts_at))
    return Head(
        id=meeting.id,
        number=meeting.number,
        year=meeting.year,
        issue_no=meeting.issue_no,
        compound_id=meeting.compound_id,
        compound=meeting.compound.name,
        kind=meeting.kind,
        kind_label=KIND_LABELS[MeetingKind(meeting.kind)],
        state=meeting.state,
        state_label=MEETING.labels[meeting.state],
        starts_at=meeting.starts_at,
        planned_minutes=meeting.planned_minutes,
        place=meeting.place,
        chair=meeting.chair.name if meeting.chair else "",
        recorder=meeting.recorder,
        reason=meeting.reason,
        opened_at=meeting.opened_at,
        ended_at=meeting.ended_at,
        confirm_until=meeting.confirm_until,
        notice_until=meeting.notice_until,
        published_at=meeting.published_at,
        day_word=None if special is None else DAY_WORDS[special],
        version=meeting.version,
    )


def found(actor: Actor, number: str) -> Meeting:
    """The meeting with all its lists, as far as the actor may know of it; else Missing."""
    meeting = db.session.scalars(
        select(Meeting)
        .where(Meeting.number == number, visible(Meeting, MEETING, actor))
        .options(
            joinedload(Meeting.compound),
            joinedload(Meeting.chair),
            selectinload(Meeting.attendees),
            selectinload(Meeting.items),
            selectinload(Meeting.opinions),
        )
    ).first()
    if meeting is None:
        raise Missing
    return meeting


def attendee_lines(meeting: Meeting, actor: Actor) -> tuple[AttendeeLine, ...]:
    """The list of a loaded meeting: by capacity, then as it was drawn up."""
    order = list(Capacity)
    ranked = sorted(
        meeting.attendees, key=lambda one: (order.index(Capacity(one.capacity)), one.id)
    )
    return tuple(_attendee(one, actor) for one in ranked)


def _attendee(one: Attendee, actor: Actor) -> AttendeeLine:
    return AttendeeLine(
        id=one.id,
        name=one.name,
        unit_name=one.unit_name,
        capacity=one.capacity,
        capacity_label=CAPACITY_LABELS[Capacity(one.capacity)],
        voting=one.voting,
        presence=one.presence,
        presence_label=PRESENCE_LABELS[Presence(one.presence)],
        way=one.way,
        way_label=WAY_LABELS[Way(one.way)],
        signed_in_at=one.signed_in_at,
        left_at=one.left_at,
        has_account=one.user_id is not None,
        is_me=one.user_id is not None and one.user_id == actor.user_id,
    )


def quorum_of(meeting: Meeting, settings: CommunitySettings) -> Quorum:
    """The quorum of a loaded meeting, as it stands now."""
    voters = [one for one in meeting.attendees if one.voting]
    here = [one for one in voters if one.presence == Presence.PRESENT and one.left_at is None]
    share = settings.quorum
    return Quorum(len(voters), len(here), needed(len(voters), share.numerator, share.denominator))


def page(actor: Actor, number: str, now: datetime, settings: CommunitySettings) -> MeetingPage:
    """One meeting, with what the actor may do now."""
    meeting = found(actor, number)
    return MeetingPage(
        head=head_of(meeting),
        attendees=attendee_lines(meeting, actor),
        quorum=quorum_of(meeting, settings),
        offers=MEETING.offers(actor, of_meeting(meeting), now),
        frozen_from=frozen_from(meeting.starts_at, settings.agenda_freeze_days),
        has_minutes=bool(meeting.minutes_text),
        items=len(meeting.items),
        undecided=sum(1 for item in meeting.items if item.outcome is None),
    )


# ---- lists ----------------------------------------------------------------------------------


def listing(
    actor: Actor,
    *,
    state: str | None = None,
    compound_id: int | None = None,
    before: str | None = None,
    after: str | None = None,
) -> Meetings:
    """The meetings the actor may know of; ``before`` and ``after`` are numbers of meetings."""
    mine = select(Meeting).where(visible(Meeting, MEETING, actor))
    if compound_id is not None:
        mine = mine.where(Meeting.compound_id == compound_id)
    if state:
        mine = mine.where(Meeting.state == state)
    mine = mine.options(joinedload(Meeting.compound), joinedload(Meeting.chair))
    upcoming: list[Meeting] = []
    if before is None and after is None:
        upcoming = list(
            db.session.scalars(
                mine.where(Meeting.state.in_(UPCOMING))
                .order_by(Meeting.starts_at, Meeting.id)
                .limit(MOST_UPCOMING)
            )
        )
    gone = mine.where(Meeting.state.not_in(UPCOMING))
    past, older, newer = _paged(gone, before, after)
    counts = _counts([one.id for one in (*upcoming, *past)])
    return Meetings(
        tuple(_line(one, counts) for one in upcoming),
        tuple(_line(one, counts) for one in past),
        older,
        newer,
    )


def _paged(
    gone: Select[Meeting], before: str | None, after: str | None
) -> tuple[list[Meeting], str | None, str | None]:
    """One page by key, newest first, and the keys of its neighbours."""
    newest = (Meeting.starts_at.desc(), Meeting.id.desc())
    edge = _edge(before or after)
    if edge is None:
        rows = list(db.session.scalars(gone.order_by(*newest).limit(A_PAGE + 1)))
        return rows[:A_PAGE], rows[A_PAGE - 1].number if len(rows) > A_PAGE else None, None
    at, key = edge
    if before:
        beyond = or_(Meeting.starts_at < at, and_(Meeting.starts_at == at, Meeting.id < key))
        rows = list(db.session.scalars(gone.where(beyond).order_by(*newest).limit(A_PAGE + 1)))
        more, rows = len(rows) > A_PAGE, rows[:A_PAGE]
        return rows, rows[-1].number if more else None, rows[0].number if rows else None
    beyond = or_(Meeting.starts_at > at, and_(Meeting.starts_at == at, Meeting.id > key))
    oldest = (Meeting.starts_at, Meeting.id)
    rows = list(db.session.scalars(gone.where(beyond).order_by(*oldest).limit(A_PAGE + 1)))
    more, rows = len(rows) > A_PAGE, rows[:A_PAGE][::-1]
    return rows, rows[-1].number if rows else None, rows[0].number if more else None


def _edge(number: str | None) -> tuple[datetime, int] | None:
    if not number:
        return None
    row = db.session.execute(
        select(Meeting.starts_at, Meeting.id).where(Meeting.number == number)
    ).first()
    return None if row is None else (row.starts_at, row.id)


def _counts(meeting_ids: list[int]) -> dict[int, tuple[int, int]]:
    if not meeting_ids:
        return {}
    rows = db.session.execute(
        select(
            Attendee.meeting_id,
            func.count(),
            func.count().filter(Attendee.presence == Presence.PRESENT),
        )
        .where(Attendee.meeting_id.in_(meeting_ids), Attendee.voting.is_(True))
        .group_by(Attendee.meeting_id)
    )
    return {key: (due, present) for key, due, present in rows}


def _line(meeting: Meeting, counts: dict[int, tuple[int, int]]) -> MeetingLine:
    due, present = counts.get(meeting.id, (0, 0))
    return MeetingLine(head_of(meeting), present, due)


def compounds(actor: Actor) -> tuple[tuple[int, str], ...]:
    """The compounds the actor has to do with, by key and name."""
    mine = select(Compound.id, Compound.name).where(Compound.community_id == actor.community_id)
    if actor.role in COMPOUND_BOUND:
        mine = mine.where(Compound.id.in_(sorted(actor.compound_ids)))
    rows = db.session.execute(mine.order_by(Compound.code))
    return tuple((row.id, row.name) for row in rows)


def slots(actor: Actor, now: datetime) -> tuple[SlotLine, ...]:
    """The next meeting of each weekly slot of the community."""
    rows = db.session.scalars(
        select(Compound)
        .where(Compound.community_id == actor.community_id, Compound.meeting_weekday.is_not(None))
        .order_by(Compound.code)
    ).all()
    made = db.session.execute(
        select(Meeting.compound_id, func.max(Meeting.starts_at))
        .where(
            Meeting.kind == MeetingKind.WEEKLY,
            Meeting.compound_id.in_([one.id for one in rows]),
        )
        .group_by(Meeting.compound_id)
    )
    last = {row[0]: row[1] for row in made}
    found_slots = []
    for one in rows:
        if one.meeting_weekday is None or one.meeting_time is None:
            continue
        taken = local_day(last[one.id]) if one.id in last else None
        slot = next_slot(one.meeting_weekday, one.meeting_time, now, taken, working_calendar())
        found_slots.append(SlotLine(one.id, one.name, slot))
    return tuple(found_slots)
