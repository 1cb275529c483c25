"""The desk: who has filed, and each summary with the fates of its concerns."""

from datetime import date

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.deadlines import local_day
from harbour.domain.summaries import (
    REFERRED_TO_LABELS,
    SOURCE_LABELS,
    SUMMARY,
    URGENCY_LABELS,
    Fate,
)
from harbour.domain.text import N_, Text
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.proposals import TogetherForm
from harbour.forms.wording import option
from harbour.queries import desk
from harbour.queries.concerns import ConcernLine
from harbour.services import concerns, summaries
from harbour.web import addresses
from harbour.web.access import OFFICE, STREET, open_to
from harbour.web.acting import answer
from harbour.web.context import actor
from harbour.web.photos import views_by

bp = Blueprint("desk", __name__, url_prefix="/c/<community>/summaries/desk")

WORDS = {
    "source": {str(k): v for k, v in SOURCE_LABELS.items()},
    "urgency": {str(k): v for k, v in URGENCY_LABELS.items()},
    "referred_to": {str(k): v for k, v in REFERRED_TO_LABELS.items()},
}
LAST_DAY = date(2200, 1, 1)
FIRST_DAY = date(2000, 1, 1)


@bp.get("")
@open_to(OFFICE, STREET)
def overview() -> ResponseReturnValue:
    """Who has filed and who has not, week by week, and what waits to be read."""
    found = desk.overview(actor(), _day(), g.now, g.settings)
    return render_template("desk/overview.html", page=found)


def _day() -> date:
    """The day whose week is shown: today, or the one in the address."""
    today = local_day(g.now)
    try:
        wanted = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today
    return wanted if FIRST_DAY < wanted < LAST_DAY else today


@bp.get("/<int:summary_id>")
@open_to(OFFICE, STREET)
def reading(summary_id: int) -> ResponseReturnValue:
    """One summary with all its concerns."""
    return _read(summary_id, TogetherForm())


def _read(summary_id: int, together: TogetherForm) -> str:
    found = desk.reading(actor(), summary_id, g.now, g.settings)
    together.concern.choices = [
        *(option(one.id, one.title) for one in found.open),
        *(option(one.id, _whose(one)) for one in found.others if found.open),
    ]
    forms = {one.id: HarbourForm(formdata=None, version=one.version) for one in found.concerns}
    return render_template(
        "desk/reading.html",
        page=found,
        together=together,
        forms=forms,
        acts={"accept": HarbourForm(formdata=None, version=found.version)},
        photos=views_by(found.photos),
        words=WORDS,
        Fate=Fate,
        address=addresses.page,
        by_act=lambda one: dict.fromkeys((offer.name for offer in one.offers), forms[one.id]),
        can_join=lambda one: any(o.name == "link" and not o.refusal for o in one.offers),
    )


def _whose(one: ConcernLine) -> Text:
    return Text(N_("%(title)s (heard by %(author)s)"), {"title": one.title, "author": one.author})


@bp.post("/<int:summary_id>/together")
@open_to(OFFICE)
def together(summary_id: int) -> ResponseReturnValue:
    """Make one proposal of several concerns."""
    form = TogetherForm()

    def act() -> str:
        number = concerns.propose(actor(), form.concern.data or [], now=g.now)
        return url_for("proposals.show", number=number)

    return answer(form, act, lambda: _read(summary_id, form))


@bp.get("/<int:summary_id>/return")
@open_to(OFFICE)
def ask(summary_id: int) -> ResponseReturnValue:
    """The page on which a summary is returned with a question."""
    found = desk.reading(actor(), summary_id, g.now, g.settings)
    return _asked(found, action_form(SUMMARY.rows["return"])(version=found.version))


def _asked(found: desk.ReadingPage, form: HarbourForm) -> str:
    about = Text(
        N_("%(author)s, %(compound)s"),
        {"author": found.line.author, "compound": found.line.compound},
    )
    return render_template(
        "actions/act.html",
        row=SUMMARY.rows["return"],
        form=form,
        about=about,
        href=url_for(".act", summary_id=found.id, action="return"),
        back=url_for(".reading", summary_id=found.id),
    )


@bp.post("/<int:summary_id>/<any(return, accept):action>")
@open_to(OFFICE)
def act(summary_id: int, action: str) -> ResponseReturnValue:
    """Return a summary with a question, or accept it; then to the next that waits."""
    form = action_form(SUMMARY.rows[action])()

    def take() -> str:
        summaries.act(
            actor(), summary_id, action, form.inputs(), version=form.version.data, now=g.now
        )
        return url_for(".overview")

    def shown() -> str:
        return _asked(desk.reading(actor(), summary_id, g.now, g.settings), form)

    return answer(form, take, shown)
