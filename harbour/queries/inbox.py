"""What waits for me, until when: read from the tables of acts, oldest danger first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, select

from harbour.domain.actors import Actor
from harbour.domain.calendar import Calendar
from harbour.domain.deadlines import (
    due_after,
    due_soon_at,
    end_of_workday,
    local_day,
    workdays,
    workdays_between,
)
from harbour.domain.escalation import Standing
from harbour.domain.lights import LightNow, light
from harbour.domain.requests import REQUESTS
from harbour.domain.settings import DEFAULTS, CommunitySettings
from harbour.domain.supervision import order_number
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models import escalation
from harbour.models.calendar import working_calendar
from harbour.models.places import Community, Street
from harbour.queries.awaited import KINDS, Kind, everything, kinds_of, one_kind, owed
from harbour.queries.escalation_levels import CLIMBING, levels_of
from harbour.queries.ledger import WORKFLOWS

AT_MOST = 12
PAGE = 40
MONTH = timedelta(days=30)

# What a kind is called above its rows: what is asked of the reader.
KIND_LABELS: Mapping[str, str] = {
    "meeting.end": N_("Meetings in session"),
    "meeting.schedule": N_("Weekly days on a public holiday"),
    "meeting.open": N_("Meetings to open today"),
    "task.draft": N_("Adopted, but no task written yet"),
    "task.accept": N_("Tasks to accept"),
    "task.report": N_("Tasks to do and report"),
    "task.answer_urge": N_("Urges to answer"),
    "task.reply": N_("Supervision orders to reply to"),
    "task.verify": N_("Is it done? You raised it"),
    "task.verify_too": N_("Is it done? Somebody must look"),
    "task.close": N_("Tasks to close"),
    "task.dispatch": N_("Tasks to dispatch"),
    "summary.submit": N_("Summaries to submit"),
    "summary.accept": N_("Summaries to read"),
    "concern.propose": N_("Concerns without a reply"),
    "proposal.resubmit": N_("Proposals that came back to me"),
    "proposal.accept": N_("Proposals to accept or return"),
    "proposal.place": N_("Proposals waiting for a meeting"),
    "meeting.confirm": N_("Minutes to confirm"),
    "meeting.circulate": N_("Minutes to write and send round"),
    "meeting.finalise": N_("Minutes to make final"),
    "meeting.publish": N_("Minutes to publish"),
    "task.resume": N_("Tasks on hold"),
    "extension.grant": N_("Requests for more time"),
    "return.grant": N_("Tasks given back"),
    "hold.propose": N_("Requests to put a task on hold"),
    "hold.consent": N_("Holds proposed to the street"),
    "reopen.grant": N_("Requests to reopen a task"),
    "task.supervise": N_("At level 2 or above, not supervised yet"),
    "task.press": N_("Tasks at an alert level"),
    "task.look_after": N_("Nobody has verified in time"),
    "task.chase": N_("Orders whose reply is overdue"),
    "task.conclude": N_("Orders that have been answered"),
    "compound.wake": N_("Compounds gone silent"),
}
# Kinds that are no row themselves: the words of their button.
OTHER_ACTS: Mapping[str, str] = {
    "task.draft": N_("Write the task"),
    "task.press": N_("Look and press"),
    "task.look_after": N_("See that somebody looks"),
    "task.chase": N_("Look after it"),
    "compound.wake": N_("Arrange a meeting"),
    "task.verify_too": WORKFLOWS["task"].rows["verify"].label,
    "summary.submit": N_("Go on writing"),
    "summary.accept": N_("Read and decide"),
    "concern.propose": N_("Decide what becomes of it"),
    "meeting.end": N_("Go to the meeting"),
    "meeting.schedule": N_("Choose the day"),
    "meeting.circulate": N_("Write the minutes"),
    "task.verify": N_("Go and look"),
    "extension.grant": N_("Answer the request for more time"),
    "return.grant": N_("Answer the return"),
    "hold.propose": N_("Answer the request for a hold"),
    "hold.consent": N_("Consent to the hold, or not"),
    "reopen.grant": N_("Answer the request to reopen"),
}


@dataclass(frozen=True)
class Entry:
    """One thing that waits: what it is, where, the act it waits for, and until when."""

    kind: str
    thing: str
    id: int
    number: str
    title: Text | str
    place: str
    slug: str
    act: str
    until: datetime | None
    light: LightNow | None
    note: Text | None = None
    sort: datetime | None = None
    level: Text | None = None
    rung: int = 0

    @property
    def until_day(self) -> date | None:
        """The last day in time, in Shanghai."""
        return None if self.until is None else local_day(self.until)

    @property
    def overdue(self) -> bool:
        """Whether its time has passed."""
        return self.light is not None and self.light.colour == "red"


@dataclass(frozen=True)
class More:
    """A kind of which more waits than is shown."""

    kind: str
    label: str
    shown: int


@dataclass(frozen=True)
class Inbox:
    """What waits, oldest danger first, and the kinds of which there is more."""

    entries: tuple[Entry, ...]
    more: tuple[More, ...]


@dataclass(frozen=True)
class Page:
    """A page of one kind; ``older`` is the key to go on from."""

    kind: str
    label: str
    entries: tuple[Entry, ...]
    older: str | None


@dataclass(frozen=True)
class _Here:
    """The communities of a place: addresses and numbers to count by."""

    slugs: Mapping[int, str]
    settings: Mapping[int, CommunitySettings]
    calendar: Calendar

    def of(self, community_id: int) -> CommunitySettings:
        return self.settings.get(community_id, DEFAULTS)


def inbox(actor: Actor, communities: Iterable[int], now: datetime, most: int = AT_MOST) -> Inbox:
    """At most ``most`` things of every kind that waits for the actor's role."""
    kinds = kinds_of(actor.role)
    here = _here(communities)
    if not kinds or not here.slugs:
        return Inbox((), ())
    rows = db.session.execute(everything(actor.role, most + 1), _asked(actor, now, here)).all()
    counted: dict[str, int] = {}
    kept = []
    for row in rows:
        counted[row.kind] = counted.get(row.kind, 0) + 1
        if counted[row.kind] <= most:
            kept.append(row)
    more = tuple(
        More(kind.name, KIND_LABELS[kind.name], most)
        for kind in kinds
        if counted.get(kind.name, 0) > most
    )
    return Inbox(_in_order(_entries(kept, here, now)), more)


