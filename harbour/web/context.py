"""Community, actor, clock and place of this request: found once, before any view."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from harbour.domain.actors import Actor, Role
from harbour.domain.errors import Missing
from harbour.domain.settings import CommunitySettings
from harbour.extensions import login_manager
from harbour.forms.base import choices_of_sent, say
from harbour.forms.proposals import category_name
from harbour.queries import people
from harbour.services import unit_of_work
from harbour.tenancy import enter, leave
from harbour.web import frame
from harbour.web.access import audience_of
from harbour.web.frame import Reader, Ui
from harbour.web.i18n import LANGUAGES
from harbour.web.navigation import NavItem, navigation

SESSION_SECRET = "sid"  # noqa: S105 - the name of a cookie's entry
PASSWORD_PAGES = {
    "sign_in.change_password",
    "sign_in.sign_out",
    "static",
    "ui.elder",
    "ui.language",
}


def digest_of(secret: str) -> str:
    """What the sessions table keeps of a cookie's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_person() -> people.SignedIn | None:
    """The person of this request's session cookie, once per request."""
    if "person" not in g:
        g.person = None  # where the database is away, the page that says so asks no more
        secret = cookie.get(SESSION_SECRET)
        if secret:
            g.person = people.signed_in(digest_of(secret), g.now)
    return g.person  # type: ignore[no-any-return]


def _open(app: Flask, clock: Callable[[], datetime]) -> Callable[[], ResponseReturnValue | None]:
    def prepare() -> ResponseReturnValue | None:
        g.request_id = secrets.token_hex(8)
        g.now = clock()
        g.actor = None
        g.community = None
        g.place = None
        leave()
        g.reading_token = unit_of_work.reading.set(request.method in ("GET", "HEAD", "OPTIONS"))
        if request.endpoint is None or request.endpoint == "static":
            return None
        audience = audience_of(app, request.endpoint) or frozenset()
        person = find_person()
        if person is None:
            if Role.PUBLIC in audience:
                return None
            if request.method in ("GET", "HEAD"):
                return redirect(url_for("sign_in.show", next=request.full_path.rstrip("?")), 303)
            abort(401)
        slug = (request.view_args or {}).pop("community", None)
        _place(person, slug, audience)
        if person.must_change_password and request.endpoint not in PASSWORD_PAGES:
            return redirect(url_for("sign_in.change_password"), 303)
        return None

    return prepare


def _place(person: people.SignedIn, slug: str | None, audience: frozenset[Role]) -> None:
    """Settle who acts and where; what is not theirs does not exist for them."""
    place = person.place_for(slug)
    if slug is not None:
        here = person.community(slug)
        if here is None or place is None or here.id not in place.community_ids:
            raise Missing
        enter(here.id)
        g.community = here
        g.settings = CommunitySettings.overlaid(here.street_settings, here.settings)
    elif place is not None and place.community_ids:
        enter(*place.community_ids)
    g.place = place
    if place is None:
        if Role.PUBLIC not in audience and audience != frozenset(Role) - {Role.PUBLIC, Role.CLOCK}:
            abort(403)
        # Somebody without any place may still mind their own account, and nothing else.
        g.actor = Actor(person.user_id, person.name, Role.PUBLIC, request_id=g.request_id)
        return
    g.actor = people.actor(person, place, g.community.id if g.community else None, g.request_id)
    if Role.PUBLIC not in audience and place.role not in audience:
        abort(403)


def actor() -> Actor:
    """The actor of this request; 401 where nobody is signed in."""
    if g.actor is None:
        abort(401)
    return g.actor  # type: ignore[no-any-return]


def _close(error: BaseException | None) -> None:
    leave()
    token = g.pop("reading_token", None)
    if token is not None:
        unit_of_work.reading.set(False)


def _globals() -> dict[str, Any]:
    person = g.get("person")
    place = g.get("place")
    reader = None
    nav: tuple[NavItem, ...] = ()
    if person is not None:
        reader = Reader(
            person.name,
            place.role_label if place else "",
            place.label if place else "",
            len(person.places),
        )
        nav = navigation(place, g.get("community"), request.path, person.unread)
    elder = request.cookies.get("elder")
    chosen = elder == "1" if elder in ("0", "1") else bool(person and person.elder)
    ui = Ui(chosen, LANGUAGES.get(str(get_locale()), "zh-Hans"), request.full_path.rstrip("?"))
    return {
        "reader": reader,
        "nav": nav,
        "ui": ui,
        "frame": lambda: frame.around(reader, nav, ui),
        "csrf_token": generate_csrf,
        "request_id": g.get("request_id", "-"),
        "say": say,
        "community": g.get("community"),
        "now": g.get("now"),
    }


def _slug(endpoint: str, values: dict[str, Any]) -> None:
    """Give ``url_for`` the community of this request back."""
    here = g.get("community")
    wanted = current_app.url_map.is_endpoint_expecting(endpoint, "community")
    if here is not None and wanted and "community" not in values:
        values["community"] = here.slug


def init_app(app: Flask, clock: Callable[[], datetime]) -> None:
    """Hang the context on the application."""
    # Sessions are rows of our own: nothing in the cookie needs guarding against another device.
    login_manager.session_protection = None
    login_manager.init_app(app)
    login_manager.request_loader(lambda _request: find_person())
    app.before_request(_open(app, clock))
    app.teardown_request(_close)
    app.context_processor(_globals)
    app.jinja_env.globals["say"] = say  # macros, imported without context, speak too
    app.jinja_env.globals["choices_of_sent"] = choices_of_sent
    app.jinja_env.globals["category_name"] = category_name
    app.url_defaults(_slug)
    app.extensions["harbour_clock"] = clock
