"""What is typed for one's own messages, and for a group's robot."""

import re
from typing import Any, ClassVar

from wtforms import BooleanField, SelectField, StringField, TimeField, ValidationError
from wtforms.validators import InputRequired, Optional

from harbour.domain.notices import CHANNEL_LABELS, DIGEST_AT, ROBOTS, Channel
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.wording import choices, clean, line

MAIL = re.compile(r"[^@\s<>\"(),:;\\]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
TIMES = ["%H:%M", "%H:%M:%S"]


class TellingForm(HarbourForm):
    """How I want to be told."""

    needs: ClassVar[tuple[str, ...]] = (
        "email", "digest_on", "digest_at", "quiet_from", "quiet_until",
    )  # fmt: skip
    email = StringField(
        N_("My e-mail address"),
        [Optional()],
        filters=[clean],
        description=N_("Leave it empty, and nothing is sent: you find everything in the inbox."),
    )
    digest_on = BooleanField(N_("Every workday one mail with all that waits for me"))
    digest_at = TimeField(
        N_("Send it at"), [Optional()], format=TIMES, default=DIGEST_AT,
    )  # fmt: skip
    quiet_from = TimeField(N_("Quiet from"), [Optional()], format=TIMES)
    quiet_until = TimeField(N_("Quiet until"), [Optional()], format=TIMES)

    def validate_email(self, field: StringField) -> None:
        """What a mail server takes for an address."""
        if field.data and not (len(field.data) <= 254 and MAIL.fullmatch(field.data)):
            raise ValidationError(N_("This is no e-mail address."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Quiet hours have a beginning and an end."""
        sound = bool(super().validate(extra_validators))
        if (self.quiet_from.data is None) != (self.quiet_until.data is None):
            self.quiet_until.errors = [
                *self.quiet_until.errors,
                N_("Say from when until when, or leave both empty."),
            ]
            return False
        return sound

    def inputs(self) -> dict[str, Any]:
        """An empty address is none; an empty hour is the usual one."""
        typed = super().inputs()
        return {
            **typed,
            "email": typed["email"] or "",
            "digest_at": typed["digest_at"] or DIGEST_AT,
        }


class RobotForm(HarbourForm):
    """A group's robot; what is secret is typed anew or stays as it is."""

    needs: ClassVar[tuple[str, ...]] = ("robot_name", "compound", "hook", "secret")
    robot_name = line(N_("Name of the group"), N_("Type the name of the group."), most=40)
    compound = SelectField(N_("Which compound's group it is"), choices=[], default="")
    hook = line(
        N_("Address of the robot"),
        most=500,
        description=N_("Copy it from the robot's page. It is never shown again."),
    )
    secret = line(
        N_("Secret for signing"),
        most=200,
        description=N_("If the robot is set to “signed”; a webhook always needs one."),
    )

    channel_now: Channel | None = None

    def chosen_channel(self) -> Channel:
        """What kind of robot it is."""
        return self.channel_now or Channel.WEBHOOK

    def inputs(self) -> dict[str, Any]:
        """The compound as a number; none is the whole community."""
        typed = super().inputs()
        compound = typed.pop("compound")
        return {
            **typed,
            "name": typed.pop("robot_name"),
            "compound": int(compound) if compound else None,
            "hook": typed["hook"] or "",
            "secret": typed["secret"] or "",
        }


class NewRobotForm(RobotForm):
    """A new robot."""

    needs: ClassVar[tuple[str, ...]] = ("channel", *RobotForm.needs)
    channel = SelectField(
        N_("Kind of robot"),
        [InputRequired(N_("Choose one of these."))],
        choices=choices({one: CHANNEL_LABELS[one] for one in ROBOTS}),
    )

    def chosen_channel(self) -> Channel:
        """What was chosen."""
        return Channel(self.channel.data)


class UntilForm(HarbourForm):
    """How far a list was read: up to the newest line that was on the page."""

    needs: ClassVar[tuple[str, ...]] = ()


#: What these inputs are called where only their names are known (both texts side by side).
LABELS: dict[str, str] = {
    "email": N_("My e-mail address"),
    "digest_on": N_("Every workday one mail with all that waits for me"),
    "digest_at": N_("Send it at"),
    "quiet_from": N_("Quiet from"),
    "quiet_until": N_("Quiet until"),
    "robot_name": N_("Name of the group"),
}
