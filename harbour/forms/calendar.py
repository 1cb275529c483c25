"""What is typed for the working calendar: a year's file, one day, how certain a year is."""

from typing import Any, ClassVar

from flask_wtf.file import FileField
from wtforms import RadioField
from wtforms.validators import InputRequired

from harbour.domain.arrangements import MOST_BYTES, Unreadable, read
from harbour.domain.calendar import DayKind, SpecialDay
from harbour.domain.text import N_, Text
from harbour.forms.base import HarbourForm, say
from harbour.forms.wording import line, option

ORDINARY = "ordinary"
OFFICIAL, EXPECTED = "official", "provisional"
STATUS = (
    option(OFFICIAL, N_("Official: it has been published")),
    option(EXPECTED, N_("Provisional: it may still change")),
)
_CHOOSE = N_("Choose one of these.")


class StatusForm(HarbourForm):
    """Whether a year's arrangement has been published, and by which notice."""

    needs: ClassVar[tuple[str, ...]] = ("status", "source")
    status = RadioField(N_("How certain it is"), [InputRequired(_CHOOSE)], choices=list(STATUS))
    source = line(
        N_("Notice it comes from"), most=200, description=N_("Number or title of the notice.")
    )

    @property
    def official(self) -> bool:
        """Whether it counts as published."""
        return bool(self.status.data == OFFICIAL)


class ImportForm(StatusForm):
    """The file of a year's arrangement; ``year`` and ``days`` say what a valid one holds."""

    needs: ClassVar[tuple[str, ...]] = ("file", "status", "source")
    file = FileField(
        N_("File of the year (CSV)"),
        [InputRequired(N_("Choose a file."))],
        description=N_(
            "One day a line: the date, 休 for a day off or 班 for a weekend that is worked, the "
            "holiday's name. UTF-8 or GB18030. Other days are as their weekday says."
        ),
    )
    year = 0
    days: tuple[SpecialDay, ...] = ()

    def validate_file(self, field: Any) -> None:
        """Read it, and say of every line what is wrong with it."""
        if not field.data:
            return
        try:
            self.year, self.days = read(field.data.stream.read(MOST_BYTES + 1))
        except Unreadable as error:
            field.errors = [_said(fault.line, fault.text) for fault in error.faults]


def _said(number: int, text: Text) -> str:
    if not number:
        return say(text)
    return say(Text(N_("Line %(number)d: %(fault)s"), {"number": number, "fault": text}))


class DayForm(HarbourForm):
    """What one day is."""

    needs: ClassVar[tuple[str, ...]] = ("day_kind", "day_name")
    day_kind = RadioField(N_("What is this day?"), [InputRequired(_CHOOSE)])
    day_name = line(N_("Name of the holiday"), most=40, description=N_("In Chinese, such as 春节."))

    def offer(self, *, weekend: bool) -> "DayForm":
        """Choices for a weekday or for a weekend: only a weekend can be made a workday."""
        made = [option(DayKind.MAKEUP_WORKDAY, N_("Worked in return for a holiday (调休上班)"))]
        self.day_kind.choices = [
            option(
                ORDINARY,
                N_("An ordinary day off, as on weekends")
                if weekend
                else N_("An ordinary workday, as on weekdays"),
            ),
            option(DayKind.HOLIDAY, N_("A public holiday")),
            *(made if weekend else []),
        ]
        return self
