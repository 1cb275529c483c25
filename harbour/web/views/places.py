"""Streets, communities, compounds, buildings and teams, for administrators."""

from typing import Any

from flask import Blueprint, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from harbour.domain.deadlines import local_day
from harbour.domain.errors import Missing, there
from harbour.domain.places import OWNERS_COMMITTEE_LABELS, WEEKDAY_LABELS
from harbour.domain.text import N_, Text
from harbour.forms.base import HarbourForm, say
from harbour.forms.places import (
    BuildingForm,
    BuildingsForm,
    CommunityForm,
    CompoundForm,
    NamedForm,
    NewCompoundForm,
    StreetForm,
    SubAreaForm,
    TeamForm,
)
from harbour.forms.wording import option
from harbour.queries import places
from harbour.queries.places import CommunityPage, CompoundPage
from harbour.services import firms as firm_services
from harbour.services import places as services
from harbour.web.access import ADMINS, open_to
from harbour.web.acting import answer
from harbour.web.administering import (
    ANY,
    ASKED_AND_SENT,
    corrected,
    fill,
    made,
    open_street,
    street_id,
)
from harbour.web.context import actor

bp = Blueprint("places", __name__, url_prefix="/admin/places")
bp.before_request(open_street)
STREET = f"/streets/<{ANY}:wanted>"
COMMUNITY = f"/communities/<{ANY}:wanted>"
COMPOUND = f"/compounds/<{ANY}:wanted>"
PROFILE = "admin/places/profile.html"


@bp.get("")
@open_to(ADMINS)
def listing() -> ResponseReturnValue:
    """Every street of the administrator's, with its communities and compounds."""
    return render_template(
        "admin/places/listing.html", streets=places.tree(street_id()), whole=street_id() is None
    )


