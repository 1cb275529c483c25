"""The weekly summary: begun, written concern by concern, submitted, returned, accepted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import due_after, past, start_of_day, workdays
from harbour.domain.errors import About, Denied, Invalid, Missing, Refused
from harbour.domain.meetings import MeetingState
from harbour.domain.periods import Period
from harbour.domain.reach import in_own_compounds
from harbour.domain.summaries import HEADER_NEEDS, SUMMARY, SummarySubject
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.meetings import Meeting
from harbour.models.people import Membership, User
from harbour.models.places import Compound
from harbour.models.subjects import of_summary, settings_of
from harbour.models.summaries import Summary
from harbour.models.upcoming import NextMeeting, next_meeting, unheard
from harbour.services.lifecycle import Effect, carry_out, give_birth, may_create
from harbour.services.numbers import public_number
from harbour.services.search import refresh
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]


@dataclass(frozen=True)
class Here:
    """What lies in the actor's reach and is asked about in its subject's place."""

    compound_id: int


@command
def draft(actor: Actor, inputs: Inputs, *, now: datetime) -> int:
    """Begin this period's summary, or find it where it has been begun; its id.

    ``inputs``: ``compound_id``, and ``author_id`` where staff type it in for a representative.
    """
    may_create(SUMMARY, actor, "draft")
    compound = _compound(actor, inputs["compound_id"])
    author_id = _author(actor, compound, inputs.get("author_id"))
    coming = next_meeting(compound, settings_of(compound.community_id), now)
    found = _of_period(author_id, compound.id, coming)
    if found is not None:
        _may_go_on(actor, found)
        return found.id
    summary = Summary(
        community_id=compound.community_id,
        compound_id=compound.id,
        author_id=author_id,
        entered_by_id=actor.user_id,
        period_start=coming.period.start,
        period_end=coming.period.end,
        cutoff_at=coming.period.cutoff_at,
        meeting_id=coming.id,
        created_at=now,
    )
    db.session.add(summary)
    give_birth(SUMMARY, actor, summary, "draft", {"compound": compound.name}, now=now)
    return summary.id


@command
def act(
    actor: Actor,
    summary_id: int,
    action: str,
    inputs: Inputs,
    *,
    version: int | None,
    now: datetime,
) -> None:
    """Take ``action`` (edit, submit, return, accept) on a summary."""
    summary = find(summary_id)
    carry_out(
        SUMMARY, EFFECTS, actor, summary, of_summary(summary), action, inputs,
        version=version, now=now,
    )  # fmt: skip


@command
def file_nil(actor: Actor, compound_id: int, *, now: datetime) -> int:
    """Say in one act that there is nothing new this week; the summary's id."""
    summary_id = draft(actor, {"compound_id": compound_id}, now=now)
    act(actor, summary_id, "edit", {"nil": True}, version=None, now=now)
    act(actor, summary_id, "submit", {}, version=None, now=now)
    return summary_id


def find(summary_id: int) -> Summary:
    """The summary, locked, with its concerns; Missing if there is none in scope."""
    summary = db.session.scalars(
        select(Summary)
        .where(Summary.id == summary_id)
        .options(selectinload(Summary.concerns))
        .with_for_update(of=Summary)
    ).first()
    if summary is None:
        raise Missing
    return summary


def require_edit(actor: Actor, summary: Summary, now: datetime) -> None:
    """Raise as the table says unless the actor may go on writing the summary."""
    subject: SummarySubject = of_summary(summary)
    try:
        SUMMARY.require(actor, subject, "edit", now)
    except (Denied, Refused) as error:
        error.about = About("edit", SUMMARY.name, summary.id, None, summary.community_id)
        raise


def _compound(actor: Actor, compound_id: int) -> Compound:
    """The compound, locked so that one period's summaries are begun one after another."""
    compound = db.session.scalars(
        select(Compound).where(Compound.id == compound_id).with_for_update()
    ).first()
    if compound is None or not in_own_compounds(actor, Here(compound.id)):
        raise Missing
    return compound


