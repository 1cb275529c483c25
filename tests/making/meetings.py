"""Meetings walked to where a test needs them, through the real commands."""

from contextlib import AbstractContextManager
from datetime import date, time
from typing import Any

from sqlalchemy import select

from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Attendee, Meeting
from harbour.models.places import Community
from harbour.models.proposals import Proposal
from harbour.models.tasks import Task
from harbour.services import meetings, proposals, tasks
from harbour.tenancy import scoped_to
from tests.making import Make

THURSDAY = date(2026, 3, 5)
PLAIN = "ENV/楼道保洁"
SAFETY = "SAF/高处坠物"
OWNERS = "PRK/停车收费"
PRIVATE = "NBR/噪音"


def planned(make: Make, **changes: Any) -> dict[str, Any]:
    """The inputs of a weekly meeting of CH-01 on Thursday 5 March 2026, 14:30."""
    return {
        "compound": make.street.compounds["CH-01"],
        "starts_on": THURSDAY,
        "starts_time": time(14, 30),
        "planned_minutes": 90,
        "meeting_place": "春和家园议事港湾",
        "kind": "weekly",
        **changes,
    }


def scheduled(make: Make, **changes: Any) -> str:
    """A meeting on the calendar; its number."""
    zhao = make.street.actor("ch-zhao")
    return meetings.schedule(zhao, planned(make, **changes), now=make.clock())


def backlog(make: Make, title: str = "楼道扶手松动", category: str = PLAIN, **changes: Any) -> str:
    """A proposal that waits for a meeting; its number."""
    zhao, now = make.street.actor("ch-zhao"), make.clock()
    compound = make.street.compounds[changes.pop("compound", "CH-01")]
    author = make.street.actor(changes.pop("author", "ch-lin"))
    inputs = {"title": title, "category": category, "place": "", "wanted": "请修好", **changes}
    number = proposals.put_forward(author, compound, inputs, now=now)
    proposals.act(zhao, number, "accept", {}, version=None, now=now)
    return number


def placed(make: Make, number: str, *proposal_numbers: str) -> None:
    """Proposals on a meeting's agenda."""
    meetings.place(make.street.actor("ch-zhao"), number, proposal_numbers, now=make.clock())


def opened(make: Make, *titles: str, present: int = 2, **changes: Any) -> str:
    """A meeting in session on its day, with these new proposals, ``present`` of 2 voters there."""
    number = scheduled(make, **changes)
    placed(make, number, *(backlog(make, title) for title in titles))
    make.clock.at("2026-03-05 14:30")
    return begun(make, number, present=present)


def begun(make: Make, number: str, present: int = 2) -> str:
    """Open a scheduled meeting now."""
    zhao, now = make.street.actor("ch-zhao"), make.clock()
    meetings.act(zhao, number, "open", {}, now=now)
    voters = [one.id for one in attendees(number) if one.voting][:present]
    there = {str(key): {"presence": "present"} for key in voters}
    meetings.act(zhao, number, "attend", {"attendance": there}, now=now)
    return number


def decide(make: Make, number: str, title: str, action: str, **inputs: Any) -> None:
    """Decide on the item with this title as the secretary; adopting takes both votes."""
    votes = {"votes_for": 2, "votes_against": 0, "votes_abstain": 0} if action == "adopt" else {}
    item = item_of(number, title)
    zhao = make.street.actor("ch-zhao")
    meetings.decide(zhao, number, item.id, action, {**votes, **inputs}, now=make.clock())


def drafted(make: Make, proposal_number: str, **changes: Any) -> str:
    """A complete task of an adopted proposal."""
    inputs = {
        "task_title": "修好楼道扶手", "lead": f"firm:{make.street.firms['AH']}", "level": "normal",
        "criteria": "扶手不再晃动\n螺丝全部拧紧", "who_pays": "firm",
        "public_sentence": "楼道扶手五个工作日内修好", **changes,
    }  # fmt: skip
    lin = make.street.actor("ch-lin")
    return tasks.draft(lin, inputs, proposal_number=proposal_number, now=make.clock())


def ended(make: Make) -> str:
    """A meeting that adopted one thing, passed over another, and ended."""
    number = opened(make, "楼道扶手松动", "晾衣杆生锈")
    decide(make, number, "楼道扶手松动", "adopt", points="王代表说三号楼301室门口晃得厉害")
    drafted(make, proposal_number(number, "楼道扶手松动"))
    zhao = make.street.actor("ch-zhao")
    meetings.act(zhao, number, "pass_over", {"item": None}, now=make.clock())
    make.clock.at("2026-03-05 15:50")
    meetings.act(zhao, number, "end", {}, now=make.clock())
    return number


def circulated(make: Make) -> str:
    """A meeting whose minutes have gone round."""
    number = ended(make)
    meetings.act(make.street.actor("ch-lin"), number, "circulate", {}, now=make.clock())
    return number


def finalised(make: Make) -> str:
    """A meeting whose minutes are final, confirmed by all three sides."""
    number = circulated(make)
    for username in ("ch01-rep1", "ch-lin", "ah-sunjl"):
        meetings.act(make.street.actor(username), number, "confirm", {}, now=make.clock())
    meetings.act(make.street.actor("ch-zhao"), number, "finalise", {}, now=make.clock())
    return number


# ---- what stands ----------------------------------------------------------------------------


def everywhere() -> AbstractContextManager[None]:
    """All communities in scope, and all read anew: requests have sessions of their own."""
    db.session.rollback()
    db.session.expire_all()
    return scoped_to(*db.session.scalars(select(Community.id)))


def meeting(number: str) -> Meeting:
    """The meeting as it stands."""
    with everywhere():
        return db.session.scalars(select(Meeting).where(Meeting.number == number)).one()


def attendees(number: str) -> list[Attendee]:
    """Its list, in order."""
    wanted = select(Attendee).where(Attendee.meeting_id == meeting(number).id)
    with everywhere():
        return list(db.session.scalars(wanted.order_by(Attendee.id)))


def items(number: str) -> list[AgendaItem]:
    """Its agenda, in order."""
    wanted = select(AgendaItem).where(AgendaItem.meeting_id == meeting(number).id)
    with everywhere():
        return list(db.session.scalars(wanted.order_by(AgendaItem.position)))


def item_of(number: str, title: str) -> AgendaItem:
    """The item of the proposal with this title."""
    for item in items(number):
        if item.proposal_id and proposal(item.proposal_id).title == title:
            return item
    raise AssertionError(f"no item {title}")


def proposal(key: int) -> Any:
    """A proposal as it stands, by its key."""
    with everywhere():
        return db.session.scalars(select(Proposal).where(Proposal.id == key)).one()


def proposal_number(number: str, title: str) -> str:
    """The public number of the proposal with this title on a meeting's agenda."""
    key = item_of(number, title).proposal_id
    assert key is not None
    return str(proposal(key).number)


def complete_task_of(item: AgendaItem) -> Task:
    """The one task drafted for an item's proposal; nothing may be lacking in it."""
    with everywhere():
        task = db.session.scalars(select(Task).where(Task.proposal_id == item.proposal_id)).one()
        assert task.lacking() == ()
    return task
