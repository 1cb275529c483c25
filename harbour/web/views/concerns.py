"""The acts on one concern: each fate by a button or a page of its own."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.summaries import CONCERN
from harbour.domain.text import N_, Text
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.wording import option
from harbour.queries import concerns, relapses
from harbour.queries.concerns import ConcernPage, Earlier
from harbour.services import concerns as services
from harbour.web.access import OFFICE, STREET, open_to
from harbour.web.acting import answer
from harbour.web.context import actor

bp = Blueprint("concerns", __name__, url_prefix="/c/<community>/concerns")

ROWS = {one.name: one for one in CONCERN.moves if one.through is None}
ASKING = f"<any({', '.join(name for name, one in ROWS.items() if one.needs)}):action>"
ACTING = f"<any({', '.join(ROWS)}):action>"


@bp.get("/<int:concern_id>")
@open_to(OFFICE, STREET)
def show(concern_id: int) -> ResponseReturnValue:
    """Where a concern stands: in its summary at the desk."""
    return redirect(_place(concerns.page(actor(), concern_id, g.now)), 303)


def _place(page: ConcernPage) -> str:
    summary_id, anchor = page.summary_id, f"concern-{page.line.id}"
    return url_for("desk.reading", summary_id=summary_id, _anchor=anchor)


@bp.get(f"/<int:concern_id>/{ASKING}")
@open_to(OFFICE)
def ask(concern_id: int, action: str) -> ResponseReturnValue:
    """The page of an act that asks for words."""
    page = concerns.page(actor(), concern_id, g.now)
    return _shown(page, action, action_form(ROWS[action])(version=page.line.version))


@bp.post(f"/<int:concern_id>/{ACTING}")
@open_to(OFFICE)
def act(concern_id: int, action: str) -> ResponseReturnValue:
    """Decide what becomes of a concern, or take the decision back."""
    form = action_form(ROWS[action])()

    def take() -> str:
        services.act(
            actor(), concern_id, action, form.inputs(), version=form.version.data, now=g.now
        )
        return _place(concerns.page(actor(), concern_id, g.now))

    return answer(form, take, lambda: _shown(_page(concern_id), action, form))


def _page(concern_id: int) -> ConcernPage:
    return concerns.page(actor(), concern_id, g.now)


def _shown(page: ConcernPage, action: str, form: HarbourForm) -> str:
    row = ROWS[action]
    words = request.args.get("q", "").strip()
    href = url_for(".act", concern_id=page.line.id, action=action, q=words or None)
    common = {"row": row, "form": form, "href": href, "back": _place(page),
              "number": page.line.number, "about": page.line.title}  # fmt: skip
    if action not in ("link", "relapse"):
        return render_template("actions/act.html", **common)
    if action == "relapse":
        found = relapses.of_concern(actor(), page.line.id, g.now, g.settings.relapse_window_days)
    else:
        found = concerns.looked_up(actor(), page.compound_id, words) if words else _likely(page)
    form.choices({name: choices(found) for name in row.needs})
    return render_template(
        "actions/choose.html",
        **common,
        words=words,
        found=found,
        search=url_for(".ask", concern_id=page.line.id, action=action),
        said=page.line.words,
    )


def _likely(page: ConcernPage) -> tuple[Earlier, ...]:
    texts = {page.line.id: concerns.words_of(page.line)}
    days = g.settings.duplicate_window_days
    return concerns.alike(actor(), page.compound_id, texts, g.now, days).get(page.line.id, ())


KINDS = {"proposal": N_("Proposal"), "task": N_("Task")}


def choices(found: tuple[Earlier, ...], *, bare: bool = False) -> list[object]:
    """Earlier ones as boxes to choose from; ``bare`` sends the number without its kind."""
    return [
        option(
            one.number if bare else one.value,
            Text(
                N_("%(number)s %(title)s (%(kind)s, %(state)s)"),
                {
                    "number": one.number,
                    "title": one.title,
                    "kind": Text(KINDS[one.kind]),
                    "state": Text(one.state_label),
                },
            ),
        )
        for one in found
    ]
