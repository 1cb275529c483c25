"""Parts of pages that are the same for every reader, drawn once and kept for the next."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from markupsafe import Markup

from harbour.queries import calendar

MOST = 200

_drawn: "OrderedDict[Hashable, Markup]" = OrderedDict()
_lock = Lock()


def kept(key: Hashable, draw: Callable[[], str]) -> Markup:
    """What ``draw`` returned for this key, or returns now; the least lately asked for go first.

    The key must name everything the words depend on: the seal of the thing's last ledger line,
    which stands for all that was written before it, and the language. What depends on the reader
    is never kept. Dates say what the working calendar makes of them: its edition is added here.
    """
    key = (calendar.edition(), key)
    with _lock:
        found = _drawn.get(key)
        if found is not None:
            _drawn.move_to_end(key)
            return found
    made = Markup(draw())  # noqa: S704 - a template's own output, escaped by it
    with _lock:
        _drawn[key] = made
        while len(_drawn) > MOST:
            _drawn.popitem(last=False)
    return made
