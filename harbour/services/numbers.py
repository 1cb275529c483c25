"""Giving out numbers: one sequence per compound, year and kind, without gaps or doubles."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from harbour.domain.deadlines import local_day
from harbour.domain.numbers import PublicNumber, compound_code
from harbour.extensions import db
from harbour.models.places import Compound
from harbour.models.summaries import NumberCounter


def _counter(compound: Compound, year: int, kind: str) -> NumberCounter | None:
    return db.session.scalars(
        select(NumberCounter)
        .where(
            NumberCounter.compound_id == compound.id,
            NumberCounter.year == year,
            NumberCounter.kind == kind,
        )
        .with_for_update()
    ).first()


def next_in(compound: Compound, year: int, kind: str) -> int:
    """The next number of a sequence; the row is locked until the transaction ends."""
    counter = _counter(compound, year, kind)
    if counter is None:
        try:
            with db.session.begin_nested():
                db.session.add(
                    NumberCounter(
                        community_id=compound.community_id,
                        compound_id=compound.id,
                        year=year,
                        kind=kind,
                        last=0,
                    )
                )
        except IntegrityError:
            pass  # somebody else began the same sequence at this very moment; theirs is locked next
        counter = _counter(compound, year, kind)
    if counter is None:
        raise LookupError(f"no counter of {kind} for compound {compound.id}")
    counter.last += 1
    db.session.flush()
    return counter.last


def public_number(compound: Compound, now: datetime) -> str:
    """The number a matter keeps from first words to rating, such as CH01-2026-0031."""
    year = local_day(now).year
    return str(PublicNumber(compound_code(compound.code), year, next_in(compound, year, "matter")))
