"""Tasks until they are in hand: written, corrected, dispatched with their dates, accepted."""

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.domain.settings import DEFAULTS
from harbour.extensions import db
from harbour.models.firms import ServiceContract
from harbour.models.tasks import Task
from harbour.queries import leads
from harbour.services import ledger, tasks
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making import meetings
from tests.making.places import PLANTER
from tests.making.tasks import ROADS, drafted, found, said

VECTORS = Path(__file__).parents[1] / "domain" / "deadline_vectors.csv"


BEGUN_AT = "drafted"  # where ``begin`` leaves a task unless told otherwise


def vectors() -> list[tuple[str, str, str]]:
    """The start, the level with that many workdays, and the day it is due."""
    levels = {"3": "urgent", "5": "normal", "15": "complex"}
    with VECTORS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [(r["start"], levels[r["workdays"]], r["due"]) for r in rows if r["workdays"] in levels]


def day_of(moment: Any) -> str:
    return str((moment + timedelta(hours=8)).date())


@pytest.mark.parametrize("state", list(ROADS))
def test_every_state_can_be_reached(begin: Any, state: str) -> None:
    made = begin(state)

    assert made.task.state == state
    assert made.task.is_open == (state not in ("closed", "cancelled"))


# ---- writing it ----------------------------------------------------------------------------


def test_direct_tasks_get_the_compounds_next_public_numbers(
    make: Any, street: Any, clock: Any
) -> None:
    numbers = [drafted(street, clock), drafted(street, clock), drafted(street, clock, "CH-02")]

    assert numbers == ["CH01-2026-0001", "CH01-2026-0002", "CH02-2026-0001"]


def test_the_first_task_of_a_proposal_keeps_its_number_and_others_count_on(make: Any) -> None:
    meeting = meetings.opened(make, "楼道扶手松动")
    meetings.decide(make, meeting, "楼道扶手松动", "adopt")
    proposal = meetings.proposal_number(meeting, "楼道扶手松动")

    numbers = [meetings.drafted(make, proposal) for _ in range(3)]

    assert numbers == [proposal, f"{proposal}-2", f"{proposal}-3"]
    assert found(numbers[0]).meeting_id is not None
    assert found(numbers[0]).category == meetings.PLAIN


def test_a_proposal_that_is_not_adopted_makes_no_task(make: Any) -> None:
    meeting = meetings.opened(make, "楼道扶手松动")

    with pytest.raises(Refused) as refused:
        meetings.drafted(make, meetings.proposal_number(meeting, "楼道扶手松动"))

    assert "not been adopted" in refused.value.text.msgid


def test_a_safety_matter_may_go_before_the_decision_but_never_without_a_reason(make: Any) -> None:
    number = meetings.backlog(make, "檐口冰溜子", meetings.SAFETY)

    with pytest.raises(Invalid) as invalid:
        meetings.drafted(make, number)
    task = found(meetings.drafted(make, number, direct_reason="随时会掉下来"))

    assert invalid.value.field == "direct_reason"
    assert (task.number, task.direct_reason) == (number, "随时会掉下来")


@pytest.mark.parametrize("who", ["ch01-rep1", "ah-sunjl", "cf-zhou"])
def test_only_the_community_writes_tasks(make: Any, street: Any, clock: Any, who: str) -> None:
    with pytest.raises(Denied):
        tasks.draft(
            street.actor(who), said(street), compound_id=street.compounds["CH-01"], now=clock.now
        )


def test_a_compound_or_proposal_next_door_does_not_exist(
    make: Any, street: Any, clock: Any
) -> None:
    zhao = street.actor("ch-zhao")

    with pytest.raises(Missing):
        tasks.draft(zhao, said(street), compound_id=street.compounds["CX-01"], now=clock.now)
    with pytest.raises(Missing):
        tasks.draft(zhao, said(street), proposal_number="CX01-2026-0001", now=clock.now)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("task_title", "  "),
        ("task_title", "字" * 121),
        ("category", "SAF/没有这类"),
        ("category", "PRK/停车收费"),
        ("direct_reason", " "),
        ("level", "沙发"),
        ("who_pays", "市长"),
        ("lead", "firm:999"),
        ("lead", "firm:x"),
        ("lead", "team:999"),
        ("lead", "nobody"),
        ("due_on", date(2026, 3, 1)),
        ("due_on", date(2046, 3, 1)),
        ("criteria", "\n".join(f"第{n}条标准" for n in range(21))),
        ("criteria", "字" * 301),
        ("milestones", "下个月 开工"),
        ("milestones", "2026-02-30 开工"),
        ("milestones", "2026-05-25"),
        ("milestones", "2026-01-05 开工"),
        ("milestones", "\n".join(f"2026-05-{n:02} 第{n}步" for n in range(1, 22))),
        ("assistants", "、".join(f"某某单位{n}" for n in range(99))),
    ],
)
def test_what_cannot_be_right_is_said_beside_its_field(
    make: Any, street: Any, clock: Any, field: str, typed: Any
) -> None:
    with pytest.raises(Invalid) as invalid:
        drafted(street, clock, **{field: typed})

    assert invalid.value.field == field
    assert db.session.scalar(select(func.count()).select_from(Task)) == 0


