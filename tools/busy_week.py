"""What pictures need beside the demonstration, whose matters are all closed: a week in full swing.

Everything goes through the same commands as a person's click.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import select

from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import SHANGHAI
from harbour.extensions import db
from harbour.models.firms import Firm
from harbour.models.meetings import AgendaItem, Attendee, Meeting
from harbour.models.people import Membership, User
from harbour.models.places import Community, Compound
from harbour.services import meetings, proposals, tasks
from harbour.tenancy import scoped_to

WORK = (
    # title, category, level, days ago, accepted
    ("修好3号楼2单元门口的路灯", "FAC/公共照明", "urgent", 9, True),
    ("疏通5号楼前的下水道", "FAC/排水防汛", "normal", 6, True),
    ("清理7号楼楼道堆放的旧家具", "SAF/疏散通道", "normal", 4, True),
    ("补种东门花坛的冬青", "ENV/绿化垃圾", "complex", 2, True),
    ("更换1号楼损坏的灭火器", "SAF/消防设施", "urgent", 0, False),
)
MATTERS = (
    ("给2号楼楼梯加装扶手", "FAC/无障碍设施", "老人上下楼没有抓手，住户希望加一道扶手。"),
    ("在南门口增设电动车充电桩", "SAF/电动自行车充电", "飞线充电多，希望集中充电。"),
    ("每周六上午清洗垃圾桶站", "ENV/垃圾点位", "夏天味道大，希望固定时间清洗。"),
)


def fill(app: Flask, now: datetime) -> None:
    """Five tasks at different lights, and a meeting in session with three proposals."""
    with app.app_context():
        home = db.session.scalars(select(Community).where(Community.slug == "ch")).one()
        with scoped_to(home.id):
            compound = db.session.scalars(select(Compound).order_by(Compound.id).limit(1)).one()
            people = {role: _actor(home.id, compound.id, role) for role in ROLES}
            firm = db.session.scalars(select(Firm).where(Firm.id == people[FIRM].firm_id)).one()
            for one in WORK:
                _task(people, compound.id, firm.id, one, now)
            _meeting(people, compound, now)
        db.session.remove()
        db.engine.dispose()


SECRETARY, FIRM, REP = Role.SECRETARY, Role.FIRM_MANAGER, Role.RESIDENT_REP
ROLES = (SECRETARY, FIRM, REP)
NAMES = {SECRETARY: "ch-zhao", FIRM: "ah-sunjl", REP: "ch01-rep1"}


def _actor(community: int, compound: int, role: Role) -> Actor:
    user, member = db.session.execute(
        select(User, Membership).join(Membership).where(User.username == NAMES[role])
    ).one()
    return Actor(
        user.id, user.name, role, community, frozenset({compound}), member.firm_id, None, member.id
    )


def _task(
    people: Mapping[Role, Actor], compound: int, firm: int, said: tuple[Any, ...], now: datetime
) -> None:
    title, category, level, days, accepted = said
    begun = now - timedelta(days=days)
    inputs = {
        "task_title": title,
        "category": category,
        "place": "",
        "level": level,
        "lead": f"firm:{firm}",
        "who_pays": "firm",
        "criteria": "居民代表到现场看过\n问题不再出现",
        "due_on": None,
        "public_sentence": f"{title},完成后请代表验看。",
        "direct_reason": "居民等不及下次会议",
    }
    number = tasks.draft(people[SECRETARY], inputs, compound_id=compound, now=begun)
    tasks.act(people[SECRETARY], number, "dispatch", {}, version=None, now=begun)
    if accepted:
        later = begun + timedelta(minutes=40)
        tasks.act(people[FIRM], number, "accept", {}, version=None, now=later)


def _meeting(people: Mapping[Role, Actor], compound: Compound, now: datetime) -> None:
    today, chair = now.astimezone(SHANGHAI), people[SECRETARY]
    number = meetings.schedule(
        chair,
        {
            "compound": compound.id,
            "starts_on": today.date(),
            "planned_minutes": 90,
            "starts_time": today.time().replace(second=0, microsecond=0),
            "kind": "weekly",
            "meeting_place": compound.meeting_place,
        },
        now=now,
    )
    for title, category, wanted in MATTERS:
        inputs = {"title": title, "category": category, "place": "", "wanted": wanted}
        matter = proposals.put_forward(people[REP], compound.id, inputs, now=now)
        proposals.act(chair, matter, "accept", {}, version=None, now=now)
        proposals.act(chair, matter, "place", {"meeting": number}, version=None, now=now)
    meetings.act(chair, number, "open", {}, now=now)
    there = select(Attendee.id).join(Meeting, Meeting.id == Attendee.meeting_id)
    listed = db.session.scalars(there.where(Meeting.number == number)).all()
    present = {str(key): {"presence": "present"} for key in listed}
    meetings.act(chair, number, "attend", {"attendance": present}, now=now)
    new = (
        select(AgendaItem.id)
        .join(Meeting, Meeting.id == AgendaItem.meeting_id)
        .where(Meeting.number == number, AgendaItem.proposal_id.is_not(None))
        .order_by(AgendaItem.position)
    )
    item = db.session.scalars(new).first()
    words = "王代表：楼里六十岁以上的有十一户。孙经理：材料一周能到，施工两天。"
    said: tuple[tuple[str, dict[str, Any]], ...] = (
        ("take_up", {"item": item}),
        ("record", {"item": item, "points": words}),
    )
    for action, typed in said:
        meetings.act(chair, number, action, typed, now=now)
