"""The form a task is written in, wherever it stands: beside the agenda, or on a page of its own."""

from typing import Any

from flask_babel import get_locale, gettext

from harbour.domain.categories import grouped
from harbour.domain.deadlines import LEVEL_WORDS
from harbour.domain.tasks import TASK, LeadKind
from harbour.domain.text import N_, Text
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.tasks import DirectDraftForm
from harbour.forms.wording import option
from harbour.queries.leads import DraftStart, LeadChoice, LevelChoice
from harbour.web.i18n import day_in


def draft_form(start: DraftStart, **given: Any) -> HarbourForm:
    """The form for a task that begins so; ``given`` goes to the form (prefix, formdata, …)."""
    kind = DirectDraftForm if start.direct else action_form(TASK.rows["edit"])
    begun = {"task_title": start.title, "lead": start.suggested, "level": str(start.level)}
    return offered(kind(**{**begun, **given}), start)


def edit_form(start: DraftStart, **given: Any) -> HarbourForm:
    """The form a task is changed in while it is not dispatched; ``given`` is what stands in it."""
    return offered(action_form(TASK.rows["edit"])(**given), start)


def offered(form: HarbourForm, start: DraftStart) -> HarbourForm:
    """Fill the choices that depend on the compound and the day."""
    return form.choices(
        {
            "lead": [option(one.value, lead_label(one)) for one in start.leads],
            "level": [option(one.level, level_label(one)) for one in start.levels],
            "category": [option("", N_("Choose a category")), *category_choices()],
        }
    )


def category_choices(*, short: bool = False) -> list[Any]:
    """Every category as a choice in the reader's language; ``short``: the second level only."""
    lang = str(get_locale())
    every = [one for group in grouped().values() for one in group]
    return [option(one.code, one.short(lang) if short else one.label(lang)) for one in every]


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
    facts |= {"handle": one.handle.text(), "day": day_in(one.due_on, gettext("EEE, d MMM"))}
    return Text(N_("%(level)s (accept within %(accept)s, done within %(handle)s: %(day)s)"), facts)
