"""Plausible words for every input there is, so that nothing but the permission can say no."""

from datetime import timedelta
from typing import Any

from harbour.domain.deadlines import local_day
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal
from harbour.models.requests import CLASSES
from harbour.models.summaries import Concern
from harbour.models.tasks import Task
from tests.architecture.doors import Door, Opener


def typed(opener: Opener, door: Door, now: Any) -> dict[str, Any]:
    """What is sent to a door: every field any form may ask for."""
    scene, street = opener.scene, opener.street
    code = {"ch": "AH", "cx": "HL"}.get(opener.slug, "XW")
    day, far = ((local_day(now) + timedelta(days=n)).isoformat() for n in (3, 60))
    said: dict[str, Any] = {
        # words
        "title": "扶手",
        "wanted": "修好",
        "place": "门口",
        "missing": "缺照片",
        "reply": "已办",
        "reason": "说明",
        "public_reason": "经费不足",
        "outcome_text": "已答",
        "question": "几号楼",
        "concern_title": "楼道灯",
        "residents_words": "天黑",
        "remedy": "换灯",
        "objection": "不对",
        "points": "发言",
        "review_note": "继续",
        "minutes_text": "内部",
        "minutes_public": "公开",
        "remark": "辛苦",
        "urge_note": "快些",
        "urge_answer": "明天",
        "order_text": "三日内办结",
        "order_reply": "已派人",
        "order_outcome": "carried_out",
        "outcome_words": "现场已看",
        "progress_note": "买回",
        "what_was_done": "换灯",
        "public_reply": "都亮了",
        "finding": "都亮",
        "what_is_wrong": "不亮",
        "task_title": "修灯",
        "public_sentence": "修好路灯",
        "direct_reason": "安全",
        "criteria": "灯亮\n线好",
        "attendee_name": "来宾",
        "unit_name": "",
        "referred_name": "热线",
        "wording": "",
        "solved_on_spot": "",
        "praise": "",
        "remarks": "",
        "name": "某某",
        "username": "someone",
        "meeting_place": "港湾",
        "code": "ZZ",
        "slug": "zz",
        "short_name": "物业",
        "names": "8号楼",
        "note": "",
        "kind_of": "",
        "same_as": "",
        "day_name": "某节",
        "robot_name": "春和群",
        "email": "",
        "hook": "https://oapi.dingtalk.com/robot/send?access_token=t",
        "secret": "",
        # choices
        "channel": "dingtalk",
        "day_kind": "holiday",
        "status": "official",
        "quorum": "3/5",
        "passing": "",
        "category": "ENV/楼道保洁",
        "referred_to": "street",
        "lead": f"firm:{street.firms[code]}",
        "level": "normal",
        "who_pays": "firm",
        "kind": "weekly",
        "capacity": "guest",
        "presence": "present",
        "way": "on_site",
        "result": "partly",
        "contact": "in_person",
        "solved": "partly",
        "satisfaction": "satisfied",
        "rework_cause": "other",
        "source": "visit",
        "urgency": "soon",
        "compound": str(opener.compound),
        "compound_id": str(opener.compound),
        "author": str(street.users.get("ch01-rep2", 0)),
        "language": "en",
        "lang": "en",
        "on": "0",
        "master": scene.proposals["backlog"],
        "linked_to": f"proposal/{scene.proposals['backlog']}",
        "relapse_of": scene.tasks["closed"],
        "meeting": scene.meetings["scheduled"],
        "proposal": [scene.proposals["backlog"]],
        # numbers and days
        "votes_for": "1",
        "votes_against": "0",
        "votes_abstain": "0",
        "planned_minutes": "60",
        "answer_on": day,
        "starts_on": day,
        "starts_time": "15:30",
        "reply_on": day,
        "new_due_on": day,
        "due_on": "",
        "notice_workdays": "5",
        "voices": "2",
        "households": "3",
        "visited": "1",
        "heard": "1",
        "quantity_done": "",
        "quantity_total": "",
        "milestones": "",
        "contact_on": "",
        "was": "",
        "next": "/",
        "back": "/",
        "do": {"room.write": "save", "meetings.arrange": "plan"}.get(door.endpoint.name, "refresh"),
    }
    said |= _version(opener, door)
    said |= {
        "wished_on": far,
        "granted_on": far,
        "review_on": far,
        "decision_note": "同意",
        "return_reason": "unclear",
        "hold_reason": "season",
        "what_first": "等天暖",
    }
    if door.kind == "return":
        said["lead"] = "community"
    task = db.session.get(Task, door.key) if door.kind == "task" and door.key else None
    for one in task.criteria if task else ():
        said |= {f"met_{one.id}": "yes", f"words_{one.id}": "好", f"met-{one.id}": "1"}
        said.setdefault("failed_criteria", []).append(str(one.id))
        said.setdefault("criteria_ticks", []).append(str(one.id))
    if door.row in ("adopt", "reject"):
        said["votes_for"] = "2" if door.row == "adopt" else "0"
    meeting = db.session.get(Meeting, door.key) if door.kind == "meeting" and door.key else None
    said |= {f"minutes_{one.id}": "10" for one in meeting.items} if meeting else {}
    if door.endpoint.name == "desk.together":
        said["concern"] = [str(scene.concerns["open"])]
    return said


def _version(opener: Opener, door: Door) -> dict[str, str]:
    known: dict[str, Any] = {"task": Task, "proposal": Proposal, "concern": Concern, **CLASSES}
    if door.key is None or door.kind not in known:
        return {}
    model = known[door.kind]
    thing = db.session.get(model, door.key)
    return {"version": str(thing.version)} if thing is not None else {}
