"""What waits for whom, as SQL: one narrow SELECT for each main act of the tables.

Each is named after its row and has the same columns, so that all of a role are one statement.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from typing import cast as cast_to

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from harbour.domain.actors import Actor, Role
from harbour.domain.meetings import MeetingKind, MeetingState, Side
from harbour.domain.proposals import ProposalState
from harbour.domain.reach import COMPOUND_BOUND
from harbour.domain.request_facts import RequestState
from harbour.domain.summaries import Fate, SummaryState
from harbour.domain.tasks import NOT_REPORTED, TaskState
from harbour.models.base import Moment
from harbour.models.clock import ClockSlot
from harbour.models.meetings import Attendee, Meeting, MinutesOpinion
from harbour.models.people import User
from harbour.models.proposals import Proposal
from harbour.models.requests import Hold
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import NOT_A_FIRMS, Task
from harbour.models.urges import Urge
from harbour.queries.visibility import RESTRICTED, raised
from harbour.tenancy import mostly

REP, WORKER, FIRM = Role.RESIDENT_REP, Role.COMMUNITY_WORKER, Role.FIRM_MANAGER
CHAIR = frozenset({Role.SECRETARY})
NEVER: ColumnElement[Any] = cast(null(), Moment)
NO_DAY: ColumnElement[Any] = cast(null(), Date)


# What a statement is asked with: they are built once for a role, and filled in each time.
ME = bindparam("me", type_=Integer)
MY_FIRM = bindparam("my_firm", type_=Integer)
MY_COMPOUNDS: BindParameter[Any] = bindparam("my_compounds", expanding=True)
NOW, TONIGHT = bindparam("now", type_=Moment), bindparam("tonight", type_=Moment)
OTHERS_BEFORE = bindparam("others_before", type_=Moment)
SOMEBODY = Actor(user_id=cast_to(Any, ME), name="", role=REP)

Which = Callable[[Role], Select[Any]]


def line(  # noqa: PLR0913 - the columns of a union, each named where it is filled
    model: Any,
    *,
    number: Any = "",
    title: Any = "",
    who: Any = "",
    n: Any = None,
    until: Any = NEVER,
    since: Any = NEVER,
    soon: Any = NEVER,
    day: Any = NO_DAY,
    sort: Any,
    place: Any = None,
) -> Select[Any]:
    """The columns every kind has; ``sort`` (never null) and the id are its order."""
    owner = place or model
    return select(
        model.id.label("id"),
        owner.community_id.label("community_id"),
        owner.compound_id.label("compound_id"),
        _said(number).label("number"),
        _said(title).label("title"),
        _said(who).label("who"),
        cast(null(), Integer).label("n") if n is None else n.label("n"),
        until.label("until"),
        since.label("since"),
        soon.label("soon"),
        day.label("day"),
        sort.label("sort"),
    )


def _said(words: Any) -> Any:
    return cast(literal(words), String) if isinstance(words, str) else words


def summaries_to_submit(role: Role) -> Select[Any]:
    """Drafts and returned summaries of one's own, or typed in for somebody."""
    returned = Summary.state == SummaryState.RETURNED
    answer = func.coalesce(Summary.answer_until, Summary.cutoff_at)
    until = case((returned, answer), else_=Summary.cutoff_at)
    mine = or_(Summary.author_id == ME, Summary.entered_by_id == ME)
    return (
        line(Summary, title=User.name, until=until, since=Summary.created_at,
             sort=Summary.cutoff_at)
        .join(User, User.id == Summary.author_id)
        .where(Summary.state.in_((SummaryState.DRAFT, SummaryState.RETURNED)), mine)
    )  # fmt: skip


def summaries_to_read(role: Role) -> Select[Any]:
    """Submitted summaries; every concern in them needs a fate before the meeting."""
    undecided = (
        select(func.count(Concern.id))
        .where(Concern.summary_id == Summary.id, Concern.state == Fate.OPEN)
        .scalar_subquery()
    )
    return (
        line(Summary, title=User.name, n=undecided, until=Meeting.starts_at,
             since=Summary.submitted_at, sort=Summary.cutoff_at)
        .join(User, User.id == Summary.author_id)
        .outerjoin(Meeting, Meeting.id == Summary.meeting_id)
        .where(Summary.state == SummaryState.SUBMITTED)
    )  # fmt: skip