def page(
    actor: Actor, communities: Iterable[int], now: datetime, kind: str, after: str | None = None
) -> Page | None:
    """A page of one kind in its own order; None where the kind never waits for this role."""
    found = KINDS.get(kind)
    if found is None or actor.role not in found.roles:
        return None
    here = _here(communities)
    asked, key = _asked(actor, now, here), _key(after)
    if key is not None:
        asked |= {"after_at": key[0], "after_id": key[1]}
    which = one_kind(kind, actor.role, PAGE + 1, further=key is not None)
    rows = db.session.execute(which, asked).all()
    shown = rows[:PAGE]
    older = _written(shown[-1]) if len(rows) > PAGE else None
    return Page(kind, KIND_LABELS[kind], tuple(_entries(shown, here, now)), older)


def late(actor: Actor, communities: Iterable[int], now: datetime) -> tuple[Entry, ...]:
    """What secretaries have not decided, had verified, closed or convened in time, the worst first.

    Whoever watches over them reads it: the acts are not theirs.
    """
    here = _here(communities)
    rows = db.session.execute(owed(AT_MOST), _asked(actor, now, here)).all() if here.slugs else []
    found = [one for one in _entries(rows, here, now) if one.level is not None]
    return tuple(sorted(found, key=lambda one: (-one.rung, one.sort, one.id)))[:AT_MOST]


def still_waits(
    actor: Actor, community_id: int, kind: str, now: datetime, *, number: str, subject_id: int
) -> bool:
    """Whether one thing of a kind, by its number or else its id, still waits for the actor."""
    found = KINDS.get(kind)
    if found is None or actor.role not in found.roles:
        return False
    which = found.which(actor.role).subquery()
    same = which.c.number == number if number else which.c.id == subject_id
    one = select(which.c.id).where(which.c.community_id == community_id, same).limit(1)
    asked = _asked(actor, now, _here((community_id,)))
    return db.session.execute(one, asked).first() is not None


def _here(communities: Iterable[int]) -> _Here:
    rows = db.session.execute(
        select(Community.id, Community.slug, Community.settings, Street.settings.label("street"))
        .join(Street, Street.id == Community.street_id)
        .where(Community.id.in_(sorted(communities)))
    ).all()
    return _Here(
        {row.id: row.slug for row in rows},
        {row.id: CommunitySettings.overlaid(row.street, row.settings) for row in rows},
        working_calendar(),
    )


def _asked(actor: Actor, now: datetime, here: _Here) -> dict[str, Any]:
    """What the statements are filled in with."""
    settings = next(iter(here.settings.values()), DEFAULTS)
    return {
        "me": actor.user_id,
        "my_firm": actor.firm_id,
        "my_compounds": sorted(actor.compound_ids),
        "now": now,
        "tonight": end_of_workday(local_day(now)),
        "others_before": _workdays_ago(now, settings.verify_workdays, here.calendar),
        **escalation.loosely(here.settings.values() or (DEFAULTS,), here.calendar, now),
    }


