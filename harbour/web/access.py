"""Who may knock at which endpoint; one that has not said stops the start."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask

from harbour.domain.actors import READERS, STAFF, Role

F = TypeVar("F", bound=Callable[..., Any])

ANYONE = frozenset(Role)
SIGNED_IN = frozenset(Role) - {Role.PUBLIC, Role.CLOCK}
MEMBERS = frozenset(READERS)
OFFICE = frozenset(STAFF)
FIRMS = frozenset({Role.FIRM_MANAGER})
STREET = frozenset({Role.STREET_SUPERVISOR})
ADMINS = frozenset({Role.ADMIN})


class SilentEndpoint(RuntimeError):
    """An endpoint does not say whom it is open to."""


def open_to(*audiences: frozenset[Role]) -> Callable[[F], F]:
    """State an endpoint's audience: the gate of the building; the table locks each door."""

    def marked(view: F) -> F:
        view.audience = frozenset().union(*audiences)  # type: ignore[attr-defined]
        return view

    return marked


def audience_of(app: Flask, endpoint: str) -> frozenset[Role] | None:
    """The stated audience of an endpoint, or None."""
    found = getattr(app.view_functions[endpoint], "audience", None)
    return frozenset(found) if found is not None else None


def demand_audiences(app: Flask) -> None:
    """Raise SilentEndpoint if any endpoint of the URL map has not said."""
    silent = sorted(
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if audience_of(app, rule.endpoint) is None
    )
    if silent:
        raise SilentEndpoint(", ".join(silent))
