"""The photos of a task: of its reports, of what was found, of the notes on the way."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, or_, select

from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.photos import Photo
from harbour.queries.photos import PhotoLine
from harbour.queries.task_parts import Finding, ProgressLine, ReportLine


@lru_cache(maxsize=8)
def _photos(parents: tuple[str, ...]) -> Any:
    some = (getattr(Photo, f"{kind}_id").in_(bindparam(kind, expanding=True)) for kind in parents)
    return (
        select(
            Photo.id,
            Photo.field,
            Photo.moment,
            Photo.criterion_id,
            Photo.at,
            Photo.report_id,
            Photo.verification_id,
            Photo.progress_id,
            Photo.phash,
        )
        .where(or_(*some))
        .order_by(Photo.id)
        .execution_options(**BUILT_ONCE)
    )


class Pictures:
    """The photos of a task's reports, findings and notes, in one statement if there can be any."""

    def __init__(
        self,
        reports: Sequence[ReportLine],
        findings: Sequence[Finding],
        progress: Sequence[ProgressLine],
    ) -> None:
        wanted = {
            kind: [one.id for one in things]
            for kind, things in (
                ("report", reports), ("verification", findings), ("progress", progress)
            )
            if things
        }  # fmt: skip
        self.rows: Sequence[Any] = (
            db.session.execute(_photos(tuple(wanted)), wanted).all() if wanted else ()
        )

    def of(
        self, kind: str, parent: int, criterion_id: int | None = None, moment: str = ""
    ) -> tuple[PhotoLine, ...]:
        """The photos of one parent, of one moment, of one criterion (or of none)."""
        return tuple(
            PhotoLine(one.id, one.field, one.moment, one.criterion_id, one.at)
            for one in self.rows
            if getattr(one, f"{kind}_id") == parent
            and one.moment == moment
            and one.criterion_id == criterion_id
        )


def with_photos(report: ReportLine, pictures: Pictures) -> ReportLine:
    """A report with its photos, each beside its criterion."""
    if not pictures.rows:
        return report
    answers = {
        key: replace(
            answer,
            before=pictures.of("report", report.id, key, "before"),
            after=pictures.of("report", report.id, key, "after"),
        )
        for key, answer in report.answers.items()
    }
    return replace(
        report,
        answers=answers,
        before=pictures.of("report", report.id, None, "before"),
        after=pictures.of("report", report.id, None, "after"),
    )
