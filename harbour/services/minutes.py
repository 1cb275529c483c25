"""The minutes: drafted from what was recorded, confirmed by three sides, final, corrected."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import func, select

from harbour.domain import minutes
from harbour.domain.actors import Actor
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import Level, add_workdays, due_after, local_day, workdays
from harbour.domain.errors import Denied, Invalid
from harbour.domain.meetings import Capacity, Outcome, side_of
from harbour.domain.tasks import TaskState
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.calendar import working_calendar
from harbour.models.meetings import AgendaItem, Meeting, MinutesOpinion, MinutesRevision
from harbour.models.places import Community
from harbour.models.proposals import Proposal
from harbour.models.subjects import settings_of
from harbour.models.summaries import Concern
from harbour.models.tasks import Task
from harbour.services import agenda, attendance
from harbour.services.ledger import chain_of
from harbour.services.lifecycle import Inputs

About = Proposal | Task | Concern
A = TypeVar("A", Proposal, Task, Concern)
RESIDENTS = frozenset({Capacity.REPRESENTATIVE, Capacity.OWNERS_COMMITTEE, Capacity.GUEST})
LONGEST_NOTICE = 60


def draft(meeting: Meeting, now: datetime) -> None:
    """Write the text of the minutes, internal and public, from what was recorded."""
    held = _held(meeting, now)
    meeting.minutes_text = minutes.internal(held)
    meeting.minutes_public = minutes.public(held)


def _held(meeting: Meeting, now: datetime) -> minutes.Held:
    people = attendance.everybody(meeting.id)
    voters = [one for one in people if one.voting]
    return minutes.Held(
        starts_at=meeting.opened_at or meeting.starts_at,
        ended_at=meeting.ended_at or now,
        place=meeting.place,
        chair=meeting.chair.name if meeting.chair else "",
        recorder=meeting.recorder,
        due=len(voters),
        present=sum(1 for one in voters if one.presence in attendance.THERE),
        people=tuple(
            minutes.Present(
                one.name, one.unit_name, one.voting, one.presence, one.left_at,
                one.capacity in RESIDENTS,
            )
            for one in people
        ),
        items=_items(meeting),
    )  # fmt: skip


def _items(meeting: Meeting) -> tuple[minutes.Item, ...]:
    items = agenda.items_of(meeting.id)
    proposals = _by_id(Proposal, (one.proposal_id for one in items))
    tasks = _by_id(Task, (one.task_id for one in items))
    concerns = _by_id(Concern, (one.concern_id for one in items))
    agreed = _agreed(meeting, proposals)
    return tuple(
        _item(
            one,
            proposals.get(one.proposal_id) or tasks.get(one.task_id) or concerns[one.concern_id],
            agreed.get(one.proposal_id or 0, ()),
        )
        for one in items
    )


def _by_id(model: type[A], keys: Iterable[int | None]) -> dict[int | None, A]:
    wanted = [key for key in keys if key is not None]
    if not wanted:
        return {}
    return {one.id: one for one in db.session.scalars(select(model).where(model.id.in_(wanted)))}


def _item(item: AgendaItem, about: About, tasks: tuple[minutes.Agreed, ...]) -> minutes.Item:
    votes = None
    if item.votes_for is not None:
        votes = (item.votes_for, item.votes_against or 0, item.votes_abstain or 0)
    return minutes.Item(
        kind=item.kind,
        title=about.title,
        number=about.number,
        category=about.category,
        restricted=CATEGORIES[about.category].restricted,
        points=item.points,
        votes=votes,
        outcome=item.outcome,
        decision=item.decision,
        wording=about.wording if isinstance(about, Proposal) else "",
        tasks=tasks,
        referred=_referred(item, about),
    )


def _referred(item: AgendaItem, about: About) -> tuple[str, str, date] | None:
    if item.outcome != Outcome.REFERRED or not isinstance(about, Proposal):
        return None
    if about.referred_to is None or about.answer_on is None:
        return None
    return about.referred_to, about.referred_name, about.answer_on


def _agreed(
    meeting: Meeting, proposals: Mapping[int | None, Proposal]
) -> dict[int, tuple[minutes.Agreed, ...]]:
    """The tasks this meeting made of proposals, by proposal."""
    if not proposals:
        return {}
    tasks = db.session.scalars(
        select(Task)
        .where(Task.proposal_id.in_(list(proposals)), Task.meeting_id == meeting.id)
        .where(Task.state != TaskState.CANCELLED)
        .order_by(Task.id)
    ).all()
    found: dict[int, tuple[minutes.Agreed, ...]] = {}
    for task in tasks:
        one = minutes.Agreed(
            title=task.title,
            number=task.number,
            lead=_lead(task),
            due_at=task.due_at,
            round_the_clock=task.level == Level.CRITICAL,
            criteria=tuple(criterion.text for criterion in task.criteria),
            payer=task.who_pays,
            sentence=task.public_sentence,
        )
        found[task.proposal_id or 0] = (*found.get(task.proposal_id or 0, ()), one)
    return found


def _lead(task: Task) -> str:
    if task.lead_name:
        return task.lead_name
    if task.lead_firm is not None:
        return task.lead_firm.short_name
    if task.lead_team is not None:
        return task.lead_team.name
    return db.session.scalar(select(Community.name).where(Community.id == task.community_id)) or ""


# ---- acts -----------------------------------------------------------------------------------


def minute(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Edit the text before it is sent round."""
    meeting.minutes_text = inputs["minutes_text"]
    meeting.minutes_public = inputs["minutes_public"]


