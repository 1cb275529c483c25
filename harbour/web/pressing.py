"""Keys of forms with several buttons: the same press twice is one act, another press another."""

import hashlib

from flask import request

from harbour.forms.base import HarbourForm

ALONE = frozenset({"csrf_token"})


def bare_form() -> HarbourForm:
    """A one-button form with a key of its own: two buttons of a page are two acts."""
    return HarbourForm(formdata=None)


def pressed(form: HarbourForm) -> HarbourForm:
    """Bind a form's key to what was sent with it.

    Who goes back to a page, writes something else or presses another button, means another
    act; without this they would be given the answer of the first one.
    """
    sent = sorted((n, v) for n, vs in request.form.lists() if n not in ALONE for v in vs)
    form.key.data = hashlib.sha256(repr(sent).encode()).hexdigest()[:32]
    return form
