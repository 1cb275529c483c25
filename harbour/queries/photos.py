"""Photos to look at: those of a thing, those waiting in a form, and who may see one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from harbour.domain.actors import Actor
from harbour.domain.errors import Missing
from harbour.domain.summaries import CONCERN
from harbour.domain.tasks import TASK
from harbour.extensions import db
from harbour.models.photos import Photo
from harbour.models.subjects import of_concern, of_task
from harbour.models.summaries import Concern
from harbour.models.tasks import Progress, Report, Task, Verification

Kind = Literal["concern", "progress", "report", "verification"]


@dataclass(frozen=True)
class PhotoLine:
    """One photo; ``moment`` is before, after or empty."""

    id: int
    field: str
    moment: str
    criterion_id: int | None
    at: datetime


def _line(photo: Photo) -> PhotoLine:
    return PhotoLine(photo.id, photo.field, photo.moment, photo.criterion_id, photo.at)


def of(kind: Kind, ids: Iterable[int]) -> Mapping[int, tuple[PhotoLine, ...]]:
    """The photos of these concerns (or progress notes, …) by their ids, in the order taken up.

    The caller has found the parents, so their rule has been asked; one statement for all.
    """
    wanted = tuple(ids)
    found: defaultdict[int, tuple[PhotoLine, ...]] = defaultdict(tuple)
    if not wanted:
        return found
    column = getattr(Photo, f"{kind}_id")
    for photo in db.session.scalars(select(Photo).where(column.in_(wanted)).order_by(Photo.id)):
        found[getattr(photo, f"{kind}_id")] += (_line(photo),)
    return found


def waiting_in(actor: Actor, form_key: str) -> tuple[PhotoLine, ...]:
    """The actor's photos that wait in the form with this key."""
    found = db.session.scalars(
        select(Photo)
        .where(
            Photo.by_id == actor.user_id,
            Photo.form_key == form_key,
            Photo.concern_id.is_(None),
            Photo.progress_id.is_(None),
            Photo.report_id.is_(None),
            Photo.verification_id.is_(None),
        )
        .order_by(Photo.id)
    )
    return tuple(_line(photo) for photo in found)


def file_of(actor: Actor, photo_id: int, now: datetime) -> str:
    """The key of a photo's file, if the actor may see what it belongs to; else Missing."""
    photo = db.session.scalars(select(Photo).where(Photo.id == photo_id)).first()
    if photo is None or not _may_see(actor, photo, now):
        raise Missing
    return photo.file_key


def _may_see(actor: Actor, photo: Photo, now: datetime) -> bool:
    if photo.concern_id is not None:
        concern = db.session.scalars(
            select(Concern)
            .where(Concern.id == photo.concern_id)
            .options(joinedload(Concern.summary))
        ).one()
        return CONCERN.shows(actor, of_concern(concern))
    task = _task_of(photo)
    if task is not None:
        return TASK.shows(actor, of_task(task, now))
    return actor.user_id is not None and photo.by_id == actor.user_id


def _task_of(photo: Photo) -> Task | None:
    for model, parent_id in (
        (Progress, photo.progress_id),
        (Report, photo.report_id),
        (Verification, photo.verification_id),
    ):
        if parent_id is not None:
            return db.session.scalars(
                select(Task).join(model, model.task_id == Task.id).where(model.id == parent_id)
            ).one()
    return None


def file_keys() -> tuple[str, ...]:
    """Every key a row holds, of the communities in scope; for the sweep."""
    return tuple(db.session.scalars(select(Photo.file_key)))
