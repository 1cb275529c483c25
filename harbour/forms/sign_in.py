"""What is typed at the door."""

import unicodedata

import phonenumbers
from wtforms import HiddenField, PasswordField
from wtforms.validators import Length

from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.wording import Filled, line

HOME_REGION = "CN"
# Longer than any password may be: it is refused as wrong, without being hashed.
MOST = 256


def e164(text: str | None) -> str | None:
    """A phone number as it is stored (+8613812341234), however it was typed; None if it is none."""
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text or ""), HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def plain_username(text: str | None) -> str:
    """A user name as it is stored, however wide or large it was typed."""
    return unicodedata.normalize("NFKC", text or "").strip().casefold()


class SignInForm(HarbourForm):
    """User name or phone, and the password; ``next`` is where the person was going."""

    needs = ("account", "password")
    forgets = True  # passwords are never sent back to the page
    account = line(N_("User name or phone number"), N_("Type your user name or phone number."))
    password = PasswordField(
        N_("Password"),
        [Filled(N_("Type your password.")), Length(max=MOST, message=N_("This is too long."))],
    )
    next = HiddenField()


class ChangePasswordForm(HarbourForm):
    """A new password twice; the present one is asked except where it was typed a moment ago."""

    needs = ("current", "fresh", "again")
    forgets = True  # passwords are never sent back to the page
    current = PasswordField(
        N_("Present password"),
        [
            Filled(N_("Type the password you have now.")),
            Length(max=MOST, message=N_("This is too long.")),
        ],
    )
    fresh = PasswordField(N_("New password"), [Filled(N_("Type a new password."))])
    again = PasswordField(
        N_("New password once more"), [Filled(N_("Type the new password once more."))]
    )