def test_a_firm_leads_only_where_it_has_a_contract_today(
    make: Any, street: Any, clock: Any
) -> None:
    with pytest.raises(Invalid) as invalid:
        drafted(street, clock, "CH-01", lead=f"firm:{street.firms['HL']}")

    assert invalid.value.field == "lead"


def contracted(street: Any, firm: str, compound: str, now: Any, **days: date) -> None:
    """One more contract, written with its line."""

    @command
    def write() -> None:
        contract = ServiceContract(community_id=street.communities[compound[:2]],
                                   compound_id=street.compounds[compound],
                                   firm_id=street.firms[firm], **days)  # fmt: skip
        db.session.add(contract)
        ledger.record(PLANTER, "create", contract, now=now)

    write()


def test_of_two_firms_on_one_compound_one_is_chosen_and_none_suggested(
    make: Any, street: Any, clock: Any
) -> None:
    contracted(street, "HL", "CH-01", clock.now)
    contracted(street, "HL", "CH-02", clock.now, ends_on=date(2026, 3, 1))

    with scoped_to(street.communities["CH"]):
        both = leads.start_of_compound(street.compounds["CH-01"], clock.now, DEFAULTS)
        one = leads.start_of_compound(street.compounds["CH-02"], clock.now, DEFAULTS)
    number = drafted(street, clock, lead=f"firm:{street.firms['HL']}")

    assert (both.suggested, both.no_firm) == (None, False)
    assert one.suggested == f"firm:{street.firms['AH']}"
    assert found(number).lead_name == "惠邻物业"


def test_where_no_firm_has_a_contract_the_community_or_a_team_leads(
    make: Any, street: Any, clock: Any
) -> None:
    @command
    def end(now: Any) -> None:

        for contract in db.session.scalars(
            select(ServiceContract).where(ServiceContract.compound_id == street.compounds["CH-02"])
        ):
            contract.ends_on = date(2026, 3, 1)
            ledger.record(PLANTER, "change", contract, now=now)

    end(clock.now)
    with scoped_to(street.communities["CH"]):
        start = leads.start_of_compound(street.compounds["CH-02"], clock.now, DEFAULTS)

    assert (start.no_firm, start.suggested) == (True, "community")
    assert found(drafted(street, clock, "CH-02", lead="community")).lead_name == "春和社区"
    team = drafted(street, clock, "CH-02", lead=f"team:{street.teams['CH']}")
    assert found(team).lead_name == "绿色调解队"
    with pytest.raises(Invalid):
        drafted(street, clock, "CH-02", lead=f"team:{street.teams['CX']}")


def test_beside_each_lead_stands_what_it_has_on_its_hands(
    begin: Any, street: Any, clock: Any
) -> None:
    begin("in_hand")
    clock.pass_(days=10)
    begin("reported").take("rework")
    begin("in_hand", lead="community")
    begin("closed")

    with scoped_to(street.communities["CH"]):
        found_ = leads.leads_of(street.compounds["CH-01"], clock.now)

    firm, community, team = found_
    assert (firm.load.open, firm.load.overdue, firm.load.rework) == (2, 1, 1)
    assert (community.load.open, community.load.overdue) == (1, 0)
    assert team.value == f"team:{street.teams['CH']}"


def test_a_firm_named_as_assistant_sees_the_task_and_cannot_lead_it(
    begin: Any, street: Any, clock: Any
) -> None:
    made = begin("assigned", assistants="惠邻物业、红色宣讲队")
    firm = made.task.helpers

    assert [one.firm_id for one in firm] == [street.firms["HL"]]
    assert made.task.assistants == "惠邻物业、红色宣讲队"
    with pytest.raises(Missing):
        made.take("accept", by="hl-lijl")


def test_a_draft_is_corrected_and_each_correction_counts(
    begin: Any, street: Any, clock: Any
) -> None:
    made = begin()
    version = made.task.version
    zhao = street.actor("ch-zhao")

    tasks.act(
        zhao, made.number, "edit", said(street, criteria="只有一条"), version=version, now=clock.now
    )

    assert [one.text for one in made.task.criteria] == ["只有一条"]
    with pytest.raises(Stale) as stale:
        tasks.act(zhao, made.number, "edit", said(street), version=version, now=clock.now)
    assert stale.value.theirs["criteria"] == "只有一条"
    assert stale.value.theirs["task_title"] == made.task.title


def test_a_dispatched_task_is_no_longer_corrected(begin: Any, street: Any) -> None:
    made = begin("assigned")

    with pytest.raises(Refused):
        made.take("edit", **said(street))
