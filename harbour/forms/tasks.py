"""Inputs of tasks."""

from functools import lru_cache
from typing import Any, ClassVar

from wtforms import (
    DateField,
    Field,
    Form,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from harbour.domain.deadlines import LEVEL_WORDS
from harbour.domain.escalation import RUNG_WORDS, Rung
from harbour.domain.lights import COLOUR_WORDS
from harbour.domain.promises import Unreadable, milestones_of
from harbour.domain.supervision import OUTCOME_LABELS
from harbour.domain.tasks import (
    CONTACT_LABELS,
    PAYER_LABELS,
    RESULT_LABELS,
    REWORK_CAUSE_LABELS,
    SATISFACTION_LABELS,
    SOLVED_LABELS,
)
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.photos import photo_field
from harbour.forms.wording import choices, line, option, paragraphs


class TicksField(SelectMultipleField):
    """Several things to tick, drawn as large boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def dated_lines(form: BaseForm, field: Field) -> None:
    """Every line begins with a day."""
    try:
        milestones_of(field.data or "")
    except Unreadable:
        raise ValidationError(
            N_("Begin every line with its day, such as 2026-05-25, then the step.")
        ) from None


def one_choice(label: str, missing: str, labels: Any) -> Any:
    """One of an enum's values, drawn as large boxes; required."""
    return RadioField(label, [InputRequired(missing)], choices=choices(labels))


def maybe(label: str, labels: Any = (), description: str = "") -> Any:
    """One of several values, or none yet."""
    return RadioField(
        label, [Optional()], choices=choices(labels) if labels else [], description=description
    )


FIELDS: dict[str, Any] = {
    # Writing it
    "task_title": line(N_("What is to be done"), N_("Say in one line what is to be done.")),
    "lead": maybe(N_("Who leads")),
    "level": RadioField(
        N_("How pressing"), [InputRequired(N_("Choose a level."))], choices=choices(LEVEL_WORDS)
    ),
    "due_on": DateField(
        N_("Due day set by hand"),
        [Optional()],
        description=N_("Leave it empty and the level sets the day."),
    ),
    "criteria": paragraphs(
        N_("How everybody can see that it is done"),
        description=N_("One criterion a line, such as: the lamp at the gate is lit at night."),
    ),
    "who_pays": maybe(N_("Who pays"), PAYER_LABELS),
    "public_sentence": paragraphs(
        N_("Sentence for the public board"),
        most=500,
        description=N_("No names, telephones or door numbers: everybody can read it."),
    ),
    "assistants": line(
        N_("Who assists"), most=400, description=N_("Names with a comma between them.")
    ),
    "milestones": paragraphs(
        N_("Milestones (for projects)"),
        description=N_("One a line: the day, then the step, such as: 2026-05-25 work begins."),
    ),
    "direct_reason": paragraphs(
        N_("Why without the meeting's decision"),
        N_("Say why this cannot wait for the meeting's decision."),
        most=2000,
    ),
    # On the way
    "progress_note": paragraphs(
        N_("What has been done so far"), N_("Say what has been done so far."), most=2000
    ),
    "quantity_done": IntegerField(N_("Done so far"), [Optional()]),
    "quantity_total": IntegerField(N_("Of how many"), [Optional()]),
    "milestone": maybe(N_("Milestone reached")),
    # The completion report
    "result": one_choice(N_("Result"), N_("Choose how it stands."), RESULT_LABELS),
    "criteria_answers": paragraphs(N_("The criteria, one by one")),
    "before_photos": photo_field(N_("Photos of before")),
    "after_photos": photo_field(N_("Photos of afterwards")),
    "what_was_done": paragraphs(
        N_("What was done (not for the public board)"), N_("Say what was done."), most=2000
    ),
    "public_reply": paragraphs(
        N_("Reply to the residents"),
        N_("Write the reply the residents will read."),
        most=1000,
        description=N_("No names, telephones or door numbers: everybody can read it."),
    ),
    "contact": one_choice(
        N_("How were those told who raised it?"),
        N_("Choose how they were told."),
        CONTACT_LABELS,
    ),
    "contact_on": DateField(N_("On which day"), [Optional()]),
    # Looking whether it is done
    "solved": one_choice(N_("Is it solved?"), N_("Say whether it is solved."), SOLVED_LABELS),
    "criteria_ticks": TicksField(N_("Tick what you saw done"), [Optional()], choices=[]),
    "satisfaction": one_choice(
        N_("Are you satisfied?"), N_("Say how satisfied you are."), SATISFACTION_LABELS
    ),
    "finding": paragraphs(N_("What you saw, in your words"), most=2000),
    # Sending it back
    "rework_cause": one_choice(N_("Cause of the rework"), N_("Choose why."), REWORK_CAUSE_LABELS),
    "failed_criteria": TicksField(N_("Tick what is not met"), [Optional()], choices=[]),
    "what_is_wrong": paragraphs(
        N_("What is still wrong"), N_("Say what is still wrong."), most=2000
    ),
    "new_due_on": DateField(
        N_("To be done by"), [InputRequired(N_("Choose the day it is to be done by."))]
    ),
    # Pressing and speaking
    "urge_note": paragraphs(N_("What you want to say with it"), most=500),
    "urge_answer": paragraphs(N_("Answer"), N_("Write the answer."), most=2000),
    "order_text": paragraphs(N_("What the street orders"), N_("Write the order."), most=2000),
    "reply_on": DateField(
        N_("Written reply by"), [InputRequired(N_("Choose the day the written reply is due."))]
    ),
    "order_reply": paragraphs(N_("Written reply"), N_("Write the reply to the street."), most=4000),
    "order_outcome": one_choice(
        N_("How the order ended"), N_("Choose how the order ended."), OUTCOME_LABELS
    ),
    "outcome_words": paragraphs(N_("What the street found"), most=2000),
    "remark": paragraphs(N_("Comment"), N_("Write something first."), most=2000),
}

_PLACED = ("category", "place")
_DIRECT = (
    "task_title", "category", "place", "direct_reason", "lead", "level", "due_on", "criteria",
    "who_pays", "public_sentence", "assistants", "milestones",
)  # fmt: skip


class DirectDraftForm(HarbourForm):
    """A task that comes from no proposal: it also says what about, where and why."""

    needs = _DIRECT
    category = SelectField(
        N_("Category"), [InputRequired(N_("Choose a category."))], choices=[], validate_choice=False
    )
    place = line(N_("Where exactly"), most=200)


for _name in _DIRECT:
    if _name not in _PLACED:
        setattr(DirectDraftForm, _name, FIELDS[_name])


LEAST_LEVELS: dict[str, str] = {
    "1": N_("Alert level 1 and above"),
    "2": N_("Alert level 2 and above"),
    "3": RUNG_WORDS[Rung.THIRD],
}


class TaskFilterForm(Form):
    """What a list of tasks may be narrowed by; it stands in the address."""

    state = SelectField(N_("State"), choices=[])
    light = SelectField(N_("Light"), choices=[option("", N_("Any")), *choices(COLOUR_WORDS)])
    level = SelectField(N_("Alert level"), choices=[option("", N_("Any")), *choices(LEAST_LEVELS)])
    compound = SelectField(N_("Compound"), choices=[])
    lead = SelectField(N_("Who leads"), choices=[])
    category = SelectField(N_("Category"), choices=[])
    since = DateField(N_("Due from"), [Optional()])
    until = DateField(N_("Due until"), [Optional()])

    def readable(self) -> dict[str, Any]:
        """What the address asks for, as far as it can be read."""
        return {
            name: one.data
            for name, one in self._fields.items()
            if one.data and not one.process_errors
        }


class ReportForm(HarbourForm):
    """The completion report; ``report_form`` adds the criteria of one task."""

    needs = ("result", "what_was_done", "public_reply", "contact", "contact_on")
    has_files = True
    criteria: ClassVar[tuple[int, ...]] = ()

    result = FIELDS["result"]
    what_was_done = FIELDS["what_was_done"]
    public_reply = FIELDS["public_reply"]
    contact = FIELDS["contact"]
    contact_on = FIELDS["contact_on"]

    def inputs(self) -> dict[str, Any]:
        """What was typed, the answers gathered by criterion."""
        answers = {
            str(key): {
                "met": self[f"met_{key}"].data == "yes",
                "words": self[f"words_{key}"].data or "",
                "before": tuple(self[f"before_{key}"].data or ()),
                "after": tuple(self[f"after_{key}"].data or ()),
            }
            for key in self.criteria
        }
        general = {name: self[name].data for name in GENERAL_PHOTOS if name in self}
        return {**super().inputs(), **general, "criteria_answers": answers}


GENERAL_PHOTOS = ("before_photos", "after_photos")
MET = choices({"yes": N_("Met"), "no": N_("Not met")})


@lru_cache(maxsize=512)
def report_form(criteria: tuple[int, ...]) -> type[ReportForm]:
    """The report's form for these criteria; a task without any shows photos of the whole."""
    members: dict[str, Any] = {"criteria": criteria}
    for key in criteria:
        members[f"met_{key}"] = RadioField(
            N_("Is this met?"), [InputRequired(N_("Say whether this is met."))], choices=MET
        )
        members[f"words_{key}"] = line(N_("In words"), most=500)
        members[f"before_{key}"] = photo_field(N_("Photos of before"))
        members[f"after_{key}"] = photo_field(N_("Photos of afterwards"))
    if not criteria:
        members |= {name: FIELDS[name] for name in GENERAL_PHOTOS}
    return type("ReportForm", (ReportForm,), members)
