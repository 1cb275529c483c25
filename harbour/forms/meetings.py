"""Inputs of meetings, of the room where they are held, and of their minutes."""

import hashlib
from collections.abc import Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Form,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
)
from wtforms.validators import InputRequired, NumberRange, Optional

from harbour.domain.meetings import (
    CAPACITY_LABELS,
    KIND_LABELS,
    MEETING,
    PRESENCE_LABELS,
    WAY_LABELS,
    Capacity,
    MeetingKind,
    Presence,
    Way,
)
from harbour.domain.series import CHOICE_LABELS
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm, Translations
from harbour.forms.wording import choices, line, option, paragraphs

MINUTES_LONG = 60_000


def _number(label: str, least: int, most: int, says: str, **kwargs: Any) -> Any:
    return IntegerField(label, [InputRequired(says), NumberRange(least, most, says)], **kwargs)


def _votes(label: str) -> Any:
    says = N_("A number of votes from 0 on is needed.")
    return IntegerField(label, [Optional(), NumberRange(0, 9999, says)])


FIELDS: dict[str, Any] = {
    "compound": SelectField(
        N_("Compound"), [InputRequired(N_("Choose the compound."))], choices=[], coerce=str
    ),
    "starts_on": DateField(N_("Day"), [InputRequired(N_("Choose a day."))]),
    "starts_time": TimeField(N_("Begins at"), [InputRequired(N_("Choose a time."))]),
    "planned_minutes": _number(
        N_("Planned length, in minutes"), 10, 600, N_("Between 10 and 600 minutes, please."),
        default=90,
    ),
    "meeting_place": line(N_("Place"), N_("Say where it is held.")),
    "kind": SelectField(
        N_("Kind of meeting"), [InputRequired(N_("Choose one."))], choices=choices(KIND_LABELS),
        default=MeetingKind.WEEKLY,
    ),
    "arrangement": HiddenField(N_("Agenda")),
    "attendance": HiddenField(N_("Attendance")),
    "item": HiddenField(N_("Item of the agenda")),
    "attendee_name": line(N_("Full name"), N_("Write the name."), most=80),
    "unit_name": line(N_("From where (unit, building or office)")),
    "capacity": SelectField(
        N_("Attends as"), [InputRequired(N_("Choose one."))], choices=choices(CAPACITY_LABELS),
        default=Capacity.GUEST,
    ),
    "voting": BooleanField(N_("Has a vote")),
    "points": paragraphs(N_("What was said"), most=8000),
    "review_note": paragraphs(N_("What was said about it"), most=2000),
    "objection": paragraphs(
        N_("What is not right"), N_("Write what is not right in the minutes."), most=2000
    ),
    "minutes_text": paragraphs(
        N_("Internal text"), N_("The minutes need a text."), most=MINUTES_LONG
    ),
    "minutes_public": paragraphs(
        N_("Public text"), N_("The public version needs a text."), most=MINUTES_LONG,
        description=N_("Everybody may read this: no names of residents, no door numbers."),
    ),
    "notice_workdays": _number(
        N_("Notice period, in workdays"), 1, 60, N_("Between 1 and 60 workdays, please."),
        default=5,
    ),
}  # fmt: skip


class InviteForm(HarbourForm):
    """Somebody without an account comes to the meeting."""

    needs = ("attendee_name", "unit_name", "capacity", "voting")

    attendee_name = FIELDS["attendee_name"]
    unit_name = FIELDS["unit_name"]
    capacity = FIELDS["capacity"]
    voting = FIELDS["voting"]


class AttendeeForm(HarbourForm):
    """How one person attends."""

    needs = ("presence", "way", "left")

    presence = RadioField(N_("Presence"), [InputRequired(N_("Choose one."))],
                          choices=choices(PRESENCE_LABELS), default=Presence.PRESENT)  # fmt: skip
    way = RadioField(N_("Takes part"), [InputRequired(N_("Choose one."))],
                     choices=choices(WAY_LABELS), default=Way.ON_SITE)  # fmt: skip
    left = BooleanField(N_("Has left early"))


class RollForm(HarbourForm):
    """The list one ticks people off; the ticks themselves are read by the view."""

    needs = ("way",)

    way = RadioField(N_("Those newly ticked take part"), [InputRequired(N_("Choose one."))],
                     choices=choices(WAY_LABELS), default=Way.ON_SITE)  # fmt: skip


class SeriesForm(HarbourForm):
    """What is done about a weekly slot that falls on a holiday."""

    needs = ("choice",)

    choice = RadioField(N_("What to do"), [InputRequired(N_("Choose what to do."))],
                        choices=choices(CHOICE_LABELS))  # fmt: skip


class ItemForm(HarbourForm):
    """The item on the table: what was said, the votes, a wording of the meeting's own.

    ``version`` is the item's; ``seen`` marks the text it was drawn with, so that a decision
    takes nothing back that somebody else wrote meanwhile.
    """

    needs = ("points", "votes_for", "votes_against", "votes_abstain", "wording")

    seen = HiddenField()
    points = FIELDS["points"]
    votes_for = _votes(N_("Votes for"))
    votes_against = _votes(N_("Votes against"))
    votes_abstain = _votes(N_("Abstentions"))
    wording = paragraphs(
        N_("Adopted with changes: the new wording"),
        description=N_("Leave it empty if it was adopted as it stands."),
    )


class LookBackForm(HarbourForm):
    """Old business: what was said, and what is concluded."""

    needs = ("points", "review_note")

    seen = HiddenField()
    points = FIELDS["points"]
    review_note = FIELDS["review_note"]


class MeetingFilter(Form):
    """What the list of meetings is narrowed by; it stands in the address."""

    class Meta:
        """Messages from our own catalogue; no token, for nothing is changed."""

        def get_translations(self, _form: object) -> Translations:
            """Ours, not WTForms' bundled ones."""
            return Translations()

    state = SelectField(N_("State"), [Optional()], default="")
    compound = SelectField(N_("Compound"), [Optional()], default="", choices=[])

    def offer(self, compounds: list[Any]) -> "MeetingFilter":
        """Fill in the choices; an unknown value in the address counts as none."""
        every = option("", N_("All"))
        self.state.choices = [every, *choices(MEETING.labels)]
        self.compound.choices = [every, *compounds]
        return self


def arrange_form(minutes: Mapping[int, int]) -> HarbourForm:
    """The planned minutes of every item of an agenda, by the items' keys."""
    says = N_("Between 1 and 240 minutes, please.")
    fields = {
        f"minutes_{key}": _number(N_("Planned minutes"), 1, 240, says, default=planned)
        for key, planned in minutes.items()
    }
    kind = type("ArrangeForm", (HarbourForm,), {**fields, "needs": tuple(fields)})
    form: HarbourForm = kind()
    return form


def digest_of(said: str) -> str:
    """What marks the text a form was drawn with."""
    return hashlib.sha256(said.encode()).hexdigest()[:16]
