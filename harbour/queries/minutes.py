"""The minutes as read: the text, who answered, the final revisions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.errors import Missing
from harbour.domain.meetings import MEETING, SIDE_LABELS, MeetingState, Side
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.meetings import Meeting, MinutesRevision
from harbour.models.people import User
from harbour.models.places import Community, Street
from harbour.models.subjects import of_meeting
from harbour.queries.meetings import Head, found, head_of


@dataclass(frozen=True)
class Answer:
    """What one attendee said of the text; an objection has words."""

    name: str
    objection: str
    at: datetime


@dataclass(frozen=True)
class SideLine:
    """One of the three sides, with what came from it."""

    label: str
    answers: tuple[Answer, ...]

    @property
    def objected(self) -> bool:
        """Whether somebody of this side found something wrong."""
        return any(one.objection for one in self.answers)


@dataclass(frozen=True)
class RevisionLine:
    """One final text."""

    revision: int
    text: str
    public_text: str
    reason: str
    made_at: datetime
    made_by: str
    ledger_head: str


@dataclass(frozen=True)
class MinutesPage:
    """The minutes of a meeting as they stand."""

    head: Head
    text: str
    public_text: str
    sides: tuple[SideLine, ...]
    time_up: bool
    revisions: tuple[RevisionLine, ...]
    offers: tuple[Offer, ...]
    compounds_firm: str
    street: str

    @property
    def latest(self) -> RevisionLine | None:
        """The final text in force."""
        return self.revisions[-1] if self.revisions else None


def page(actor: Actor, number: str, now: datetime) -> MinutesPage:
    """The minutes; Missing before the meeting has ended."""
    meeting = found(actor, number)
    if meeting.ended_at is None:
        raise Missing
    firms = {one.unit_name for one in meeting.attendees if one.capacity == "firm"}
    return MinutesPage(
        head=head_of(meeting),
        text=meeting.minutes_text,
        public_text=meeting.minutes_public,
        sides=_sides(meeting),
        time_up=meeting.confirm_until is not None and now > meeting.confirm_until,
        revisions=_revisions(meeting),
        offers=MEETING.offers(actor, of_meeting(meeting), now),
        compounds_firm="、".join(sorted(one for one in firms if one)),
        street=_street(meeting),
    )


def revision(actor: Actor, number: str, which: int, now: datetime) -> tuple[Head, RevisionLine]:
    """One final text of the minutes, or Missing."""
    found_page = page(actor, number, now)
    for one in found_page.revisions:
        if one.revision == which:
            return found_page.head, one
    raise Missing


def _street(meeting: Meeting) -> str:
    """The street office the minutes are sent to."""
    return db.session.scalars(
        select(Street.name)
        .join(Community, Community.street_id == Street.id)
        .where(Community.id == meeting.community_id)
    ).one()


def _sides(meeting: Meeting) -> tuple[SideLine, ...]:
    if meeting.state in (MeetingState.MINUTED, MeetingState.CANCELLED):
        return ()
    return tuple(
        SideLine(
            SIDE_LABELS[side],
            tuple(
                Answer(one.name, one.objection, one.at)
                for one in meeting.opinions
                if one.side == side
            ),
        )
        for side in Side
    )


def _revisions(meeting: Meeting) -> tuple[RevisionLine, ...]:
    if meeting.finalised_at is None:
        return ()
    rows = db.session.execute(
        select(MinutesRevision, User.name)
        .outerjoin(User, User.id == MinutesRevision.made_by_id)
        .where(MinutesRevision.meeting_id == meeting.id)
        .order_by(MinutesRevision.revision)
    )
    return tuple(
        RevisionLine(
            one.revision, one.text, one.public_text, one.reason, one.made_at, name or "",
            one.ledger_head,
        )
        for one, name in rows
    )  # fmt: skip
