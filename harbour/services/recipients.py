"""Who the recipients of the table of notices are for one thing: found with a statement each."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select

from harbour.domain.actors import STAFF, Role
from harbour.domain.deadlines import local_day
from harbour.domain.notices import To
from harbour.domain.summaries import SummaryState
from harbour.domain.tasks import LeadKind
from harbour.extensions import db
from harbour.models.meetings import Attendee
from harbour.models.people import Membership
from harbour.models.places import Community
from harbour.models.subjects import raised_by
from harbour.models.summaries import Summary
from harbour.models.tasks import Task

Found = frozenset[int]
NOBODY: Found = frozenset()
HALF_A_WEEK = timedelta(days=3)


def behind(thing: Any) -> Any:
    """The task a request is about; every other thing is what it is about itself."""
    if hasattr(thing, "task_id") and thing.subject_kind != "concern":
        return db.session.scalars(select(Task).where(Task.id == thing.task_id)).first() or thing
    return thing


def recipients(to: To, thing: Any) -> Found:
    """The users who are to be told, the actor among them perhaps."""
    return _FIND[to](thing)


def _in_office(*roles: Role) -> Select[Any]:
    return select(Membership.user_id).where(
        Membership.ended_at.is_(None), Membership.role.in_(sorted(roles))
    )


def _all(statement: Select[Any]) -> Found:
    return frozenset(db.session.scalars(statement))


def _lead(thing: Any) -> Found:
    task = behind(thing)
    kind = getattr(task, "lead_kind", None)
    if kind == LeadKind.FIRM:
        firm = Membership.firm_id == task.lead_firm_id
        return _all(_in_office(Role.FIRM_MANAGER).where(firm))
    return _staff(thing) if kind else NOBODY


def _secretary(thing: Any) -> Found:
    here = Membership.community_id == thing.community_id
    return _all(_in_office(Role.SECRETARY).where(here))


def _staff(thing: Any) -> Found:
    return _all(_in_office(*STAFF).where(Membership.community_id == thing.community_id))


def _street(thing: Any) -> Found:
    street = select(Community.street_id).where(Community.id == thing.community_id)
    return _all(
        _in_office(Role.STREET_SUPERVISOR).where(Membership.street_id == street.scalar_subquery())
    )


def _raisers(thing: Any) -> Found:
    about = behind(thing)
    if about.subject_kind == "task":
        return raised_by(about.proposal_id, about.id)
    return raised_by(about.id) if about.subject_kind == "proposal" else NOBODY


def _author(thing: Any) -> Found:
    if thing.subject_kind == "concern":
        return _all(select(Summary.author_id).where(Summary.id == thing.summary_id))
    return NOBODY if thing.author_id is None else frozenset({thing.author_id})


def _asker(thing: Any) -> Found:
    """Who asked, and the others of the firm that asked."""
    asker = NOBODY if thing.asker_id is None else frozenset({thing.asker_id})
    if thing.firm_id is None:
        return asker
    return asker | _all(_in_office(Role.FIRM_MANAGER).where(Membership.firm_id == thing.firm_id))


def _decider(thing: Any) -> Found:
    """Whose turn it is to answer a request."""
    return _street(thing) if thing.by_street else _secretary(thing)


def _attendees(thing: Any) -> Found:
    there = select(Attendee.user_id).where(
        Attendee.meeting_id == thing.id, Attendee.user_id.is_not(None)
    )
    return frozenset(one for one in db.session.scalars(there) if one is not None)


def _reps(thing: Any) -> Found:
    return _all(_in_office(Role.RESIDENT_REP).where(Membership.compound_id == thing.compound_id))


def _unfiled(thing: Any) -> Found:
    """The representatives of a meeting's compound whose summary for it is not in."""
    day = local_day(thing.starts_at)
    handed_in = select(Summary.author_id).where(
        Summary.compound_id == thing.compound_id,
        Summary.state.in_((SummaryState.SUBMITTED, SummaryState.ACCEPTED)),
        # A meeting that was moved by some days is still the meeting of its week.
        Summary.period_end.between(day - HALF_A_WEEK, day + HALF_A_WEEK),
    )
    return _reps(thing) - _all(handed_in)


_FIND: Mapping[To, Callable[[Any], Found]] = {
    To.LEAD: _lead,
    To.SECRETARY: _secretary,
    To.STAFF: _staff,
    To.RAISERS: _raisers,
    To.AUTHOR: _author,
    To.ASKER: _asker,
    To.DECIDER: _decider,
    To.STREET: _street,
    To.ATTENDEES: _attendees,
    To.REPS: _reps,
    To.UNFILED: _unfiled,
}
