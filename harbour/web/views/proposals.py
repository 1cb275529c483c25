"""Proposals: the list, a new one, one with everything about it, and the acts on it."""

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from harbour.domain.errors import Missing
from harbour.domain.proposals import PROPOSAL, ProposalState
from harbour.domain.summaries import CONCERN, REFERRED_TO_LABELS
from harbour.domain.text import N_
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.proposals import ProposalFilter, ProposalForm
from harbour.forms.wording import option
from harbour.queries import choosing, concerns, proposals
from harbour.queries.concerns import Earlier
from harbour.queries.proposals import ProposalPage, Wanted
from harbour.services import proposals as services
from harbour.web import addresses
from harbour.web.access import MEMBERS, open_to
from harbour.web.acting import answer, demand
from harbour.web.context import actor
from harbour.web.history import SILENT, told
from harbour.web.i18n import moment_in
from harbour.web.photos import views_by
from harbour.web.views.concerns import choices

bp = Blueprint("proposals", __name__, url_prefix="/c/<community>/proposals")

ROWS = {one.name: one for one in PROPOSAL.moves if one.through is None}
ASKING = f"<any({', '.join(name for name, one in ROWS.items() if one.needs)}):action>"
ACTING = f"<any({', '.join(ROWS)}):action>"
# The history need not repeat what stands on the page.
SAID_ABOVE = SILENT | frozenset((*PROPOSAL.rows["submit"].needs, *CONCERN.rows["write"].needs))
# What is decided at the table is decided on the meeting's page.
AT_THE_TABLE = frozenset({"adopt", "defer", "reject", "note"})


@bp.get("")
@open_to(MEMBERS)
def index() -> ResponseReturnValue:
    """The proposals, newest first, narrowed by what stands in the address."""
    form = ProposalFilter(request.args).offer(
        [option(key, name) for key, name in choosing.compounds(actor())]
    )
    form.validate()
    for field in form:
        if field.errors:
            field.data, field.errors, field.raw_data = None, (), None
    found = proposals.listing(actor(), _wanted(form), before=_key("before"), after=_key("after"))
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in form and value
    }
    return render_template(
        "proposals/index.html",
        form=form,
        listing=found,
        narrowed=any(form.data.values()),
        href=url_for(".index", **kept),
        accepting=actor().role in PROPOSAL.rows["accept"].by,
        may_begin=actor().role in PROPOSAL.rows["submit"].by,
        views=_views(form),
    )


def _wanted(form: ProposalFilter) -> Wanted:
    return Wanted(
        state=form.state.data or "",
        category=form.category.data or "",
        compound_id=int(form.compound.data) if form.compound.data else None,
        since=form.since.data,
        until=form.until.data,
    )


def _key(name: str) -> int | None:
    value = request.args.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else None


def _views(form: ProposalFilter) -> list[tuple[str, str, bool]]:
    """The views people ask for most, one press away."""
    offered = (
        (N_("All"), ""),
        (N_("To be accepted"), ProposalState.SUBMITTED),
        (N_("Waiting for a meeting"), ProposalState.BACKLOG),
        (N_("On an agenda"), ProposalState.ON_AGENDA),
        (N_("Adopted"), ProposalState.ADOPTED),
    )
    return [
        (label, url_for(".index", state=str(state) or None), (form.state.data or "") == state)
        for label, state in offered
    ]


# ---- a new one ----------------------------------------------------------------------------


@bp.get("/new")
@open_to(MEMBERS)
def begin() -> ResponseReturnValue:
    """The form of a new proposal; with several compounds first which one."""
    offered = choosing.compounds(actor())
    wanted = request.args.get("compound", "")
    if len(offered) == 1:
        wanted = str(offered[0][0])
    if wanted not in {str(key) for key, _ in offered}:
        return render_template("proposals/where.html", compounds=offered)
    return _written(_new_form(int(wanted)))


def _new_form(compound_id: int) -> HarbourForm:
    return _located(ProposalForm(compound=str(compound_id)), compound_id)


def _located(form: HarbourForm, compound_id: int) -> HarbourForm:
    """Fill in where things may lie in one compound."""
    names = dict(choosing.compounds(actor()))
    form.choices(
        {
            "compound": [option(compound_id, names.get(compound_id, ""))],
            "building": [
                option("", N_("Not in one building")),
                *(option(key, name) for key, name in choosing.buildings(compound_id)),
            ],
            "unit": [
                option("", N_("Not in one unit")),
                *(
                    option(key, name, parent=parent)
                    for parent, key, name in choosing.units(compound_id)
                ),
            ],
        }
    )
    return form


