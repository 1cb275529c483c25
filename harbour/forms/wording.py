"""Inputs that several tables ask for, and the checks every text passes."""

import unicodedata
from typing import Any

from wtforms import DateField, Field, SelectField, StringField, TextAreaField, ValidationError
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # its stubs lag behind
from wtforms.form import BaseForm
from wtforms.validators import InputRequired, Length, Optional

from harbour.domain.summaries import REFERRED_TO_LABELS
from harbour.domain.text import N_, Text
from harbour.forms.base import say

LINE = 120
PARAGRAPHS = 4000


def clean(value: str | None) -> str | None:
    """Text as people typed it, in NFC, without control characters, ends trimmed."""
    if value is None:
        return None
    kept = "".join(
        c for c in value if c in "\n\t" or unicodedata.category(c)[0] != "C" or c == "\u200d"
    )
    return unicodedata.normalize("NFC", kept.replace("\r\n", "\n").replace("\r", "\n")).strip()


class Filled(InputRequired):
    """Something other than spaces must be typed."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        """Raise with the field's own sentence."""
        if not (field.data.strip() if isinstance(field.data, str) else field.data):
            raise ValidationError(self.message or N_("Please fill this in."))


class NoLonger(Length):
    """At most so many characters."""

    def __init__(self, most: int) -> None:
        super().__init__(max=most)

    def __call__(self, form: BaseForm, field: Any) -> None:
        """Say it in the reader's language: the number is filled in after translating."""
        if len(field.data or "") > self.max:
            raise ValidationError(
                say(Text(N_("At most %(max)d characters, please."), {"max": self.max}))
            )


def line(label: str, missing: str | None = None, *, most: int = LINE, **kwargs: Any) -> Any:
    """A one-line text; required when ``missing`` says what is missing."""
    checks = [Filled(missing)] if missing else [Optional()]
    return StringField(label, [*checks, NoLonger(most)],
                       filters=[clean], **kwargs)  # fmt: skip


def paragraphs(
    label: str, missing: str | None = None, *, most: int = PARAGRAPHS, **kwargs: Any
) -> Any:
    """A longer text; required when ``missing`` says what is missing."""
    checks = [Filled(missing)] if missing else [Optional()]
    return TextAreaField(label, [*checks, NoLonger(most)],
                         filters=[clean], **kwargs)  # fmt: skip


def option(
    value: object, label: Text | str, group: str | None = None, parent: object = None
) -> Any:
    """One choice of a select field; ``parent`` is the value of the field that narrows it."""
    around = {} if parent is None else {"data-parent": str(parent)}
    return SelectChoice(str(value), label, render_kw=around, optgroup=group)


def choices(labels: Any) -> list[Any]:
    """The choices of an enum and its labels."""
    return [option(value, label) for value, label in labels.items()]


FIELDS: dict[str, Any] = {
    "reason": paragraphs(N_("Reason"), N_("Say why."), most=2000),
    "reply": paragraphs(N_("Reply"), N_("Write the reply, in words the residents understand.")),
    "referred_to": SelectField(
        N_("Referred to"),
        [InputRequired(N_("Choose to whom."))],
        choices=choices(REFERRED_TO_LABELS),
    ),
    "referred_name": line(N_("Name of the office or person")),
    "answer_on": DateField(N_("Answer by"), [InputRequired(N_("Choose a day."))]),
    "title": line(N_("What should be done"), N_("Say in one line what should be done.")),
    "place": line(N_("Where exactly"), most=200),
}
