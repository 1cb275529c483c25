"""action_form(row): the form a row of a table asks for, joined from FIELDS."""

from functools import lru_cache

from wtforms import MultipleFileField

from harbour.domain.workflow import Transition
from harbour.forms.base import HarbourForm
from harbour.forms.fields import FIELDS


@lru_cache(maxsize=512)
def _form_class(name: str, needs: tuple[str, ...]) -> type[HarbourForm]:
    members: dict[str, object] = {need: FIELDS[need] for need in needs}
    members["needs"] = needs
    members["has_files"] = any(FIELDS[n].field_class is MultipleFileField for n in needs)
    return type(f"{name.title()}Form", (HarbourForm,), members)


def action_form(row: Transition) -> type[HarbourForm]:  # type: ignore[type-arg]
    """The form class for what a row needs typed in."""
    return _form_class(row.name, row.needs)


def bare_form(version: int | None = None) -> HarbourForm:
    """A form that asks for nothing: a one-button act, with CSRF, version and key."""
    return HarbourForm(version=version)