def _written(form: HarbourForm) -> str:
    return render_template(
        "proposals/write.html",
        form=form,
        row=PROPOSAL.rows["submit"],
        href=url_for(".put_forward"),
        back=url_for(".index"),
    )


@bp.post("/new")
@open_to(MEMBERS)
def put_forward() -> ResponseReturnValue:
    """Put a proposal forward."""
    form = ProposalForm()
    chosen = form.compound.data or ""
    if chosen not in {str(key) for key, _ in choosing.compounds(actor())}:
        raise Missing
    _located(form, int(chosen))

    def act() -> str:
        number = services.put_forward(actor(), int(chosen), form.inputs(), now=g.now)
        return url_for(".show", number=number)

    return answer(form, act, lambda: _written(form))


# ---- one ----------------------------------------------------------------------------------


@bp.get("/<number>")
@open_to(MEMBERS)
def show(number: str) -> ResponseReturnValue:
    """Everything about a proposal."""
    page = _page(number)
    offers = tuple(one for one in page.offers if one.name not in AT_THE_TABLE)
    return render_template(
        "proposals/show.html",
        page=page,
        offers=offers,
        at_the_table=len(offers) < len(page.offers),
        forms={one.name: HarbourForm(formdata=None, version=page.version) for one in offers},
        history=told(page.history, silent=SAID_ABOVE, about=number),
        thread=addresses.thread(g.community.slug, number),
        photos=views_by(page.photos),
        address=addresses.page,
        referred_to={str(k): v for k, v in REFERRED_TO_LABELS.items()},
    )


def _page(number: str) -> ProposalPage:
    return proposals.page(actor(), number, g.now, g.settings)


@bp.get(f"/<number>/{ASKING}")
@open_to(MEMBERS)
def ask(number: str, action: str) -> ResponseReturnValue:
    """The page of an act that asks for words."""
    page = _page(number)
    demand(page.offers, ROWS[action])
    if action == "resubmit":
        form: HarbourForm = ProposalForm(
            version=page.version, title=page.line.title, category=page.line.category,
            compound=str(page.compound_id), building=str(page.building_id or ""),
            unit=str(page.unit_id or ""), place=page.place, wanted=page.wanted,
        )  # fmt: skip
    else:
        begun = {"outcome_text": page.outcome_text} if action == "record_outcome" else {}
        form = action_form(ROWS[action])(version=page.version, **begun)
    return _shown(page, action, form)


@bp.post(f"/<number>/{ACTING}")
@open_to(MEMBERS)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take an act on a proposal."""
    form = _form(number, action)

    def take() -> str:
        services.act(actor(), number, action, form.inputs(), version=form.version.data, now=g.now)
        return url_for(".show", number=number)

    return answer(form, take, lambda: _shown(_page(number), action, form))


def _form(number: str, action: str) -> HarbourForm:
    if action != "resubmit":
        return action_form(ROWS[action])()
    return _located(ProposalForm(), _page(number).compound_id)


def _shown(page: ProposalPage, action: str, form: HarbourForm) -> str:
    number = page.line.number
    common: dict[str, Any] = {
        "row": ROWS[action], "form": form, "number": number, "about": page.line.title,
        "back": url_for(".show", number=number),
        "href": url_for(".act", number=number, action=action),
    }  # fmt: skip
    if action == "resubmit":
        _located(form, page.compound_id)
        return render_template("proposals/write.html", missing=page.reason, **common)
    if action == "merge":
        return _choose_master(page, form, common)
    if action == "place":
        form.choices({"meeting": _meetings(page)})
    return render_template("actions/act.html", **common)


def _choose_master(page: ProposalPage, form: HarbourForm, common: dict[str, Any]) -> str:
    words = request.args.get("q", "").strip()
    found: tuple[Earlier, ...] = page.alike
    if words:
        found = concerns.looked_up(actor(), page.compound_id, words, tasks=False)
    found = tuple(one for one in found if one.number != page.line.number)
    masters = tuple(
        Earlier("proposal", one.number, one.title, one.state, one.state_label, one.at)
        for one in found
        if one.kind == "proposal"
    )
    form.choices({"master": choices(masters, bare=True)})
    href = url_for(".act", number=page.line.number, action="merge", q=words or None)
    return render_template(
        "actions/choose.html",
        **{**common, "href": href},
        words=words,
        found=masters,
        search=url_for(".ask", number=page.line.number, action="merge"),
        said=page.wanted,
    )


def _meetings(page: ProposalPage) -> list[Any]:
    ahead = choosing.meetings_ahead(actor(), page.compound_id)
    return [
        option(one.number, moment_in(one.starts_at, gettext("EEE, d MMM, HH:mm"))) for one in ahead
    ]
