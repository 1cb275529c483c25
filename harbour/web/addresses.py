"""Where each kind of thing stands: one address per thing, under its community."""

FOLDERS = {
    "summary": "summaries",
    "concern": "concerns",
    "proposal": "proposals",
    "meeting": "meetings",
    "task": "tasks",
}


def address(kind: str, slug: str, number: str | int, action: str | None = None) -> str:
    """The page of a thing, or of one act on it."""
    page = f"/c/{slug}/{FOLDERS[kind]}/{number}"
    return f"{page}/{action}" if action else page
