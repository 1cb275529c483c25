"""Plain texts to paste into a group's chat, in the reader's language."""

from harbour.documents.addresses import address
from harbour.documents.messages import ENDS, spoken_day
from harbour.domain.persons import without_persons
from harbour.domain.tasks import NOT_REPORTED
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.forms.proposals import category_name
from harbour.queries.copying import PublicTask, Week


def what(task: PublicTask) -> str:
    """The public sentence, or what sort of thing it is."""
    return without_persons(task.words) if task.words else category_name(task.category)


def this_week(week: Week) -> str:
    """This week's list: the overdue first, then what goes on, then what was closed."""
    title = {"compound": week.compound, "day": spoken_day(week.day)}
    head = N_("[%(compound)s] Practical things under way, %(day)s") if week.compound else N_(
        "Practical things under way, %(day)s"
    )  # fmt: skip
    lines = [say(Text(head, title))]
    late = [one for one in week.tasks if one.overdue]
    other = [one for one in week.tasks if not one.overdue]
    for label, tasks in (
        (N_("Overdue: %(n)d"), late),
        (N_("Going on: %(n)d"), other),
        (N_("Closed this week: %(n)d"), week.closed),
    ):
        if tasks:
            lines += ["", say(Text(label, {"n": len(tasks)}))]
            lines += [_line(n, one, whole=not week.compound) for n, one in enumerate(tasks, 1)]
    if week.further:
        lines.append(say(Text(N_("and %(n)d more"), {"n": week.further})))
    if not week.tasks and not week.closed:
        lines.append(say(N_("Nothing is under way.")))
    return "\n".join(lines)


def _line(n: int, task: PublicTask, *, whole: bool) -> str:
    said = {
        "n": n,
        "number": task.number,
        "what": what(task).rstrip(ENDS),
        "lead": task.lead,
        "day": spoken_day(task.due_on),
        "state": say(task.state_label),
    }
    pattern = N_("%(n)d. %(what)s (%(number)s, %(lead)s, due %(day)s, %(state)s)")
    line = say(Text(pattern, said))
    return f"{line} {task.compound}" if whole else line


def one_task(task: PublicTask, slug: str, base: str) -> str:
    """A task: what, who, until when, how it stands, and where to look."""
    said = {
        "compound": task.compound,
        "number": task.number,
        "lead": task.lead,
        "day": spoken_day(task.due_on),
        "state": say(task.state_label),
    }
    return "\n".join(
        (
            say(Text(N_("[%(compound)s] %(number)s"), said)),
            what(task),
            say(Text(N_("Lead: %(lead)s"), said)),
            say(Text(N_("Due: %(day)s"), said)),
            say(Text(N_("Now: %(state)s"), said)),
            base + address("task", slug, task.number),
        )
    )


def reminder(task: PublicTask, slug: str, base: str) -> str:
    """A reminder of a task to its lead; empty once it has been reported."""
    if task.state not in NOT_REPORTED:
        return ""
    said = {
        "compound": task.compound,
        "number": task.number,
        "what": what(task),
        "lead": task.lead,
        "day": spoken_day(task.due_on),
    }
    words = (
        N_("[%(compound)s] %(lead)s, please: %(number)s was due %(day)s and is overdue. %(what)s")
        if task.overdue
        else N_("[%(compound)s] %(lead)s, please remember: %(number)s is due %(day)s. %(what)s")
    )
    return say(Text(words, said)) + "\n" + base + address("task", slug, task.number)
