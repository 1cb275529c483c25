"""Lists of tasks, one task, and the page a task is written on."""

import re
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, get_locale

from harbour.domain.actors import STAFF, Role
from harbour.domain.categories import CATEGORIES
from harbour.domain.deadlines import LEVEL_WORDS
from harbour.domain.lights import COLOUR_WORDS, Colour
from harbour.domain.tasks import (
    CONTACT_LABELS,
    RESULT_LABELS,
    REWORK_CAUSE_LABELS,
    SATISFACTION_LABELS,
    SOLVED_LABELS,
    TASK,
    TaskState,
)
from harbour.domain.text import N_
from harbour.forms.actions import OneButton
from harbour.forms.tasks import LEAST_LEVELS, TaskFilterForm
from harbour.forms.wording import option
from harbour.queries import leads, task_heads, task_pages
from harbour.queries import tasks as queries
from harbour.queries.leads import DraftStart
from harbour.queries.task_heads import TaskHead
from harbour.queries.tasks import EVERY_TASK, OPEN_TASKS, TaskFilter, TaskListing
from harbour.services import tasks
from harbour.web import fragments, task_views
from harbour.web.access import FIRMS, MEMBERS, OFFICE, open_to
from harbour.web.acting import answer
from harbour.web.context import actor
from harbour.web.drafting import category_choices, draft_form
from harbour.web.history import SILENT, told
from harbour.web.photos import views
from harbour.web.task_rows import drawn, rows

bp = Blueprint("tasks", __name__)
# What stands on the page of a task itself need not be told again in its history.
TOLD_ABOVE = SILENT | {
    "task_title", "lead", "level", "due_on", "criteria", "who_pays", "public_sentence",
    "assistants", "milestones", "category", "place", "direct_reason", "what_was_done",
    "public_reply", "contact", "contact_on", "criteria_ticks", "compound", "urge_note",
    "urge_answer", "order_text", "reply_on", "order_reply", "order_outcome", "outcome_words",
}  # fmt: skip
Ways = tuple[tuple[str, dict[str, str]], ...]
KNOWN_STATES = frozenset({*TaskState, OPEN_TASKS, EVERY_TASK})
PAGE_KEYS = frozenset({"after", "before"})
KNOWN_LIGHTS = frozenset(Colour)
KEY = re.compile(r"[0-9]{1,9}")
LEAD = re.compile(r"community|(firm|team):[0-9]{1,9}")
LABELS: dict[Any, str] = {
    **RESULT_LABELS,
    **CONTACT_LABELS,
    **SOLVED_LABELS,
    **SATISFACTION_LABELS,
    **REWORK_CAUSE_LABELS,
}
# The ways into the list, as people ask for it: words, and what the address then says.
WAYS: Ways = (
    (N_("Open"), {}),
    (N_("Overdue"), {"light": Colour.RED}),
    (N_("Alerts"), {"level": "1"}),
    (N_("To be verified"), {"state": TaskState.REPORTED}),
    (N_("To be closed"), {"state": TaskState.VERIFIED}),
    (N_("Closed"), {"state": TaskState.CLOSED}),
)
FIRM_WAYS: Ways = (
    (N_("To do"), {}),
    (N_("Reported"), {"state": TaskState.REPORTED}),
    (N_("Closed"), {"state": TaskState.CLOSED}),
    (N_("We assist"), {"assisting": "1"}),
)


@bp.get("/c/<community>/tasks")
@open_to(MEMBERS)
def listing() -> ResponseReturnValue:
    """The community's tasks, the most pressing first."""
    firm_reads = actor().role is Role.FIRM_MANAGER
    found = queries.listing(
        actor(),
        _asked(),
        g.now,
        g.settings,
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "tasks/list.html",
        title=N_("Tasks"),
        place=g.community.name,
        office=actor().role in STAFF,
        rows=rows(found.lines, g.community.slug, lead=not firm_reads),
        narrow=_address(f"{request.path}/narrow", _kept()),
        **_around(found, FIRM_WAYS if firm_reads else WAYS),
    )


