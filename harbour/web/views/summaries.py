"""Summaries on the representative's phone: this week's card, one concern a page, review, submit."""

from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from harbour.domain.actors import Role
from harbour.domain.errors import Invalid, Missing
from harbour.domain.summaries import SUMMARY
from harbour.domain.text import N_
from harbour.forms.actions import bare_form
from harbour.forms.base import HarbourForm
from harbour.forms.summaries import BehalfForm, HeaderForm, WritingForm
from harbour.forms.wording import option
from harbour.queries import summaries as queries
from harbour.queries import writing as asked
from harbour.queries.writing import ConcernDraft
from harbour.services import summaries, writing
from harbour.services.writing import Written
from harbour.web import photos
from harbour.web.access import OFFICE, STREET, open_to
from harbour.web.acting import answer
from harbour.web.context import actor

bp = Blueprint("summaries", __name__, url_prefix="/c/<community>/summaries")
WRITERS = frozenset({Role.RESIDENT_REP}) | OFFICE
REPS = frozenset({Role.RESIDENT_REP})
SAVED = N_("Saved.")
SUBMITTED = N_("Submitted. You will see here what becomes of each matter.")
Save = Callable[[WritingForm], Written | None]


def fetched() -> bool:
    """Whether a script asks, which wants an answer rather than a page."""
    return request.headers.get("X-Requested-With") == "fetch"


@bp.get("")
@open_to(WRITERS, STREET)
def index() -> ResponseReturnValue:
    """This week's card and one's own summaries; the office has a list of its own."""
    if actor().role not in REPS:
        return redirect(request.path.rstrip("/") + "/desk", 303)
    lines, older = queries.mine(actor(), request.args.get("before", type=int))
    return render_template(
        "summaries/index.html",
        cards=queries.coming_up(actor(), g.now),
        lines=lines,
        older=older,
        form=bare_form(),
    )


@bp.get("/<int:id>")
@open_to(WRITERS, STREET)
def show(id: int) -> ResponseReturnValue:  # noqa: A002 - the address's own word
    """One summary: a draft to be reviewed, afterwards the fate of each concern."""
    return _page(id)


def _page(summary_id: int) -> str:
    page = queries.page(actor(), summary_id, g.now)
    drafted = "edit" in page.offers
    texts = [(one.id, one.category, f"{one.title} {one.words}") for one in page.concerns]
    return render_template(
        "summaries/review.html" if drafted else "summaries/page.html",
        page=page,
        photos={one.id: photos.views(one.photos) for one in page.concerns},
        alike=asked.alike(actor(), page.compound_id, texts, g.now) if drafted else {},
        form=HarbourForm(formdata=None, version=page.version),
    )


@bp.route("/write", methods=["GET", "POST"])
@open_to(REPS)
def write() -> ResponseReturnValue:
    """The first concern of this week's summary: nothing is kept before something is written."""
    compound_id = asked.compound_of(actor(), request.args.get("compound", type=int))
    if request.method == "GET":
        coming = queries.upcoming(actor(), compound_id, g.now)
        if coming.summary_id is not None:
            return redirect(url_for(".show", id=coming.summary_id), 303)
    draft = _new(compound_id, None, 1)
    here = url_for(".write", compound=compound_id)

    def save(form: WritingForm) -> Written | None:
        return writing.begin(
            actor(), compound_id, str(form.key.data), form.inputs(),
            version=form.version.data, now=g.now,
        )  # fmt: skip

    return _written(draft, here, save)


@bp.route("/<int:id>/concerns/new", methods=["GET", "POST"])
@open_to(WRITERS)
def add(id: int) -> ResponseReturnValue:  # noqa: A002 - the address's own word
    """One more concern."""
    compound_id, count = asked.summary_open(actor(), id, g.now)
    draft = _new(compound_id, id, count + 1)

    def save(form: WritingForm) -> Written | None:
        return writing.write(
            actor(), id, str(form.key.data), form.inputs(), version=form.version.data, now=g.now
        )

    return _written(draft, url_for(".add", id=id), save)


