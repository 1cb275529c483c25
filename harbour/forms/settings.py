"""What is typed for settings; a field left empty lets the value of the place above count."""

from collections.abc import Mapping
from datetime import time
from fractions import Fraction
from functools import cache
from typing import Any

from wtforms import Field, IntegerField, SelectField, TimeField
from wtforms.validators import Optional

from harbour.domain.deadlines import Limit
from harbour.domain.deadlines import Unit as LimitUnit
from harbour.domain.setting_words import BY_KEY, SHARES, SOURCE_WORDS, Setting, label, said
from harbour.domain.settings import DEFAULTS, CommunitySettings, Unsuitable, deep
from harbour.domain.text import N_, Text
from harbour.forms.base import HarbourForm, say
from harbour.forms.wording import option

LIMIT_UNITS = (
    option(LimitUnit.WORKDAYS, N_("workdays")),
    option(LimitUnit.HOURS, N_("hours, round the clock")),
)


def input_name(name: str) -> str:
    """A setting's name as that of an input."""
    return name.replace(".", "_")


class SettingsForm(HarbourForm):
    """The settings of one group; made for its group by ``form_of``."""

    group = ""

    def begin(self, settings: Mapping[str, Setting]) -> "SettingsForm":
        """Say beside each field what counts without it, and fill in what the place has set."""
        for name in BY_KEY[self.group].names:
            if input_name(name) not in self:
                continue
            one, field = settings[name], self[input_name(name)]
            field.description = Text(
                N_("Left empty: %(value)s (%(source)s)."),
                {
                    "value": said(name, one.inherited),
                    "source": Text(SOURCE_WORDS[one.inherited_from]),
                },
            )
            if isinstance(field, SelectField):
                empty = Text(N_("As inherited: %(value)s"), {"value": said(name, one.inherited)})
                field.choices = [option("", empty), *_shares(name)]
            if not self.is_submitted() and one.own:
                self._fill(name, field, one.value)
            elif not self.is_submitted() and f"{input_name(name)}_unit" in self and one.inherited:
                self[f"{input_name(name)}_unit"].data = str(one.inherited.unit)
        return self

    def _fill(self, name: str, field: Field, value: Any) -> None:
        if isinstance(value, Limit):
            field.data = value.n
            self[f"{input_name(name)}_unit"].data = str(value.unit)
        else:
            field.data = str(value) if isinstance(value, Fraction) else value

    def values(self) -> dict[str, Any]:
        """What was typed, by the settings' names; None where a field was left empty."""
        return {
            name: self._typed(name) for name in BY_KEY[self.group].names if input_name(name) in self
        }

    def _typed(self, name: str) -> Any:
        data = self[input_name(name)].data
        if data in (None, ""):
            return None
        if name.startswith("limits."):
            return f"{data} {self[f'{input_name(name)}_unit'].data}"
        return data.strftime("%H:%M") if isinstance(data, time) else data

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask the domain of each value by itself whether one can work by it."""
        right = bool(super().validate(extra_validators))
        for name, value in self.values().items():
            if value is None:
                continue
            try:
                CommunitySettings.from_mapping(deep({name: value}))
            except Unsuitable as error:
                field = self[input_name(name)]
                field.errors = [*field.errors, say(error.text)]
                right = False
        return right


def _shares(name: str) -> list[Any]:
    most = Fraction(1) if name == "quorum" else Fraction(9, 10)
    return [option(str(one), str(one)) for one in SHARES if one <= most]


@cache
def form_of(group: str) -> type[SettingsForm]:
    """The form of a group's settings."""
    fields: dict[str, Any] = {"group": group, "needs": ()}
    for name in BY_KEY[group].names:
        if name == "limits.project.handle":
            continue  # a project goes by its milestones
        fields |= _fields(name)
    made: type[SettingsForm] = type(SettingsForm.__name__, (SettingsForm,), fields)
    return made


def _fields(name: str) -> dict[str, Any]:
    called = input_name(name)
    words: Any = label(name)  # a limit's names its level too
    if name.startswith("limits."):
        return {
            called: IntegerField(words, [Optional()]),
            f"{called}_unit": SelectField(N_("counted in"), choices=list(LIMIT_UNITS)),
        }
    kind = type(getattr(DEFAULTS, name))
    if kind is Fraction:
        return {called: SelectField(words, [Optional()], validate_choice=False)}
    if kind is time:
        return {called: TimeField(words, [Optional()])}
    return {called: IntegerField(words, [Optional()])}
