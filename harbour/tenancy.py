"""The one place communities are kept apart.

Every ORM statement is narrowed to the communities in scope; without a scope it raises. A
Core statement on an owned table is refused, and so is a row of a community out of scope.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ClauseElement,
    Integer,
    Result,
    Table,
    event,
    literal_column,
    or_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import (
    LoaderCriteriaOption,
    ORMExecuteState,
    Session,
    UOWTransaction,
    scoped_session,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from harbour.extensions import Model
from harbour.models.base import CommunityOwned, CommunityScoped


class mostly(FunctionElement[bool]):  # noqa: N801 - stands in a statement like a function
    """A condition most rows meet: an index is better chosen by something else, if there is any.

    SQLite, which keeps no statistics unless told to, would take any equality for a narrow one, and
    walk all of a community's rows to find the two of one parent.
    """

    type = Boolean()
    inherit_cache = True
    name = "mostly"

    def self_group(self, against: object = None) -> "mostly":
        """Itself: "= 1" behind it would hide the index from SQLite."""
        return self


@compiles(mostly, "sqlite")
def _likelihood(element: mostly, compiler: SQLCompiler, **kw: Any) -> str:
    return f"likelihood({compiler.process(element.clauses, **kw)}, 0.9)"


@compiles(mostly)
def _itself(element: mostly, compiler: SQLCompiler, **kw: Any) -> str:
    # In brackets: an OR inside must not loosen the conditions beside it.
    return f"({compiler.process(element.clauses, **kw)})"


class Unscoped(RuntimeError):
    """A statement touches a community's things and nobody said which community's."""


class OutOfScope(RuntimeError):
    """A row of another community was about to be written."""


@dataclass(frozen=True)
class Scope:
    """The communities whose things may be touched; ``installation`` adds lines of none."""

    communities: frozenset[int]
    installation: bool = False


# Who somebody is must be known before any scope can be: only queries/people.py asks like this,
# and only from a person's own memberships and their firm's contracts.
BEFORE_ANY_SCOPE = {"before_any_scope": True}

_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


@contextmanager
def scoped_to(*communities: int, installation: bool = False) -> Iterator[None]:
    """Open the things of these communities, and of no other, until the block ends."""
    token = _scope.set(Scope(frozenset(communities), installation))
    try:
        yield
    finally:
        _scope.reset(token)


def enter(*communities: int, installation: bool = False) -> None:
    """Open a scope for the rest of this request; ``leave`` ends it."""
    _scope.set(Scope(frozenset(communities), installation))


def leave() -> None:
    """Close whatever scope the request had."""
    _scope.set(None)


def in_scope() -> frozenset[int]:
    """The communities in scope; Unscoped where none is open."""
    scope = _scope.get()
    if scope is None:
        raise Unscoped
    return scope.communities


def _owned_tables() -> frozenset[Table]:
    return frozenset(
        mapper.local_table
        for mapper in Model.registry.mappers
        if issubclass(mapper.class_, CommunityScoped) and isinstance(mapper.local_table, Table)
    )


_tables: frozenset[Table] = frozenset()


def _touches(statement: Any) -> bool:
    """Whether a statement names an owned table."""
    global _tables  # noqa: PLW0603 - filled once, when every model is known
    if not _tables:
        _tables = _owned_tables()
    if not isinstance(statement, ClauseElement):
        return False
    return any(isinstance(part, Table) and part in _tables for part in visitors.iterate(statement))


def narrow(state: ORMExecuteState) -> Result[Any] | None:
    """Add the scope to a statement, or refuse it.

    What is built once asks for columns alone: it is sent here and now, past all that the session
    does to turn rows into things.
    """
    if state.is_column_load or state.execution_options.get("before_any_scope"):
        return None
    scope = _scope.get()
    if scope is None or not state.is_orm_statement:
        if _touches(state.statement):
            raise Unscoped(str(state.statement))
        return None
    if state.is_relationship_load or state.is_insert:
        return None  # the options of the statement that loaded the parent travel along
    if state.execution_options.get("built_once"):
        return _sent(state.session, _narrowed(state.statement, scope), state.parameters)
    state.statement = state.statement.options(*_criteria(scope))
    return None


def _sent(session: Session, statement: Any, values: Any) -> Result[Any]:
    if session.autoflush and (session.new or session.dirty or session.deleted):
        session.flush()
    return session.connection().execute(statement, values)


@lru_cache(maxsize=1024)
def _narrowed(statement: Any, scope: Scope) -> Any:
    """A statement that is built once, narrowed once per scope: compiled forms are found by it.

    It has the community's number in its text: one parameter a table, all of them equal, would
    cost more each time than the statement itself.
    """
    if len(scope.communities) == 1 and not scope.installation:
        here = literal_column(str(next(iter(scope.communities))), Integer)
        return statement.options(
            with_loader_criteria(
                CommunityScoped, lambda cls: mostly(cls.community_id == here), include_aliases=True
            )
        )
    return statement.options(*_criteria(scope))


@lru_cache(maxsize=4096)
def _criteria(scope: Scope) -> tuple[LoaderCriteriaOption, ...]:
    """What narrows a statement to a scope; made once per scope, not once per statement."""
    ids = sorted(scope.communities)
    if scope.installation:
        return (
            with_loader_criteria(
                CommunityOwned, lambda cls: mostly(cls.community_id.in_(ids)), include_aliases=True
            ),
            with_loader_criteria(
                CommunityScoped,
                lambda cls: mostly(or_(cls.community_id.in_(ids), cls.community_id.is_(None))),
                include_aliases=True,
            ),
        )
    if len(ids) == 1:
        only = ids[0]
        return (
            with_loader_criteria(
                CommunityScoped, lambda cls: mostly(cls.community_id == only), include_aliases=True
            ),
        )
    return (
        with_loader_criteria(
            CommunityScoped, lambda cls: mostly(cls.community_id.in_(ids)), include_aliases=True
        ),
    )


def guard_flush(session: Session, context: UOWTransaction, instances: object) -> None:
    """Refuse to write a row of a community out of scope."""
    for thing in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(thing, CommunityScoped):
            continue
        scope = _scope.get()
        if scope is None:
            raise Unscoped(type(thing).__name__)
        owner = thing.community_id
        if owner is None and scope.installation and not isinstance(thing, CommunityOwned):
            continue
        if owner not in scope.communities:
            raise OutOfScope(f"{type(thing).__name__} of community {owner}")


def watch(session: scoped_session[Any]) -> None:
    """Set the two listeners on the application's session, once."""
    if not event.contains(session, "do_orm_execute", narrow):
        event.listen(session, "do_orm_execute", narrow)
        event.listen(session, "before_flush", guard_flush)
