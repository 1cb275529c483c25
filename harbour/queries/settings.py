"""The numbers a street and its communities work by, each with where it comes from."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from harbour.domain.setting_words import Setting, settings_at
from harbour.domain.settings import unknown_keys
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Community, Street

LATEST = 20


@dataclass(frozen=True)
class SettingsPage:
    """All settings of a street or a community; ``unknown`` are stored names that mean nothing."""

    id: int
    version: int
    name: str
    street: str
    is_community: bool
    settings: Mapping[str, Setting]
    unknown: tuple[str, ...]
    history: tuple["SettingChange", ...]


@dataclass(frozen=True)
class SettingChange:
    """One setting that was changed: stored values before and after, None for inherited."""

    at: datetime
    who: str
    name: str
    before: object
    after: object


@dataclass(frozen=True)
class StreetLine:
    """A street of the list, with how many settings each place has of its own."""

    id: int
    name: str
    own: int
    communities: tuple[tuple[int, str, int], ...]


def tree(street_id: int | None) -> tuple[StreetLine, ...]:
    """The streets of an administrator with their communities."""
    streets = select(Street).order_by(Street.code)
    if street_id is not None:
        streets = streets.where(Street.id == street_id)
    found = db.session.scalars(streets).all()
    inside: dict[int, list[tuple[int, str, int]]] = {}
    for one in db.session.scalars(
        select(Community)
        .where(Community.street_id.in_([street.id for street in found]))
        .order_by(Community.code)
    ):
        inside.setdefault(one.street_id, []).append((one.id, one.name, len(one.settings)))
    return tuple(
        StreetLine(one.id, one.name, len(one.settings), tuple(inside.get(one.id, ())))
        for one in found
    )


def of_community(community_id: int, street_id: int | None = None) -> SettingsPage | None:
    """A community's settings, of this street alone if one is named; None where there is none."""
    row = db.session.execute(
        select(
            Community.id,
            Community.version,
            Community.name,
            Community.settings,
            Community.street_id,
            Street.name.label("street"),
            Street.settings.label("above"),
        )
        .join(Street, Street.id == Community.street_id)
        .where(Community.id == community_id)
    ).first()
    if row is None or street_id not in (None, row.street_id):
        return None
    return SettingsPage(
        row.id,
        row.version,
        row.name,
        row.street,
        is_community=True,
        settings=settings_at(row.above, row.settings, community=True),
        unknown=unknown_keys(row.settings),
        history=_history("community", row.id),
    )


def of_street(wanted: int, street_id: int | None) -> SettingsPage | None:
    """A street's defaults; None where there is none, or it is another administrator's."""
    if street_id not in (None, wanted):
        return None
    row = db.session.execute(
        select(Street.id, Street.version, Street.name, Street.settings).where(Street.id == wanted)
    ).first()
    if row is None:
        return None
    return SettingsPage(
        row.id,
        row.version,
        row.name,
        row.name,
        is_community=False,
        settings=settings_at(None, row.settings, community=False),
        unknown=unknown_keys(row.settings),
        history=_history("street", row.id),
    )


def _history(kind: str, place_id: int) -> tuple[SettingChange, ...]:
    rows = db.session.execute(
        select(AuditEvent.at, AuditEvent.actor_name, AuditEvent.changes)
        .where(
            AuditEvent.subject_kind == kind,
            AuditEvent.subject_id == place_id,
            AuditEvent.action == f"{kind}.set",
            AuditEvent.refused.is_(None),
        )
        .order_by(AuditEvent.id.desc())
        .limit(LATEST)
    )
    return tuple(
        SettingChange(row.at, row.actor_name, name, before, after)
        for row in rows
        for name, (before, after) in row.changes.items()
    )
