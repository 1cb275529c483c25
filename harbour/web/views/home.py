"""The home page: what matters first to each role, and a calm door for everybody else."""

from collections.abc import Callable, Mapping

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from harbour.domain.actors import Role
from harbour.forms.actions import bare_form
from harbour.queries import across, calendar, clock, home, inbox, places, summaries
from harbour.tenancy import enter
from harbour.web.access import ANYONE, open_to
from harbour.web.addresses import of_entry, thread
from harbour.web.context import actor

bp = Blueprint("home", __name__)
TOP = 6
# A firm's own tasks stand on its page by themselves.
LISTED_ANYHOW = frozenset({"task.accept", "task.report"})


@bp.get("/")
@open_to(ANYONE)
def show() -> ResponseReturnValue:
    """The page of the chosen place's role; signed out, the landing."""
    if g.get("person") is None:
        return render_template("home/landing.html")
    if g.place is None:
        return render_template("home/nowhere.html")
    return PAGES[g.place.role]()


def _waiting(besides: frozenset[str] = frozenset()) -> list[inbox.Entry]:
    found = inbox.inbox(actor(), g.place.community_ids, g.now, TOP)
    return [one for one in found.entries if one.kind not in besides][:TOP]


def representative() -> ResponseReturnValue:
    """The next meeting, the one big button, what waits, and what became of my words."""
    here = home.communities(g.place.community_ids)
    # A representative belongs to one community: the card's links lead into it.
    g.community = here[0]
    return render_template(
        "home/representative.html",
        cards=summaries.coming_up(actor(), g.now),
        waiting=_waiting(),
        raised=home.raised(actor(), here),
        address=of_entry,
        thread=thread,
        form=bare_form(),
    )


def office() -> ResponseReturnValue:
    """What waits, the next meetings with who has filed, and what is overdue."""
    here = home.communities(g.place.community_ids)
    g.community = here[0]
    return render_template(
        "home/office.html",
        waiting=_waiting(),
        weeks=home.weeks(here, g.now),
        overdue=home.overdue(actor(), here, g.now),
        address=of_entry,
        form=bare_form(),
    )


def firm() -> ResponseReturnValue:
    """The firm's own tasks by urgency, and what else waits."""
    here = home.communities(g.place.community_ids)
    return render_template(
        "home/firm.html",
        here=here,
        tasks=home.own_tasks(actor(), here, g.now),
        waiting=_waiting(LISTED_ANYHOW),
        address=of_entry,
        form=bare_form(),
    )


def street() -> ResponseReturnValue:
    """All communities of the street side by side, and what is stuck."""
    here = home.communities(g.place.community_ids)
    return render_template(
        "across/show.html",
        lines=across.side_by_side(here, home.weeks(here, g.now), g.now),
        waiting=_waiting(),
        late=inbox.late(actor(), g.place.community_ids, g.now),
        names={one.slug: one.name for one in here},
        labels=inbox.KIND_LABELS,
        address=of_entry,
        form=bare_form(),
    )


def administrator() -> ResponseReturnValue:
    """The ways into administration; first of all, whether the clock runs and the calendar is in."""
    enter(*places.community_ids(g.place.street_id), installation=True)
    return render_template(
        "home/administrator.html",
        pulse=clock.pulse(g.now),
        warnings=calendar.warnings(g.now),
    )


PAGES: Mapping[Role, Callable[[], ResponseReturnValue]] = {
    Role.RESIDENT_REP: representative,
    Role.SECRETARY: office,
    Role.COMMUNITY_WORKER: office,
    Role.FIRM_MANAGER: firm,
    Role.STREET_SUPERVISOR: street,
    Role.ADMIN: administrator,
}
