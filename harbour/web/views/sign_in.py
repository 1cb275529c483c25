"""The door: signing in and out, and changing one's password."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import (
    Blueprint,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from harbour.domain.passwords import objection
from harbour.domain.text import N_, Text
from harbour.forms.base import say
from harbour.forms.sign_in import ChangePasswordForm, SignInForm, e164, plain_username
from harbour.queries import accounts
from harbour.services import people, sessions
from harbour.services.sessions import Device, Tries
from harbour.web.access import ANYONE, SIGNED_IN, open_to
from harbour.web.acting import answer, inside
from harbour.web.administering import keeper
from harbour.web.context import SESSION_SECRET, actor, digest_of
from harbour.web.devices import device_words
from harbour.web.pressing import answered

bp = Blueprint("sign_in", __name__)
YEAR = 31_536_000
MOST_KNOWN = 20
CHANGED = N_("Your password has been changed. All your other devices have been signed out.")
NO_MATCH = N_("The user name or phone number and the password do not belong together.")
DISABLED = N_("This account has been closed. Please ask the community office.")


@dataclass(frozen=True)
class Known:
    """A device people have signed in on: its own guesses are counted apart from strangers'."""

    name: str
    users: tuple[int, ...]


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to(ANYONE)
def show() -> ResponseReturnValue:
    """Ask for user name or phone and password; whoever is signed in goes on."""
    form = SignInForm()
    if request.method == "GET":
        form.next.data = inside(request.args.get("next"), "/")
    onward = inside(form.next.data, "/")
    if g.person is not None:
        return redirect(onward, 303)
    if request.method == "GET":
        return _page(form)
    if not form.validate_on_submit():
        return _page(form), 422
    return _knock(form, onward)


def _knock(form: SignInForm, onward: str) -> ResponseReturnValue:
    """Count the try, look at the password, begin a session: in this order."""
    typed = str(form.account.data)
    phone = e164(typed)
    found = accounts.credentials(plain_username(typed), phone)
    known = _known()
    user_id = found.user_id if found else None
    tries = _tries(phone or plain_username(typed), known if user_id in known.users else None)
    wait = sessions.admit(tries, g.now)
    if wait:
        return _too_soon(_page(form, _wait_words(wait)), wait)
    right = keeper().match(found.password_hash if found else None, str(form.password.data))
    if not right or found is None:
        return _page(form, Text(NO_MATCH)), 422
    if found.disabled:
        return _page(form, Text(DISABLED)), 422
    fresh = None
    if keeper().outdated(found.password_hash):
        fresh = keeper().hashed(str(form.password.data))
    secret = secrets.token_urlsafe(32)
    device = Device(digest_of(secret), device_words(request.user_agent.string), g.request_id)
    sessions.begin(found.user_id, device, tries, now=g.now, fresh_hash=fresh)
    cookie.clear()
    cookie.permanent = True
    cookie[SESSION_SECRET] = secret
    return _remember(redirect(onward, 303), known, found.user_id)


def _page(form: SignInForm, problem: Text | None = None) -> str:
    return render_template("sign_in/show.html", form=form, problem=problem)


def _too_soon(body: str, wait: timedelta) -> Response:
    refusal = make_response(body, 429)
    refusal.headers["Retry-After"] = str(_seconds(wait))
    return refusal


def _seconds(wait: timedelta) -> int:
    return max(1, -(-wait // timedelta(seconds=1)))


def _wait_words(wait: timedelta) -> Text:
    seconds = _seconds(wait)
    if seconds <= 90:
        return Text(
            N_("Too many tries. Please wait %(seconds)d seconds, then try again."),
            {"seconds": seconds},
        )
    return Text(
        N_("Too many tries. Please wait %(minutes)d minutes, then try again."),
        {"minutes": -(-seconds // 60)},
    )


def _tries(account: str, known: Known | None) -> Sequence[Tries]:
    """Whose failures count together: this account on this device, or among all strange ones.

    Never all accounts behind one address: two hundred neighbours may share it.
    """
    if known is not None:
        return (Tries(_mark("device", known.name, account)),)
    return (
        Tries(_mark("address", request.remote_addr or "", account)),
        Tries(_mark("anywhere", account), everywhere=True),
    )


def _mark(*parts: str) -> str:
    """A digest: people also type their password where the name belongs."""
    secret = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(secret, "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="device")


def _cookie_name() -> str:
    return "__Host-device" if current_app.config["SESSION_COOKIE_SECURE"] else "device"


def _known() -> Known:
    try:
        name, users = _signer().loads(request.cookies.get(_cookie_name(), ""))
        return Known(str(name), tuple(int(user) for user in users))
    except (BadSignature, TypeError, ValueError):
        return Known(secrets.token_hex(16), ())


def _remember(response: Response, known: Known, user_id: int) -> Response:
    users = [user_id, *(user for user in known.users if user != user_id)][:MOST_KNOWN]
    response.set_cookie(
        _cookie_name(),
        _signer().dumps([known.name, users]),
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


@bp.post("/sign-out")
@open_to(ANYONE)
def sign_out() -> ResponseReturnValue:
    """End this session; the cookie forgets everything."""
    if g.person is not None:
        sessions.end(actor(), g.person.session_id, now=g.now)
    cookie.clear()
    return redirect(url_for("sign_in.show"), 303)


@bp.route("/me/password", methods=["GET", "POST"])
@open_to(SIGNED_IN)
def change_password() -> ResponseReturnValue:
    """Change one's password; at the first sign-in there is no way round it."""
    form = ChangePasswordForm()
    if g.person.must_change_password:
        del form.current
    if request.method == "GET":
        return _password_page(form)
    # A second tap comes after the password was changed, and must not be told that it is wrong.
    before = answered(form)
    if before:
        return redirect(before, 303)
    return _change(form) if form.validate_on_submit() else (_password_page(form), 422)


def _password_page(form: ChangePasswordForm, problem: Text | None = None) -> str:
    return render_template(
        "sign_in/password.html", form=form, first="current" not in form, problem=problem
    )


def _change(form: ChangePasswordForm) -> ResponseReturnValue:
    refusal = _look_at(form)
    if isinstance(refusal, timedelta):
        return _too_soon(_password_page(form, _wait_words(refusal)), refusal)
    if refusal:
        return _password_page(form), 422
    fresh = keeper().hashed(str(form.fresh.data))

    def act() -> str:
        people.change_password(actor(), g.person.session_id, password_hash=fresh, now=g.now)
        return "/"

    return answer(form, act, lambda: _password_page(form), done=CHANGED)


def _look_at(form: ChangePasswordForm) -> bool | timedelta:
    """Whether something is wrong (said beside the fields), or how long to wait; no transaction."""
    own = accounts.credentials_of(g.person.user_id)
    if own is None:
        return True
    if "current" in form:
        tries = (Tries(_mark("present", str(g.person.session_id))),)
        wait = sessions.admit(tries, g.now)
        if wait:
            return wait
        if not keeper().match(own.password_hash, str(form.current.data)):
            return _blame(form, "current", N_("This is not your present password."))
        sessions.forgive(tries, g.now)
    if form.fresh.data != form.again.data:
        return _blame(form, "again", N_("The two new passwords differ. Type both once more."))
    fault = objection(str(form.fresh.data), own.username, own.phone)
    if fault is None and keeper().match(own.password_hash, str(form.fresh.data)):
        fault = Text(N_("This is the old password. Choose another."))
    return fault is not None and _blame(form, "fresh", fault)


def _blame(form: ChangePasswordForm, name: str, fault: Text | str) -> bool:
    form[name].errors = [say(fault)]
    return True
