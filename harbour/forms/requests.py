"""Inputs of requests beside a task, and of the answers to them."""

from typing import Any

from wtforms import DateField
from wtforms.validators import InputRequired

from harbour.domain.request_facts import HOLD_REASON_LABELS, RETURN_REASON_LABELS
from harbour.domain.text import N_
from harbour.forms.tasks import one_choice
from harbour.forms.wording import paragraphs

FIELDS: dict[str, Any] = {
    "wished_on": DateField(
        N_("By which day can it be done?"),
        [InputRequired(N_("Choose the day you ask for."))],
        description=N_("The first promise stays visible for everybody."),
    ),
    "granted_on": DateField(
        N_("New due day"), [InputRequired(N_("Choose the day it is to be done by."))]
    ),
    "decision_note": paragraphs(N_("What you want to say with it"), most=2000),
    "return_reason": one_choice(
        N_("Why do you give it back?"), N_("Choose why."), RETURN_REASON_LABELS
    ),
    "hold_reason": one_choice(N_("What must it wait for?"), N_("Choose why."), HOLD_REASON_LABELS),
    "what_first": paragraphs(
        N_("What has to happen first"), N_("Say what has to happen first."), most=2000
    ),
    "review_on": DateField(
        N_("When to look at it again"),
        [InputRequired(N_("Choose the day it is looked at again."))],
        description=N_("On this day it goes on by itself, with the days that are left."),
    ),
}
