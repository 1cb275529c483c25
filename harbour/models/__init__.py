"""What is stored; importing the room registers every table."""

from harbour.models import (
    audit,
    calendar,
    clock,
    firms,
    meetings,
    outbox,
    people,
    photos,
    places,
    proposals,
    relapses,
    requests,
    search,
    summaries,
    tasks,
    urges,
)

__all__ = [
    "audit",
    "calendar",
    "clock",
    "firms",
    "meetings",
    "outbox",
    "people",
    "photos",
    "places",
    "proposals",
    "relapses",
    "requests",
    "search",
    "summaries",
    "tasks",
    "urges",
]
