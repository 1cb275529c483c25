"""Inputs of summaries and of the concerns in them; a draft may leave any of them empty."""

from collections.abc import Iterable, Mapping
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField
from wtforms.validators import NumberRange, Optional

from harbour.domain.summaries import (
    CONCERN_NEEDS,
    HEADER_NEEDS,
    SOURCE_LABELS,
    URGENCY_LABELS,
    Source,
    Urgency,
)
from harbour.domain.text import N_
from harbour.forms.base import HarbourForm
from harbour.forms.photos import photo_field
from harbour.forms.proposals import category_choices
from harbour.forms.wording import choices, line, option, paragraphs

MOST_PEOPLE = 100_000
BETWEEN = N_("A number from %(min)d to %(max)d is needed.")


class WholeNumber(IntegerField):
    """A whole number, which says in plain words when it is none."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Take the number, or say what is wanted."""
        if not valuelist:
            return
        try:
            self.data = int(valuelist[0].strip())
        except ValueError as error:
            self.data = None
            raise ValueError(self.gettext(N_("Type a whole number, such as 3."))) from error


def how_many(label: str, least: int = 0) -> Any:
    """A number of people or households that may be left empty."""
    return WholeNumber(label, [Optional(), NumberRange(least, MOST_PEOPLE, BETWEEN)])


def chosen(label: str, given: Any = (), **kwargs: Any) -> Any:
    """One of what the view offers, or nothing; whether it exists is for the service to say."""
    return SelectField(label, choices=given or [], validate_choice=False, **kwargs)


FIELDS: dict[str, Any] = {
    "concern_title": line(N_("What should be done, in one line")),
    "residents_words": paragraphs(N_("What the residents said")),
    "category": chosen(N_("Category"), category_choices),
    "sub_area": chosen(N_("Sub-area")),
    "building": chosen(N_("Building")),
    "unit": chosen(N_("Unit")),
    "place": line(N_("Where exactly"), most=200),
    "voices": how_many(N_("How many people said so"), 1),
    "households": how_many(N_("How many households it affects"), 1),
    "source": chosen(N_("How you heard of it"), choices(SOURCE_LABELS), default=Source.VISIT),
    "remedy": paragraphs(N_("What could be done about it"), most=2000),
    "urgency": chosen(N_("How pressing it is"), choices(URGENCY_LABELS), default=Urgency.SOON),
    "visited": how_many(N_("Residents visited")),
    "heard": how_many(N_("Matters heard")),
    "solved_on_spot": paragraphs(N_("Solved on the spot"), most=2000),
    "praise": paragraphs(N_("Praise"), most=2000),
    "remarks": paragraphs(N_("Remarks on last week's tasks"), most=2000),
    "nil": BooleanField(N_("Nothing new this week")),
}
PHOTOS = photo_field(N_("Photos"))
NO_ROW = -1
SPOTS = ("sub_area", "building", "unit")


class WritingForm(HarbourForm):
    """One concern; everything may still be missing while it is a draft."""

    needs = (*CONCERN_NEEDS, "same_as")
    has_files = True

    concern_title = FIELDS["concern_title"]
    category = FIELDS["category"]
    photos = PHOTOS
    sub_area = FIELDS["sub_area"]
    building = FIELDS["building"]
    unit = FIELDS["unit"]
    residents_words = FIELDS["residents_words"]
    place = FIELDS["place"]
    urgency = FIELDS["urgency"]
    voices = FIELDS["voices"]
    households = FIELDS["households"]
    source = FIELDS["source"]
    remedy = FIELDS["remedy"]
    same_as = chosen(N_("The same as"))

    def inputs(self) -> dict[str, Any]:
        """What was typed and is right; places as the numbers of their rows (NO_ROW for no such)."""
        found = {name: self[name].data for name in self.needs if not self[name].errors}
        for name in SPOTS:
            if name in found:
                found[name] = _row(found[name])
        return found

    def offer(
        self, spots: Mapping[str, Iterable[tuple[int, str, int | None]]], quick: Iterable[str]
    ) -> None:
        """Fill the places, and mark the categories to be offered first."""
        for name in SPOTS:
            whole = [option(key, label, parent=parent or "") for key, label, parent in spots[name]]
            self[name].choices = [option("", N_("Not chosen")), *whole]
        order = {code: place for place, code in enumerate(quick)}
        offered = category_choices()
        for one in offered:
            if one.value in order:
                one.render_kw = {**(one.render_kw or {}), "data-quick": str(order[one.value])}
        self.category.choices = offered

    @property
    def more(self) -> bool:
        """Whether something stands in the folded part that is not just its default."""
        folded = (self.place, self.voices, self.households, self.source, self.remedy)
        usual = {"voices": (None, 1), "households": (None, 1), "source": (None, "", Source.VISIT)}
        return any(
            one.errors or one.data not in usual.get(one.short_name, (None, "")) for one in folded
        )


class HeaderForm(HarbourForm):
    """What a week of visits came to, beside the concerns."""

    needs = tuple(name for name in HEADER_NEEDS if name != "nil")

    visited = FIELDS["visited"]
    heard = FIELDS["heard"]
    solved_on_spot = FIELDS["solved_on_spot"]
    praise = FIELDS["praise"]
    remarks = FIELDS["remarks"]

    def inputs(self) -> dict[str, Any]:
        """What was typed and is right."""
        return {name: self[name].data for name in self.needs if not self[name].errors}


class BehalfForm(HarbourForm):
    """For which representative staff type a summary in: "compound/user" as one choice."""

    needs = ("author",)

    author = SelectField(N_("Representative"), choices=[], validate_choice=False)

    @property
    def pair(self) -> tuple[int, int | None]:
        """The compound and the representative chosen; NO_ROW and None for no such."""
        compound, _, user = str(self.author.data or "").partition("/")
        return _row(compound) or NO_ROW, _row(user)


def _row(value: object) -> int | None:
    """The number of a row as a select carries it; a number no row has where it cannot be one."""
    text = str(value or "")
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else NO_ROW
