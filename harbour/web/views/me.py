"""Who I am: my places, my devices, how I want pages drawn."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.actors import Role
from harbour.domain.persons import spoken_phone
from harbour.domain.text import N_, Text
from harbour.forms.accounts import PreferenceForm
from harbour.forms.base import HarbourForm
from harbour.queries import accounts
from harbour.services import people, sessions
from harbour.web.access import SIGNED_IN, open_to
from harbour.web.acting import answer, inside
from harbour.web.context import actor
from harbour.web.devices import device_name
from harbour.web.i18n import COOKIE, LANGUAGES

bp = Blueprint("me", __name__, url_prefix="/me")
YEAR = 31_536_000
ID = "<int(max=2147483647):session_id>"


@dataclass(frozen=True)
class DeviceView:
    """One of my devices, as the page names it."""

    id: int
    name: Text
    begun_at: datetime
    current: bool


@bp.get("")
@open_to(SIGNED_IN)
def show() -> ResponseReturnValue:
    """My account on one page."""
    return _shown(PreferenceForm(data=_preferences()))


def _preferences() -> dict[str, object]:
    language = request.cookies.get(COOKIE) or g.person.language
    elder = request.cookies.get("elder")
    return {
        "language": language if language in LANGUAGES else "zh_Hans_CN",
        "elder": elder == "1" if elder in ("0", "1") else bool(g.person.elder),
    }


def _shown(form: HarbourForm) -> ResponseReturnValue:
    person = g.person
    lines = accounts.devices(person.user_id, person.session_id, g.now)
    return render_template(
        "me/show.html",
        form=form,
        bare=HarbourForm(formdata=None),
        person=person,
        robots=_robots(),
        phone=spoken_phone(accounts.own_phone(person.user_id) or ""),
        devices=[
            DeviceView(one.session_id, device_name(one.words), one.begun_at, one.current)
            for one in lines
        ],
    )


def _robots() -> str | None:
    """Where a secretary sets up the group's robots."""
    if g.place is None or g.place.role is not Role.SECRETARY or not g.place.slugs:
        return None
    return url_for("robots.listing", community=g.place.slugs[0])


@bp.post("/preferences")
@open_to(SIGNED_IN)
def prefer() -> ResponseReturnValue:
    """Keep language and print size with the account, and show this device at once."""
    form = PreferenceForm()

    def act() -> str:
        people.prefer(actor(), str(form.language.data), elder=bool(form.elder.data), now=g.now)
        return url_for(".show")

    response = make_response(answer(form, act, lambda: _shown(form)))
    if response.status_code == 303:
        for name, value in (
            (COOKIE, str(form.language.data)),
            ("elder", "1" if form.elder.data else "0"),
        ):
            response.set_cookie(
                name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=request.is_secure
            )
    return response


@bp.post(f"/devices/{ID}/end")
@open_to(SIGNED_IN)
def end_device(session_id: int) -> ResponseReturnValue:
    """Sign one of my devices out."""
    form = HarbourForm()

    def act() -> str:
        sessions.end(actor(), session_id, now=g.now)
        return url_for(".show")

    return answer(form, act, lambda: _shown(form), done=N_("That device has been signed out."))


@bp.post("/devices/end-others")
@open_to(SIGNED_IN)
def end_others() -> ResponseReturnValue:
    """Sign all my other devices out."""
    form = HarbourForm()

    def act() -> str:
        sessions.end_others(actor(), g.person.session_id, now=g.now)
        return url_for(".show")

    return answer(
        form, act, lambda: _shown(form), done=N_("All your other devices have been signed out.")
    )


@bp.get("/places")
@open_to(SIGNED_IN)
def places() -> ResponseReturnValue:
    """The places where I hold a role, to act at another one."""
    return render_template("me/places.html", places=g.person.places, here=g.place)


@bp.post("/places")
@open_to(SIGNED_IN)
def choose_place() -> ResponseReturnValue:
    """Act at this place from now on, on this device."""
    chosen = request.form.get("place", "")
    wanted = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else 0
    sessions.choose_place(actor(), g.person.session_id, wanted)
    return redirect(inside(request.form.get("next"), "/"), 303)