def concerns_without_fate(role: Role) -> Select[Any]:
    """Concerns whose decision was taken back after their summary had been accepted."""
    return (
        line(Concern, number=func.coalesce(Concern.number, ""), title=Concern.title,
             since=Concern.created_at, sort=Concern.created_at)
        .join(Summary, Summary.id == Concern.summary_id)
        .where(Concern.state == Fate.OPEN, Summary.state == SummaryState.ACCEPTED)
    )  # fmt: skip


# ---- proposals ----------------------------------------------------------------------------


def _proposals(state: ProposalState) -> Select[Any]:
    return line(Proposal, number=Proposal.number, title=Proposal.title, since=Proposal.waits_since,
                sort=Proposal.waits_since).where(Proposal.state == state)  # fmt: skip


def proposals_to_resubmit(role: Role) -> Select[Any]:
    """One's own proposals that came back."""
    return _proposals(ProposalState.RETURNED).where(Proposal.author_id == ME)


def proposals_to_accept(role: Role) -> Select[Any]:
    """Submitted proposals."""
    return _proposals(ProposalState.SUBMITTED)


def proposals_to_place(role: Role) -> Select[Any]:
    """Accepted proposals that stand on no agenda."""
    return _proposals(ProposalState.BACKLOG)


def adopted_without_task(role: Role) -> Select[Any]:
    """Adopted in a meeting that still runs, and no task written yet: it cannot be ended so."""
    running = select(Meeting.id).where(Meeting.state == MeetingState.IN_SESSION)
    return line(Proposal, number=Proposal.number, title=Proposal.title, since=Proposal.waits_since,
                sort=Proposal.waits_since).where(
        # Few meetings run at a time; what was ever adopted grows for years.
        mostly(Proposal.state == ProposalState.ADOPTED),
        Proposal.meeting_id.in_(running),
        ~select(Task.id).where(Task.proposal_id == Proposal.id).exists(),
    )  # fmt: skip


# ---- meetings -----------------------------------------------------------------------------


def _meetings(state: MeetingState, *, until: Any = NEVER, who: Any = "") -> Select[Any]:
    at = Meeting.starts_at
    columns = {"number": Meeting.number, "n": Meeting.issue_no, "until": until, "who": who}
    return line(Meeting, since=at, sort=at, **columns).where(Meeting.state == state)


def meetings_to_open(role: Role) -> Select[Any]:
    """Scheduled meetings whose day has come."""
    return _meetings(MeetingState.SCHEDULED, until=Meeting.starts_at).where(
        Meeting.starts_at <= TONIGHT
    )


def meetings_to_settle(role: Role) -> Select[Any]:
    """Weekly days that are public holidays: the clock makes no meeting of them by itself."""
    made = select(Meeting.id).where(
        Meeting.compound_id == ClockSlot.subject_id,
        Meeting.kind == MeetingKind.WEEKLY,
        Meeting.starts_at >= NOW,
    )
    where = SimpleNamespace(community_id=ClockSlot.community_id, compound_id=ClockSlot.subject_id)
    return line(
        ClockSlot, place=where, number=cast(ClockSlot.subject_id, String), until=ClockSlot.at,
        since=ClockSlot.done_at, sort=ClockSlot.at,
    ).where(
        ClockSlot.duty == "meeting.schedule", ClockSlot.asks.is_(True), ClockSlot.at > NOW,
        ~made.exists(),
    )  # fmt: skip


def meetings_to_end(role: Role) -> Select[Any]:
    """Meetings in session."""
    return _meetings(MeetingState.IN_SESSION)


def minutes_to_circulate(role: Role) -> Select[Any]:
    """Ended meetings whose minutes have not been sent round."""
    return _meetings(MeetingState.MINUTED)


def minutes_to_confirm(role: Role) -> Select[Any]:
    """Minutes sent round to the actor, not answered, with time left."""
    answered = select(MinutesOpinion.id).where(
        MinutesOpinion.meeting_id == Meeting.id, MinutesOpinion.user_id == ME
    )
    return (
        _meetings(MeetingState.CONFIRMING, until=Meeting.confirm_until)
        .join(Attendee, Attendee.meeting_id == Meeting.id)
        .where(
            # Few minutes wait at a time; whoever comes every week has attended hundreds.
            mostly(Attendee.user_id == ME),
            or_(Meeting.confirm_until.is_(None), Meeting.confirm_until >= NOW),
            ~answered.exists(),
            _here(Meeting, role),
        )
    )


def minutes_to_finalise(role: Role) -> Select[Any]:
    """Minutes all three sides have answered, or whose time for it is up."""
    sides = (
        select(func.count(MinutesOpinion.side.distinct()))
        .where(MinutesOpinion.meeting_id == Meeting.id)
        .scalar_subquery()
    )
    over = case((Meeting.confirm_until < NOW, "over"), else_="")
    return _meetings(MeetingState.CONFIRMING, who=over).where(
        or_(Meeting.confirm_until < NOW, sides >= len(Side))
    )


