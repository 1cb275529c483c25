"""What is stored; importing the room registers every table."""

from harbour.models import (
    audit,
    firms,
    meetings,
    people,
    photos,
    places,
    proposals,
    search,
    summaries,
    tasks,
)

__all__ = [
    "audit",
    "firms",
    "meetings",
    "people",
    "photos",
    "places",
    "proposals",
    "search",
    "summaries",
    "tasks",
]
