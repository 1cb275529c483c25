"""Photos: staged while their form is still wrong somewhere, attached by the act they belong to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select

from harbour.domain.actors import READERS, Actor
from harbour.domain.errors import Denied, Invalid, Missing
from harbour.domain.photos import MOST, WAITS, KeptPhoto
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.summaries import Concern
from harbour.models.tasks import Progress, Report, Verification
from harbour.services import ledger
from harbour.services.unit_of_work import command

Parent = Concern | Progress | Report | Verification
_COLUMNS: dict[type, str] = {
    Concern: "concern_id",
    Progress: "progress_id",
    Report: "report_id",
    Verification: "verification_id",
}
_TOO_MANY = N_("At most %(most)d photos fit here. Please take some out.")


@dataclass(frozen=True)
class Staged:
    """A waiting photo; ``fresh`` is False where the same picture was there already."""

    id: int
    fresh: bool


@command
def stage(actor: Actor, form_key: str, field: str, kept: KeptPhoto, *, now: datetime) -> Staged:
    """Let a stored photo wait in the form with this key until its act takes it."""
    if actor.role not in READERS or actor.community_id is None or actor.user_id is None:
        raise Denied
    found = db.session.scalars(
        select(Photo).where(
            Photo.by_id == actor.user_id,
            Photo.form_key == form_key,
            Photo.field == field,
            Photo.sha256 == kept.sha256,
        )
    ).first()
    if found is not None:
        return Staged(found.id, fresh=False)
    photo = Photo(
        community_id=actor.community_id,
        form_key=form_key,
        field=field,
        file_key=kept.file_key,
        sha256=kept.sha256,
        phash=kept.phash,
        width=kept.width,
        height=kept.height,
        size=kept.size,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(photo)
    ledger.record(actor, "stage", photo, now=now)
    return Staged(photo.id, fresh=True)


@command
def discard(actor: Actor, form_key: str, photo_id: int, *, now: datetime) -> str:
    """Take a waiting photo out of its form; the file it had is returned, to be removed."""
    photo = db.session.scalars(
        select(Photo).where(
            Photo.id == photo_id,
            Photo.by_id == actor.user_id,
            Photo.form_key == form_key,
            waiting(),
        )
    ).first()
    if photo is None:
        raise Missing
    return remove(actor, photo, now=now)


@command
def expire(actor: Actor, *, now: datetime) -> tuple[str, ...]:
    """Take away what has waited too long in forms nobody sent; the files, to be removed."""
    over = db.session.scalars(
        select(Photo).where(waiting(), Photo.at < now - WAITS).order_by(Photo.id).with_for_update()
    ).all()
    return tuple(remove(actor, photo, now=now) for photo in over)


def attach(
    actor: Actor,
    ids: Iterable[int],
    parent: Parent,
    *,
    moment: str = "",
    criterion_id: int | None = None,
    field: str = "photos",
) -> None:
    """Give the actor's waiting photos to what they show; part of the act's own command.

    ``ids`` are what the form hands on as the input ``field``; ``moment`` is before, after or
    empty. Raises Invalid beside ``field`` where the parent would have too many.
    """
    column = _COLUMNS[type(parent)]
    db.session.flush()
    found = db.session.scalars(
        select(Photo)
        .where(Photo.id.in_(tuple(ids)), Photo.by_id == actor.user_id, waiting())
        .with_for_update()
    ).all()
    for photo in found:
        setattr(photo, column, parent.id)
        photo.moment = moment
        photo.criterion_id = criterion_id
    db.session.flush()
    there = db.session.scalar(
        select(func.count()).where(getattr(Photo, column) == parent.id, Photo.moment == moment)
    )
    if (there or 0) > MOST and criterion_id is None:
        raise Invalid(field, Text(_TOO_MANY, {"most": MOST}))


def remove(actor: Actor, photo: Photo, *, now: datetime) -> str:
    """Delete a photo's row with its line; part of a command. Returns the key of its file."""
    key = photo.file_key
    ledger.record(actor, "remove", photo, now=now, inputs={"sha256": photo.sha256})
    db.session.delete(photo)
    db.session.flush()
    return key


def waiting() -> ColumnElement[bool]:
    """The condition of a photo that has no parent yet."""
    return and_(*(getattr(Photo, column).is_(None) for column in _COLUMNS.values()))
