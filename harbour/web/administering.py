"""What the administrator's pages share: their street's scope, pages of one form, passwords."""

from collections.abc import Callable
from typing import Any

from flask import current_app, g, render_template, request
from flask import session as cookie
from flask.typing import ResponseReturnValue

from harbour.adapters.passwords import Passwords, one_time, passwords
from harbour.domain.actors import Role
from harbour.domain.text import Text
from harbour.forms.base import HarbourForm
from harbour.queries import places
from harbour.tenancy import enter
from harbour.web.acting import DONE, answer
from harbour.web.context import actor

ANY = "int(max=2147483647)"
ASKED_AND_SENT = ("GET", "POST")
ONE_TIME = "one_time"
SHOWN_PHONE = "shown_phone"


def open_street() -> None:
    """Open the communities of the administrator's street (of all, for the installation's)."""
    if g.get("place") is not None and g.place.role is Role.ADMIN:
        enter(*places.community_ids(g.place.street_id), installation=True)


def street_id() -> int | None:
    """The street the administrator is bound to, or none."""
    return g.place.street_id  # type: ignore[no-any-return]


def fill(
    form: HarbourForm,
    act: Callable[[], str | None],
    title: str | Text,
    back: str,
    about: str | None = None,
    *,
    template: str = "admin/fill.html",
    done: str | None = DONE,
    **more: Any,
) -> ResponseReturnValue:
    """A page of one form: drawn when asked for; when sent, checked, acted upon and left.

    ``act`` returns the address to go on to, or None: then it leads to ``back``.
    """

    def shown() -> str:
        return render_template(template, form=form, title=title, back=back, about=about, **more)

    if request.method == "GET":
        return shown()
    return answer(form, lambda: act() or back, shown, done)


def made(command: Callable[..., int], *within: int, form: HarbourForm) -> int:
    """Run a command that makes a thing of what was typed; the new thing's id."""
    return command(actor(), *within, form.inputs(), now=g.now)


def corrected(command: Callable[..., None], *which: int, form: HarbourForm) -> None:
    """Run a command that changes a thing into what was typed, unless somebody did meanwhile."""
    command(actor(), *which, form.inputs(), version=form.version.data or 0, now=g.now)


def keeper() -> Passwords:
    """What hashes and checks passwords, with the installation's settings."""
    return passwords(current_app.config["PASSWORD_HASH"])


def first_password(key: str, user: str) -> str:
    """The one-time password that belongs to a form's key and a person."""
    return one_time(current_app.config["SECRET_KEY"], key, user)


def show_once(name: str, address: str, **more: str) -> None:
    """Let the next page of this address show something, once; the cookie holds no secret."""
    cookie[name] = {"address": address, **more}


def to_show(name: str, address: str) -> dict[str, str] | None:
    """What is to be shown on this page now, and then no more."""
    kept = cookie.get(name)
    if not isinstance(kept, dict) or kept.get("address") != address:
        return None
    del cookie[name]
    return kept
