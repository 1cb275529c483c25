"""Property firms and their contracts, for administrators."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.deadlines import local_day
from harbour.domain.errors import Missing
from harbour.domain.text import N_
from harbour.forms.places import ContractForm, EndContractForm, FirmForm, NewFirmForm
from harbour.forms.wording import option
from harbour.queries import places
from harbour.services import firms as services
from harbour.web.access import ADMINS, open_to
from harbour.web.acting import answer
from harbour.web.administering import open_street, street_id
from harbour.web.context import actor
from harbour.web.views.places import ANY, fill

bp = Blueprint("firms", __name__, url_prefix="/admin")
bp.before_request(open_street)
FIRM = f"/firms/<{ANY}:wanted>"
CONTRACTS = f"/places/compounds/<{ANY}:wanted>/contracts"


@bp.get("/firms")
@open_to(ADMINS)
def listing() -> ResponseReturnValue:
    """Every firm of the administrator's street."""
    return render_template(
        "admin/firms/listing.html", lines=places.firms(street_id()), whole=street_id() is None
    )


@bp.route("/firms/new", methods=["GET", "POST"])
@open_to(ADMINS)
def create() -> ResponseReturnValue:
    """A new firm of a street."""
    form = NewFirmForm()
    streets = places.tree(street_id())
    form.street.choices = [
        option("", N_("Please choose")),
        *(option(s.id, s.name) for s in streets),
    ]
    if request.method == "GET" and len(streets) == 1:
        form.street.data = str(streets[0].id)

    def act() -> str:
        made = services.create(actor(), int(form.street.data), form.inputs(), now=g.now)
        return url_for(".show", wanted=made)

    return fill(form, act, N_("A new firm"), url_for(".listing"))


@bp.get(FIRM)
@open_to(ADMINS)
def show(wanted: int) -> ResponseReturnValue:
    """One firm and its contracts."""
    return render_template("admin/firms/show.html", page=_firm(wanted), today=local_day(g.now))


def _firm(wanted: int) -> places.FirmPage:
    page = places.firm(street_id(), wanted)
    if page is None:
        raise Missing
    return page


@bp.route(f"{FIRM}/edit", methods=["GET", "POST"])
@open_to(ADMINS)
def rewrite(wanted: int) -> ResponseReturnValue:
    """Correct a firm's names."""
    page = _firm(wanted)
    back = url_for(".show", wanted=wanted)
    form = FirmForm(version=page.version, data={"name": page.name, "short_name": page.short_name})

    def act() -> str:
        services.rewrite(actor(), wanted, form.inputs(), version=form.version.data or 0, now=g.now)
        return back

    return fill(form, act, N_("Correct the names"), back, page.name)


@bp.route(f"{CONTRACTS}/new", methods=["GET", "POST"])
@open_to(ADMINS)
def contract(wanted: int) -> ResponseReturnValue:
    """A firm's contract for a compound; what overlaps is said, and kept."""
    page = _compound(wanted)
    back = url_for("places.compound", wanted=wanted, _anchor="contracts")
    form = ContractForm()
    form.firm_id.choices = [
        option("", N_("Please choose")),
        *(option(f.id, f.short_name) for f in places.firms(street_id())),
    ]

    def shown() -> str:
        return render_template("admin/firms/contract.html", form=form, page=page, back=back)

    if request.method == "GET":
        return shown()

    def act() -> str:
        services.contract(actor(), wanted, form.inputs(), now=g.now)
        return back

    return answer(form, act, shown)


def _compound(wanted: int) -> places.CompoundPage:
    page = places.compound(wanted)
    if page is None:
        raise Missing
    return page


@bp.route(f"{CONTRACTS}/<{ANY}:contract_id>/end", methods=["GET", "POST"])
@open_to(ADMINS)
def end_contract(wanted: int, contract_id: int) -> ResponseReturnValue:
    """Set the last day of a contract."""
    page = _compound(wanted)
    found = next((k for k in page.contracts if k.id == contract_id), None)
    if found is None:
        raise Missing
    back = url_for("places.compound", wanted=wanted, _anchor="contracts")
    form = EndContractForm(data={"ends_on": found.ends_on or local_day(g.now)})

    def act() -> str:
        ends_on = form.ends_on.data or local_day(g.now)
        services.end_contract(actor(), wanted, contract_id, ends_on, now=g.now)
        return back

    return fill(form, act, N_("Set the last day"), back, f"{page.name} · {found.firm}")
