"""What the administrator's pages share: the scope of their street, and one-time passwords."""

from flask import current_app, g
from flask import session as cookie

from harbour.adapters.passwords import Passwords, one_time, passwords
from harbour.domain.actors import Role
from harbour.queries import places
from harbour.tenancy import enter

ONE_TIME = "one_time"
SHOWN_PHONE = "shown_phone"


def open_street() -> None:
    """Open the communities of the administrator's street (of all, for the installation's)."""
    if g.get("place") is not None and g.place.role is Role.ADMIN:
        enter(*places.community_ids(g.place.street_id), installation=True)


def street_id() -> int | None:
    """The street the administrator is bound to, or none."""
    return g.place.street_id  # type: ignore[no-any-return]


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
