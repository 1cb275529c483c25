"""The street's supervision orders: listed over its communities, and each on a printed slip."""

import re
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from harbour.domain.supervision import ORDER_LABELS
from harbour.domain.text import N_
from harbour.forms.supervision import OrderFilterForm
from harbour.forms.wording import option
from harbour.queries import supervision as queries
from harbour.queries.supervision import EVERY_ORDER, WAITING_ORDERS, OrderFilter
from harbour.web.access import MEMBERS, OFFICE, STREET, open_to
from harbour.web.context import actor

bp = Blueprint("supervision", __name__)
KEY = re.compile(r"[0-9]{1,9}")
WAYS = (
    (N_("Not concluded"), WAITING_ORDERS),
    *((label, str(state)) for state, label in ORDER_LABELS.items()),
    (N_("All orders"), EVERY_ORDER),
)


@bp.get("/orders")
@open_to(STREET, OFFICE)
def listing() -> ResponseReturnValue:
    """The orders of all communities of the reader's place, the newest first."""
    asked = _asked()
    found = queries.listing(
        asked, g.now, after=request.args.get("after"), before=request.args.get("before")
    )
    kept = {"state": asked.state, "community": asked.community_id}
    return render_template(
        "supervision/list.html",
        found=found,
        place=g.place.label,
        form=_form(),
        ways=[(label, _address({**kept, "state": state}), state == asked.state)
              for label, state in WAYS],
        pages={
            "newer": found.newer and _address({**kept, "before": found.newer}),
            "older": found.older and _address({**kept, "after": found.older}),
        },
        narrowed=bool(asked.state or asked.community_id),
        here=request.path,
        everything=_address({"state": EVERY_ORDER}),
    )  # fmt: skip


def _asked() -> OrderFilter:
    """What the address asks for; nonsense in it counts for nothing."""
    state, place = request.args.get("state", ""), request.args.get("community", "")
    known = state in ORDER_LABELS or state == EVERY_ORDER
    return OrderFilter(
        state if known else WAITING_ORDERS, int(place) if KEY.fullmatch(place) else None
    )


def _form() -> OrderFilterForm | None:
    """Which community's; nothing to choose from where there is one."""
    offered = queries.communities()
    if len(offered) < 2:
        return None
    form = OrderFilterForm(request.args)
    form.community.choices = [option("", N_("Any")), *(option(*one) for one in offered)]
    return form


def _address(args: dict[str, object]) -> str:
    kept = {name: value for name, value in args.items() if value}
    return f"{request.path}?{urlencode(kept)}" if kept else request.path


@bp.get("/c/<community>/tasks/<number>/orders/<int:order_id>")
@open_to(MEMBERS)
def slip(number: str, order_id: int) -> ResponseReturnValue:
    """One order as it is printed on A4."""
    found = queries.slip(actor(), number, order_id, g.now, g.settings)
    return render_template(
        "supervision/slip.html", order=found.order, task=found.task, street=found.street
    )
