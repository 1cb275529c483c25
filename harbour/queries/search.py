"""Looking for words and numbers: newest first, and nothing the reader may not know of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, cast, func, select, true
from sqlalchemy.sql.selectable import CTE
from sqlalchemy.types import UserDefinedType

from harbour.domain.actors import Actor
from harbour.domain.deadlines import local_day
from harbour.domain.numbers import PublicNumber
from harbour.domain.searching import Piece, QueryPlan, excerpt, marked, query_plan
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.base import BUILT_ONCE
from harbour.models.places import Community, Compound
from harbour.models.search import INDEXES
from harbour.queries.ledger import WORKFLOWS
from harbour.queries.visibility import visible

KIND_LABELS: Mapping[str, str] = {
    "task": N_("Tasks"),
    "proposal": N_("Proposals"),
    "concern": N_("Concerns"),
    "meeting": N_("Meetings"),
}
PAGE = 20
SOME = 5
# How many of the newest matches are looked at for the few a reader may see, before giving up.
WIDE = 4096


class TsQuery(UserDefinedType[str]):
    """PostgreSQL's type of a query: its dialect brings one, but loads every driver with it."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Its name in a cast."""
        return "TSQUERY"


class Hit(NamedTuple):
    """One thing found; ``title`` and ``excerpt`` are in pieces, those looked for marked."""

    kind: str
    id: int
    number: str
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]
    state: str
    place: str
    slug: str
    on: date
    issue: Text | None = None


@dataclass(frozen=True)
class Group:
    """What was found of one kind; ``older`` is the key to go on from, if there is more."""

    kind: str
    hits: tuple[Hit, ...]
    older: int | None

    @property
    def label(self) -> str:
        """The kind's name, to be translated."""
        return KIND_LABELS[self.kind]


@dataclass(frozen=True)
class Thread:
    """The furthest thing that carries a public number."""

    kind: str
    id: int
    number: str
    slug: str


def kinds_for(actor: Actor) -> tuple[str, ...]:
    """The kinds a role can find anything of."""
    return tuple(kind for kind in INDEXES if WORKFLOWS[kind].sees.get(actor.role))


def some_of_each(actor: Actor, words: str, communities: Iterable[int]) -> tuple[Group, ...]:
    """The newest few of every kind that matches."""
    where = _communities(communities)
    plan = query_plan(words, sorted(where))
    if plan.empty:
        return ()
    return tuple(_group(actor, kind, plan, where, None, SOME) for kind in kinds_for(actor))


def older(
    actor: Actor, words: str, communities: Iterable[int], kind: str, before: int | None = None
) -> Group:
    """A page of one kind's matches, newest first, from ``before`` on."""
    where = _communities(communities)
    plan = query_plan(words, sorted(where))
    if plan.empty or kind not in kinds_for(actor):
        return Group(kind, (), None)
    return _group(actor, kind, plan, where, before, PAGE)


def thread_of(actor: Actor, words: str, communities: Iterable[int]) -> Thread | None:
    """What an exact public number leads to: its task, else proposal, else concern."""
    try:
        number = str(PublicNumber.parse(words.strip()))
    except ValueError:
        return None
    where = _communities(communities)
    for kind in ("task", "proposal", "concern"):
        model = INDEXES[kind].model
        found = db.session.execute(
            select(model.id, model.number, model.community_id)
            .where(
                model.number == number,
                model.community_id.in_(sorted(where)),
                visible(model, WORKFLOWS[kind], actor, everywhere=True),
            )
            .limit(1)
        ).first()
        if found is not None:
            return Thread(kind, found.id, found.number, where[found.community_id])
    return None


def _communities(ids: Iterable[int]) -> dict[int, str]:
    rows = db.session.execute(_SLUGS, {"ids": sorted(ids)})
    return {row.id: row.slug for row in rows}


_SLUGS = (
    select(Community.id, Community.slug)
    .where(Community.id.in_(bindparam("ids", expanding=True)))
    .execution_options(**BUILT_ONCE)
)


def _group(
    actor: Actor,
    kind: str,
    plan: QueryPlan,
    where: Mapping[int, str],
    before: int | None,
    most: int,
) -> Group:
    """The newest visible matches; looked for more widely where few of them may be seen."""
    group, enough = _looked(actor, kind, plan, where, before, most, (most + 1) * 4)
    if not enough:
        group, _ = _looked(actor, kind, plan, where, before, most, WIDE)
    return group