@bp.route("/streets/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def create_street() -> ResponseReturnValue:
    """A new street, by the installation's administrator."""
    if street_id() is not None:
        raise Missing
    form, back = StreetForm(), url_for(".listing")

    def act() -> None:
        made(services.create_street, form=form)

    return fill(form, act, N_("A new street"), back)


@bp.route(f"{STREET}/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite_street(wanted: int) -> ResponseReturnValue:
    """Correct a street's name."""
    street = there(places.street(street_id(), wanted))
    form = NamedForm(version=street.version, data={"name": street.name})
    return fill(
        form,
        lambda: corrected(services.rewrite_street, wanted, form=form),
        N_("Correct the name"),
        url_for(".listing"),
        street.name,
    )


@bp.route(f"{STREET}/communities/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def create_community(wanted: int) -> ResponseReturnValue:
    """A new community of a street."""
    street = there(places.street(street_id(), wanted))
    form = CommunityForm()
    return fill(
        form,
        lambda: _community_at(made(services.create_community, wanted, form=form)),
        N_("A new community"),
        url_for(".listing"),
        street.name,
    )


@bp.get(COMMUNITY)
@open_to(ADMINS)
def community(wanted: int) -> ResponseReturnValue:
    """One community: compounds and volunteer teams."""
    return render_template("admin/places/community.html", page=_community(wanted))


def _community(wanted: int) -> CommunityPage:
    return there(places.community(wanted))


def _community_at(wanted: int) -> str:
    return url_for(".community", wanted=wanted)


@bp.route(f"{COMMUNITY}/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite_community(wanted: int) -> ResponseReturnValue:
    """Correct a community's name."""
    page = _community(wanted)
    form = NamedForm(version=page.version, data={"name": page.name})
    return fill(
        form,
        lambda: corrected(services.rewrite_community, wanted, form=form),
        N_("Correct the name"),
        _community_at(wanted),
        page.name,
    )


@bp.route(f"{COMMUNITY}/teams/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def create_team(wanted: int) -> ResponseReturnValue:
    """A new volunteer team."""
    page, form = _community(wanted), TeamForm()

    def act() -> None:
        made(firm_services.create_team, wanted, form=form)

    return fill(form, act, N_("A new volunteer team"), _community_at(wanted), page.name)


@bp.route(f"{COMMUNITY}/teams/<{ANY}:team>/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite_team(wanted: int, team: int) -> ResponseReturnValue:
    """Correct a volunteer team."""
    page = _community(wanted)
    found = there(next((t for t in page.teams if t.id == team), None))
    form = TeamForm(version=found.version, data={"name": found.name, "field": found.field})
    return fill(
        form,
        lambda: corrected(firm_services.rewrite_team, wanted, team, form=form),
        N_("Change the volunteer team"),
        _community_at(wanted),
        page.name,
    )


@bp.route(f"{COMMUNITY}/compounds/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def create_compound(wanted: int) -> ResponseReturnValue:
    """A new compound with its profile."""
    page, form = _community(wanted), NewCompoundForm()
    return fill(
        form,
        lambda: _compound_at(made(services.create_compound, wanted, form=form)),
        N_("A new compound"),
        _community_at(wanted),
        page.name,
        template=PROFILE,
    )


@bp.get(COMPOUND)
@open_to(ADMINS)
def compound(wanted: int) -> ResponseReturnValue:
    """One compound: profile, parts, buildings, contracts."""
    return _compound_page(_compound(wanted))


def _compound_page(page: CompoundPage, area: SubAreaForm | None = None) -> str:
    return render_template(
        "admin/places/compound.html",
        page=page,
        weekday=WEEKDAY_LABELS.get(page.meeting_weekday or 0),
        committee=OWNERS_COMMITTEE_LABELS.get(page.owners_committee),  # type: ignore[call-overload]
        area=area or SubAreaForm(formdata=None),
        today=local_day(g.now),
        parts=_by_part(page),
    )


def _by_part(page: CompoundPage) -> list[tuple[int | None, str, list[Any]]]:
    """The buildings under the part they lie in; those in none come first."""
    parts: list[tuple[int | None, str, list[Any]]] = [(None, "", [])]
    parts += [(area_id, name, []) for area_id, name in page.sub_areas]
    for area_id, _, inside in parts:
        inside += [b for b in page.buildings if b.sub_area_id == area_id]
    return [part for part in parts if part[0] is not None or part[2]]


def _compound(wanted: int) -> CompoundPage:
    return there(places.compound(wanted))


def _compound_at(wanted: int, part: str | None = None) -> str:
    return url_for(".compound", wanted=wanted, _anchor=part)


@bp.route(f"{COMPOUND}/edit", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite_compound(wanted: int) -> ResponseReturnValue:
    """Change the profile and the regular meeting slot."""
    page = _compound(wanted)
    form = CompoundForm(
        version=page.version,
        obj=page,
        data={"meeting_weekday": str(page.meeting_weekday or "")},
    )
    if request.method == "GET":
        form.meeting_weekday.data = str(page.meeting_weekday or "")
    return fill(
        form,
        lambda: corrected(services.rewrite_compound, wanted, form=form),
        N_("Change the profile"),
        _compound_at(wanted),
        f"{page.code} {page.name}",
        template=PROFILE,
    )


@bp.post(f"{COMPOUND}/sub-areas")
@open_to(ADMINS)
def add_sub_area(wanted: int) -> ResponseReturnValue:
    """A named part of a large compound."""
    page, form = _compound(wanted), SubAreaForm()

    def act() -> str:
        services.add_sub_area(actor(), wanted, str(form.sub_area_name.data), now=g.now)
        return _compound_at(wanted, "parts")

    return answer(form, act, lambda: _compound_page(page, form))


@bp.post(f"{COMPOUND}/sub-areas/<{ANY}:area>/remove")
@open_to(ADMINS)
def remove_sub_area(wanted: int, area: int) -> ResponseReturnValue:
    """Take away a part in which nothing stands."""
    page = _compound(wanted)

    def act() -> str:
        services.remove_sub_area(actor(), wanted, area, now=g.now)
        return _compound_at(wanted, "parts")

    return answer(HarbourForm(), act, lambda: _compound_page(page))


def _offer_parts(form: Any, page: CompoundPage) -> None:
    """The parts a building may lie in; a compound without parts is not asked for one."""
    form.sub_area.choices = [
        option("", N_("No part")),
        *(option(area_id, name) for area_id, name in page.sub_areas),
    ]
    if not page.sub_areas:
        del form.sub_area


@bp.route(f"{COMPOUND}/buildings/new", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def add_buildings(wanted: int) -> ResponseReturnValue:
    """Many buildings at once: 1-24号楼, each with so many units."""
    page, form = _compound(wanted), BuildingsForm()
    _offer_parts(form, page)

    def act() -> str | None:
        added = services.add_buildings(
            actor(),
            wanted,
            form.names(),
            units=form.units.data or 0,
            sub_area_id=_chosen(form),
            now=g.now,
        )
        flash(say(_added(added)), "good")
        return url_for(".add_buildings", wanted=wanted) if "more" in request.form else None

    return fill(
        form,
        act,
        N_("Add buildings"),
        _compound_at(wanted),
        page.name,
        template="admin/places/buildings.html",
        done=None,
        page=page,
    )


def _added(added: services.Added) -> Text:
    said = N_("Added: %(buildings)d buildings with %(units)d units.")
    if added.standing:
        said = N_(
            "Added: %(buildings)d buildings with %(units)d units. %(standing)d stood there "
            "already and were left as they are."
        )
    return Text(said, {"buildings": added.buildings, "units": added.units,
                       "standing": added.standing})  # fmt: skip


def _chosen(form: Any) -> int | None:
    chosen = form.sub_area.data if "sub_area" in form else ""
    return int(chosen) if chosen else None


@bp.route(f"{COMPOUND}/buildings/<{ANY}:building>", methods=ASKED_AND_SENT)
@open_to(ADMINS)
def rewrite_building(wanted: int, building: int) -> ResponseReturnValue:
    """Rename a building, move it, or change how many units it has."""
    page = _compound(wanted)
    found = there(page.building(building))
    form = BuildingForm(
        data={
            "building_name": found.name,
            "units": found.units,
            "sub_area": str(found.sub_area_id or ""),
        }
    )
    _offer_parts(form, page)

    def act() -> str:
        services.rewrite_building(
            actor(),
            wanted,
            building,
            name=str(form.building_name.data),
            sub_area_id=_chosen(form),
            now=g.now,
        )
        services.set_units(actor(), wanted, building, count=form.units.data or 0, now=g.now)
        return _compound_at(wanted, "buildings")

    return fill(
        form,
        act,
        found.name,
        _compound_at(wanted),
        page.name,
        template="admin/places/building.html",
        page=page,
        building=found,
    )


@bp.post(f"{COMPOUND}/buildings/<{ANY}:building>/remove")
@open_to(ADMINS)
def remove_building(wanted: int, building: int) -> ResponseReturnValue:
    """Take away a building nothing refers to."""
    page = _compound(wanted)

    def act() -> str:
        services.remove_building(actor(), wanted, building, now=g.now)
        return _compound_at(wanted, "buildings")

    return answer(HarbourForm(), act, lambda: _compound_page(page))
