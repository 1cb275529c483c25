"""What every acting view does: check the form, act once, answer 303; else the page again, 422."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import flash, g, redirect, request
from flask.typing import ResponseReturnValue

from harbour.domain.errors import Denied, Invalid, Refused
from harbour.domain.text import N_
from harbour.domain.workflow import Offer, Transition
from harbour.forms.base import HarbourForm
from harbour.services.unit_of_work import once
from harbour.web import photos, pressing
from harbour.web.context import actor

DONE = N_("Done. It has been recorded.")
NOT_NOW = N_("This is not possible now.")


def answer(
    form: HarbourForm,
    act: Callable[[], str],
    shown: Callable[[], ResponseReturnValue],
    done: str | None = DONE,
    kept: int = 0,
    may: Callable[[], None] | None = None,
) -> ResponseReturnValue:
    """Validate ``form``, run ``act`` once for what was sent, and go to the address it returns.

    ``shown`` draws the page again with what was typed and the errors beside the fields.
    ``done`` is the message on the next page. Domain errors pass on to web/errors.py. Uploaded
    photos are stored first (web/photos.py); the thing itself has ``kept`` photos already. So
    a form that takes uploads says by ``may`` whose act it is, which raises Missing or Denied:
    nothing is kept for those whose act it never is.
    """
    href = pressing.answered(form)
    if href is None:
        if form.has_files:
            _asked(may)
        photos.stage(form, kept)
        if not form.validate_on_submit():
            return shown(), 422  # type: ignore[return-value]
        try:
            href = _first(form, act)
        except Invalid as error:
            form.blame(error)
            return shown(), 422  # type: ignore[return-value]
    if done and request.headers.get("X-Requested-With") != "fetch":
        flash(done, "good")
    return redirect(href, 303)


def _asked(may: Callable[[], None] | None) -> None:
    if may is None:
        raise TypeError("A form that takes uploads must say whose act it is.")
    may()


def _first(form: HarbourForm, act: Callable[[], str]) -> str:
    """Act, unless an equal form that came at the same moment has; where it leads."""
    given = once(actor(), form.key.data, g.now, lambda: {"href": act()}, pressing.content())
    return str(given["href"])


def demand(offers: Iterable[Offer], row: Transition[Any]) -> None:
    """Raise as the act itself would, before a page asks for what it needs.

    Denied where it is never the reader's role's, Refused where it is not open to them now.
    """
    offer = next((one for one in offers if one.name == row.name), None)
    if offer is None:
        raise Refused(NOT_NOW) if actor().role in row.by else Denied
    if offer.refusal is not None:
        raise Refused(offer.refusal)


def inside(target: str | None, otherwise: str) -> str:
    """An address to go back to that never leaves the site."""
    if (
        target
        and target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not any(ord(c) < 32 for c in target)
    ):
        return target
    return otherwise
