"""Accounts and roles, for administrators."""

from typing import Any

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.actors import ROLE_LABELS, Role
from harbour.domain.errors import Missing, there
from harbour.domain.persons import spoken_phone
from harbour.domain.text import N_
from harbour.forms.accounts import GIVEN, EditPersonForm, EnrolForm, NewPersonForm, SoughtForm
from harbour.forms.base import HarbourForm
from harbour.forms.sign_in import e164
from harbour.forms.wording import option
from harbour.queries import accounts, places
from harbour.queries.accounts import Sought
from harbour.services import people
from harbour.services.people import At
from harbour.web.access import ADMINS, open_to
from harbour.web.acting import answer
from harbour.web.administering import (
    ASKED_AND_SENT,
    ONE_TIME,
    SHOWN_PHONE,
    fill,
    first_password,
    keeper,
    open_street,
    show_once,
    street_id,
    to_show,
)
from harbour.web.context import actor
from harbour.web.pressing import answered

bp = Blueprint("people", __name__, url_prefix="/admin/people")
bp.before_request(open_street)
ID = "<int(max=2147483647):user_id>"
ROLE_ID = "<int(max=2147483647):membership_id>"
EVERYWHERE = "installation"


@bp.get("")
@open_to(ADMINS)
def listing() -> ResponseReturnValue:
    """Every account of the street, by name; narrowed by what stands in the address."""
    form = SoughtForm(request.args)
    communities = [c for s in places.tree(street_id()) for c in s.communities]
    form.community.choices = [
        option("", N_("All communities")),
        *(option(c.id, c.name) for c in communities),
    ]
    words = (form.q.data or "")[:80]
    chosen = form.community.data or ""
    found = accounts.listing(
        street_id(),
        Sought(
            words=words,
            phone=e164(words),
            role=form.role.data if form.role.data in {str(r) for r in GIVEN} else "",
            community_id=next((c.id for c in communities if str(c.id) == chosen), None),
            state=form.state.data or "",
        ),
        after=request.args.get("after", ""),
        before=request.args.get("before", ""),
    )
    kept = {k: v for k, v in form.data.items() if v}
    pages = {
        "newer": found.before and url_for(".listing", before=found.before, **kept),
        "older": found.after and url_for(".listing", after=found.after, **kept),
    }
    return render_template(
        "admin/people/listing.html", form=form, lines=found.lines, pages=pages, narrowed=bool(kept)
    )


