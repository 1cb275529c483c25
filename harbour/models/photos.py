"""Photos: kept apart from what they show, with one parent each or waiting in a form."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harbour.extensions import Model
from harbour.models.base import CommunityOwned, Moment, Recorded, within


class Photo(Recorded, CommunityOwned, Model):
    """One re-encoded photo: of a concern, a progress note, a report or a verification.

    A photo without a parent waits in the form whose key is ``form_key``, so that nothing is
    lost when another field of that form is wrong; the same picture twice in one field of one
    form is one photo. ``moment`` is before, after or empty.
    """

    __tablename__ = "photo"
    subject_kind = "photo"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String(64), default="")
    field: Mapped[str] = mapped_column(String(40), default="photos")
    concern_id: Mapped[int | None] = mapped_column(index=True)
    progress_id: Mapped[int | None] = mapped_column(index=True)
    report_id: Mapped[int | None] = mapped_column(index=True)
    verification_id: Mapped[int | None] = mapped_column(index=True)
    criterion_id: Mapped[int | None] = mapped_column()
    moment: Mapped[str] = mapped_column(String(8), default="")
    file_key: Mapped[str] = mapped_column(String(120), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    phash: Mapped[str] = mapped_column(String(32))
    width: Mapped[int]
    height: Mapped[int]
    size: Mapped[int]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (
        within("concern"),
        within("progress"),
        within("report"),
        within("verification"),
        within("criterion"),
        CheckConstraint(
            "concern_id IS NULL OR (progress_id IS NULL AND report_id IS NULL "
            "AND verification_id IS NULL)",
            name="one_parent",
        ),
        UniqueConstraint("by_id", "form_key", "field", "sha256"),
    )