def _workdays_ago(now: datetime, n: int, calendar: Calendar) -> datetime:
    """The end of the last day since which at least ``n`` workdays have passed."""
    day = local_day(now)
    while workdays_between(day, local_day(now), calendar) < n:
        day -= timedelta(days=1)
    return end_of_workday(day)


def _entries(rows: Iterable[Row[Any]], here: _Here, now: datetime) -> list[Entry]:
    found = list(rows)
    levels = levels_of(found, here.settings, here.calendar, now)
    return [
        _entry(row, here, row.place or "", now, levels[row.kind, row.id])
        for row in found
        if row.kind not in CLIMBING or levels[row.kind, row.id].rung
    ]


def _entry(row: Any, here: _Here, place: str, now: datetime, level: Standing) -> Entry:
    kind = KINDS[row.kind]
    thing, _, action = row.kind.partition(".")
    until, soon = _until(kind, row, here)
    act = OTHER_ACTS.get(row.kind) or WORKFLOWS[thing].rows[action].label
    return Entry(
        kind=row.kind,
        thing=thing,
        id=row.id,
        number=row.number or "",
        title=_title(row, thing, place),
        place=place,
        slug=here.slugs[row.community_id],
        act=act,
        until=until,
        light=light(now, until, soon, here.calendar) if until else None,
        note=_note(row),
        sort=row.sort,
        level=level.beside_light if until else level.said,
        rung=level.rung,
    )


def _until(kind: Kind, row: Any, here: _Here) -> tuple[datetime | None, datetime | None]:
    """Until when it should be done, and from when that is soon."""
    settings = here.of(row.community_id)
    until: datetime | None = row.until or (end_of_workday(row.day) if row.day else None)
    if kind.limit is not None and row.since is not None:
        until = due_after(row.since, workdays(getattr(settings, kind.limit)), here.calendar)
    if until is None:
        return None, None
    # What has waited since its own end (a meeting's day) is not soon only when it is over.
    start = row.since if row.since is not None and row.since < until else until - MONTH
    days = settings.due_soon_workdays
    return until, row.soon or due_soon_at(until, start, None, here.calendar, days)


def _title(row: Any, thing: str, place: str) -> Text | str:
    if thing == "summary":
        return Text(N_("Weekly summary of %(name)s"), {"name": row.title})
    if row.kind == "meeting.schedule":
        says = N_("%(compound)s: the weekly day falls on a public holiday")
        return Text(says, {"compound": place})
    if thing == "meeting":
        said = {"compound": place, "number": row.n}
        return Text(N_("%(compound)s, meeting no. %(number)s"), said)
    return str(row.title)


_PLAIN_NOTES: Mapping[str, str] = {
    "task.answer_urge": N_("Somebody urges you"),
    "meeting.finalise": N_("The time to answer is up"),
}


def _note(row: Any) -> Text | None:
    if row.kind == "summary.accept" and row.n:
        return Text(N_("%(n)s concerns without a reply"), {"n": row.n})
    if row.kind in ("task.supervise", "task.press", "task.chase", "task.conclude") and row.who:
        return Text(N_("Lead: %(name)s"), {"name": row.who})
    if row.kind == "task.answer_urge" or (row.kind == "meeting.finalise" and row.who):
        return Text(_PLAIN_NOTES[row.kind])
    if row.kind.partition(".")[0] in REQUESTS:
        return Text(N_("Asked by %(name)s"), {"name": row.who})
    if row.kind == "task.reply":
        return order_number(local_day(row.since).year, row.n)
    return None


def _in_order(entries: list[Entry]) -> tuple[Entry, ...]:
    """Oldest danger first; what has no limit comes last, by the order of its kind."""
    order = {name: place for place, name in enumerate(KINDS)}
    dated = [one for one in entries if one.until is not None]
    undated = [one for one in entries if one.until is None]
    dated.sort(key=lambda one: (one.until, order[one.kind], one.id))
    undated.sort(key=lambda one: (order[one.kind], one.sort, one.id))
    return (*dated, *undated)


def _written(row: Any) -> str:
    return f"{row.sort.isoformat()}_{row.id}"


def _key(written: str | None) -> tuple[datetime, int] | None:
    """The key in an address; one that cannot be read starts from the beginning."""
    moment, _, key = (written or "").partition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at, int(key)) if at.tzinfo is not None else None
    except ValueError:
        return None
