"""Photos of any form: uploads become waiting photos before the form is checked.

File first, then row, then the act: whatever else is wrong with the form, its good photos are kept
and drawn again with it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, request, url_for
from werkzeug.datastructures import FileStorage
from wtforms import MultipleFileField

from harbour.adapters import photos as adapter
from harbour.adapters.files import FileStore
from harbour.adapters.images import PhotoRefused
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Missing
from harbour.domain.photos import MOST
from harbour.domain.text import N_, Text
from harbour.forms.base import HarbourForm, say
from harbour.queries import photos as queries
from harbour.queries.photos import PhotoLine
from harbour.services import photos as services
from harbour.web.context import actor

REMOVE = "remove_photo"
_REST = N_("At most %(most)d photos: the rest were left out.")


@dataclass(frozen=True)
class PhotoView:
    """A photo as the macros draw it; ``taken_out`` where its box had been ticked."""

    id: int
    thumb: str
    href: str
    alt: Text
    taken_out: bool = False


def store() -> FileStore:
    """Where this installation's photos lie."""
    return adapter.photo_store(current_app.config["HARBOUR_DATA_DIR"])


def stage(form: HarbourForm, kept: int = 0) -> None:
    """Store what was uploaded; each file field's data becomes the ids of its waiting photos.

    Call it before the form is validated. ``kept`` photos the thing itself has already. What
    cannot be taken becomes an error beside the field; ticked waiting photos are taken out.
    """
    fields: list[Any] = [one for one in form if isinstance(one, MultipleFileField)]
    if not fields:
        return
    key = str(form.key.data)
    taken_out = _discard(key, chosen_to_remove())
    there = [line for line in queries.waiting_in(actor(), key) if line.id not in taken_out]
    for field in fields:
        ids = [line.id for line in there if line.field == field.short_name]
        field.data = _take_up(field, key, ids, MOST - kept - len(ids))


def chosen_to_remove() -> tuple[int, ...]:
    """The photos whose “take it out” was ticked."""
    return tuple(
        int(value) for value in request.form.getlist(REMOVE) if value.isascii() and value.isdigit()
    )


def forget(file_keys: Iterable[str]) -> None:
    """Remove the files of photos whose rows are gone."""
    for key in file_keys:
        adapter.forget(store(), key)


def _discard(key: str, ids: tuple[int, ...]) -> frozenset[int]:
    mine = {line.id for line in queries.waiting_in(actor(), key)} if ids else set()
    for photo_id in mine & set(ids):
        forget([services.discard(actor(), key, photo_id, now=g.now)])
    return frozenset(mine & set(ids))


def _take_up(field: Any, key: str, ids: list[int], room: int) -> tuple[int, ...]:
    uploads = [one for one in request.files.getlist(field.name) if one.filename]
    refused: list[Text] = []
    for upload in uploads:
        if room <= 0:
            refused.append(Text(_REST, {"most": MOST}))
            break
        try:
            staged = _keep(field.short_name, key, upload)
        except PhotoRefused as refusal:
            refused.append(_named(upload, refusal))
            continue
        if staged.id not in ids:
            ids.append(staged.id)
            room -= 1
    # Validation begins from process_errors, so the refusals survive it.
    field.process_errors = [*field.process_errors, *(say(one) for one in refused)]
    field.errors = [*field.errors, *(say(one) for one in refused)]
    return tuple(ids)


def _keep(field: str, key: str, upload: FileStorage) -> services.Staged:
    files = store()
    photo = adapter.keep(files, upload.stream, local_day(g.now).year)  # type: ignore[arg-type]
    try:
        staged = services.stage(actor(), key, field, photo, now=g.now)
    except BaseException:
        adapter.forget(files, photo.file_key)
        raise
    if not staged.fresh:
        adapter.forget(files, photo.file_key)
    return staged


def _named(upload: FileStorage, refusal: PhotoRefused) -> Text:
    name = (upload.filename or "")[-40:]
    return Text(N_("%(file)s: %(why)s"), {"file": name, "why": refusal.text})


def existing(form: HarbourForm) -> dict[str, tuple[PhotoView, ...]]:
    """The photos that wait in a form that is drawn again, by field name."""
    if request.method != "POST" or not form.key.data:
        return {}
    found: dict[str, list[PhotoLine]] = {}
    for line in queries.waiting_in(actor(), str(form.key.data)):
        found.setdefault(line.field, []).append(line)
    return {field: views(lines) for field, lines in found.items()}


def views(lines: Iterable[PhotoLine], label: str = N_("Photo %(n)d")) -> tuple[PhotoView, ...]:
    """Photos as the macros draw them; ``label`` says what they show, numbered."""
    ticked = chosen_to_remove() if request.method == "POST" else ()
    return tuple(
        PhotoView(
            line.id,
            url_for("photos.small", id=line.id),
            url_for("photos.large", id=line.id),
            Text(label, {"n": place}),
            line.id in ticked,
        )
        for place, line in enumerate(lines, 1)
    )


def views_by(found: Mapping[int, tuple[PhotoLine, ...]]) -> dict[int, tuple[PhotoView, ...]]:
    """The photos of several things as the macros draw them, by their parents' ids."""
    return {parent: views(lines) for parent, lines in found.items()}


def content(photo_id: int, *, small: bool) -> bytes:
    """A photo's JPEG, if the reader may see what it belongs to; else Missing."""
    key = queries.file_of(actor(), photo_id, g.now)
    try:
        return store().get(adapter.small_key(key) if small else key)
    except adapter.NotStored:
        raise Missing from None