@bp.route("/concerns/<int:concern_id>", methods=["GET", "POST"])
@open_to(WRITERS)
def change(concern_id: int) -> ResponseReturnValue:
    """Go on writing a concern."""
    draft = asked.concern(actor(), concern_id, g.now)

    def save(form: WritingForm) -> Written | None:
        inputs = {**form.inputs(), "remove_photo": photos.chosen_to_remove()}
        return writing.change(actor(), concern_id, inputs, version=form.version.data, now=g.now)

    return _written(draft, url_for(".change", concern_id=concern_id), save)


def _new(compound_id: int, summary_id: int | None, place: int) -> ConcernDraft:
    return ConcernDraft(None, None, None, summary_id, compound_id, place, {}, (), strikable=False)


def _form(draft: ConcernDraft) -> WritingForm:
    form = WritingForm(data=dict(draft.fields), version=draft.version)
    if request.method == "GET" and draft.id is not None:
        form.key.data = draft.form_key or f"concern-{draft.id}"
    spots = asked.spots(draft.compound_id)
    whose = {one.id: one.name for one in spots.buildings}
    form.offer(
        {
            "sub_area": [(one.id, one.name, None) for one in spots.sub_areas],
            "building": [
                (one.id, one.name, one.parent_id if len(spots.sub_areas) > 1 else None)
                for one in spots.buildings
            ],
            "unit": [
                (one.id, f"{whose[one.parent_id or 0]} {one.name}", one.parent_id)
                for one in spots.units
            ],
        },
        asked.recent_categories(actor(), draft.compound_id),
    )
    return form


def _written(draft: ConcernDraft, here: str, save: Save) -> ResponseReturnValue:
    """Draw the form, or save what was typed: by script as one goes, or by the buttons."""
    form = _form(draft)
    if request.method == "GET":
        return _writing(form, draft, here)
    if fetched():
        return _autosaved(form, save)
    kept = {line.id for line in draft.photos} - set(photos.chosen_to_remove())
    photos.stage(form, len(kept))
    written = _saved(form, save)
    if written is None:
        return _writing(form, draft, here), 422
    photos.forget(written.files)
    flash(SAVED, "good")
    if request.form.get("then") == "another":
        return redirect(url_for(".add", id=written.summary_id), 303)
    return redirect(url_for(".show", id=written.summary_id), 303)


def _saved(form: WritingForm, save: Save) -> Written | None:
    """What the buttons save; None where the form says what is wrong."""
    if not form.validate():
        return None
    try:
        written = save(form)
    except Invalid as error:
        form.blame(error)
        return None
    if written is None or written.concern_id is None:
        form.blame(Invalid("concern_title", N_("Write a few words first.")))
        return None
    return written


def _autosaved(form: WritingForm, save: Save) -> ResponseReturnValue:
    """Keep what is right already, without photos; say which version stands now."""
    form.photos.data = ()
    right = form.validate()
    try:
        written = save(form)
    except Invalid as error:
        form.blame(error)
        return jsonify(errors=form.errors), 422
    if not right:
        return jsonify(errors=form.errors), 422
    if written is None or written.concern_id is None:
        return Response(status=204)
    return jsonify(
        version=written.version,
        at=format_time(g.now, "HH:mm"),
        href=url_for(".change", concern_id=written.concern_id),
    )


def _writing(form: WritingForm, draft: ConcernDraft, here: str) -> str:
    words = f"{form.concern_title.data or ''} {form.residents_words.data or ''}"
    found = asked.alike(
        actor(), draft.compound_id, [(draft.id, str(form.category.data or ""), words)], g.now
    )
    return render_template(
        "summaries/concern.html",
        form=form,
        draft=draft,
        here=here,
        kept=(*photos.views(draft.photos), *photos.existing(form).get("photos", ())),
        alike=found.get(draft.id, ()),
        areas=len(form.sub_area.choices) > 2,
        back=url_for(".show", id=draft.summary_id) if draft.summary_id else url_for(".index"),
    )


