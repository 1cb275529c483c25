"""The macros every page is drawn with: they speak, they escape, they offer, they refuse."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from wtforms import IntegerField, RadioField, SelectField, StringField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # its stubs lag behind
from wtforms.validators import InputRequired

from harbour.domain.text import Text
from harbour.domain.workflow import Offer
from harbour.forms.base import HarbourForm

ROOT = Path(__file__).parents[2]
# What draws nothing of its own (words, or other components put together) has no stylesheet.
# Words alone, or other components put together: they need no style of their own.
SPEECH_ONLY = {"text", "enrolment", "tap", "typed"}

Draw = Callable[..., str]


class Sample(HarbourForm):
    """One field of each kind whose drawing is decided by a rule."""

    title = StringField("Title", [InputRequired("Say what.")])
    voices = IntegerField("Voices")
    few = SelectField("Few", choices=[SelectChoice(str(n), f"No. {n}") for n in range(7)])
    many = SelectField("Many", choices=[SelectChoice(str(n), f"No. {n}") for n in range(8)])
    urgency = RadioField("Urgency", choices=[SelectChoice("a", "Calm"), SelectChoice("b", "Soon")])


@pytest.fixture
def draw(app: Flask) -> Iterator[Draw]:
    """Renders a piece of template as a page would."""
    with app.test_request_context("/"):

        def drawn(source: str, **values: Any) -> str:
            template = app.jinja_env.from_string(source, globals=None)
            return template.render(**values)

        yield drawn


def test_every_component_has_its_stylesheet_and_every_stylesheet_its_component() -> None:
    macros = {path.stem for path in (ROOT / "templates/components").glob("*.html")}
    styles = {path.stem for path in (ROOT / "static/css/components").glob("*.css")}

    assert macros - SPEECH_ONLY == styles


@pytest.mark.parametrize("typed", ["100%", "%(name)s", "<b>&", "䶮 😀"])
def test_what_a_person_typed_is_printed_as_it_is(draw: Draw, typed: str) -> None:
    source = '{% from "components/text.html" import text %}{{ text(typed) }}'

    assert draw(source, typed=typed) == typed.replace("&", "&amp;").replace("<", "&lt;").replace(
        ">", "&gt;"
    )


def test_a_message_carries_its_numbers_and_escapes_them(draw: Draw) -> None:
    source = '{% from "components/text.html" import text %}{{ text(said) }}'

    assert draw(source, said=Text("%(name)s!", {"name": "<i>"})) == "&lt;i&gt;!"


def test_up_to_seven_choices_are_boxes_and_more_are_a_list(draw: Draw) -> None:
    source = '{% from "components/field.html" import field %}{{ field(input) }}'
    form = Sample()

    assert draw(source, input=form.few).count('type="radio"') == 7
    assert "<select" in draw(source, input=form.many)


def test_an_error_stands_beside_its_field_and_in_the_summary(draw: Draw) -> None:
    form = Sample()
    form.title.errors = ["Say what."]
    source = (
        '{% from "components/form.html" import form_to %}'
        '{% from "components/field.html" import field %}'
        '{% call form_to("/x", form) %}{{ field(form.title) }}{% endcall %}'
    )

    page = draw(source, form=form)

    assert '<a href="#title">' in page
    assert 'aria-describedby="title-error"' in page
    assert 'id="title-error"' in page


def test_a_form_is_sent_with_its_token_version_and_key(draw: Draw) -> None:
    source = (
        '{% from "components/form.html" import form_to %}'
        '{% call form_to("/x", form) %}{% endcall %}'
    )

    page = draw(source, form=Sample(version=7))

    for name in ("csrf_token", "version", "key"):
        assert page.count(f'name="{name}"') == 1
    assert 'name="version" value="7"' in page


def test_an_offer_that_must_wait_says_why_and_one_at_most_is_filled(draw: Draw) -> None:
    offers = (
        Offer("accept", "Accept", main=True),
        Offer("report", "Report", needs=("words",), main=True),
        Offer("close", "Close", refusal=Text("Not verified yet.")),
    )
    source = (
        '{% from "components/action_bar.html" import action_bar %}'
        '{{ action_bar(offers, none, "/tasks/3") }}'
    )

    page = draw(source, offers=offers)

    assert 'action="/tasks/3/accept" method="post"' in page
    assert 'href="/tasks/3/report"' in page
    assert page.count("button--main") == 1
    assert 'disabled aria-describedby="wait-close"' in page
    assert "Not verified yet." in page
