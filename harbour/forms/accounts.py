"""What is typed for accounts, roles and one's own preferences."""

import re
from typing import Any, ClassVar

from wtforms import BooleanField, Form, RadioField, SelectField, StringField, ValidationError
from wtforms.validators import InputRequired, Length, Optional

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.sign_in import e164, plain_username
from harbour.forms.wording import Filled, clean, line, option

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}")
GIVEN = (
    Role.RESIDENT_REP,
    Role.SECRETARY,
    Role.COMMUNITY_WORKER,
    Role.FIRM_MANAGER,
    Role.STREET_SUPERVISOR,
    Role.ADMIN,
)


class PersonForm(HarbourForm):
    """Who the account is for."""

    needs: ClassVar[tuple[str, ...]] = ("name", "username", "phone")
    name = line(N_("Person's name"), N_("Type the person's name."), most=40)
    username = StringField(
        N_("User name"),
        [Filled(N_("Type a user name."))],
        filters=[plain_username],
        description=N_("3 to 40 small letters, digits, dots or dashes, beginning with a letter."),
    )
    phone = StringField(
        N_("Phone number"),
        [Optional(), Length(max=40, message=N_("This is no phone number."))],
        filters=[clean],
        description=N_("With it one can sign in too. It is shown to others only in part."),
    )

    def validate_username(self, field: StringField) -> None:
        """Only what can be read aloud and typed anywhere."""
        if field.data and not USERNAME.fullmatch(field.data):
            raise ValidationError(
                N_("3 to 40 small letters, digits, dots or dashes, beginning with a letter.")
            )

    def validate_phone(self, field: StringField) -> None:
        """A number that exists in some country's plan."""
        if e164(field.data) is None:
            raise ValidationError(N_("This is no phone number."))

    def inputs(self) -> dict[str, Any]:
        """The phone as it is stored."""
        return {**super().inputs(), "phone": e164(self.phone.data)}


class EditPersonForm(PersonForm):
    """The same, corrected; a number left empty stays as it is."""

    needs: ClassVar[tuple[str, ...]] = ("name", "username", "phone", "no_phone")
    phone = StringField(
        N_("New phone number"),
        [Optional(), Length(max=40, message=N_("This is no phone number."))],
        filters=[clean],
        description=N_("Leave it empty to keep the number there is."),
    )
    no_phone = BooleanField(N_("Take the phone number out"))


class EnrolForm(HarbourForm):
    """A role at a place for somebody who has an account; the role stands in the address."""

    needs: ClassVar[tuple[str, ...]] = ("at", "title", "owners_committee")
    at = SelectField(
        N_("Where the role is held"),
        [InputRequired(N_("Choose the place where the role is held."))],
        choices=[],
    )
    title = line(N_("Title or post"), most=40)
    owners_committee = BooleanField(N_("Member of the owners' committee"))


class NewPersonForm(PersonForm, EnrolForm):
    """An account with its first role; the role stands in the address."""

    needs: ClassVar[tuple[str, ...]] = PersonForm.needs + EnrolForm.needs


class PreferenceForm(HarbourForm):
    """How pages are drawn for me, on every device."""

    needs: ClassVar[tuple[str, ...]] = ("language", "elder")
    language = RadioField(
        N_("Language"),
        [InputRequired(N_("Choose a language."))],
        choices=[option("zh_Hans_CN", "中文"), option("en", "English")],
    )
    elder = BooleanField(N_("Large print"))


class SoughtForm(Form):
    """What the list of accounts is narrowed to; it stands in the address."""

    q = StringField(N_("Name, user name or whole phone number"), filters=[clean])
    role = SelectField(
        N_("Role"),
        choices=[option("", N_("All roles")), *(option(r, ROLE_LABELS[r]) for r in GIVEN)],
        validate_choice=False,
    )
    community = SelectField(N_("Community"), choices=[], validate_choice=False)
    state = SelectField(
        N_("State"),
        choices=[
            option("", N_("All accounts")),
            option("active", N_("In use")),
            option("disabled", N_("Disabled")),
            option("placeless", N_("Without any role")),
        ],
        validate_choice=False,
    )
