"""Relapses: what came back soon after it had been closed."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from harbour.extensions import Model
from harbour.models.base import CommunityOwned, Moment, within


class Relapse(CommunityOwned, Model):
    """A concern that was found to be the trouble of a closed task come back."""

    __tablename__ = "relapse"
    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column()
    task_id: Mapped[int] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (within("concern"), within("task"), UniqueConstraint("concern_id"))
