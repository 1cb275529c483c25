"""Writing down what a task is: checked word by word, so that each fault stands by its field."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeVar

from sqlalchemy import or_, select

from harbour.domain.deadlines import Level, local_day
from harbour.domain.errors import Invalid
from harbour.domain.promises import (
    LONGEST_LINE,
    MOST_CRITERIA,
    MOST_MILESTONES,
    Unreadable,
    lines_of,
    milestones_of,
)
from harbour.domain.tasks import LeadKind, Payer
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.places import Community
from harbour.models.tasks import AssistantFirm, Criterion, Milestone, Task
from harbour.services.deadlines import FARTHEST, PAST, TOO_FAR, day_of, set_due

Inputs = Mapping[str, Any]
UNREADABLE = N_(
    "This line has no day in front that can be read: “%(line)s”. Write 2026-05-25 and the step."
)
E = TypeVar("E", bound=StrEnum)


def fill(task: Task, inputs: Inputs, now: datetime) -> None:
    """Take what was typed into a task that is not dispatched yet."""
    task.title = _title(inputs)
    task.level = one_of(Level, "level", inputs) or Level.NORMAL
    task.who_pays = one_of(Payer, "who_pays", inputs)
    task.public_sentence = str(inputs.get("public_sentence") or "").strip()
    set_lead(task, str(inputs.get("lead") or ""), now)
    _set_criteria(task, str(inputs.get("criteria") or ""))
    _set_milestones(task, str(inputs.get("milestones") or ""), now)
    _set_assistants(task, inputs.get("assistants"))
    set_due(task, day_of("due_on", inputs, now), now)


def one_of(kind: type[E], name: str, inputs: Inputs) -> E | None:
    """A value of an enum, or None where nothing was chosen."""
    value = inputs.get(name)
    if not value:
        return None
    try:
        return kind(value)
    except ValueError:
        raise Invalid(name, N_("Choose one of those offered.")) from None


def _title(inputs: Inputs) -> str:
    title = str(inputs.get("task_title") or "").strip()
    if not title:
        raise Invalid("task_title", N_("Say in one line what is to be done."))
    if len(title) > 120:
        raise Invalid("task_title", Text(N_("At most %(max)d characters, please."), {"max": 120}))
    return title


def lead_of(task: Task) -> str:
    """Who leads, as ``set_lead`` takes it."""
    key = task.lead_firm_id or task.lead_team_id
    return f"{task.lead_kind}:{key}" if key else task.lead_kind or ""


def set_lead(task: Task, chosen: str, now: datetime) -> None:
    """Let "firm:<id>", "community" or "team:<id>" lead; nothing chosen leaves it open."""
    kind, _, key = chosen.partition(":")
    task.lead_kind = task.lead_firm_id = task.lead_team_id = None
    task.lead_name = ""
    if kind == LeadKind.FIRM and key.isascii() and key.isdigit():
        _led_by_firm(task, int(key), now)
    elif kind == LeadKind.TEAM and key.isascii() and key.isdigit():
        _led_by_team(task, int(key))
    elif chosen == LeadKind.COMMUNITY:
        task.lead_kind = LeadKind.COMMUNITY
        task.lead_name = db.session.scalars(
            select(Community.name).where(Community.id == task.community_id)
        ).one()
    elif chosen:
        raise Invalid("lead", N_("Choose one of those offered."))


def _led_by_firm(task: Task, firm_id: int, now: datetime) -> None:
    today = local_day(now)
    name = db.session.scalar(
        select(Firm.short_name)
        .join(ServiceContract, ServiceContract.firm_id == Firm.id)
        .where(
            Firm.id == firm_id,
            ServiceContract.compound_id == task.compound_id,
            or_(ServiceContract.starts_on.is_(None), ServiceContract.starts_on <= today),
            or_(ServiceContract.ends_on.is_(None), ServiceContract.ends_on >= today),
        )
        .limit(1)
    )
    if name is None:
        raise Invalid("lead", N_("This firm has no contract with the compound today."))
    task.lead_kind, task.lead_firm_id, task.lead_name = LeadKind.FIRM, firm_id, name


def _led_by_team(task: Task, team_id: int) -> None:
    name = db.session.scalar(
        select(VolunteerTeam.name).where(
            VolunteerTeam.id == team_id, VolunteerTeam.community_id == task.community_id
        )
    )
    if name is None:
        raise Invalid("lead", N_("Choose one of those offered."))
    task.lead_kind, task.lead_team_id, task.lead_name = LeadKind.TEAM, team_id, name


def _set_criteria(task: Task, typed: str) -> None:
    lines = lines_of(typed)
    if len(lines) > MOST_CRITERIA:
        raise Invalid(
            "criteria", Text(N_("At most %(most)d lines, please."), {"most": MOST_CRITERIA})
        )
    if any(len(line) > LONGEST_LINE for line in lines):
        raise Invalid("criteria", Text(N_("At most %(most)d characters in a line, please."),
                                       {"most": LONGEST_LINE}))  # fmt: skip
    if [one.text for one in task.criteria] == list(lines):
        return
    task.criteria = [
        Criterion(community_id=task.community_id, position=place, text=line)
        for place, line in enumerate(lines)
    ]


def _set_milestones(task: Task, typed: str, now: datetime) -> None:
    try:
        steps = milestones_of(typed)
    except Unreadable as error:
        raise Invalid("milestones", Text(UNREADABLE, {"line": error.line[:60]})) from None
    if len(steps) > MOST_MILESTONES:
        raise Invalid(
            "milestones", Text(N_("At most %(most)d lines, please."), {"most": MOST_MILESTONES})
        )
    if any(len(name) > 120 for _, name in steps):
        raise Invalid(
            "milestones", Text(N_("At most %(most)d characters in a line, please."), {"most": 120})
        )
    days = [day for day, _ in steps]
    if days and (max(days) < local_day(now) or max(days) > local_day(now) + FARTHEST):
        raise Invalid("milestones", PAST if max(days) < local_day(now) else TOO_FAR)
    if [(one.due_on, one.name) for one in task.milestones] == list(steps):
        return
    task.milestones = [
        Milestone(community_id=task.community_id, due_on=day, name=name) for day, name in steps
    ]


def _set_assistants(task: Task, typed: object) -> None:
    """Names of assistants; a firm of the street named among them sees the task."""
    names = (
        typed
        if isinstance(typed, list | tuple)
        else re.split(r"[,;\n\u3001\uff0c\uff1b]+", str(typed or ""))
    )
    wanted = tuple(dict.fromkeys(str(one).strip() for one in names if str(one).strip()))
    task.assistants = "、".join(wanted)
    if len(task.assistants) > 400:
        raise Invalid("assistants", Text(N_("At most %(max)d characters, please."), {"max": 400}))
    street = select(Community.street_id).where(Community.id == task.community_id).scalar_subquery()
    firms = set(
        db.session.scalars(
            select(Firm.id).where(
                Firm.street_id == street,
                or_(Firm.name.in_(wanted), Firm.short_name.in_(wanted)),
            )
        )
        if wanted
        else ()
    ) - {task.lead_firm_id}
    if {one.firm_id for one in task.helpers} != firms:
        task.helpers = [
            AssistantFirm(community_id=task.community_id, firm_id=firm) for firm in sorted(firms)
        ]
