"""What the street's list of supervision orders is narrowed to."""

from wtforms import Form, SelectField

from harbour.domain.supervision import ORDER_LABELS
from harbour.domain.text import N_
from harbour.forms.wording import choices, option

EVERY = "all"


class OrderFilterForm(Form):
    """How the orders stand, and whose they are."""

    state = SelectField(
        N_("State"),
        choices=[
            option("", N_("Not concluded")), *choices(ORDER_LABELS), option(EVERY, N_("All orders"))
        ],
        validate_choice=False,
    )  # fmt: skip
    community = SelectField(N_("Community"), choices=[], validate_choice=False)
