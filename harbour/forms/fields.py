"""FIELDS: each input the tables may need, defined once; every feature brings its own."""

from collections.abc import Mapping
from typing import Any

from harbour.forms import (
    meetings,
    notices,
    photos,
    places,
    proposals,
    requests,
    summaries,
    tasks,
    wording,
)

FIELDS: Mapping[str, Any] = {
    **wording.FIELDS,
    **photos.FIELDS,
    **summaries.FIELDS,
    **proposals.FIELDS,
    **meetings.FIELDS,
    **tasks.FIELDS,
    **requests.FIELDS,
}


def label_of(name: str) -> str:
    """The label of an input by its name (the name itself where no table asks for it)."""
    field = FIELDS.get(name)
    if field is None:
        return (places.LABELS | notices.LABELS).get(name, name)
    return str(field.args[0] if field.args else name)
