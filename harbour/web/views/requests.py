"""Requests beside a task: asked for on its page, answered on their own."""

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.request_facts import KIND_LABELS, RequestKind
from harbour.domain.requests import REQUESTS
from harbour.forms.actions import OneButton, action_form
from harbour.forms.base import HarbourForm
from harbour.forms.wording import option
from harbour.queries import leads
from harbour.queries import requests as queries
from harbour.queries.requests import RequestPage
from harbour.services import requests as services
from harbour.web.access import MEMBERS, open_to
from harbour.web.acting import answer, inside
from harbour.web.context import actor
from harbour.web.drafting import lead_label
from harbour.web.history import told

bp = Blueprint("requests", __name__, url_prefix="/c/<community>")
FOLDERS = {
    RequestKind.EXTENSION: "extensions",
    RequestKind.RETURN: "returns",
    RequestKind.HOLD: "holds",
    RequestKind.REOPEN: "reopenings",
}


def _open(kind: RequestKind, folder: str) -> None:
    """The addresses of one kind: asking, the request's page, and each act on it."""
    actions = ", ".join(one.name for one in REQUESTS[kind].moves)

    @bp.route(f"/tasks/<number>/ask/{kind}", endpoint=f"ask_{kind}", methods=["GET", "POST"])
    @open_to(MEMBERS)
    def ask(number: str) -> ResponseReturnValue:
        return _ask(kind, number)

    @bp.get(f"/{folder}/<int:request_id>", endpoint=f"show_{kind}")
    @open_to(MEMBERS)
    def show(request_id: int) -> ResponseReturnValue:
        return _show(kind, request_id)

    address = f"/{folder}/<int:request_id>/<any({actions}):action>"

    @bp.route(address, endpoint=f"act_{kind}", methods=["GET", "POST"])
    @open_to(MEMBERS)
    def act(request_id: int, action: str) -> ResponseReturnValue:
        return _act(kind, request_id, action)


for _kind, _folder in FOLDERS.items():
    _open(_kind, _folder)


def _ask(kind: RequestKind, number: str) -> ResponseReturnValue:
    """Ask for something beside a task; back to its page."""
    row = REQUESTS[kind].rows["ask"]
    form = action_form(row)()
    back = url_for("tasks.show", number=number)

    def drawn() -> ResponseReturnValue:
        start = queries.start(actor(), number, kind, g.now)
        return render_template(
            "requests/act.html", row=row, form=form, line=None, start=start, number=number,
            about=start.title, back=back, href=request.path,
        )  # fmt: skip

    def act() -> str:
        services.ask(actor(), number, kind, form.inputs(), now=g.now)
        return back

    return drawn() if request.method == "GET" else answer(form, act, drawn)


def _show(kind: RequestKind, request_id: int) -> ResponseReturnValue:
    """One request: what is asked, what was answered, and by whom."""
    page = queries.page(actor(), kind, request_id, g.now)
    version = page.line.version
    return render_template(
        "requests/show.html",
        page=page,
        line=page.line,
        title=KIND_LABELS[kind],
        forms={offer.name: OneButton(version) for offer in page.offers if not offer.needs},
        href=url_for(f".show_{kind}", request_id=request_id),
        history=told(page.history, words=_said(page)),
    )


def _act(kind: RequestKind, request_id: int, action: str) -> ResponseReturnValue:
    """Take one act on a request; back to its task, or to where one came from."""
    row = REQUESTS[kind].rows[action]
    onward = request.args.get("next")
    if request.method == "GET":
        page = queries.page(actor(), kind, request_id, g.now, acting=action)
        return _drawn(page, action, _form(page, action), onward)
    page = queries.page(actor(), kind, request_id, g.now)
    form = _form(page, action) if row.needs else HarbourForm()

    def act() -> str:
        number = services.act(
            actor(), kind, request_id, action, form.inputs(), version=form.version.data, now=g.now
        )
        here = url_for("tasks.show", number=number)
        return inside(
            onward, here if page.opens else url_for(f".show_{kind}", request_id=page.line.id)
        )

    return answer(form, act, lambda: _drawn(page, action, form, onward))


def _form(page: RequestPage, action: str) -> HarbourForm:
    """The form of an act on this request, filled in with what was asked for."""
    row = REQUESTS[page.line.kind].rows[action]
    begun: dict[str, Any] = {"version": page.line.version}
    if "granted_on" in row.needs:
        begun["granted_on"] = page.line.wished_on
    if "new_due_on" in row.needs:
        begun["new_due_on"] = page.suggested_on
    form = action_form(row)(**begun)
    if "lead" not in row.needs:
        return form
    others = [
        one for one in leads.leads_of(page.compound_id, g.now) if one.value != page.lead_value
    ]
    return form.choices({"lead": [option(one.value, lead_label(one)) for one in others]})


def _drawn(
    page: RequestPage, action: str, form: HarbourForm, onward: str | None
) -> ResponseReturnValue:
    here = url_for(f".show_{page.line.kind}", request_id=page.line.id)
    return render_template(
        "requests/act.html",
        row=REQUESTS[page.line.kind].rows[action],
        form=form,
        line=page.line,
        start=page,
        number=page.number,
        about=page.title,
        back=inside(onward, here),
        href=url_for(f".act_{page.line.kind}", request_id=page.line.id, action=action, next=onward),
    )


def _said(page: RequestPage) -> dict[str, dict[str, object]]:
    """Who leads now, by name: the record keeps its key."""
    return {"lead": {page.lead_value: page.lead}}
