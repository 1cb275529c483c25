"""The four entries of each role's tab bar, and the rest of its links on the desk."""

from dataclasses import dataclass

from harbour.domain.actors import Role
from harbour.domain.text import N_
from harbour.queries.people import CommunityHere, Place


@dataclass(frozen=True)
class NavItem:
    """One entry; ``count`` is shown beside it when there is one."""

    label: str
    href: str
    icon: str
    current: bool = False
    count: int | None = None


# (label, path after the community's address, icon); what starts with / is outside any community.
MENU: dict[Role, tuple[tuple[str, str, str], ...]] = {
    Role.RESIDENT_REP: (
        (N_("Home"), "/", "home"),
        (N_("My summaries"), "summaries", "summary"),
        (N_("Meetings"), "meetings", "meeting"),
        (N_("Tasks"), "tasks", "task"),
        (N_("Inbox"), "/inbox", "inbox"),
        (N_("Proposals"), "proposals", "proposal"),
        (N_("Search"), "search", "search"),
    ),
    Role.SECRETARY: (
        (N_("Home"), "/", "home"),
        (N_("Inbox"), "/inbox", "inbox"),
        (N_("Meetings"), "meetings", "meeting"),
        (N_("Tasks"), "tasks", "task"),
        (N_("Summaries"), "summaries", "summary"),
        (N_("Proposals"), "proposals", "proposal"),
        (N_("Search"), "search", "search"),
        (N_("Settings"), "settings", "settings"),
    ),
    Role.FIRM_MANAGER: (
        (N_("Home"), "/", "home"),
        (N_("Inbox"), "/inbox", "inbox"),
        (N_("Tasks"), "/tasks", "task"),
        (N_("Meetings"), "meetings", "meeting"),
        (N_("Proposals"), "proposals", "proposal"),
        (N_("Search"), "/search", "search"),
    ),
    Role.STREET_SUPERVISOR: (
        (N_("Side by side"), "/", "across"),
        (N_("Inbox"), "/inbox", "inbox"),
        (N_("Tasks"), "tasks", "task"),
        (N_("Supervision orders"), "/orders", "ledger"),
        (N_("Meetings"), "meetings", "meeting"),
        (N_("Proposals"), "proposals", "proposal"),
        (N_("Summaries"), "summaries", "summary"),
        (N_("Search"), "/search", "search"),
        (N_("Settings"), "settings", "settings"),
    ),
    Role.ADMIN: (
        (N_("Home"), "/", "home"),
        (N_("Places"), "/admin/places", "places"),
        (N_("Firms"), "/admin/firms", "board"),
        (N_("Accounts"), "/admin/people", "people"),
        (N_("Working calendar"), "/admin/calendar", "calendar"),
        (N_("Settings"), "/admin/settings", "settings"),
        (N_("Messages that did not arrive"), "/admin/dead-letters", "inbox"),
    ),
}
MENU[Role.COMMUNITY_WORKER] = MENU[Role.SECRETARY]


def navigation(
    place: Place | None, here: CommunityHere | None, path: str, unread: int = 0
) -> tuple[NavItem, ...]:
    """The entries of a place's role; pages of a community need one to lead to.

    How many notices are unread stands beside the inbox.
    """
    if place is None:
        return ()
    slug = here.slug if here else (place.slugs[0] if place.slugs else None)
    items = []
    for label, target, icon in MENU.get(place.role, ()):
        if not target.startswith("/"):
            if slug is None:
                continue
            href = f"/c/{slug}/{target}"
        else:
            href = target
        current = path == href or (href != "/" and path.startswith(href + "/"))
        current = current or (href == "/tasks" and "/tasks/" in path)
        count = unread if href == "/inbox" and unread else None
        items.append(NavItem(label, href, icon, current, count))
    return tuple(items)
