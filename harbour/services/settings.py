"""Changing the numbers a street and its communities work by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.errors import Invalid, Missing, Stale
from harbour.domain.setting_words import WORDS, stored
from harbour.domain.settings import CommunitySettings, Unsuitable, deep, leaves
from harbour.extensions import db
from harbour.models.places import Community, Street
from harbour.services import ledger
from harbour.services.administration import demand_admin, demand_over, with_installation
from harbour.services.unit_of_work import command

ACT = "set"


@command
def change_community(
    actor: Actor,
    community_id: int,
    values: Mapping[str, Any],
    *,
    version: int | None,
    now: datetime,
) -> None:
    """Set settings of a community; None lets it work by its street's again. One line for all.

    Raises Invalid beside a setting that cannot be worked by, Stale where somebody else has saved.
    """
    demand_admin(actor, "community", ACT)
    place = db.session.scalars(
        select(Community).where(Community.id == community_id).with_for_update()
    ).first()
    if place is None:
        raise Missing
    demand_over(actor, place.street_id, "community", ACT)
    street = db.session.get_one(Street, place.street_id)
    _change(actor, place, street.settings, values, version, now)


@command
def change_street(
    actor: Actor, street_id: int, values: Mapping[str, Any], *, version: int | None, now: datetime
) -> None:
    """Set a street's defaults; None lets it work by the product's again. Raises as above."""
    demand_over(actor, street_id, "street", ACT)
    place = db.session.scalars(
        select(Street).where(Street.id == street_id).with_for_update()
    ).first()
    if place is None:
        raise Missing
    _change(actor, place, {}, values, version, now)


def _change(
    actor: Actor,
    place: Community | Street,
    above: Mapping[str, object],
    values: Mapping[str, Any],
    version: int | None,
    now: datetime,
) -> None:
    before = leaves(place.settings)
    if version is not None and version != place.version:
        raise Stale({name: before.get(name, "") for name in values}, place.version)
    after = {**before, **{name: stored(one) for name, one in values.items() if name in WORDS}}
    after = {name: one for name, one in after.items() if one is not None}
    changed = {
        name: [before.get(name), after.get(name)]
        for name in sorted(values)
        if before.get(name) != after.get(name)
    }
    if not changed:
        return
    try:
        CommunitySettings.overlaid(above, deep(after))
    except Unsuitable as error:
        raise Invalid(error.key, error.text) from None
    place.settings = deep(after)
    with with_installation(place if isinstance(place, Community) else None):
        ledger.append(
            actor,
            f"{place.subject_kind}.{ACT}",
            kind=place.subject_kind,
            subject_id=place.id,
            now=now,
            community_id=place.id if isinstance(place, Community) else None,
            changes=changed,
        )