@bp.get("/c/<community>/tasks/narrow")
@open_to(MEMBERS)
def narrow() -> ResponseReturnValue:
    """Choose what the list is narrowed to."""
    return render_template("tasks/narrow.html", form=_filter_form())


@bp.get("/tasks")
@open_to(FIRMS)
def firm() -> ResponseReturnValue:
    """A firm's tasks over all its communities, for a phone."""
    found = queries.firm_tasks(
        actor(),
        _asked(),
        g.now,
        queries.settings_by_community(g.place.community_ids),
        after=request.args.get("after"),
        before=request.args.get("before"),
    )
    return render_template(
        "tasks/list.html",
        title=N_("Our tasks"),
        place=g.place.label,
        office=False,
        rows=rows(found.lines, None, lead=False),
        narrow=None,
        **_around(found, FIRM_WAYS),
    )


def _filter_form() -> TaskFilterForm:
    form = TaskFilterForm(request.args)
    offered = queries.choices(actor())
    seen = TASK.sees[actor().role]
    anything = option("", N_("Any"))
    form.state.choices = [
        option("", N_("Open")),
        *(option(state, label) for state, label in TASK.labels.items() if state in seen),
    ]
    if EVERY_TASK in _known_states():
        form.state.choices.append(option(EVERY_TASK, N_("All, the newest first")))
    form.compound.choices = [anything, *(option(key, name) for key, name in offered.compounds)]
    form.lead.choices = [
        anything,
        *(option(key, name or N_("The community itself")) for key, name in offered.leads),
    ]
    form.category.choices = [anything, *category_choices()]
    if len(offered.compounds) < 2:
        del form.compound
    if not offered.leads:
        del form.lead
    return form


def _asked() -> TaskFilter:
    """What the address asks for; nonsense in it counts for nothing."""
    typed = TaskFilterForm(request.args).readable()
    state, compound = typed.get("state", ""), typed.get("compound", "")
    return TaskFilter(
        state=state if state in _known_states() else OPEN_TASKS,
        category=category if (category := typed.get("category", "")) in CATEGORIES else "",
        compound_id=int(compound) if KEY.fullmatch(compound) else None,
        lead=lead if LEAD.fullmatch(lead := typed.get("lead", "")) else "",
        since=typed.get("since"),
        until=typed.get("until"),
        light=typed["light"] if typed.get("light") in KNOWN_LIGHTS else "",
        level=typed["level"] if typed.get("level") in LEAST_LEVELS else "",
        assisting=request.args.get("assisting") == "1",
    )


def _known_states() -> frozenset[str]:
    """What the list may be asked for; a firm's, long over many years, only state by state."""
    return KNOWN_STATES - ({EVERY_TASK} if actor().role is Role.FIRM_MANAGER else set())


def _around(found: TaskListing, ways: Ways) -> dict[str, Any]:
    """What stands around the rows; whatever was asked for stays in every address."""
    kept = _kept()
    path = request.path
    return {
        "ways": [(label, _address(path, asked), kept == asked) for label, asked in ways],
        "pages": {
            "newer": found.newer and _address(path, {**kept, "before": found.newer}),
            "older": found.older and _address(path, {**kept, "after": found.older}),
        },
        "drawn": drawn,
        "chosen": [] if any(kept == asked for _, asked in ways) else _chosen(kept),
        "narrowed": bool(kept),
        "everything": path,
        "here": _address(path, dict(request.args)),
    }


def _chosen(kept: dict[str, str]) -> list[tuple[str, object]]:
    """What a list is narrowed to, in words."""
    form = TaskFilterForm(request.args)
    typed = form.readable()
    words: dict[str, object] = {
        "state": TASK.labels.get(typed.get("state", ""), N_("All, the newest first")),
        "light": COLOUR_WORDS.get(typed.get("light", "")),
        "level": LEAST_LEVELS.get(typed.get("level", "")),
        "since": typed.get("since") and format_date(typed["since"], "full"),
        "until": typed.get("until") and format_date(typed["until"], "full"),
    }
    category = CATEGORIES.get(typed.get("category", ""))
    words["category"] = category and category.label(str(get_locale()))
    if "compound" in typed or "lead" in typed:
        offered = queries.choices(actor())
        words["compound"] = dict(offered.compounds).get(typed.get("compound", ""))
        words["lead"] = dict(offered.leads).get(typed.get("lead", "")) or N_("The community itself")
    return [(form[name].label.text, words.get(name)) for name in kept if name in typed]