def minutes_to_publish(role: Role) -> Select[Any]:
    """Final minutes not yet published."""
    return _meetings(MeetingState.FINALISED)


# ---- tasks --------------------------------------------------------------------------------


def _tasks(state: TaskState, **said: Any) -> Select[Any]:
    columns = {"since": Task.due_at, "sort": Task.due_at, **said}
    return line(Task, number=Task.number, title=Task.title, **columns).where(Task.state == state)


def _here(thing: Any, role: Role) -> ColumnElement[bool]:
    """Representatives and firms only in their compounds."""
    return thing.compound_id.in_(MY_COMPOUNDS) if role in COMPOUND_BOUND else true()


def _led(role: Role) -> ColumnElement[bool]:
    """Tasks whose lead the actor belongs to."""
    if role is FIRM:
        return Task.lead_firm_id == MY_FIRM
    return NOT_A_FIRMS_TASK


# Said with the literal of the partial index, or the index would not be used.
NOT_A_FIRMS_TASK: ColumnElement[bool] = Task.lead_kind != NOT_A_FIRMS.right


def tasks_to_dispatch(role: Role) -> Select[Any]:
    """Drafted tasks, but for those a running meeting will dispatch when it ends."""
    return (
        _tasks(TaskState.DRAFTED)
        .outerjoin(Meeting, Meeting.id == Task.meeting_id)
        .where(or_(Meeting.id.is_(None), Meeting.state != MeetingState.IN_SESSION))
    )


def tasks_to_accept(role: Role) -> Select[Any]:
    """Tasks sent to the actor's firm, or to the community itself."""
    until = func.coalesce(Task.accept_due_at, Task.due_at)
    return _tasks(TaskState.ASSIGNED, until=until, since=Task.dispatched_at).where(_led(role))


def tasks_to_report(role: Role) -> Select[Any]:
    """Tasks in hand of the actor's firm, or of the community itself."""
    return _tasks(TaskState.IN_HAND, until=Task.due_at, soon=Task.due_soon_at).where(_led(role))


def tasks_i_raised_to_verify(role: Role) -> Select[Any]:
    """Reported tasks that go back to the actor's own words."""
    return _tasks(TaskState.REPORTED, since=Task.reported_at, who="mine").where(
        raised(Task, SOMEBODY), _here(Task, role)
    )


def tasks_others_may_verify(role: Role) -> Select[Any]:
    """Reported tasks nobody raised, or whose raisers have let their time pass."""
    told = aliased(Concern)
    raisers = select(told.id).where(
        or_(told.proposal_id == Task.proposal_id, told.task_id == Task.id)
    )
    found = _tasks(TaskState.REPORTED, since=Task.reported_at).where(
        or_(Task.reported_at < OTHERS_BEFORE, ~raisers.exists()),
        _here(Task, role),
    )
    if role is REP:
        return found.where(Task.category.not_in(RESTRICTED), ~raised(Task, SOMEBODY))
    # Staff are the lead of what the community does itself, and never verify that.
    return found.where(Task.lead_firm_id.is_not(None))


def tasks_to_close(role: Role) -> Select[Any]:
    """Verified tasks."""
    return _tasks(TaskState.VERIFIED, since=Task.verified_at)


def tasks_to_resume(role: Role) -> Select[Any]:
    """Tasks on hold, until the day somebody is to look at them again."""
    review = (
        select(Hold.review_on)
        .where(Hold.task_id == Task.id, Hold.state == RequestState.GRANTED)
        .order_by(Hold.id.desc())
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )
    return _tasks(TaskState.ON_HOLD, since=Task.held_at, day=review)


def urges_to_answer(role: Role) -> Select[Any]:
    """The latest urge of each task the lead has not answered: one answer serves them all."""
    later = aliased(Urge)
    newer = select(later.id).where(
        later.task_id == Urge.task_id, later.id > Urge.id, later.answered_at.is_(None)
    )
    return (
        line(Urge, place=Task, number=Task.number, title=Task.title, until=Task.due_at,
             since=Urge.at, soon=Task.due_soon_at, sort=Urge.at)
        .join(Task, Task.id == Urge.task_id)
        .where(Urge.answered_at.is_(None), ~newer.exists(),
               Task.state.in_(sorted(NOT_REPORTED)), _led(role))
    )  # fmt: skip