@bp.post("/alike/<int:compound_id>")
@open_to(WRITERS)
def alike(compound_id: int) -> ResponseReturnValue:
    """A piece of a page: what may be the same case as what is being typed. Changes nothing."""
    here = asked.compound_of(actor(), compound_id)
    words = " ".join(request.form.get(name, "") for name in ("concern_title", "residents_words"))
    own = request.args.get("but", type=int)
    found = asked.alike(
        actor(), here, [(own, request.form.get("category", ""), words[:4000])], g.now
    )
    return render_template(
        "summaries/_alike.html", alike=found.get(own, ()), same_as=request.form.get("same_as", "")
    )


@bp.post("/concerns/<int:concern_id>/strike")
@open_to(WRITERS)
def strike(concern_id: int) -> ResponseReturnValue:
    """Take a concern out of a draft."""
    written = writing.strike(actor(), concern_id, now=g.now)
    photos.forget(written.files)
    flash(N_("Taken out."), "good")
    return redirect(url_for(".show", id=written.summary_id), 303)


@bp.route("/<int:id>/header", methods=["GET", "POST"])
@open_to(WRITERS)
def header(id: int) -> ResponseReturnValue:  # noqa: A002 - the address's own word
    """What the week's visits came to."""
    page = queries.page(actor(), id, g.now)
    if "edit" not in page.offers and request.method == "GET":
        raise Missing
    said = {name: getattr(page, name) for name in HeaderForm.needs}
    form = HeaderForm(data=said, version=page.version)
    here = url_for(".header", id=id)

    def save() -> str:
        summaries.act(actor(), id, "edit", form.inputs(), version=form.version.data, now=g.now)
        return url_for(".show", id=id)

    def shown() -> str:
        return render_template("summaries/header.html", form=form, page=page, here=here)

    if request.method == "GET":
        return shown()
    if not fetched():
        return answer(form, save, shown, done=SAVED)
    right = form.validate()
    save()
    if not right:
        return jsonify(errors=form.errors), 422
    now = queries.page(actor(), id, g.now)
    return jsonify(version=now.version, at=format_time(g.now, "HH:mm"))


@bp.post("/<int:id>/submit")
@open_to(WRITERS)
def submit(id: int) -> ResponseReturnValue:  # noqa: A002 - the address's own word
    """Hand the summary in, or the answer to the question it came back with."""
    form = bare_form()

    def act() -> str:
        summaries.act(actor(), id, "submit", {}, version=form.version.data, now=g.now)
        return url_for(".show", id=id)

    return answer(form, act, lambda: _page(id), done=SUBMITTED)


@bp.post("/nil")
@open_to(REPS)
def nil() -> ResponseReturnValue:
    """Nothing new this week: said and submitted in one."""
    form = bare_form()
    compound_id = asked.compound_of(actor(), request.form.get("compound", type=int))

    def act() -> str:
        return url_for(".show", id=summaries.file_nil(actor(), compound_id, now=g.now))

    return answer(form, act, lambda: redirect(url_for(".index"), 303), done=SUBMITTED)


@bp.route("/on-behalf", methods=["GET", "POST"])
@open_to(OFFICE)
def on_behalf() -> ResponseReturnValue:
    """Staff type a summary in for a representative who dictates it."""
    SUMMARY.require_birth(actor(), "draft")
    form = BehalfForm()
    offered = [
        option(f"{one.compound_id}/{one.user_id}", one.name, one.compound)
        for one in queries.representatives(actor())
    ]
    form.author.choices = offered

    def act() -> str:
        if form.author.data not in {one.value for one in offered}:
            raise Invalid("author", N_("Choose a representative of this compound."))
        compound_id, author_id = form.pair
        inputs = {"compound_id": compound_id, "author_id": author_id}
        begun = summaries.draft(actor(), inputs, now=g.now)
        return url_for(".show", id=begun)

    def shown() -> str:
        return render_template("summaries/on_behalf.html", form=form)

    return shown() if request.method == "GET" else answer(form, act, shown, done=None)