def _kept() -> dict[str, str]:
    """What the address asks for, wherever in the list one is."""
    return {name: value for name, value in request.args.items() if name not in PAGE_KEYS}


def _address(path: str, args: dict[str, str]) -> str:
    return f"{path}?{urlencode(args)}" if args else path


@bp.get("/c/<community>/tasks/<number>")
@open_to(MEMBERS)
def show(number: str) -> ResponseReturnValue:
    """One task with all that was promised, done and found."""
    head = task_heads.head(actor(), number, g.now, g.settings)
    forms = {offer.name: OneButton(head.version) for offer in head.offers if not offer.needs}
    answers = {one.name: OneButton(head.asked.last.version) for one in head.asked.answers
               if not one.needs and head.asked.last}  # fmt: skip
    locale = str(get_locale())
    # Names may change without a line of the task's own: what is drawn is kept for an hour at most.
    kept_for = (head.id, head.mark, locale, g.now.date(), g.now.hour)
    return render_template(
        "tasks/show.html",
        page=head,
        forms=forms,
        asked_forms=answers,
        level=LEVEL_WORDS[head.level],
        back=_list_of(),
        body=fragments.kept(kept_for, lambda: _body(head, locale)),
    )


def _body(head: TaskHead, locale: str) -> str:
    """What is the same for everybody who may see the task."""
    page = task_pages.whole(head)
    texts = {str(key): text for key, text in page.criteria}
    words = {"failed_criteria": texts, "milestone": {str(s.id): s.name for s in page.milestones}}
    return render_template(
        "tasks/_body.html",
        page=page,
        category=CATEGORIES[page.category].label(locale),
        level=LEVEL_WORDS[page.level],
        ports=task_views.ports(page),
        criteria=task_views.current(page),
        report=task_views.report(page),
        earlier=task_views.earlier(page),
        findings=[(one, views(one.photos)) for one in reversed(page.findings)],
        progress=[(one, views(one.photos)) for one in reversed(page.progress)],
        orders=page.order_lines,
        history=told(page.history, silent=TOLD_ABOVE, words=words),
        labels=LABELS,
    )


def _list_of() -> str:
    """Where the reader's tasks are listed."""
    return url_for(".firm" if actor().role is Role.FIRM_MANAGER else ".listing")


@bp.route("/c/<community>/tasks/new", methods=["GET", "POST"])
@open_to(OFFICE)
def new() -> ResponseReturnValue:
    """Write a direct task, with the reason why it does not wait for the meeting."""
    places = queries.choices(actor()).compounds
    chosen = request.args.get("compound", "")
    if chosen not in {key for key, _ in places}:
        if len(places) != 1:
            return render_template("tasks/where.html", places=places)
        return redirect(url_for(".new", compound=places[0][0]), 303)
    return _write(leads.start_of_compound(int(chosen), g.now, g.settings), url_for(".listing"))


@bp.route("/c/<community>/proposals/<number>/task", methods=["GET", "POST"])
@open_to(OFFICE)
def new_of(number: str) -> ResponseReturnValue:
    """Write a (further) task of an adopted proposal."""
    back = f"/c/{g.community.slug}/proposals/{number}"
    return _write(leads.start_of_proposal(number, g.now, g.settings), back)


def _write(start: DraftStart, back: str) -> ResponseReturnValue:
    form = draft_form(start)

    def drawn() -> ResponseReturnValue:
        return render_template(
            "tasks/write.html",
            form=form,
            start=start,
            back=back,
            href=request.full_path.rstrip("?"),
            row=TASK.rows["draft"],
        )

    def act() -> str:
        compound = None if start.proposal_number else start.compound_id
        number = tasks.draft(
            actor(),
            form.inputs(),
            proposal_number=start.proposal_number,
            compound_id=compound,
            now=g.now,
        )
        return url_for(".show", number=number)

    return drawn() if request.method == "GET" else answer(form, act, drawn)
