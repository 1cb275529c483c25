"""The outbox: filled with the changes it tells of, emptied by whoever holds a lease.

Nothing is sent from here: services/telling.py writes deliveries with the change; the worker takes
one after the other with ``lease``, sends it, and says by ``settle`` what came of it. Who dies in
between leaves a lease that runs out.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select

from harbour.domain.deadlines import local_day
from harbour.domain.notices import (
    DIGEST,
    LEASE,
    TRIAL,
    Channel,
    Parcel,
    Sending,
    digest_is_due,
    next_try,
)
from harbour.domain.text import Text, kept
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.outbox import TO_SEND, Delivery, Telling
from harbour.models.people import User
from harbour.services.unit_of_work import command

# ---- of itself ------------------------------------------------------------------------------


@command
def digest(now: datetime) -> int:
    """Queue today's digest of everybody whose hour has come, on workdays; how many were queued.

    May be asked at any time, and again: one a person and day. What it says is found out when it
    is sent, so a worker that was stopped for a week sends one digest, of that day.
    """
    today = local_day(now)
    wanted = db.session.execute(
        select(Telling.user_id, Telling.digest_at)
        .join(User, User.id == Telling.user_id)
        .where(Telling.digest_on.is_(True), Telling.email != "", User.disabled_at.is_(None))
    ).all()
    due = {
        f"{DIGEST}:{row.user_id}:{today.isoformat()}": row.user_id
        for row in wanted
        if digest_is_due(now, row.digest_at, working_calendar())
    }
    if not due:
        return 0
    there = set(db.session.scalars(select(Delivery.key).where(Delivery.key.in_(sorted(due)))))
    for key in sorted(set(due) - there):
        db.session.add(
            Delivery(
                key=key, channel=Channel.EMAIL, user_id=due[key], action=DIGEST,
                facts={"day": today.isoformat()}, created_at=now, not_before=now,
            )
        )  # fmt: skip
    return len(due) - len(there)


def trial(now: datetime, **to: Any) -> None:
    """Queue a trial message by a channel to a person or a robot; inside a command."""
    made = Delivery(
        key=secrets.token_hex(16), action=TRIAL, facts={}, created_at=now, not_before=now, **to
    )
    db.session.add(made)


# ---- on the way out -------------------------------------------------------------------------


@command
def lease(now: datetime) -> Parcel | None:
    """Take the next delivery whose time has come and that nobody else holds, or None.

    Two workers never take the same: PostgreSQL skips what another has locked, on SQLite one
    waits for the other's transaction.
    """
    found = db.session.scalars(
        select(Delivery)
        .where(
            TO_SEND,
            Delivery.not_before <= now,
            or_(Delivery.leased_until.is_(None), Delivery.leased_until <= now),
        )
        .order_by(Delivery.not_before, Delivery.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    ).first()
    if found is None:
        return None
    found.lease, found.leased_until = secrets.token_hex(16), now + LEASE
    found.attempts += 1
    return Parcel(
        found.id, found.key, found.lease, found.channel, found.attempts, found.user_id,
        found.robot_id, found.community_id, found.action, found.told_as, found.kind,
        found.subject_id, found.number, found.facts, found.created_at,
    )  # fmt: skip


@command
def settle(
    parcel: Parcel,
    state: Sending,
    now: datetime,
    said: Text | None = None,
    after: timedelta | None = None,
) -> Sending | None:
    """Write down what came of a leased delivery; WAITING tries again later, while tries are left.

    Returns how it stands now, or None where the lease had run out and somebody else has it.
    """
    found = db.session.scalars(
        select(Delivery)
        .where(Delivery.id == parcel.id, Delivery.lease == parcel.lease)
        .with_for_update()
    ).first()
    if found is None:
        return None
    found.lease = found.leased_until = None
    found.said = kept(said) if said is not None else None
    if state is Sending.WAITING:
        again = next_try(found.attempts, now, after)
        state = Sending.DEAD if again is None else state
        found.not_before = again or found.not_before
    found.state = state
    found.settled_at = None if state is Sending.WAITING else now
    return state
