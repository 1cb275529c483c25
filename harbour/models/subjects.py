"""The facts a rule asks for, gathered from the tables: one place for reading and for writing."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select, union
from sqlalchemy.orm import joinedload

from harbour.domain.actors import STAFF, Role
from harbour.domain.meetings import MeetingSubject, Presence, needed
from harbour.domain.promises import urge_day
from harbour.domain.proposals import ProposalState, ProposalSubject
from harbour.domain.request_facts import (
    Earlier,
    RequestState,
    RequestSubject,
    beside,
    for_the_street,
    limits,
)
from harbour.domain.settings import CommunitySettings
from harbour.domain.summaries import ConcernSubject, Fate, SummarySubject
from harbour.domain.tasks import LeadKind, TaskState, TaskSubject
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Attendee, Meeting
from harbour.models.people import Membership
from harbour.models.places import Community, Street
from harbour.models.proposals import Proposal, Subscription
from harbour.models.requests import Request
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Report, Task
from harbour.models.urges import NO_REPLY, SupervisionOrder, Urge


def settings_of(community_id: int) -> CommunitySettings:
    """The community's numbers: its own over its street's over the product's defaults."""
    row = db.session.execute(
        select(Community.settings, Street.settings.label("street"))
        .join(Street, Street.id == Community.street_id)
        .where(Community.id == community_id)
    ).one()
    return CommunitySettings.overlaid(row.street, row.settings)


def of_summary(summary: Summary) -> SummarySubject:
    """A summary's facts."""
    return summary.subject()


def of_concern(concern: Concern) -> ConcernSubject:
    """A concern's facts; how far the proposal made of it has come decides about an undo."""
    state = None
    if concern.state == Fate.PROPOSED and concern.proposal_id is not None:
        state = db.session.scalar(select(Proposal.state).where(Proposal.id == concern.proposal_id))
    return concern.subject(state)


def voting(meeting_id: int) -> tuple[int, int]:
    """How many voting members are due at a meeting, and how many are present now.

    Who has left early is not present any more.
    """
    there = and_(Attendee.presence == Presence.PRESENT, Attendee.left_at.is_(None))
    row = db.session.execute(
        select(func.count(), func.count(case((there, 1)))).where(
            Attendee.meeting_id == meeting_id, Attendee.voting.is_(True)
        )
    ).one()
    return row[0], row[1]


def of_proposal(proposal: Proposal) -> ProposalSubject:
    """A proposal's facts; on an agenda also those of its meeting."""
    if proposal.state != ProposalState.ON_AGENDA or proposal.meeting_id is None:
        return proposal.subject()
    state = db.session.scalar(select(Meeting.state).where(Meeting.id == proposal.meeting_id))
    due, present = voting(proposal.meeting_id)
    share = settings_of(proposal.community_id).quorum
    return proposal.subject(state, present, needed(due, share.numerator, share.denominator))


def of_meeting(meeting: Meeting) -> MeetingSubject:
    """A meeting's facts; how many adopted items still lack a complete task is counted here."""
    adopted = [
        item.proposal_id
        for item in meeting.items
        if item.outcome in ("adopted", "adopted_changed") and item.proposal_id is not None
    ]
    if not adopted:
        return meeting.subject()
    # What a task lacks is read from its criteria and milestones: all at once, not task by task.
    whole = (joinedload(Task.criteria), joinedload(Task.milestones))
    found = select(Task).where(Task.proposal_id.in_(adopted)).options(*whole)
    tasks = db.session.scalars(found).unique().all()
    complete = {t.proposal_id for t in tasks if t.state != "drafted" or not t.lacking()}
    broken = {t.proposal_id for t in tasks if t.state == "drafted" and t.lacking()}
    return meeting.subject(sum(1 for p in adopted if p not in complete or p in broken))


def raised_by(proposal_id: int | None, task_id: int | None = None) -> frozenset[int]:
    """Whose words led to a proposal, merged ones included, or were joined to the task itself."""
    sources: list[Any] = []
    said = select(Summary.author_id).join(Concern, Concern.summary_id == Summary.id)
    if proposal_id is not None:
        merged = select(Proposal.id).where(
            (Proposal.id == proposal_id) | (Proposal.master_id == proposal_id)
        )
        sources.append(said.where(Concern.proposal_id.in_(merged)))
        sources.append(select(Subscription.user_id).where(Subscription.proposal_id.in_(merged)))
    if task_id is not None:
        sources.append(said.where(Concern.task_id == task_id))
    return frozenset(db.session.scalars(union(*sources))) if sources else frozenset()


