"""What a delivery says, found out when it is sent: nothing of work that is done meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.notices import DIGEST, NEWS, OTHER_WORDS, TRIAL, Parcel, Rule, Sending, rule_of
from harbour.domain.text import N_, Text
from harbour.extensions import Model, db
from harbour.models.outbox import Delivery, Notice, Robot, Telling
from harbour.models.people import User
from harbour.models.places import Community
from harbour.models.tasks import Task
from harbour.queries import inbox, people
from harbour.queries.inbox import Entry
from harbour.tenancy import scoped_to

LANGUAGE = "zh_Hans_CN"
#: A digest is read on the way to work.
MOST_NEWS = 10


@dataclass(frozen=True)
class About:
    """One sentence of the table and what fills it; ``public`` are words fit for everybody."""

    says: str
    action: str
    kind: str
    slug: str
    number: str
    subject_id: int
    facts: dict[str, Any]
    public: str = ""


@dataclass(frozen=True)
class Waiting:
    """One line of a digest: what waits, in words fit to leave the house."""

    entry: Entry
    public: str


@dataclass(frozen=True)
class Letter:
    """Where a delivery goes, and what it says."""

    language: str
    email: str = ""
    channel: str = ""
    hook: str = ""
    secret: str = ""
    about: About | None = None
    says: str = ""
    day: date | None = None
    waiting: tuple[Waiting, ...] = ()
    more: int = 0
    news: tuple[About, ...] = field(default=())


def letter(parcel: Parcel, now: datetime) -> Letter | Text:
    """The letter, or the reason why there is nothing to tell any more."""
    try:
        return _letter(parcel, now)
    finally:
        db.session.rollback()  # nothing is held open while the other side takes its time


def _letter(parcel: Parcel, now: datetime) -> Letter | Text:
    old = parcel.attempts == 1 and now - parcel.created_at > NEWS
    if old and parcel.action not in OTHER_WORDS:
        return Text(N_("It was no news any more."))
    to = _person(parcel) if parcel.robot_id is None else _group(parcel)
    if isinstance(to, Text):
        return to
    if parcel.action == DIGEST:
        return _digest(parcel, to, now)
    return _with(to, says=OTHER_WORDS[TRIAL]) if parcel.action == TRIAL else _told(parcel, to, now)


def _told(parcel: Parcel, to: Letter, now: datetime) -> Letter | Text:
    rule = rule_of(parcel.action, parcel.told_as)
    if rule is None or parcel.community_id is None or parcel.subject_id is None:
        return Text(N_("Nobody is told of this any more."))
    with scoped_to(parcel.community_id):
        if not _worth_telling(parcel, rule, now):
            return Text(N_("It was done meanwhile."))
        slug = select(Community.slug).where(Community.id == parcel.community_id)
        about = About(
            rule.group if to.channel else rule.says, parcel.action, parcel.kind,
            db.session.scalars(slug).one(), parcel.number, parcel.subject_id,
            dict(parcel.facts), str(parcel.facts.get("public", "")),
        )  # fmt: skip
    return _with(to, about=about)


def _with(to: Letter, **said: Any) -> Letter:
    return Letter(to.language, to.email, to.channel, to.hook, to.secret, **said)


def _person(parcel: Parcel) -> Letter | Text:
    row = db.session.execute(
        select(User.preferences, User.disabled_at, Telling.email)
        .outerjoin(Telling, Telling.user_id == User.id)
        .where(User.id == parcel.user_id)
    ).first()
    if row is None or row.disabled_at is not None:
        return Text(N_("The account is closed."))
    if not row.email:
        return Text(N_("This person wants no e-mail any more."))
    return Letter(row.preferences.get("language") or LANGUAGE, email=row.email)


def _group(parcel: Parcel) -> Letter | Text:
    if parcel.community_id is None:
        return Text(N_("Nobody is told of this any more."))
    with scoped_to(parcel.community_id):
        row = db.session.execute(
            select(Robot.channel, Robot.hook, Robot.secret).where(
                Robot.id == parcel.robot_id, Robot.ended_at.is_(None)
            )
        ).first()
    if row is None:
        return Text(N_("The robot has been taken away."))
    return Letter(LANGUAGE, channel=row.channel, hook=row.hook, secret=row.secret)


def _worth_telling(parcel: Parcel, rule: Rule, now: datetime) -> bool:
    model = _models().get(parcel.kind)
    if model is None:
        return False
    found = db.session.execute(select(model.state).where(model.id == parcel.subject_id)).first()
    if found is None or (rule.states and found.state not in rule.states):
        return False
    if parcel.robot_id is not None:
        return True
    here = [
        place
        for place in people.places_of(parcel.user_id or 0, now)
        if parcel.community_id in place.community_ids
    ]
    if rule.waits is None or not here:
        return bool(here)
    return any(
        inbox.still_waits(
            actor_at(parcel.user_id or 0, place, parcel.community_id), parcel.community_id or 0,
            rule.waits, now, number=parcel.number, subject_id=parcel.subject_id or 0,
        )
        for place in here
    )  # fmt: skip


def _models() -> dict[str, Any]:
    """What has a state, by the kind the ledger names it by."""
    return {
        kind: mapper.class_
        for mapper in Model.registry.mappers
        if (kind := getattr(mapper.class_, "subject_kind", None))
        and hasattr(mapper.class_, "state")
    }


def actor_at(user_id: int, place: people.Place, community_id: int | None) -> Actor:
    """A person as the inbox asks about them, in one role."""
    return Actor(
        user_id=user_id,
        name="",
        role=place.role,
        community_id=community_id,
        compound_ids=place.compound_ids,
        firm_id=place.firm_id,
        street_id=place.street_id,
        membership_id=place.membership_id,
    )


# ---- the digest -----------------------------------------------------------------------------


def _digest(parcel: Parcel, to: Letter, now: datetime) -> Letter | Text:
    """What waits for a person at all their places, and what happened since the last digest."""
    user_id = parcel.user_id or 0
    day = date.fromisoformat(parcel.facts["day"])
    if now.date() > day and parcel.attempts == 1:
        return Text(N_("It was no news any more."))
    waiting: list[Waiting] = []
    more = 0
    communities: set[int] = set()
    for place in people.places_of(user_id, now):
        communities |= set(place.community_ids)
        if not place.community_ids:
            continue
        with scoped_to(*place.community_ids):
            found = inbox.inbox(actor_at(user_id, place, None), place.community_ids, now)
            public = public_words(e.number for e in found.entries if e.thing == "task")
        known = {(one.entry.kind, one.entry.slug, one.entry.id) for one in waiting}
        waiting += [
            Waiting(e, public.get(e.number, ""))
            for e in found.entries
            if (e.kind, e.slug, e.id) not in known
        ]
        more += len(found.more)
    news = _news(user_id, communities, now)
    if not waiting and not news:
        return Text(N_("Nothing waited, and nothing had happened."))
    return _with(to, day=day, waiting=tuple(waiting), more=more, news=news)


def public_words(numbers: Iterable[str]) -> dict[str, str]:
    """What is said in public of tasks, by number; in the open scope."""
    wanted = sorted(set(numbers))
    if not wanted:
        return {}
    found = select(Task.number, Task.public_sentence).where(Task.number.in_(wanted))
    return {row.number: row.public_sentence for row in db.session.execute(found)}


def _news(user_id: int, communities: Iterable[int], now: datetime) -> tuple[About, ...]:
    last = select(Delivery.created_at).where(
        Delivery.user_id == user_id, Delivery.action == DIGEST,
        Delivery.state.in_((Sending.SENT, Sending.DROPPED)),
    ).order_by(Delivery.id.desc()).limit(1)  # fmt: skip
    since = db.session.scalar(last) or now - NEWS
    rows = db.session.execute(
        select(Notice, Community.slug)
        .join(Community, Community.id == Notice.community_id)
        .where(
            Notice.user_id == user_id,
            Notice.community_id.in_(sorted(communities)),
            Notice.at > since,
            Notice.read_at.is_(None),
        )
        .order_by(Notice.id.desc())
        .limit(3 * MOST_NEWS)
    ).all()
    found = []
    for one, slug in rows:
        rule = rule_of(one.action, one.told_as)
        # What is to be done stands among what waits; what was told at once is no news.
        if rule is not None and not rule.at_once and rule.waits is None:
            found.append(
                About(rule.says, one.action, one.kind, slug, one.number, one.subject_id, one.facts,
                      str(one.facts.get("public", "")))
            )  # fmt: skip
    return tuple(reversed(found[:MOST_NEWS]))
