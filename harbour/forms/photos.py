"""The field photos come in by; what is uploaded becomes the ids of photos that wait."""

from typing import Any

from wtforms import MultipleFileField

from harbour.domain.text import N_
from harbour.forms.wording import Filled


def photo_field(label: str, missing: str | None = None, hint: str = "") -> Any:
    """Up to nine photos; required when ``missing`` says what is missing.

    web/photos.py turns its data into the ids of staged photos before the form is checked.
    """
    checks = [Filled(missing)] if missing else []
    return MultipleFileField(label, checks, description=hint)


FIELDS: dict[str, Any] = {
    "photos": photo_field(N_("Photos"), hint=N_("Up to 9 photos, straight from the camera.")),
}
