"""Concerns as the desk reads them: what they may have to do with, and what became of them."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import Actor
from harbour.domain.errors import Missing
from harbour.domain.proposals import PROPOSAL, ProposalState
from harbour.domain.similar import likely_duplicates
from harbour.domain.summaries import CONCERN, SUMMARY, Fate, SummaryState
from harbour.domain.tasks import TASK, TaskState
from harbour.domain.workflow import Offer
from harbour.extensions import db
from harbour.models.proposals import Proposal
from harbour.models.subjects import of_concern
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task
from harbour.queries import search
from harbour.queries.visibility import visible

K = TypeVar("K", bound=Hashable)

COMPARED = 400  # the newest of a category; more would say nothing new
OFFERED = 12
LIVING = (ProposalState.SUBMITTED, ProposalState.BACKLOG, ProposalState.ON_AGENDA)
GONE = (ProposalState.WITHDRAWN, ProposalState.MERGED)


@dataclass(frozen=True)
class Earlier:
    """A proposal or task a concern may belong to; ``value`` names it in a form."""

    kind: str
    number: str
    title: str
    state: str
    state_label: str
    at: datetime
    proposal_id: int | None = None

    @property
    def value(self) -> str:
        """What the form sends: "proposal/CH01-2026-0031"."""
        return f"{self.kind}/{self.number}"


@dataclass(frozen=True)
class ConcernLine:
    """A concern with its fate, as it stands on a page of several."""

    id: int
    version: int
    number: str | None
    title: str
    words: str
    category: str
    where: str
    voices: int
    households: int
    source: str
    remedy: str
    urgency: str
    same_as: str
    state: str
    state_label: str
    reply: str
    referred_to: str | None
    referred_name: str
    answer_on: date | None
    became: Earlier | None
    author: str
    at: datetime
    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True)
class ConcernPage:
    """One concern with what an act on it needs to know."""

    line: ConcernLine
    summary_id: int
    compound_id: int


def where(thing: Any) -> str:
    """Where a concern or proposal lies: sub-area, building, unit, and the words beside."""
    named = "".join(one.name for one in (thing.sub_area, thing.building, thing.unit) if one)
    return " ".join(part for part in (named, thing.place) if part)


def placed(model: Any) -> tuple[Any, ...]:
    """The loader options ``where`` needs, so that a list costs one statement."""
    return tuple(joinedload(one) for one in (model.sub_area, model.building, model.unit))


def line(concern: Concern, became: Earlier | None, offers: tuple[Offer, ...] = ()) -> ConcernLine:
    """A concern as a page shows it; its summary and places must be loaded."""
    return ConcernLine(
        id=concern.id,
        version=concern.version,
        number=concern.number,
        title=concern.title,
        words=concern.words,
        category=concern.category,
        where=where(concern),
        voices=concern.voices,
        households=concern.households,
        source=concern.source,
        remedy=concern.remedy,
        urgency=concern.urgency,
        same_as=concern.same_as,
        state=concern.state,
        state_label=CONCERN.labels[concern.state],
        reply=concern.reply,
        referred_to=concern.referred_to,
        referred_name=concern.referred_name,
        answer_on=concern.answer_on,
        became=became,
        author=concern.summary.author.name,
        at=concern.summary.submitted_at or concern.created_at,
        offers=offers,
    )


def page(actor: Actor, concern_id: int, now: datetime) -> ConcernPage:
    """One concern the actor may know of, or Missing."""
    concern = db.session.scalars(
        select(Concern)
        .where(Concern.id == concern_id, visible(Concern, CONCERN, actor))
        .options(joinedload(Concern.summary).joinedload(Summary.author), *placed(Concern))
    ).first()
    if concern is None:
        raise Missing
    subject = of_concern(concern)
    if not SUMMARY.shows(actor, concern.summary.subject()):
        raise Missing
    offers = CONCERN.offers(actor, subject, now)
    known = became([concern])
    return ConcernPage(
        line(concern, known.get(concern.id), offers), concern.summary_id, concern.compound_id
    )


def became(concerns: Sequence[Concern]) -> Mapping[int, Earlier]:
    """What each concern led to, by its id: its task, else its proposal (two statements)."""
    proposals = _proposals([c.proposal_id for c in concerns])
    tasks = _tasks([c.task_id for c in concerns])
    found = {}
    for one in concerns:
        led_to = tasks.get(one.task_id) or proposals.get(one.proposal_id)
        if led_to is not None:
            found[one.id] = led_to
    return found


def _proposals(ids: Iterable[int | None]) -> dict[int | None, Earlier]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(select(Proposal).where(Proposal.id.in_(wanted)))
    return {one.id: _of_proposal(one) for one in rows}


def _tasks(ids: Iterable[int | None]) -> dict[int | None, Earlier]:
    wanted = {one for one in ids if one is not None}
    if not wanted:
        return {}
    rows = db.session.scalars(select(Task).where(Task.id.in_(wanted)))
    return {one.id: _of_task(one) for one in rows}


def _of_proposal(one: Proposal) -> Earlier:
    label = PROPOSAL.labels[one.state]
    return Earlier("proposal", one.number, one.title, one.state, label, one.created_at, one.id)


def _of_task(one: Task) -> Earlier:
    label, led = TASK.labels[one.state], one.proposal_id
    return Earlier("task", one.number, one.title, one.state, label, one.created_at, led)


# ---- likely the same ----------------------------------------------------------------------


def alike(
    actor: Actor,
    compound_id: int,
    texts: Mapping[K, tuple[str, str]],
    now: datetime,
    window_days: int,
    *,
    besides: frozenset[int] = frozenset(),
) -> Mapping[K, tuple[Earlier, ...]]:
    """Earlier proposals and tasks that may be the same case, most alike first.

    ``texts`` gives each key its category and words; compared with the same compound and
    category, still open or from the last ``window_days`` (two statements for all keys).
    ``besides`` are proposals not to be offered.
    """
    categories = {category for category, _ in texts.values()} - {""}
    if not categories:
        return {}
    known = _known(actor, compound_id, categories, now - timedelta(days=window_days), besides)
    found = {}
    for key, (category, words) in texts.items():
        others = [(one, said) for said_of, one, said in known if said_of == category]
        likely = likely_duplicates(words, others)
        found[key] = tuple(one.key for one in likely)
    return found


def _known(
    actor: Actor, compound_id: int, categories: set[str], since: datetime, besides: frozenset[int]
) -> list[tuple[str, Earlier, str]]:
    tasks = db.session.scalars(
        select(Task)
        .where(
            Task.compound_id == compound_id,
            Task.category.in_(categories),
            Task.state != TaskState.CANCELLED,
            or_(Task.is_open.is_(True), Task.closed_at >= since),
            visible(Task, TASK, actor),
        )
        .order_by(Task.id.desc())
        .limit(COMPARED)
    ).all()
    proposals = db.session.scalars(
        select(Proposal)
        .where(
            Proposal.compound_id == compound_id,
            Proposal.category.in_(categories),
            Proposal.state.not_in(GONE),
            or_(Proposal.created_at >= since, Proposal.state.in_(LIVING)),
            visible(Proposal, PROPOSAL, actor),
        )
        .order_by(Proposal.id.desc())
        .limit(COMPARED)
    ).all()
    led = {one.proposal_id for one in tasks}
    return [
        (one.category, _of_task(one), f"{one.title} {one.public_sentence}")
        for one in tasks
        if one.proposal_id not in besides
    ] + [
        (one.category, _of_proposal(one), f"{one.title} {one.wanted}")
        for one in proposals
        if one.id not in besides and one.id not in led
    ]


def looked_up(
    actor: Actor, compound_id: int, words: str, *, tasks: bool = True
) -> tuple[Earlier, ...]:
    """Proposals (and tasks) of a compound found by number or words, newest first."""
    if not words.strip() or actor.community_id is None:
        return ()
    found: list[Earlier] = []
    if tasks:
        ids = [one.id for one in search.older(actor, words, [actor.community_id], "task").hits]
        rows = select(Task).where(Task.id.in_(ids), Task.compound_id == compound_id)
        found += [_of_task(one) for one in db.session.scalars(rows)]
    ids = [one.id for one in search.older(actor, words, [actor.community_id], "proposal").hits]
    asked = select(Proposal).where(
        Proposal.id.in_(ids), Proposal.compound_id == compound_id, Proposal.state.not_in(GONE)
    )
    led = {one.proposal_id for one in found}
    found += [_of_proposal(one) for one in db.session.scalars(asked) if one.id not in led]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:OFFERED])


def undecided(
    actor: Actor, compound_id: int, besides: Iterable[int] = ()
) -> tuple[ConcernLine, ...]:
    """Concerns of a compound without a fate, oldest first, other than those named."""
    rows = db.session.scalars(
        select(Concern)
        .where(
            Concern.compound_id == compound_id,
            Concern.state == Fate.OPEN,
            Concern.id.not_in(list(besides)),
            Summary.state.in_((SummaryState.SUBMITTED, SummaryState.ACCEPTED)),
            visible(Concern, CONCERN, actor),
        )
        .join(Summary, Summary.id == Concern.summary_id)
        .options(joinedload(Concern.summary).joinedload(Summary.author), *placed(Concern))
        .order_by(Concern.id)
        .limit(OFFERED * 2)
    ).all()
    return tuple(line(one, None) for one in rows)


def words_of(concern: ConcernLine) -> tuple[str, str]:
    """A concern's category and the words it is compared by."""
    return concern.category, f"{concern.title} {concern.words} {concern.remedy}"