def circulate(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Send the text to the three sides; they have some workdays to answer."""
    limit = workdays(settings_of(meeting.community_id).minutes_confirmation_workdays)
    meeting.circulated_at = now
    meeting.confirm_until = due_after(now, limit, working_calendar())


def confirm(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """An attendee finds the text right."""
    _answer(actor, meeting, "", now)


def object_(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """An attendee finds something wrong; the words are kept with the minutes."""
    _answer(actor, meeting, inputs["objection"], now)


def _answer(actor: Actor, meeting: Meeting, objection: str, now: datetime) -> None:
    side = side_of(actor)
    if side is None or actor.user_id is None:
        raise Denied
    opinion = db.session.scalars(
        select(MinutesOpinion).where(
            MinutesOpinion.meeting_id == meeting.id, MinutesOpinion.user_id == actor.user_id
        )
    ).first()
    if opinion is None:
        opinion = MinutesOpinion(
            community_id=meeting.community_id, meeting_id=meeting.id, user_id=actor.user_id
        )
        db.session.add(opinion)
    opinion.side, opinion.name, opinion.objection, opinion.at = side, actor.name, objection, now
    db.session.flush()
    db.session.expire(meeting, ["opinions"])


def finalise(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Make the text final: the first revision, which the database itself keeps unchanged."""
    meeting.finalised_at = now
    _revise(actor, meeting, "", now)


def publish(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Make the public version public for a notice period in workdays."""
    asked = inputs.get("notice_workdays")
    days = settings_of(meeting.community_id).notice_workdays if asked is None else int(asked)
    if not 1 <= days <= LONGEST_NOTICE:
        raise Invalid("notice_workdays", N_("Between 1 and 60 workdays, please."))
    meeting.published_at = now
    meeting.notice_until = add_workdays(local_day(now), days, working_calendar())


def correct(actor: Actor, meeting: Meeting, inputs: Inputs, now: datetime) -> None:
    """Correct final minutes by a new revision with its reason; the earlier ones stay."""
    same = (meeting.minutes_text, meeting.minutes_public)
    if same == (inputs["minutes_text"], inputs["minutes_public"]):
        raise Invalid("minutes_text", N_("Nothing in the text has been changed."))
    meeting.minutes_text = inputs["minutes_text"]
    meeting.minutes_public = inputs["minutes_public"]
    _revise(actor, meeting, inputs["reason"], now)


def _revise(actor: Actor, meeting: Meeting, reason: str, now: datetime) -> None:
    last = db.session.scalar(
        select(func.max(MinutesRevision.revision)).where(MinutesRevision.meeting_id == meeting.id)
    )
    head = db.session.scalar(
        select(AuditEvent.digest)
        .where(AuditEvent.chain == chain_of(meeting.community_id))
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    )
    db.session.add(
        MinutesRevision(
            community_id=meeting.community_id, meeting_id=meeting.id, revision=(last or 0) + 1,
            text=meeting.minutes_text, public_text=meeting.minutes_public, reason=reason,
            made_at=now, made_by_id=actor.user_id, ledger_head=head or "",
        )
    )  # fmt: skip


EFFECTS = {
    "minute": minute,
    "circulate": circulate,
    "confirm": confirm,
    "object": object_,
    "finalise": finalise,
    "publish": publish,
    "correct": correct,
}