def _looked(
    actor: Actor,
    kind: str,
    plan: QueryPlan,
    where: Mapping[int, str],
    before: int | None,
    most: int,
    window: int,
) -> tuple[Group, bool]:
    """What may be seen of the newest ``window`` matches, and whether one need not look further."""
    fts5 = db.session.get_bind().dialect.name == "sqlite"
    looking = _Looking(kind, fts5, len(plan.words), before is not None)
    values = {
        "asked": plan.match if fts5 else plan.tsquery,
        "before": before,
        "window": window,
        "most": most + 1,
        **{f"word_{n}": f"%{_literal(word)}%" for n, word in enumerate(plan.words)},
    }
    rows = db.session.execute(_statement(actor, looking), values).all()
    visible_rows = [row for row in rows if row.hit_id is not None]
    hits = tuple(_hit(kind, row, plan.words, where) for row in visible_rows[:most])
    if len(visible_rows) > most:
        return Group(kind, hits, hits[-1].id), True
    exhausted = rows[0].n < window
    return Group(kind, hits, None if exhausted else rows[0].last), exhausted


@dataclass(frozen=True)
class _Looking:
    """What makes one statement differ from another: the words themselves come as parameters."""

    kind: str
    fts5: bool
    words: int
    keyed: bool


@lru_cache(maxsize=512)
def _statement(actor: Actor, looking: _Looking) -> Any:
    found = _matches(looking)
    seen = _seen(actor, looking.kind, found).limit(bindparam("most")).subquery()
    looked = select(func.count().label("n"), func.min(found.c.hit_id).label("last")).subquery()
    # One row at least: how many matches were looked at, whether or not any may be seen.
    both = select(looked, seen).select_from(looked).outerjoin(seen, true())
    return both.order_by(seen.c.hit_id.desc()).execution_options(**BUILT_ONCE)


def _seen(actor: Actor, kind: str, found: CTE) -> Select[Any]:
    """Of the matches those the actor may know of, newest first."""
    model = INDEXES[kind].model
    moment = model.starts_at if kind == "meeting" else model.created_at
    fields = [getattr(model, name) for name in INDEXES[kind].fields]
    further = [model.year, model.issue_no] if kind == "meeting" else []
    return (
        select(
            found.c.hit_id, model.community_id, model.state, moment.label("at"),
            Compound.name.label("compound"), *fields, *further,
        )
        .select_from(found)
        .join(model, model.id == found.c.hit_id)
        .join(Compound, Compound.id == model.compound_id)
        .where(visible(model, WORKFLOWS[kind], actor, everywhere=True))
        .order_by(found.c.hit_id.desc())
    )  # fmt: skip


def _matches(looking: _Looking) -> CTE:
    """The newest ids the index knows for the words, before anybody's rights are asked."""
    index = INDEXES[looking.kind]
    asked = bindparam("asked", type_=String)
    if looking.fts5:
        # Adjacent pairs are the passage itself: nothing is left to ask of the text.
        table = index.fts5
        key = table.c.rowid
        holds = [table.c[f"search_{index.kind}"].match(asked)]
    else:
        table = index.vectors
        key = table.c.id
        # Parsed by a cast, for no dictionary may touch the pairs.
        holds = [table.c.vector.op("@@")(cast(asked, TsQuery()))]
        words = (bindparam(f"word_{n}", type_=String) for n in range(looking.words))
        holds += [table.c.plain.like(word, escape="/") for word in words]
    if looking.keyed:
        holds.append(key < bindparam("before"))
    ids = select(key.label("hit_id")).where(*holds).order_by(key.desc())
    return ids.limit(bindparam("window")).cte("found")


def _literal(word: str) -> str:
    """The word for LIKE, where its own signs of any length stand for themselves."""
    return word.replace("/", "//").replace("%", "/%").replace("_", "/_")


def _hit(kind: str, row: Any, words: tuple[str, ...], where: Mapping[int, str]) -> Hit:
    title = getattr(row, "title", "") or row.number or ""
    around = ""
    for name in INDEXES[kind].fields:
        if name not in ("number", "title") and not around:
            around = excerpt(getattr(row, name) or "", words)
    return Hit(
        kind=kind,
        id=row.hit_id,
        number=row.number or "",
        title=marked(title, words),
        excerpt=marked(around, words),
        state=WORKFLOWS[kind].labels[row.state],
        place=row.compound or "",
        slug=where[row.community_id],
        on=local_day(row.at),
        issue=_issue(row) if kind == "meeting" else None,
    )


def _issue(row: Any) -> Text:
    return Text(
        N_("%(compound)s, meeting no. %(number)s of %(year)s"),
        {"compound": row.compound, "number": row.issue_no, "year": row.year},
    )
