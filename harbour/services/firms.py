"""Property firms, their dated contracts, and volunteer teams."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from harbour.domain.actors import Actor
from harbour.domain.errors import Invalid, Missing, Stale
from harbour.domain.text import N_
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.places import Street
from harbour.services.administration import demand_admin, demand_over, record
from harbour.services.places import own_community, own_compound
from harbour.services.unit_of_work import command

Inputs = Mapping[str, Any]


@command
def create(actor: Actor, street_id: int, inputs: Inputs, *, now: datetime) -> int:
    """A new firm of a street (``code name short_name``)."""
    demand_over(actor, street_id, "firm", "create")
    if db.session.get(Street, street_id) is None:
        raise Missing
    same = select(Firm.id).where(Firm.street_id == street_id, Firm.code == inputs["code"])
    if db.session.scalar(same) is not None:
        raise Invalid("code", N_("This is taken already. Choose another."))
    firm = Firm(
        street_id=street_id,
        code=inputs["code"],
        name=inputs["name"],
        short_name=inputs["short_name"],
    )
    db.session.add(firm)
    record(actor, "create", firm, now, dict(inputs))
    return firm.id


@command
def rewrite(actor: Actor, firm_id: int, inputs: Inputs, *, version: int, now: datetime) -> None:
    """Correct a firm's names."""
    firm = _own_firm(actor, firm_id, "rewrite")
    if version != firm.version:
        raise Stale({"name": firm.name, "short_name": firm.short_name}, firm.version)
    firm.name, firm.short_name = inputs["name"], inputs["short_name"]
    record(actor, "rewrite", firm, now)


@command
def contract(actor: Actor, compound_id: int, inputs: Inputs, *, now: datetime) -> int:
    """A firm's contract for a compound (``firm_id kind fee_mode starts_on ends_on``).

    Another firm's contract for the same days is no obstacle: when firms change, both serve.
    """
    compound = own_compound(actor, compound_id, "contract")
    firm = _own_firm(actor, int(inputs["firm_id"]), "contract")
    starts_on, ends_on = inputs.get("starts_on"), inputs.get("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        raise Invalid("ends_on", N_("The end cannot come before the start."))
    made = ServiceContract(
        community_id=compound.community_id,
        compound_id=compound.id,
        firm_id=firm.id,
        kind=inputs.get("kind") or "",
        fee_mode=inputs.get("fee_mode") or "",
        starts_on=starts_on,
        ends_on=ends_on,
    )
    db.session.add(made)
    record(actor, "create", made, now, dict(inputs))
    return made.id


@command
def end_contract(
    actor: Actor, compound_id: int, contract_id: int, ends_on: date, *, now: datetime
) -> None:
    """Set the last day of a contract; tasks keep the firm that was responsible."""
    compound = own_compound(actor, compound_id, "end_contract")
    found = db.session.scalars(
        select(ServiceContract).where(
            ServiceContract.id == contract_id, ServiceContract.compound_id == compound.id
        )
    ).first()
    if found is None:
        raise Missing
    if found.starts_on and ends_on < found.starts_on:
        raise Invalid("ends_on", N_("The end cannot come before the start."))
    found.ends_on = ends_on
    record(actor, "end", found, now)


@command
def create_team(actor: Actor, community_id: int, inputs: Inputs, *, now: datetime) -> int:
    """A new volunteer team of a community (``name field``)."""
    community = own_community(actor, community_id, "volunteer_team", "create")
    _free_team(community.id, inputs["name"])
    team = VolunteerTeam(
        community_id=community.id, name=inputs["name"], field=inputs.get("field") or ""
    )
    db.session.add(team)
    record(actor, "create", team, now, dict(inputs))
    return team.id


@command
def rewrite_team(
    actor: Actor, community_id: int, team_id: int, inputs: Inputs, *, version: int, now: datetime
) -> None:
    """Correct a team's name or field."""
    own_community(actor, community_id, "volunteer_team", "rewrite")
    team = db.session.scalars(
        select(VolunteerTeam).where(
            VolunteerTeam.id == team_id, VolunteerTeam.community_id == community_id
        )
    ).first()
    if team is None:
        raise Missing
    if version != team.version:
        raise Stale({"name": team.name, "field": team.field}, team.version)
    if team.name != inputs["name"]:
        _free_team(community_id, inputs["name"])
    team.name, team.field = inputs["name"], inputs.get("field") or ""
    record(actor, "rewrite", team, now)


def _free_team(community_id: int, name: str) -> None:
    same = select(VolunteerTeam.id).where(
        VolunteerTeam.community_id == community_id, VolunteerTeam.name == name
    )
    if db.session.scalar(same) is not None:
        raise Invalid("name", N_("This is taken already. Choose another."))


def _own_firm(actor: Actor, firm_id: int, action: str) -> Firm:
    demand_admin(actor, "firm", action)
    firm = db.session.scalars(select(Firm).where(Firm.id == firm_id).with_for_update()).first()
    if firm is None:
        raise Missing
    demand_over(actor, firm.street_id, "firm", action)
    return firm
