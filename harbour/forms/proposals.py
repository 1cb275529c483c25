"""Inputs of proposals, and of what may be done with them."""

from typing import Any

from flask_babel import get_locale
from wtforms import DateField, Form, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput

from harbour.domain.categories import CATEGORIES, grouped
from harbour.domain.proposals import PROPOSAL
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm, Translations
from harbour.forms.wording import choices, line, option, paragraphs

MOST_VOTES = 9999


def category_name(code: str) -> str:
    """A category's name on both levels in the reader's language; an unknown code as it is."""
    found = CATEGORIES.get(code)
    return code if found is None else found.label(str(get_locale() or "zh"))


def category_choices(*, whole_groups: bool = False) -> list[Any]:
    """The categories under their first level, in the reader's language.

    ``whole_groups`` lets one choose a whole first level too, for narrowing a list.
    """
    language = str(get_locale() or "zh")
    found = [] if whole_groups else [option("", "")]
    for code, inside in grouped().items():
        group = inside[0].group(language)
        if whole_groups:
            found.append(option(code, group, group))
        found += [option(one.code, one.short(language), group) for one in inside]
    return found


def _votes(label: str) -> Any:
    return IntegerField(
        label,
        [
            InputRequired(N_("Count the votes; 0 if there were none.")),
            NumberRange(0, MOST_VOTES, N_("A number of votes from 0 on is needed.")),
        ],
    )


def chosen_later(label: str, missing: str) -> Any:
    """One of several things the view offers; whether it exists is for the service to say."""
    return RadioField(label, [InputRequired(missing)], choices=[], validate_choice=False)


FIELDS: dict[str, Any] = {
    "category": SelectField(
        N_("Category"),
        [InputRequired(N_("Choose the category that fits best."))],
        choices=category_choices,
    ),
    "wanted": paragraphs(N_("What is wanted"), N_("Say what is wanted, so that all understand.")),
    "missing": paragraphs(
        N_("What is missing"), N_("Say what is missing, so that the author can add it."), most=2000
    ),
    "question": paragraphs(N_("Your question"), N_("Write the question."), most=2000),
    "master": chosen_later(N_("Merge into"), N_("Choose the proposal it is merged into.")),
    "relapse_of": chosen_later(
        N_("The task it comes back from"), N_("Choose the task it comes back from.")
    ),
    "linked_to": chosen_later(N_("Join it to"), N_("Choose what it belongs to.")),
    "meeting": SelectField(
        N_("Meeting"), [InputRequired(N_("Choose the meeting."))], choices=[], validate_choice=False
    ),
    "votes_for": _votes(N_("Votes for")),
    "votes_against": _votes(N_("Votes against")),
    "votes_abstain": _votes(N_("Abstentions")),
    "wording": paragraphs(
        N_("Adopted with changes: the new wording"),
        description=N_("Leave it empty if it was adopted as it stands."),
    ),
    "public_reason": paragraphs(
        N_("Reason, in words fit for the public"), N_("Say why, in words everybody may read.")
    ),
    "outcome_text": paragraphs(N_("What came of it"), N_("Write down what came of it.")),
}


class ProposalForm(HarbourForm):
    """A proposal put forward directly, or handed in again."""

    needs = ("title", "category", "compound", "building", "unit", "place", "wanted")

    title = line(N_("What should be done"), N_("Say in one line what should be done."))
    category = FIELDS["category"]
    compound = SelectField(N_("Compound"), [InputRequired(N_("Choose the compound."))], choices=[])
    building = SelectField(N_("Building"), [Optional()], choices=[], default="")
    unit = SelectField(N_("Unit"), [Optional()], choices=[], default="")
    place = line(N_("Where exactly"), most=200,
                 description=N_("For example: third floor, at the lift door."))  # fmt: skip
    wanted = FIELDS["wanted"]


class TogetherForm(HarbourForm):
    """Several concerns that are to become one proposal."""

    needs = ("concern",)

    concern = SelectMultipleField(
        N_("Which belong together"),
        [InputRequired(N_("Tick the concerns that belong together."))],
        choices=[],
        coerce=int,
        option_widget=CheckboxInput(),
        id="together",  # the concerns themselves stand on the page under their own names
        validate_choice=False,
    )


class ProposalFilter(Form):
    """What a list of proposals is narrowed by; it stands in the address."""

    class Meta:
        """Messages from our own catalogue; no token, for nothing is changed."""

        def get_translations(self, _form: object) -> Translations:
            """Ours, not WTForms' bundled ones."""
            return Translations()

    state = SelectField(N_("State"), [Optional()], default="")
    category = SelectField(N_("Category"), [Optional()], default="")
    compound = SelectField(N_("Compound"), [Optional()], default="", choices=[])
    since = DateField(N_("Put forward from"), [Optional()])
    until = DateField(N_("Put forward up to"), [Optional()])

    def offer(self, compounds: list[Any]) -> "ProposalFilter":
        """Fill in the choices; an unknown value in the address counts as none."""
        every = option("", N_("All"))
        states = choices(PROPOSAL.labels)
        self.state.choices = [every, *states]
        self.category.choices = [every, *category_choices(whole_groups=True)]
        self.compound.choices = [every, *compounds]
        return self