@bp.route("/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def create() -> ResponseReturnValue:
    """A new account with its first role; the role is chosen in the address."""
    role = _role()
    form = NewPersonForm()
    _offer_places(form, role)

    user, hashed = _prepared(form, str(form.username.data))

    def act() -> str:
        inputs = {**form.inputs(), "role": role, "at": _at(role, form.at.data)}
        made = people.create(actor(), inputs, password_hash=hashed, now=g.now)
        return url_for(".show", user_id=made)

    response = fill(
        form,
        act,
        N_("New account"),
        url_for(".listing"),
        N_("First choose the role, then say who it is."),
        template="admin/people/new.html",
        done=N_("The account has been made."),
        roles=_roles(".create"),
    )
    return _with_password(response, form, user)


def _prepared(form: HarbourForm, user: str) -> tuple[str, str]:
    """A one-time password and its hash, made before any transaction begins."""
    answered(form)  # the password is made from the key the act will have
    if not form.validate_on_submit():
        return "", ""
    password = first_password(str(form.key.data), user)
    accounts.let_go()
    return user, keeper().hashed(password)


def _with_password(response: Any, form: HarbourForm, user: str) -> ResponseReturnValue:
    """After the act: the next page shows the password once, made again from the form's key."""
    if getattr(response, "status_code", 0) == 303:
        show_once(ONE_TIME, response.location, key=str(form.key.data), user=user)
    return response  # type: ignore[no-any-return]


@bp.get(f"/{ID}")
@open_to(ADMINS)
def show(user_id: int) -> ResponseReturnValue:
    """One account: its roles, and what may be done with it."""
    return _account(user_id)


def _account(user_id: int) -> str:
    page = _found(user_id)
    address = url_for(".show", user_id=user_id)
    fresh = to_show(ONE_TIME, address)
    return render_template(
        "admin/people/show.html",
        page=page,
        bare=HarbourForm(formdata=None),
        password=first_password(fresh["key"], fresh["user"]) if fresh else None,
        phone=_spoken(user_id) if to_show(SHOWN_PHONE, address) else None,
        own=user_id == g.person.user_id,
        address=request.host_url.rstrip("/"),
    )


def _spoken(user_id: int) -> str:
    return spoken_phone(accounts.phone_of(street_id(), user_id) or "")


def _found(user_id: int) -> accounts.AccountPage:
    return there(accounts.account(street_id(), user_id))


@bp.route(f"/{ID}/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite(user_id: int) -> ResponseReturnValue:
    """Correct name, user name and phone."""
    page = _found(user_id)
    form = EditPersonForm(version=page.version, data={"name": page.name, "username": page.username})
    if not page.phone:
        del form.no_phone

    def act() -> None:
        inputs = form.inputs()
        if "no_phone" in form and form.no_phone.data:
            inputs["phone"] = None
        elif not inputs["phone"]:
            inputs["phone"] = accounts.phone_of(street_id(), user_id)
        people.rewrite(actor(), user_id, inputs, version=form.version.data or 0, now=g.now)

    return fill(
        form,
        act,
        N_("Correct the account"),
        url_for(".show", user_id=user_id),
        page.name,
        template="admin/people/edit.html",
    )


@bp.route(f"/{ID}/roles/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def enrol(user_id: int) -> ResponseReturnValue:
    """One more role for somebody who has an account."""
    page, role = _found(user_id), _role()
    form = EnrolForm()
    _offer_places(form, role)

    def act() -> None:
        inputs = {**form.inputs(), "role": role, "at": _at(role, form.at.data)}
        people.enrol(actor(), user_id, inputs, now=g.now)

    return fill(
        form,
        act,
        N_("Give a role"),
        url_for(".show", user_id=user_id),
        page.name,
        template="admin/people/enrol.html",
        done=N_("The role has been given."),
        roles=_roles(".enrol", user_id=user_id),
    )


@bp.post(f"/{ID}/roles/{ROLE_ID}/end")
@open_to(ADMINS)
def dismiss(user_id: int, membership_id: int) -> ResponseReturnValue:
    """End a role: the person's next page is without it."""

    def act() -> str:
        people.dismiss(actor(), user_id, membership_id, now=g.now)
        return url_for(".show", user_id=user_id)

    return answer(
        HarbourForm(), act, lambda: _account(user_id), done=N_("The role has been ended.")
    )


@bp.post(f"/{ID}/<any(disable, enable):action>")
@open_to(ADMINS)
def toggle(user_id: int, action: str) -> ResponseReturnValue:
    """Close an account, or open it again."""
    move = people.disable if action == "disable" else people.enable

    def act() -> str:
        move(actor(), user_id, now=g.now)
        return url_for(".show", user_id=user_id)

    return answer(HarbourForm(), act, lambda: _account(user_id))


@bp.post(f"/{ID}/reset-password")
@open_to(ADMINS)
def reset_password(user_id: int) -> ResponseReturnValue:
    """Give a one-time password in place of a forgotten one."""
    form = HarbourForm()
    user, hashed = _prepared(form, _found(user_id).username)

    def act() -> str:
        people.reset_password(actor(), user_id, password_hash=hashed, now=g.now)
        return url_for(".show", user_id=user_id)

    return _with_password(
        answer(form, act, lambda: _account(user_id), done=N_("There is a new password.")),
        form,
        user,
    )


@bp.post(f"/{ID}/phone")
@open_to(ADMINS)
def show_phone(user_id: int) -> ResponseReturnValue:
    """Look at a number in full: the ledger remembers who did."""
    address = url_for(".show", user_id=user_id)

    def act() -> str:
        people.show_phone(actor(), user_id, now=g.now)
        return address

    response = answer(HarbourForm(), act, lambda: _account(user_id), done=None)
    if getattr(response, "status_code", 0) == 303:
        show_once(SHOWN_PHONE, address)
    return response


def _role() -> Role:
    """The role chosen in the address; a representative where none is."""
    wanted = request.args.get("role", Role.RESIDENT_REP)
    if wanted not in GIVEN:
        raise Missing
    return Role(wanted)


def _roles(endpoint: str, **values: Any) -> list[tuple[str, str, bool]]:
    """The roles to choose from, as views of one form."""
    chosen = _role()
    return [
        (ROLE_LABELS[role], url_for(endpoint, role=role, **values), role is chosen)
        for role in GIVEN
    ]


def _offer_places(form: Any, role: Role) -> None:
    """The places where this role is held, of the administrator's own."""
    streets = places.tree(street_id())
    if role is Role.ADMIN:
        offered = [option(s.id, s.name) for s in streets]
        if street_id() is None:
            offered.insert(0, option(EVERYWHERE, N_("Whole installation")))
    elif role is Role.STREET_SUPERVISOR:
        offered = [option(s.id, s.name) for s in streets]
    elif role is Role.FIRM_MANAGER:
        offered = [option(f.id, f.short_name, f.street) for f in places.firms(street_id())]
    elif role is Role.RESIDENT_REP:
        offered = [
            option(k.id, k.name, c.name)
            for s in streets for c in s.communities for k in c.compounds
        ]  # fmt: skip
    else:
        offered = [option(c.id, c.name, s.name) for s in streets for c in s.communities]
    form.at.choices = [option("", N_("Please choose")), *offered]
    if role is not Role.RESIDENT_REP:
        del form.owners_committee


def _at(role: Role, value: str) -> At:
    """The chosen place; the form has checked that it was offered."""
    if value == EVERYWHERE:
        return At()
    place = int(value)
    if role in (Role.ADMIN, Role.STREET_SUPERVISOR):
        return At(street_id=place)
    if role is Role.FIRM_MANAGER:
        return At(firm_id=place)
    return At(compound_id=place) if role is Role.RESIDENT_REP else At(community_id=place)
