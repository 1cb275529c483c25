"""Where things stand, for pages and messages: the page of each, and of the act it waits for."""

from harbour.queries.inbox import Entry
from harbour.queries.search import Hit

FOLDERS = {
    "summary": "summaries",
    "concern": "concerns",
    "proposal": "proposals",
    "meeting": "meetings",
    "task": "tasks",
    "extension": "extensions",
    "return": "returns",
    "hold": "holds",
    "reopen": "reopenings",
}
# Where what waits is dealt with, if not on the act's own page.
DESKS = {
    "summary.submit": "summaries/{id}",
    "summary.accept": "summaries/desk/{id}",
    "concern.propose": "concerns/{id}",
    "proposal.accept": "proposals/{number}",
    "task.draft": "proposals/{number}/task",
    "task.press": "tasks/{number}",
    "task.look_after": "tasks/{number}",
    "task.chase": "tasks/{number}",
    "compound.wake": "meetings",
    "task.verify_too": "tasks/{number}/verify",
    "extension.grant": "extensions/{id}",
    "return.grant": "returns/{id}",
    "hold.propose": "holds/{id}",
    "hold.consent": "holds/{id}",
    "reopen.grant": "reopenings/{id}",
    "meeting.schedule": "meetings/next/{number}",
    "meeting.open": "meetings/{number}",
    "meeting.end": "meetings/{number}",
    "meeting.confirm": "meetings/{number}",
    "meeting.circulate": "meetings/{number}",
    "meeting.finalise": "meetings/{number}",
}


def address(kind: str, slug: str, number: str | int, action: str | None = None) -> str:
    """The page of a thing, or of one act on it."""
    page = f"/c/{slug}/{FOLDERS[kind]}/{number}"
    return f"{page}/{action}" if action else page


def of_entry(entry: Entry) -> str:
    """Where one does what an entry of the inbox waits for."""
    path = DESKS.get(entry.kind)
    if path is None:
        path = f"{FOLDERS[entry.thing]}/{{number}}/{entry.kind.partition('.')[2]}"
    return f"/c/{entry.slug}/{path.format(id=entry.id, number=entry.number)}"


def of_hit(hit: Hit) -> str:
    """The page of a thing found; a concern is followed from its words on."""
    if hit.kind == "concern":
        return thread(hit.slug, hit.number) if hit.number else f"/c/{hit.slug}/summaries"
    return f"/c/{hit.slug}/{FOLDERS[hit.kind]}/{hit.number}"


def page(kind: str, slug: str, number: str) -> str:
    """The page of a proposal, meeting or task."""
    return f"/c/{slug}/{FOLDERS[kind]}/{number}"


def thread(slug: str, number: str) -> str:
    """The page of a public number, from first words to closing."""
    return f"/c/{slug}/thread/{number}"


def of_notice(kind: str, slug: str, number: str, subject_id: int) -> str:
    """The page of what somebody was told of; a concern is followed from its words on."""
    if kind == "concern":
        return thread(slug, number) if number else f"/c/{slug}/summaries"
    return address(kind, slug, number or subject_id)
