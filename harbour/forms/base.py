"""The form every form extends: CSRF, the version one saw, and the key against double taps."""

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from flask import g, has_request_context
from flask_babel import get_locale, get_translations
from flask_wtf import FlaskForm
from jinja2 import Undefined
from markupsafe import Markup
from wtforms import BooleanField, Field, HiddenField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from harbour.domain.errors import Invalid
from harbour.domain.text import N_, Text


def in_readers_language(message: str) -> str:
    """One message from the catalogue, which is looked up once per request: pages say hundreds."""
    if not has_request_context():
        return str(get_translations().ugettext(message))
    if "catalogue" not in g:
        g.catalogue = get_translations()
    return str(g.catalogue.ugettext(message))


def words(text: object) -> object:
    """What templates print: messages translated, people's words and numbers as they are."""
    if text is None or isinstance(text, Undefined):
        return ""
    return say(text) if isinstance(text, str | Text) else text


def say(text: Text | str) -> str:
    """A message in the reader's language; texts inside its numbers are said too."""
    if isinstance(text, Markup):
        return text
    if isinstance(text, str):
        return in_readers_language(text) if text else ""
    params = {
        name: say(value) if isinstance(value, Text) else _listed(value)
        for name, value in text.params.items()
    }
    sentence = in_readers_language(text.msgid)
    return sentence % params if params else sentence


def _listed(value: object) -> object:
    if isinstance(value, tuple | list):
        joint = "、" if str(get_locale() or "zh").startswith("zh") else ", "
        return joint.join(say(one) if isinstance(one, Text | str) else str(one) for one in value)
    return value


#: What the library itself says beside a field; marked here, so that it has a Chinese wording.
LIBRARY_SAYS = (
    N_("Not a valid choice."),
    N_("Invalid Choice: could not coerce."),
    N_("Invalid choice(s): one or more data inputs could not be coerced."),
    N_("'%(value)s' is not a valid choice for this field."),
    N_("Not a valid datetime value."),
    N_("Not a valid date value."),
    N_("Not a valid time value."),
    N_("Not a valid integer value."),
    N_("Not a valid decimal value."),
    N_("This field is required."),
)


class Translations:
    """WTForms' own messages come out of our catalogue, in the reader's language."""

    def gettext(self, string: str) -> str:
        """Translate one message."""
        return in_readers_language(string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        """Translate a counted message (Chinese has one form)."""
        return in_readers_language(singular if n == 1 else plural)


class HarbourForm(FlaskForm):
    """A form with its CSRF token, version and key; ``needs`` names the inputs it hands on."""

    needs: ClassVar[tuple[str, ...]] = ()
    has_files: ClassVar[bool] = False

    version = IntegerField(validators=[Optional()], widget=HiddenInput())
    key = HiddenField()

    class Meta(FlaskForm.Meta):
        """Messages from our own catalogue."""

        def get_translations(self, form: object) -> Translations:
            """Ours, not WTForms' bundled ones."""
            return Translations()

    def __init__(self, *args: Any, version: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if version is not None and self.version.data is None:
            self.version.data = version
        if not self.key.data:
            self.key.data = uuid.uuid4().hex

    def validate_on_submit(self, *args: Any, **kwargs: Any) -> bool:
        """Check what was sent, and remember the form: a stale page speaks with its choices."""
        g.sent = self
        return bool(super().validate_on_submit(*args, **kwargs))

    def seals(self) -> dict[str, object]:
        """What the form keeps out of sight beside the token: version, key, hidden inputs."""
        return {
            field.name: field._value()  # noqa: SLF001 - what its own widget prints
            for field in self
            if field.short_name in ("version", "key") or isinstance(field.widget, HiddenInput)
            if field.name != "csrf_token"
        }

    def inputs(self) -> dict[str, Any]:
        """What was typed, by the names the table's rows ask for."""
        return {name: self[name].data for name in self.needs if name in self}

    def needed(self) -> Iterator[Field]:
        """The visible fields, in the order of the row's needs."""
        for name in self.needs:
            if name in self:
                yield self[name]

    def choices(self, offered: Mapping[str, list[Any]]) -> "HarbourForm":
        """Fill the choices of select fields by name, and return the form itself."""
        for name, options in offered.items():
            if name in self:
                self[name].choices = options
        return self

    def blame(self, error: Invalid) -> None:
        """Put a rule's sentence beside the input it is about."""
        name = error.field if error.field in self else next(iter(self.needs), "key")
        self[name].errors = [*self[name].errors, say(error.text)]


@dataclass(frozen=True)
class Choices:
    """What a field of one answer offers: each value with its label; nothing for typed words."""

    labels: Mapping[str, Any]

    def value(self, stored: object) -> str:
        """A stored value as the field would send it."""
        if isinstance(stored, bool):
            return "y" if stored else ""
        return "" if stored is None else str(stored)

    def agree(self, stored: object, typed: str) -> bool:
        """Whether what was typed is what is stored; browsers end lines in their own way."""
        return self.value(stored).splitlines() == typed.splitlines()

    def label(self, stored: object) -> Any:
        """What a reader calls the value; words that were typed speak for themselves."""
        value = self.value(stored)
        return self.labels.get(value, value)


def choices_of_sent(name: str) -> Choices:
    """What the form of this request offers for a field, if one was sent and has it."""
    form = g.get("sent")
    field = form[name] if form is not None and name in form else None
    if isinstance(field, BooleanField):
        return Choices({"y": N_("Yes"), "": N_("No")})
    if isinstance(field, SelectField) and not isinstance(field, SelectMultipleField):
        offered: Iterator[Any] = iter(field.iter_choices())
        return Choices({str(one.value): one.label for one in offered})
    return Choices({})
