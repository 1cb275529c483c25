"""The numbers a street and its communities work by: read by the office, set by administrators."""

from collections.abc import Callable

from flask import Blueprint, g, render_template, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.deadlines import LEVEL_WORDS
from harbour.domain.errors import Missing, there
from harbour.domain.setting_words import (
    BY_KEY,
    GROUPS,
    SOURCE_WORDS,
    WORDS,
    Group,
    label,
    level_of,
    said,
)
from harbour.forms.base import HarbourForm
from harbour.forms.settings import SettingsForm, form_of
from harbour.queries import settings as queries
from harbour.queries.settings import SettingsPage
from harbour.services import settings as services
from harbour.web.access import ADMINS, OFFICE, STREET, open_to
from harbour.web.acting import answer
from harbour.web.administering import ANY, ASKED_AND_SENT, fill, open_street, street_id
from harbour.web.context import actor
from harbour.web.pressing import bare_form

bp = Blueprint("settings", __name__)
bp.before_request(open_street)
OF_STREET = f"/admin/settings/streets/<{ANY}:wanted>"
OF_COMMUNITY = f"/admin/settings/communities/<{ANY}:wanted>"
# What the pages draw a setting with.
WITH = {
    "groups": GROUPS, "label": label, "said": said, "sources": SOURCE_WORDS, "level_of": level_of,
    "words": WORDS,
}  # fmt: skip


@bp.get("/admin/settings")
@open_to(ADMINS)
def listing() -> ResponseReturnValue:
    """Every street with its communities."""
    return render_template("settings/listing.html", streets=queries.tree(street_id()))


@bp.get("/c/<community>/settings")
@open_to(OFFICE, STREET)
def show() -> ResponseReturnValue:
    """A community's numbers, for those who work by them."""
    page = there(queries.of_community(g.community.id))
    return render_template("settings/show.html", page=page, edit=None, form=None, **WITH)


@bp.get(OF_STREET)
@open_to(ADMINS)
def street(wanted: int) -> ResponseReturnValue:
    """A street's defaults."""
    return _drawn(_street(wanted))


@bp.get(OF_COMMUNITY)
@open_to(ADMINS)
def community(wanted: int) -> ResponseReturnValue:
    """A community's numbers."""
    return _drawn(_community(wanted))


@bp.route(f"{OF_STREET}/<group>", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def edit_street(wanted: int, group: str) -> ResponseReturnValue:
    """Change one group of a street's defaults."""
    return _edited(_street(wanted), _group(group))


@bp.route(f"{OF_COMMUNITY}/<group>", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def edit_community(wanted: int, group: str) -> ResponseReturnValue:
    """Change one group of a community's numbers."""
    return _edited(_community(wanted), _group(group))


@bp.post(f"{OF_STREET}/reset/<name>")
@open_to(ADMINS)
def reset_street(wanted: int, name: str) -> ResponseReturnValue:
    """Let the product's default count again."""
    return _reset(_street(wanted), name)


@bp.post(f"{OF_COMMUNITY}/reset/<name>")
@open_to(ADMINS)
def reset_community(wanted: int, name: str) -> ResponseReturnValue:
    """Let the street's default count again."""
    return _reset(_community(wanted), name)


def _street(wanted: int) -> SettingsPage:
    return there(queries.of_street(wanted, street_id()))


def _community(wanted: int) -> SettingsPage:
    return there(queries.of_community(wanted, street_id()))


def _group(key: str) -> Group:
    return there(BY_KEY.get(key))


def _drawn(page: SettingsPage) -> str:
    return render_template(
        "settings/show.html", page=page, edit=_address(page, "edit"),
        reset=_address(page, "reset"), form=bare_form, **WITH,
    )  # fmt: skip


def _address(page: SettingsPage, act: str) -> Callable[..., str]:
    """The addresses of an act on a street's or a community's settings."""
    endpoint = f".{act}_{'community' if page.is_community else 'street'}"
    return lambda **more: url_for(endpoint, wanted=page.id, **more)


def _home(page: SettingsPage) -> str:
    return url_for(".community" if page.is_community else ".street", wanted=page.id)


def _change(page: SettingsPage, values: dict[str, object], version: int | None) -> str:
    command = services.change_community if page.is_community else services.change_street
    command(actor(), page.id, values, version=version, now=g.now)
    return _home(page)


def _edited(page: SettingsPage, group: Group) -> ResponseReturnValue:
    form: SettingsForm = form_of(group.key)(version=page.version)
    form.begin(page.settings)
    return fill(
        form, lambda: _change(page, form.values(), form.version.data), group.title, _home(page),
        page.name, template="settings/edit.html", group=group, levels=LEVEL_WORDS,
    )  # fmt: skip


def _reset(page: SettingsPage, name: str) -> ResponseReturnValue:
    if name not in WORDS:
        raise Missing
    return answer(HarbourForm(), lambda: _change(page, {name: None}, None), lambda: _drawn(page))
