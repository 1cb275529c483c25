"""action_form(row): the form a row of a table asks for, joined from FIELDS."""

import uuid
from dataclasses import dataclass
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


@dataclass(frozen=True)
class OneButton:
    """The seals of a button that is a whole form; its act is checked with ``bare_form``."""

    version: int

    def seals(self) -> dict[str, object]:
        """The version one saw, and a key of its own."""
        return {"version": self.version, "key": uuid.uuid4().hex}


def bare_form(version: int | None = None) -> HarbourForm:
    """A form that asks for nothing: a one-button act, with CSRF, version and key."""
    return HarbourForm(version=version)
