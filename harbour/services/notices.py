"""What people do with what they are told: read it, set how, try the way; and send again."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from sqlalchemy import or_, select, update

from harbour.domain.actors import Actor
from harbour.domain.errors import Missing, Refused, Stale
from harbour.domain.notices import Channel, Sending
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.firms import Firm
from harbour.models.outbox import Delivery, Notice, Telling
from harbour.models.people import Membership
from harbour.services import ledger, outbox
from harbour.services.administration import demand_admin, record, with_installation
from harbour.services.unit_of_work import command
from harbour.tenancy import in_scope

Inputs = Mapping[str, Any]
SETTINGS = ("email", "digest_on", "digest_at", "quiet_from", "quiet_until")


@command
def read(actor: Actor, notice_id: int, *, now: datetime) -> None:
    """Take the unread mark off one of my notices."""
    found = db.session.scalars(
        select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.user_id)
    ).first()
    if found is None:
        raise Missing
    found.read_at = found.read_at or now


@command
def read_all(actor: Actor, *, now: datetime, until: int) -> None:
    """Take the unread marks off my notices up to the newest that was on the page."""
    db.session.execute(
        update(Notice)
        .where(Notice.user_id == actor.user_id, Notice.read_at.is_(None), Notice.id <= until)
        .values(read_at=now)
        .execution_options(synchronize_session=False)
    )


@command
def set_telling(actor: Actor, inputs: Inputs, *, version: int, now: datetime) -> None:
    """Set how I want to be told: ``email digest_on digest_at quiet_from quiet_until``."""
    found = _mine(actor)
    if found is None:
        found = Telling(user_id=actor.user_id, email="", version=0)
        db.session.add(found)
    elif version != found.version:
        raise Stale({name: _as_typed(getattr(found, name)) for name in SETTINGS}, found.version)
    changed = found.email != inputs["email"]
    for name in SETTINGS:
        setattr(found, name, inputs[name])
    db.session.flush()
    record(actor, "set", found, now, {"email_changed": changed})


def _as_typed(value: object) -> object:
    """A setting as its input has it: hours without seconds."""
    return value.strftime("%H:%M") if isinstance(value, time) else value


@command
def try_mail(actor: Actor, *, now: datetime) -> None:
    """Send a trial mail to the address I have set."""
    found = _mine(actor)
    if found is None or not found.email:
        raise Refused(N_("Set an e-mail address first."))
    outbox.trial(now, channel=Channel.EMAIL, user_id=actor.user_id)


def _mine(actor: Actor) -> Telling | None:
    return db.session.scalars(select(Telling).where(Telling.user_id == actor.user_id)).first()


@command
def send_again(actor: Actor, delivery_id: int, *, now: datetime) -> None:
    """Send a dead letter again, under its old identity and with all its tries before it."""
    demand_admin(actor, "delivery", "send_again")
    found = db.session.scalars(
        select(Delivery).where(Delivery.id == delivery_id).with_for_update()
    ).first()
    if found is None or not _ruled(actor, found):
        raise Missing
    if found.state != Sending.DEAD:
        raise Refused(N_("It is on its way already."))
    found.state, found.attempts = Sending.WAITING, 0
    found.not_before, found.created_at, found.settled_at = now, now, None
    with with_installation():
        ledger.append(
            actor, "delivery.send_again", kind="delivery", subject_id=found.id, now=now,
            community_id=found.community_id, number=found.number or None,
        )  # fmt: skip


def _ruled(actor: Actor, delivery: Delivery) -> bool:
    """Whether a delivery is of the administrator's street: its community's, or its reader's."""
    if actor.street_id is None:
        return True
    if delivery.community_id is not None:
        return delivery.community_id in in_scope()
    firms = select(Firm.id).where(Firm.street_id == actor.street_id)
    serves = select(Membership.id).where(
        Membership.user_id == delivery.user_id,
        or_(
            Membership.street_id == actor.street_id,
            Membership.community_id.in_(sorted(in_scope())),
            Membership.firm_id.in_(firms),
        ),
    )
    return db.session.scalar(serves.limit(1)) is not None