def of_task(task: Task, now: datetime) -> TaskSubject:
    """A task's facts: who raised it, who reported last, and whether it was urged today."""
    around = db.session.execute(_AROUND, {"task": task.id}).one()
    urges = db.session.execute(
        select(Urge.day, Urge.answered_at).where(Urge.task_id == task.id)
    ).all()
    return task.subject(
        raised_by_ids=raised_by(task.proposal_id, task.id),
        reporter_id=around.reporter_id,
        urged_today=any(urge.day == urge_day(now, working_calendar()) for urge in urges),
        open_urges=sum(1 for urge in urges if urge.answered_at is None),
        orders_to_answer=around.to_answer,
        orders_standing=around.standing,
        lead_people_ids=lead_people(
            task.state, task.lead_kind, task.lead_firm_id, task.community_id
        ),
    )


def _orders(*which: ColumnElement[bool]) -> Any:
    """How many supervision orders of a task are such."""
    counted = select(func.count()).where(SupervisionOrder.task_id == bindparam("task"), *which)
    return counted.scalar_subquery()


_UNENDED = SupervisionOrder.outcome.is_(None)
# Who reported a task last, and what the street still asks about it.
_AROUND = select(
    select(Report.by_id)
    .where(Report.task_id == bindparam("task"), Report.withdrawn_at.is_(None))
    .order_by(Report.id.desc())
    .limit(1)
    .scalar_subquery()
    .label("reporter_id"),
    _orders(_UNENDED, SupervisionOrder.reply == NO_REPLY.right).label("to_answer"),
    _orders(_UNENDED).label("standing"),
).execution_options(**BUILT_ONCE)


_REQUESTS_OF = (
    select(Request.id, Request.kind, Request.state, Request.decided_role, Request.sent_at)
    .where(Request.task_id == bindparam("task"))
    .order_by(Request.id)
    .execution_options(**BUILT_ONCE)
)


def requests_of(task_id: int) -> tuple[Earlier, ...]:
    """Every request of a task, as far as one bears on another."""
    rows = db.session.execute(_REQUESTS_OF, {"task": task_id})
    return tuple(Earlier(*row) for row in rows)


def of_request(request: Request, now: datetime) -> RequestSubject:
    """A request's facts: its task's, its time limits, and what else is asked for beside it."""
    task = request.task
    return request.subject(
        of_task(task, now),
        **limits(
            settings_of(task.community_id),
            working_calendar(),
            due_at=task.due_at,
            sent_at=task.dispatched_at,
            closed_at=task.closed_at,
            refused_at=request.decided_at,
        ),
        **beside(requests_of(task.id), sent_at=task.dispatched_at, own_id=request.id),
    )


def of_asking(kind: str, task: Task, role: Role, now: datetime) -> RequestSubject:
    """The facts of a request of this kind that somebody in a role is about to make."""
    every = requests_of(task.id)
    return RequestSubject(
        kind=kind,
        state=RequestState.PENDING,
        task=of_task(task, now),
        asker_id=None,
        firm_id=None,
        by_street=for_the_street(kind, role, every),
        **limits(
            settings_of(task.community_id),
            working_calendar(),
            due_at=task.due_at,
            sent_at=task.dispatched_at,
            closed_at=task.closed_at,
        ),
        **beside(every, sent_at=task.dispatched_at),
    )


def lead_people(
    state: str, lead_kind: str | None, lead_firm_id: int | None, community_id: int
) -> frozenset[int]:
    """Everybody who belongs to the lead, in whatever role they come: asked once it is reported."""
    if state not in (TaskState.REPORTED, TaskState.VERIFIED):
        return frozenset()
    if lead_kind == LeadKind.FIRM:
        found = db.session.scalars(_PEOPLE_OF_FIRM, {"firm_id": lead_firm_id})
    else:
        found = db.session.scalars(_STAFF_OF, {"community_id": community_id})
    return frozenset(found)


_IN_OFFICE = select(Membership.user_id).where(Membership.ended_at.is_(None))
_PEOPLE_OF_FIRM = _IN_OFFICE.where(Membership.firm_id == bindparam("firm_id")).execution_options(
    **BUILT_ONCE
)
_STAFF_OF = _IN_OFFICE.where(
    Membership.community_id == bindparam("community_id"), Membership.role.in_(sorted(STAFF))
).execution_options(**BUILT_ONCE)
