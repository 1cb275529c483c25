"""How templates are loaded."""

from collections.abc import MutableMapping
from typing import Any

from flask.templating import Environment as FlaskEnvironment


class Environment(FlaskEnvironment):
    """Flask's, for templates that all share one set of globals."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """The shared globals themselves, where a template brings none of its own.

        A chain of mappings, as the library makes for each, is compared name by name at every
        import of a macro: a page has a dozen.
        """
        return self.globals if d is None else super().make_globals(d)
