"""Property firms and their contracts, for administrators."""

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.deadlines import local_day
from harbour.domain.errors import there
from harbour.domain.text import N_
from harbour.forms.places import ContractForm, EndContractForm, FirmForm, NewFirmForm
from harbour.forms.wording import option
from harbour.queries import places
from harbour.services import firms as services
from harbour.web.access import ADMINS, open_to
from harbour.web.administering import (
    ANY,
    ASKED_AND_SENT,
    corrected,
    fill,
    made,
    open_street,
    street_id,
)
from harbour.web.context import actor

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


@bp.route("/firms/new", methods=ASKED_AND_SENT)
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
    return fill(
        form,
        lambda: _firm_at(made(services.create, int(form.street.data), form=form)),
        N_("A new firm"),
        url_for(".listing"),
    )


@bp.get(FIRM)
@open_to(ADMINS)
def show(wanted: int) -> ResponseReturnValue:
    """One firm and its contracts."""
    return render_template("admin/firms/show.html", page=_firm(wanted), today=local_day(g.now))


def _firm(wanted: int) -> places.FirmPage:
    return there(places.firm(street_id(), wanted))


def _firm_at(wanted: int) -> str:
    return url_for(".show", wanted=wanted)


@bp.route(f"{FIRM}/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite(wanted: int) -> ResponseReturnValue:
    """Correct a firm's names."""
    page = _firm(wanted)
    form = FirmForm(version=page.version, data={"name": page.name, "short_name": page.short_name})
    return fill(
        form,
        lambda: corrected(services.rewrite, wanted, form=form),
        N_("Correct the names"),
        _firm_at(wanted),
        page.name,
    )


@bp.route(f"{CONTRACTS}/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def contract(wanted: int) -> ResponseReturnValue:
    """A firm's contract for a compound; what overlaps is said, and kept."""
    page, form = there(places.compound(wanted)), ContractForm()
    form.firm_id.choices = [
        option("", N_("Please choose")),
        *(option(f.id, f.short_name) for f in places.firms(street_id())),
    ]

    def act() -> None:
        made(services.contract, wanted, form=form)

    return fill(
        form,
        act,
        N_("New contract"),
        _contracts_at(wanted),
        page.name,
        template="admin/firms/contract.html",
    )


def _contracts_at(wanted: int) -> str:
    return url_for("places.compound", wanted=wanted, _anchor="contracts")


@bp.route(f"{CONTRACTS}/<{ANY}:contract_id>/end", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def end_contract(wanted: int, contract_id: int) -> ResponseReturnValue:
    """Set the last day of a contract."""
    page = there(places.compound(wanted))
    found = there(next((k for k in page.contracts if k.id == contract_id), None))
    form = EndContractForm(data={"ends_on": found.ends_on or local_day(g.now)})

    def act() -> None:
        ends_on = form.ends_on.data or local_day(g.now)
        services.end_contract(actor(), wanted, contract_id, ends_on, now=g.now)

    return fill(
        form,
        act,
        N_("Set the last day"),
        _contracts_at(wanted),
        f"{page.name} · {found.firm}",
    )
