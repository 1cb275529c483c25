"""Who is due at a meeting, who is there, and who came without being on the list."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from harbour.domain.actors import STAFF, Actor, Role
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Invalid, Missing
from harbour.domain.meetings import Capacity, MeetingState, Presence, Way
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract
from harbour.models.meetings import Attendee, Meeting
from harbour.models.people import Membership, User
from harbour.models.places import Community
from harbour.services.lifecycle import Inputs

THERE = frozenset({Presence.PRESENT, Presence.OBSERVER})
# A meeting of a compound is no mass assembly; a list beyond this is a mistake.
MOST = 400


@dataclass(frozen=True)
class Entitled:
    """Somebody whose role makes them due at a compound's meetings."""

    user_id: int
    name: str
    unit_name: str
    capacity: Capacity
    voting: bool = False


def entitled(meeting: Meeting) -> tuple[Entitled, ...]:
    """Everybody due by their role: representatives vote; community and firm attend."""
    day = local_day(meeting.starts_at)
    served = select(ServiceContract.firm_id).where(
        ServiceContract.compound_id == meeting.compound_id,
        or_(ServiceContract.starts_on.is_(None), ServiceContract.starts_on <= day),
        or_(ServiceContract.ends_on.is_(None), ServiceContract.ends_on >= day),
    )
    firms = list(db.session.scalars(served))
    rows = db.session.execute(
        select(Membership, User.name, Firm.short_name, Community.name.label("community"))
        .join(User, User.id == Membership.user_id)
        .outerjoin(Firm, Firm.id == Membership.firm_id)
        .outerjoin(Community, Community.id == Membership.community_id)
        .where(
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
            or_(
                (Membership.role == Role.RESIDENT_REP)
                & (Membership.compound_id == meeting.compound_id),
                Membership.role.in_(sorted(STAFF))
                & (Membership.community_id == meeting.community_id),
                (Membership.role == Role.FIRM_MANAGER) & Membership.firm_id.in_(firms),
            ),
        )
        .order_by(User.sort_key, Membership.id)
    ).all()
    found: dict[int, Entitled] = {}
    for member, name, firm, community in rows:
        one = _entitled(member, name, firm, community)
        # Who holds several roles is due once; the one that votes counts.
        if one.user_id not in found or one.voting > found[one.user_id].voting:
            found[one.user_id] = one
    order = list(Capacity)
    return tuple(sorted(found.values(), key=lambda one: order.index(one.capacity)))


def _entitled(member: Membership, name: str, firm: str | None, community: str | None) -> Entitled:
    if member.role == Role.RESIDENT_REP:
        committee = member.owners_committee
        capacity = Capacity.OWNERS_COMMITTEE if committee else Capacity.REPRESENTATIVE
        return Entitled(member.user_id, name, member.title, capacity, voting=True)
    if member.role == Role.FIRM_MANAGER:
        return Entitled(member.user_id, name, firm or "", Capacity.FIRM)
    return Entitled(member.user_id, name, community or "", Capacity.COMMUNITY)


def draw_up(meeting: Meeting) -> None:
    """Bring the list of those due in step with who holds a role now; who came stays on it."""
    due = {one.user_id: one for one in entitled(meeting)}
    listed = {one.user_id: one for one in everybody(meeting.id) if one.user_id is not None}
    for user_id, one in due.items():
        if user_id not in listed:
            db.session.add(
                Attendee(
                    community_id=meeting.community_id, meeting_id=meeting.id, user_id=user_id,
                    name=one.name, unit_name=one.unit_name, capacity=one.capacity,
                    voting=one.voting, presence=Presence.DUE, way=Way.ON_SITE,
                )
            )  # fmt: skip
    for user_id, attendee in listed.items():
        if user_id not in due and attendee.presence == Presence.DUE:
            db.session.delete(attendee)
    db.session.flush()
    db.session.expire(meeting, ["attendees"])


def everybody(meeting_id: int) -> list[Attendee]:
    """The list of a meeting, in the order it was drawn up."""
    return list(
        db.session.scalars(
            select(Attendee).where(Attendee.meeting_id == meeting_id).order_by(Attendee.id)
        )
    )


def attend(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Write down who is there: ``attendance`` maps an attendee's key to what changes.

    What changes is ``presence``, ``way`` and ``left``; who is not named stays as they are.
    """
    changes: Mapping[object, Mapping[str, object]] = inputs["attendance"]
    listed = {one.id: one for one in everybody(meeting.id)}
    for key, change in changes.items():
        attendee = listed.get(int(str(key)))
        if attendee is None:
            raise Missing
        if "presence" in change:
            _settle(attendee, Presence(str(change["presence"])), now)
        if "way" in change:
            attendee.way = Way(str(change["way"]))
        if "left" in change:
            attendee.left_at = now if change["left"] and attendee.presence in THERE else None


def _settle(attendee: Attendee, presence: Presence, now: datetime) -> None:
    attendee.presence = presence
    if presence in THERE:
        attendee.signed_in_at = attendee.signed_in_at or now
    else:
        attendee.signed_in_at = None
        attendee.left_at = None


def invite(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Put somebody on the list who has no account; once it has begun they are there."""
    if len(everybody(meeting.id)) >= MOST:
        raise Invalid("attendee_name", N_("The list is full. Take somebody else off it first."))
    voting = bool(inputs.get("voting"))
    attendee = Attendee(
        community_id=meeting.community_id, meeting_id=meeting.id, user_id=None,
        name=inputs["attendee_name"], unit_name=inputs.get("unit_name") or "",
        capacity=inputs.get("capacity") or Capacity.GUEST, voting=voting,
        presence=Presence.DUE, way=Way.ON_SITE,
    )  # fmt: skip
    if meeting.state == MeetingState.IN_SESSION:
        _settle(attendee, Presence.PRESENT if voting else Presence.OBSERVER, now)
    db.session.add(attendee)
    db.session.flush()
    db.session.expire(meeting, ["attendees"])


def sign_in(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Sign oneself in; coming back after leaving early counts again."""
    mine = next(one for one in everybody(meeting.id) if one.user_id == actor.user_id)
    _settle(mine, Presence.PRESENT, now)
    mine.left_at = None
    mine.way = Way(inputs.get("way") or Way.ON_SITE)


EFFECTS = {"attend": attend, "invite": invite, "sign_in": sign_in}