def _author(actor: Actor, compound: Compound, wanted: int | None) -> int:
    """Whom the summary speaks for: the representative themselves, or the one staff type for."""
    if actor.role is Role.RESIDENT_REP:
        if actor.user_id is None or wanted not in (None, actor.user_id):
            raise Denied
        return actor.user_id
    known = db.session.scalar(
        select(func.count())
        .select_from(Membership)
        .join(User, User.id == Membership.user_id)
        .where(
            Membership.user_id == wanted,
            Membership.compound_id == compound.id,
            Membership.role == Role.RESIDENT_REP,
            Membership.ended_at.is_(None),
            User.disabled_at.is_(None),
        )
    )
    if wanted is None or not known:
        raise Invalid("author", N_("Choose a representative of this compound."))
    return wanted


def _of_period(author_id: int, compound_id: int, coming: NextMeeting) -> Summary | None:
    """The author's summary for the coming meeting, even if the meeting was moved meanwhile."""
    period = coming.period
    found = db.session.scalars(
        select(Summary)
        .where(
            Summary.author_id == author_id,
            Summary.compound_id == compound_id,
            Summary.period_end >= period.start,
            Summary.period_start <= period.end,
            unheard(coming),
        )
        .order_by(Summary.period_start.desc())
    ).all()
    for one in found:
        if one.meeting_id is not None and one.meeting_id == coming.id:
            return one
        if period.shares_most_with(one.period_start, one.period_end):
            return one
    return None


def _may_go_on(actor: Actor, summary: Summary) -> None:
    if SUMMARY.shows(actor, of_summary(summary)) and actor.user_id in (
        summary.author_id,
        summary.entered_by_id,
    ):
        return
    name = db.session.scalar(select(User.name).where(User.id == summary.author_id))
    says = N_("%(name)s has begun this week's summary already; nobody else can type it in.")
    error = Refused(Text(says, {"name": name}))
    error.about = About("draft", SUMMARY.name, summary.id, None, summary.community_id)
    raise error


# ---- effects of the rows ------------------------------------------------------------------


def _edit(_actor: Actor, summary: Summary, inputs: Inputs, _now: datetime) -> None:
    for name in HEADER_NEEDS:
        if name in inputs:
            setattr(summary, name, inputs[name])
    if summary.nil and summary.concerns:
        raise Invalid("nil", N_("There are concerns in it: it is not “nothing new”."))


def _submit(_actor: Actor, summary: Summary, _inputs: Inputs, now: datetime) -> None:
    """In time or late by the clock of this transaction; each concern gets its number."""
    if summary.submitted_at is None:
        summary.submitted_at = now
        summary.cutoff_at = _cutoff(summary, now)
        summary.late = past(summary.cutoff_at, now)
    summary.answer_until = None
    compound = db.session.scalars(select(Compound).where(Compound.id == summary.compound_id)).one()
    for concern in summary.concerns:
        if concern.number is None:
            concern.number = public_number(compound, now)
            refresh(concern)


def _cutoff(summary: Summary, now: datetime) -> datetime:
    """The cut-off as the meeting stands now: it may have been made or moved since."""
    settings = settings_of(summary.community_id)
    meetings = select(Meeting.id, Meeting.starts_at).where(
        Meeting.compound_id == summary.compound_id, Meeting.state != MeetingState.CANCELLED
    )
    if summary.meeting_id is not None:
        found = db.session.execute(meetings.where(Meeting.id == summary.meeting_id)).first()
    else:
        found = db.session.execute(
            meetings.where(Meeting.starts_at > start_of_day(summary.period_end))
            .order_by(Meeting.starts_at)
            .limit(1)
        ).first()
    if found is None:
        return summary.cutoff_at
    period = Period.before(found.starts_at, settings)
    if not period.shares_most_with(summary.period_start, summary.period_end):
        return summary.cutoff_at
    summary.meeting_id = found.id
    return period.cutoff_at


def _return(_actor: Actor, summary: Summary, inputs: Inputs, now: datetime) -> None:
    settings = settings_of(summary.community_id)
    summary.question = inputs["question"]
    summary.answer_until = due_after(
        now, workdays(settings.summary_answer_workdays), working_calendar()
    )


EFFECTS: Mapping[str, Effect[Summary]] = {
    "edit": _edit,
    "submit": _submit,
    "return": _return,
}
