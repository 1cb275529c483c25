"""The search box: words, titles and numbers, in one community or in all of one's own."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.searching import LONGEST_QUERY
from harbour.queries import search
from harbour.web.access import MEMBERS, open_to
from harbour.web.addresses import thread
from harbour.web.context import actor
from harbour.web.search_rows import rows

bp = Blueprint("search", __name__)


@bp.get("/c/<community>/search")
@open_to(MEMBERS)
def here() -> ResponseReturnValue:
    """Search one community."""
    return _found((g.community.id,))


@bp.get("/search")
@open_to(MEMBERS)
def everywhere() -> ResponseReturnValue:
    """Search all the communities of one's place."""
    return _found(g.place.community_ids if g.place else ())


def _found(communities: tuple[int, ...]) -> ResponseReturnValue:
    words = request.args.get("q", "").replace("\x00", "").strip()[:LONGEST_QUERY]
    kind = request.args.get("kind", "")
    exact = search.thread_of(actor(), words, communities) if words and not kind else None
    if exact is not None:
        return redirect(thread(exact.slug, exact.number), 303)
    kinds = search.kinds_for(actor())
    if kind in kinds:
        before = request.args.get("before", type=int)
        groups = [search.older(actor(), words, communities, kind, before)]
    else:
        kind, groups = "", list(search.some_of_each(actor(), words, communities))
    return render_template(
        "search/found.html",
        words=words,
        kind=kind,
        groups=groups,
        labels=[(one, search.KIND_LABELS[one]) for one in kinds],
        here=url_for(str(request.endpoint)),
        wide=len(communities) > 1,
        drawn=rows,
    )
