"""The census of addresses: read from the URL map, never kept by hand."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import Rule

from harbour.domain.actors import Role
from harbour.web.access import audience_of


@dataclass(frozen=True)
class Endpoint:
    """One rule of the URL map with one of its methods."""

    name: str
    method: str
    rule: Rule
    audience: frozenset[Role]

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"

    @property
    def arguments(self) -> frozenset[str]:
        return frozenset(self.rule.arguments)


def endpoints(app: Flask, *methods: str) -> tuple[Endpoint, ...]:
    """Every rule with each of these methods, in a settled order."""
    return tuple(sorted(_endpoints(app, methods), key=str))


def _endpoints(app: Flask, methods: tuple[str, ...]) -> Iterator[Endpoint]:
    for rule in app.url_map.iter_rules():
        for method in methods:
            if method in (rule.methods or ()):
                audience = audience_of(app, rule.endpoint) or frozenset()
                yield Endpoint(rule.endpoint, method, rule, audience)


def plain_addresses(app: Flask, *, community: str) -> tuple[str, ...]:
    """The addresses of pages that ask for nothing but the community."""
    return tuple(
        address(app, one, {"community": community})
        for one in endpoints(app, "GET")
        if one.arguments <= {"community"}
    )


def address(app: Flask, endpoint: Endpoint, values: dict[str, object]) -> str:
    """The path of an endpoint for these values."""
    wanted = {name: values[name] for name in endpoint.arguments}
    return app.url_map.bind("localhost").build(endpoint.name, wanted, method=endpoint.method)
