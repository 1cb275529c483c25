"""Each act on a task: a page of its own, so that a phone shows one thing to do at a time."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.deadlines import add_workdays, local_day
from harbour.domain.tasks import TASK
from harbour.forms.actions import action_form
from harbour.forms.base import HarbourForm
from harbour.forms.tasks import report_form
from harbour.forms.wording import option
from harbour.queries import calendar, leads, task_pages
from harbour.queries.task_pages import TaskPage
from harbour.services import tasks
from harbour.web import photos, task_views
from harbour.web.access import MEMBERS, open_to
from harbour.web.acting import answer, inside
from harbour.web.context import actor
from harbour.web.drafting import edit_form

bp = Blueprint("task_acts", __name__, url_prefix="/c/<community>/tasks")
ACTIONS = ", ".join(one.name for one in TASK.moves if one.through is None)
# The day offered for another round, counted in workdays; whoever sends it back may choose another.
ANOTHER_ROUND = 3


@bp.get(f"/<number>/<any({ACTIONS}):action>")
@open_to(MEMBERS)
def page(number: str, action: str) -> ResponseReturnValue:
    """The page of one act."""
    task = task_pages.page(actor(), number, g.now, g.settings, acting=action)
    return _drawn(task, action, _form(task, action))


@bp.post(f"/<number>/<any({ACTIONS}):action>")
@open_to(MEMBERS)
def act(number: str, action: str) -> ResponseReturnValue:
    """Take the act, once; back to where it was taken from."""
    task: TaskPage | None = None
    if action in FORMS:
        task = task_pages.standing(actor(), number, g.now, g.settings)
        form = FORMS[action](task)
    else:
        form = action_form(TASK.rows[action])()

    def done() -> str:
        tasks.act(actor(), number, action, form.inputs(), version=form.version.data, now=g.now)
        return inside(request.form.get("next"), url_for("tasks.show", number=number))

    def drawn() -> ResponseReturnValue:
        standing = task or task_pages.standing(actor(), number, g.now, g.settings)
        return _drawn(standing, action, form)

    return answer(form, done, drawn, may=lambda: tasks.claim(actor(), number, action, now=g.now))


def _form(task: TaskPage, action: str) -> HarbourForm:
    """The form of an act on this task, with its choices and what can be filled in beforehand."""
    special = FORMS.get(action)
    if special is not None:
        return special(task)
    return action_form(TASK.rows[action])(version=task.version)


def _edit(task: TaskPage) -> HarbourForm:
    start = leads.start_of_compound(task.compound_id, g.now, g.settings)
    return edit_form(start, version=task.version, **leads.written(task.number))


def _progress(task: TaskPage) -> HarbourForm:
    last = next((one for one in reversed(task.progress) if one.total), None)
    form = action_form(TASK.rows["progress"])(
        version=task.version, quantity_total=last.total if last else None
    )
    steps = [option(one.id, one.name) for one in task.milestones if one.reached_at is None]
    if not steps:
        del form.milestone
    return form.choices({"milestone": steps})


def _report(task: TaskPage) -> HarbourForm:
    form = report_form(tuple(key for key, _ in task.criteria))
    return form(version=task.version, contact_on=local_day(g.now))


def _verify(task: TaskPage) -> HarbourForm:
    form = action_form(TASK.rows["verify"])(version=task.version)
    return form.choices({"criteria_ticks": _criteria(task)})


def _rework(task: TaskPage) -> HarbourForm:
    day = add_workdays(local_day(g.now), ANOTHER_ROUND, calendar.in_force())
    form = action_form(TASK.rows["rework"])(version=task.version, new_due_on=day)
    return form.choices({"failed_criteria": _criteria(task)})


def _supervise(task: TaskPage) -> HarbourForm:
    day = add_workdays(local_day(g.now), ANOTHER_ROUND, calendar.in_force())
    return action_form(TASK.rows["supervise"])(version=task.version, reply_on=day)


def _criteria(task: TaskPage) -> list[Any]:
    return [option(key, text) for key, text in task.criteria]


FORMS: dict[str, Callable[[TaskPage], HarbourForm]] = {
    "edit": _edit,
    "progress": _progress,
    "report": _report,
    "verify": _verify,
    "rework": _rework,
    "supervise": _supervise,
}
PAGES = {
    "edit": "tasks/write.html",
    "report": "tasks/report.html",
    "verify": "tasks/verify.html",
    "rework": "tasks/rework.html",
}


def _drawn(task: TaskPage, action: str, form: HarbourForm) -> ResponseReturnValue:
    more: dict[str, Any] = {}
    if action == "edit":
        more["start"] = leads.start_of_compound(task.compound_id, g.now, g.settings)
    if action in ("report", "verify", "rework"):
        more["criteria"] = task_views.current(task)
        more["alike"] = task_views.alike_sentence(dict.fromkeys(a.number for a in task.alike))
    return render_template(
        PAGES.get(action, "actions/act.html"),
        row=TASK.rows[action],
        form=form,
        page=task,
        number=task.number,
        about=task.title,
        href=url_for("task_acts.act", number=task.number, action=action),
        back=url_for("tasks.show", number=task.number),
        existing=photos.existing(form),
        **more,
    )
