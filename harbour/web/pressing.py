"""What was sent with a form: the same content twice is one act, another content another."""

import hashlib

from flask import g, request

from harbour.forms.base import HarbourForm
from harbour.services.unit_of_work import settled
from harbour.web.context import actor

# Differs from page to page, and says nothing of what is meant.
ALONE = frozenset({"csrf_token", "key"})
# Never shown again, whatever happened; and a digest of them must be as hard to guess as a hash.
SECRETS = frozenset({"password", "current", "fresh", "again"})
_BLOCK = 1 << 20


def bare_form() -> HarbourForm:
    """A one-button form with a key of its own: two buttons of a page are two acts."""
    return HarbourForm(formdata=None)


def answered(form: HarbourForm) -> str | None:
    """Where this very content led, if it was sent before under this form's key.

    Where another content has spent the key, the form goes on under a fresh one: who goes back,
    writes something else or presses another button means another act, photos included.
    """
    if actor().user_id is None or not form.key.data:
        return None
    form.key.data, given = settled(actor(), form.key.data, content())
    return None if given is None else str(given["href"])


def content() -> str:
    """A digest of all that was sent: address, words, button and uploads; made once a request."""
    if "content" not in g:
        g.content = _digest()
    return str(g.content)


def _digest() -> str:
    whole = hashlib.sha256(request.full_path.encode())
    for name, values in sorted(request.form.lists()):
        if name not in ALONE:
            whole.update(repr((name, [_kept(name, one) for one in values])).encode())
    for name, uploads in sorted(request.files.lists()):
        for upload in uploads:
            whole.update(repr((name, upload.filename)).encode())
            while block := upload.stream.read(_BLOCK):
                whole.update(block)
            upload.stream.seek(0)
    return whole.hexdigest()


def _kept(name: str, value: str) -> str:
    if name not in SECRETS:
        return value
    salt = request.form.get("key", "").encode()
    return hashlib.scrypt(value.encode(), salt=salt, n=2**14, r=8, p=1).hex()
