"""What is typed for places, firms, contracts and teams."""

from typing import Any, ClassVar

from wtforms import (
    DateField,
    IntegerField,
    SelectField,
    StringField,
    TimeField,
    ValidationError,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from harbour.domain.places import (
    OWNERS_COMMITTEE_LABELS,
    WEEKDAY_LABELS,
    fit_code,
    fit_compound_code,
    fit_slug,
    numbers_in,
)
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.wording import Filled, choices, line, option, paragraphs

EARLIEST, LATEST = 1900, 2100
MOST_UNITS = 60


def _large(text: str | None) -> str:
    return (text or "").strip().upper()


def _small(text: str | None) -> str:
    return (text or "").strip().lower()


def whole(label: str, least: int, most: int, wrong: str, **kwargs: Any) -> Any:
    """An optional whole number between two bounds."""
    return IntegerField(
        label, [Optional(), NumberRange(min=least, max=most, message=wrong)], **kwargs
    )


class NamedForm(HarbourForm):
    """A street's or community's name."""

    needs: ClassVar[tuple[str, ...]] = ("name",)
    name = line(N_("Name"), N_("Type the name."), most=40)


class StreetForm(NamedForm):
    """A new street."""

    needs: ClassVar[tuple[str, ...]] = ("name", "code")
    code = StringField(
        N_("Code"),
        [Filled(N_("Type a code."))],
        filters=[_large],
        description=N_("Short, in letters and digits, such as CF. It stays."),
    )

    def validate_code(self, field: StringField) -> None:
        """Letters, digits and dashes."""
        if field.data and not (fit_code(field.data) and len(field.data) <= 12):
            raise ValidationError(N_("Letters A to Z, digits and dashes, at most 12."))


class CommunityForm(StreetForm):
    """A new community."""

    needs: ClassVar[tuple[str, ...]] = ("name", "code", "slug")
    slug = StringField(
        N_("Address of its pages"),
        [Filled(N_("Type the address."))],
        filters=[_small],
        description=N_("Small letters, digits and dashes, such as chunhe. It stays."),
    )

    def validate_slug(self, field: StringField) -> None:
        """What may stand between slashes."""
        if field.data and not fit_slug(field.data):
            raise ValidationError(
                N_("2 to 24 small letters, digits and dashes, beginning with a letter.")
            )


class CompoundForm(HarbourForm):
    """A compound's profile."""

    needs: ClassVar[tuple[str, ...]] = (
        "name", "households", "floor_area", "built", "owners_committee", "meeting_weekday",
        "meeting_time", "meeting_minutes", "meeting_place", "note",
    )  # fmt: skip
    name = line(N_("Name"), N_("Type the name."), most=40)
    households = whole(N_("Households"), 0, 200_000, N_("A whole number from 0 to 200000."))
    floor_area = whole(
        N_("Floor area in square metres"), 0, 50_000_000, N_("A whole number, in square metres.")
    )
    built = whole(N_("Year built"), EARLIEST, LATEST, N_("A year such as 1998."))
    owners_committee = SelectField(
        N_("Owners' committee"),
        [InputRequired(N_("Choose one of these."))],
        choices=choices(OWNERS_COMMITTEE_LABELS),
        default="none",
    )
    meeting_weekday = SelectField(
        N_("Day of the weekly meeting"),
        choices=[option("", N_("No regular meeting")), *choices(WEEKDAY_LABELS)],
        default="",
    )
    meeting_time = TimeField(N_("Begins at"), [Optional()], format=["%H:%M", "%H:%M:%S"])
    meeting_minutes = whole(N_("Lasts how long"), 10, 600, N_("10 to 600 minutes."), default=90)
    meeting_place = line(N_("Place of the meeting"), most=60)
    note = paragraphs(N_("Remarks"), most=400)

    def validate(self, extra_validators: Any = None) -> bool:
        """A regular day needs its hour."""
        sound = bool(super().validate(extra_validators))
        if self.meeting_weekday.data and self.meeting_time.data is None:
            self.meeting_time.errors = [
                *self.meeting_time.errors,
                N_("Say when the meeting begins."),
            ]
            return False
        return sound

    def inputs(self) -> dict[str, Any]:
        """The weekday as a number; no hour without a day."""
        typed = super().inputs()
        weekday = typed["meeting_weekday"]
        typed["meeting_weekday"] = int(weekday) if weekday else None
        if not weekday:
            typed["meeting_time"] = None
        return typed


class NewCompoundForm(CompoundForm):
    """A new compound."""

    needs: ClassVar[tuple[str, ...]] = ("code", *CompoundForm.needs)
    code = StringField(
        N_("Code"),
        [Filled(N_("Type a code."))],
        filters=[_large],
        description=N_("Such as CH-01. Every public number begins with it, so it stays."),
    )

    def validate_code(self, field: StringField) -> None:
        """What a public number may begin with."""
        if field.data and not fit_compound_code(field.data):
            raise ValidationError(
                N_("A letter first, then letters and digits, at most 10, such as CH-01.")
            )


class SubAreaForm(HarbourForm):
    """A named part of a compound."""

    needs: ClassVar[tuple[str, ...]] = ("sub_area_name",)
    sub_area_name = line(N_("Name of the part"), N_("Type the name."), most=40)


class BuildingsForm(HarbourForm):
    """Many buildings at once: their numbers, and how many units each has."""

    needs: ClassVar[tuple[str, ...]] = ("numbers", "suffix", "units", "sub_area")
    numbers = line(
        N_("Numbers of the buildings"),
        N_("Type the numbers, such as 1-24."),
        description=N_("One range or several: 1-24, 26, 28-30"),
    )
    suffix = StringField(N_("What stands after the number"), default="号楼")
    units = IntegerField(
        N_("Units in each"),
        [
            InputRequired(N_("Type how many units each building has.")),
            NumberRange(min=0, max=MOST_UNITS, message=N_("0 to 60 units.")),
        ],
        default=1,
    )
    sub_area = SelectField(N_("Part of the compound"), choices=[], default="")

    def validate_numbers(self, field: StringField) -> None:
        """Numbers one can count."""
        try:
            numbers_in(field.data or "1")
        except ValueError:
            raise ValidationError(
                N_("Numbers and ranges such as 1-24, 26, 28-30; at most 200 at once.")
            ) from None

    def names(self) -> tuple[str, ...]:
        """The buildings' names in the order typed."""
        after = (self.suffix.data or "").strip()[:20]
        return tuple(f"{n}{after}" for n in numbers_in(self.numbers.data or ""))


class BuildingForm(HarbourForm):
    """One building."""

    needs: ClassVar[tuple[str, ...]] = ("building_name", "units", "sub_area")
    building_name = line(N_("Name"), N_("Type the name."), most=40)
    units = IntegerField(
        N_("Number of units"),
        [
            InputRequired(N_("Type how many units it has.")),
            NumberRange(min=0, max=MOST_UNITS, message=N_("0 to 60 units.")),
        ],
    )
    sub_area = SelectField(N_("Part of the compound"), choices=[], default="")


class FirmForm(HarbourForm):
    """A firm's names."""

    needs: ClassVar[tuple[str, ...]] = ("name", "short_name")
    name = line(N_("Firm in full"), N_("Type the name."), most=60)
    short_name = line(N_("Short name"), N_("Type the short name that lists show."), most=20)


class NewFirmForm(FirmForm):
    """A new firm of a street."""

    needs: ClassVar[tuple[str, ...]] = ("street", "name", "short_name", "code")
    street = SelectField(N_("Street"), [InputRequired(N_("Choose the street."))], choices=[])
    code = StringField(
        N_("Code"),
        [Filled(N_("Type a code."))],
        filters=[_large],
        description=N_("Short, in letters and digits, such as AH. It stays."),
    )

    def validate_code(self, field: StringField) -> None:
        """Letters, digits and dashes."""
        if field.data and not (fit_code(field.data) and len(field.data) <= 12):
            raise ValidationError(N_("Letters A to Z, digits and dashes, at most 12."))


class ContractForm(HarbourForm):
    """A firm's service contract for a compound."""

    needs: ClassVar[tuple[str, ...]] = ("firm_id", "kind", "fee_mode", "starts_on", "ends_on")
    firm_id = SelectField(N_("Firm"), [InputRequired(N_("Choose the firm."))], choices=[])
    kind = line(
        N_("Kind of contract"), most=40, description=N_("Such as 前期物业服务 or 业主大会选聘.")
    )
    fee_mode = line(N_("How fees are paid"), most=40, description=N_("Such as 先服务后收费."))
    starts_on = DateField(N_("First day"), [Optional()])
    ends_on = DateField(N_("Last day"), [Optional()])


class EndContractForm(HarbourForm):
    """The last day of a contract."""

    needs: ClassVar[tuple[str, ...]] = ("ends_on",)
    ends_on = DateField(N_("Last day"), [InputRequired(N_("Choose a day."))])


class TeamForm(HarbourForm):
    """A volunteer team."""

    needs: ClassVar[tuple[str, ...]] = ("name", "field")
    name = line(N_("Name"), N_("Type the name."), most=40)
    field = line(N_("What it does"), most=40)


#: What these inputs are called where only their names are known (both texts side by side).
LABELS: dict[str, str] = {
    "households": N_("Households"),
    "floor_area": N_("Floor area in square metres"),
    "built": N_("Year built"),
    "owners_committee": N_("Owners' committee"),
    "meeting_weekday": N_("Day of the weekly meeting"),
    "meeting_time": N_("Begins at"),
    "meeting_minutes": N_("Lasts how long"),
    "meeting_place": N_("Place of the meeting"),
    "name": N_("Name"),
    "short_name": N_("Short name"),
    "username": N_("User name"),
    "phone": N_("Phone number"),
    "field": N_("What it does"),
}
