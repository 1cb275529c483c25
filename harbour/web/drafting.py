"""The form a task is written in, wherever it stands: beside the agenda, or on a page of its own."""

from typing import Any

from flask_babel import format_date, get_locale

from harbour.domain.categories import grouped
from harbour.domain.deadlines import LEVEL_WORDS
from harbour.domain.tasks import TASK, LeadKind
from harbour.domain.text import N_, Text
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.tasks import DirectDraftForm
from harbour.queries.leads import DraftStart, LeadChoice, LevelChoice


def draft_form(start: DraftStart, **given: Any) -> HarbourForm:
    """The form for a task that begins so; ``given`` goes to the form (prefix, formdata, …)."""
    kind = DirectDraftForm if start.direct else action_form(TASK.rows["edit"])
    begun = {"task_title": start.title, "lead": start.suggested, "level": str(start.level),
             "place": start.place}  # fmt: skip
    form = kind(**{**begun, **given})
    return offered(form, start)


def offered(form: HarbourForm, start: DraftStart) -> HarbourForm:
    """Fill the choices that depend on the compound and the day."""
    return form.choices(
        {
            "lead": [(one.value, lead_label(one)) for one in start.leads],
            "level": [(str(one.level), level_label(one)) for one in start.levels],
            "category": [("", N_("Choose a category")), *_categories()],
        }
    )


def _categories() -> list[tuple[str, str]]:
    lang = str(get_locale())
    return [(one.code, one.label(lang)) for group in grouped().values() for one in group]


def lead_label(one: LeadChoice) -> Text | str:
    """Who could lead, with what lies on their hands."""
    if one.kind is LeadKind.TEAM:
        return one.name
    name = one.name or Text(N_("The community itself"))
    facts = {"name": name, "open": one.load.open, "overdue": one.load.overdue,
             "rework": one.load.rework}  # fmt: skip
    return Text(N_("%(name)s (%(open)d open, %(overdue)d overdue, %(rework)d sent back)"), facts)


def level_label(one: LevelChoice) -> Text:
    """A level with its limits and the day that follows from them today."""
    facts: dict[str, object] = {
        "level": Text(LEVEL_WORDS[one.level]),
        "accept": one.accept.text(),
    }
    if one.handle is None or one.due_on is None:
        return Text(N_("%(level)s (accept within %(accept)s, then by milestones)"), facts)
    facts |= {"handle": one.handle.text(), "day": format_date(one.due_on, "MMMdEEE")}
    return Text(N_("%(level)s (accept within %(accept)s, done within %(handle)s: %(day)s)"), facts)
