"""The sight table as SQL: for lists the same answer as a workflow's ``shows`` for one thing."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, true
from sqlalchemy.orm import aliased

from harbour.domain.actors import Actor, Role
from harbour.domain.categories import CATEGORIES
from harbour.domain.reach import COMPOUND_BOUND
from harbour.domain.requests import REQUESTS
from harbour.domain.summaries import SummaryState
from harbour.domain.tasks import TASK, LeadKind
from harbour.domain.workflow import Workflow
from harbour.models.proposals import Proposal, Subscription
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import AssistantFirm, Task

Clause = ColumnElement[bool]
Rule = Callable[[Any, Actor], Clause]

RESTRICTED = tuple(sorted(code for code, one in CATEGORIES.items() if one.restricted))
FILED = (SummaryState.SUBMITTED, SummaryState.ACCEPTED, SummaryState.RETURNED)


def visible(
    thing: Any,
    workflow: Workflow[Any],
    actor: Actor,
    *,
    everywhere: bool = False,
    among: Collection[str] | None = None,
) -> Clause:
    """The rows of a model (or an alias of it) the actor may know of, as a WHERE condition.

    ``everywhere`` leaves the one community out of it, for pages over several communities: there
    the scope alone says which. ``among`` keeps to some states, said once, so that an index by state
    gives the order too.
    """
    states = workflow.sees.get(actor.role, frozenset())
    if among is not None:
        states &= frozenset(among)
    if not states or (actor.community_id is None and not everywhere):
        return false()
    clauses: list[Clause] = []
    if states != frozenset(workflow.states):
        # Said only where it narrows: a list of all states is to follow its order's index.
        clauses.append(thing.state.in_(sorted(states)))
    if not everywhere:
        clauses.append(thing.community_id == actor.community_id)
    if workflow.reach is not None:
        clauses.append(_REACH[workflow.name](thing, actor))
    if workflow.own and actor.role is not Role.CLOCK:
        mine = _OWNER[workflow.name](thing, actor) if workflow.owner else false()
        clauses.append(or_(thing.state.not_in(sorted(workflow.own)), mine))
    return and_(true(), *clauses)


def in_compounds(thing: Any, actor: Actor) -> Clause:
    """Community-wide roles all; representatives and firms only their compounds."""
    if actor.role not in COMPOUND_BOUND:
        return true()
    return thing.compound_id.in_(sorted(actor.compound_ids))  # type: ignore[no-any-return]


def _summary_author(summary: Any, actor: Actor) -> Clause:
    return or_(summary.author_id == actor.user_id, summary.entered_by_id == actor.user_id)


def _concern(concern: Any, actor: Actor) -> Clause:
    # Aliases throughout: a list that joins these tables itself must not be taken for them.
    summary = aliased(Summary)
    heard = select(summary.id).where(
        summary.id == concern.summary_id,
        or_(summary.state.in_(FILED), _summary_author(summary, actor)),
    )
    return and_(in_compounds(concern, actor), heard.exists())


def _proposal(proposal: Any, actor: Actor) -> Clause:
    here = in_compounds(proposal, actor)
    if actor.role not in (Role.RESIDENT_REP, Role.FIRM_MANAGER):
        return here
    return and_(
        here,
        or_(proposal.category.not_in(RESTRICTED), proposal.author_id == actor.user_id),
    )


def _task(task: Any, actor: Actor) -> Clause:
    if actor.role is Role.FIRM_MANAGER:
        helper = aliased(AssistantFirm)
        assisted = select(helper.task_id).where(helper.firm_id == actor.firm_id)
        return or_(
            and_(task.lead_kind == LeadKind.FIRM, task.lead_firm_id == actor.firm_id),
            task.id.in_(assisted),
        )
    here = in_compounds(task, actor)
    if actor.role is not Role.RESIDENT_REP:
        return here
    return and_(here, or_(task.category.not_in(RESTRICTED), raised(task, actor)))


def raised(task: Any, actor: Actor) -> Clause:
    """Whether the actor's words led to the task or were joined to it, merged proposals included.

    True or false, never unknown: it may be turned round.
    """
    concern, summary, follower = aliased(Concern), aliased(Summary), aliased(Subscription)
    # The outer join keeps SQLite at the few summaries of one author, statistics or none.
    said = (
        select(func.coalesce(concern.proposal_id, 0))
        .select_from(summary)
        .outerjoin(concern, concern.summary_id == summary.id)
        .where(summary.author_id == actor.user_id)
    )
    followed = select(follower.proposal_id).where(follower.user_id == actor.user_id)
    merged = aliased(Proposal)
    masters = select(func.coalesce(merged.master_id, 0)).where(merged.id.in_(said.union(followed)))
    joined, mine = aliased(Concern), aliased(Summary)
    joined_to = (
        select(func.coalesce(joined.task_id, 0))
        .select_from(mine)
        .outerjoin(joined, joined.summary_id == mine.id)
        .where(mine.author_id == actor.user_id)
    )
    led_to = task.proposal_id.in_(said.union(followed, masters))
    return or_(and_(task.proposal_id.is_not(None), led_to), task.id.in_(joined_to))


def _request(request: Any, actor: Actor) -> Clause:
    task = aliased(Task)
    states = TASK.sees.get(actor.role, frozenset())
    known = select(task.id).where(
        task.id == request.task_id, task.state.in_(sorted(states)), _task(task, actor)
    )
    if actor.role is not Role.FIRM_MANAGER:
        return known.exists()
    return or_(request.firm_id == actor.firm_id, known.exists())


_REACH: Mapping[str, Rule] = {
    "summary": in_compounds,
    "concern": _concern,
    "proposal": _proposal,
    "meeting": in_compounds,
    "task": _task,
    **dict.fromkeys(REQUESTS, _request),
}
_OWNER: Mapping[str, Rule] = {"summary": _summary_author}
