"""What a record may be narrowed to."""

from typing import Any

from wtforms import Form, SelectField

from harbour.domain.permissions import WORKFLOW_LABELS
from harbour.domain.text import N_
from harbour.forms.base import Translations
from harbour.forms.wording import choices, option


class RecordFilter(Form):
    """The thing, and the person."""

    class Meta:
        """Messages from our own catalogue."""

        def get_translations(self, form: object) -> Translations:
            """Ours, not WTForms' bundled ones."""
            return Translations()

    kind = SelectField(
        N_("About"), choices=[option("", N_("Everything")), *choices(WORKFLOW_LABELS)], default=""
    )
    by = SelectField(N_("Who"), choices=[], default="")

    def offer(self, people: list[Any]) -> None:
        """Fill in whom one may choose."""
        self.by.choices = [option("", N_("Everybody")), *people]
