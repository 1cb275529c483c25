"""Tasks in any state, walked there through the real commands."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from harbour.domain.deadlines import local_day
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.places import Community
from harbour.models.tasks import Task
from harbour.services import tasks
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making import photos
from tests.making.places import Street

ROADS: dict[str, tuple[str, ...]] = {
    TaskState.DRAFTED: (),
    TaskState.CANCELLED: ("cancel",),
    TaskState.ASSIGNED: ("dispatch",),
    TaskState.IN_HAND: ("dispatch", "accept"),
    TaskState.ON_HOLD: ("dispatch", "accept", "hold"),
    TaskState.REPORTED: ("dispatch", "accept", "report"),
    TaskState.VERIFIED: ("dispatch", "accept", "report", "verify"),
    TaskState.CLOSED: ("dispatch", "accept", "report", "verify", "close"),
}
STAFF = {"CH": ("ch-zhao", "ch-lin"), "CX": ("cx-qian", "cx-he"), "XH": ("xh-sun", "xh-tian")}
FIRMS = {"CH": ("AH", "ah-sunjl"), "CX": ("HL", "hl-lijl"), "XH": ("XW", "xw-ma")}
REPS = {"CH-01": "ch01-rep1", "CH-02": "ch02-rep1", "CX-01": "cx01-rep1", "XH-01": "xh01-rep1"}
STREETS = {"CH": "cf-zhou", "CX": "cf-zhou", "XH": "xf-wei"}


def said(street: Street, compound: str = "CH-01", **other: Any) -> dict[str, Any]:
    """What is typed for an ordinary task of the compound's firm."""
    firm = street.firms[FIRMS[compound[:2]][0]]
    return {
        "task_title": "甲园3号楼路灯修好", "lead": f"firm:{firm}", "level": "normal",
        "due_on": None, "criteria": "三盏灯都亮\n地面没有裸露电线", "who_pays": "firm",
        "public_sentence": "甲园3号楼门前三盏路灯修好。", "assistants": "", "milestones": "",
        "direct_reason": "夜里看不见路，有老人摔倒",
        "category": "SAF/高处坠物", "place": "甲园3号楼门前",
        **other,
    }  # fmt: skip


def drafted(street: Street, clock: Any, compound: str = "CH-01", **other: Any) -> str:
    """A direct task of a compound, drafted by its secretary; its number."""
    actor = street.actor(STAFF[compound[:2]][0])
    return tasks.draft(
        actor, said(street, compound, **other), compound_id=street.compounds[compound],
        now=clock.now,
    )  # fmt: skip


def found(number: str) -> Task:
    """The stored task with what hangs on it, read anew."""
    hanging = (Task.criteria, Task.milestones, Task.helpers)
    wanted = select(Task).where(Task.number == number).options(*(selectinload(h) for h in hanging))
    with everywhere():
        return db.session.scalars(wanted).one()


def everywhere() -> AbstractContextManager[None]:
    """All communities in scope, all read anew: a request has a scope and a session of its own."""
    db.session.rollback()
    db.session.expire_all()
    return scoped_to(*db.session.scalars(select(Community.id)))


def reported(task: Task, photos: tuple[int, ...] = (), **other: Any) -> dict[str, Any]:
    """What is typed for a report that every criterion is met, with these photos of afterwards."""
    return {
        "result": "done",
        "criteria_answers": {
            str(one.id): {"met": True, "words": "换好了", "before": (),
                          "after": photos if place == 0 else ()}
            for place, one in enumerate(task.criteria)
        },
        "what_was_done": "换灯三盏", "public_reply": "三盏路灯都亮了。", "contact": "in_person",
        "contact_on": None, **other,
    }  # fmt: skip


def found_done(task: Task, **other: Any) -> dict[str, Any]:
    """What is typed by a verifier who saw everything done."""
    return {
        "solved": "solved", "criteria_ticks": [str(one.id) for one in task.criteria],
        "satisfaction": "satisfied", "finding": "看过了,都亮", "photos": (), **other,
    }  # fmt: skip


def sent_back(task: Task, day: date, **other: Any) -> dict[str, Any]:
    """What is typed by somebody who sends it back for its first criterion."""
    return {
        "rework_cause": "not_done", "failed_criteria": [str(task.criteria[0].id)],
        "what_is_wrong": "还有一盏不亮", "new_due_on": day, "photos": (), **other,
    }  # fmt: skip


class Walk:
    """One task and the acts upon it, each as somebody allowed to."""

    def __init__(
        self, street: Street, clock: Any, folder: Path, number: str, compound: str
    ) -> None:
        self.street, self.clock, self.folder = street, clock, folder
        self.number, self.compound = number, compound

    @property
    def task(self) -> Task:
        """The task as it is stored now."""
        return found(self.number)

    def take(
        self, action: str, by: str | None = None, through: str | None = None, **inputs: Any
    ) -> None:
        """Take an act; what is not said is typed as it usually is."""
        with everywhere():
            actor = self.street.actor(by or self._usual(action))
            if by is None:  # a street's people act in the community the task is of
                actor = replace(actor, community_id=self.street.communities[self.compound[:2]])
            typed = {**self._typed(action, actor), **inputs}
            if through or action == "hold":
                _through(self, actor, action, typed, through or "request")
                return
            tasks.act(actor, self.number, action, typed, version=None, now=self.clock.now)

    def to(self, state: str) -> "Walk":
        """Walk from the draft to a state."""
        for action in ROADS[state]:
            self.take(action)
        return self

    def _usual(self, action: str) -> str:
        secretary, worker = STAFF[self.compound[:2]]
        if action in ("accept", "report", "progress", "withdraw_report", "answer_urge", "reply"):
            return FIRMS[self.compound[:2]][1] if self.task.lead_kind == "firm" else worker
        if action in ("verify", "inspect", "rework"):
            return REPS[self.compound]
        street = STREETS[self.compound[:2]]
        return street if action in ("supervise", "conclude", "hold") else secretary

    def _typed(self, action: str, actor: Any) -> dict[str, Any]:
        task, now = self.task, self.clock.now
        if action == "report":
            ids: tuple[int, ...] = ()
            if task.lead_kind == "firm":
                key = f"{self.number}-{task.round}-{now.timestamp()}"
                ids = photos.waiting(actor, key, "after_photos", 1, now, self.folder)
            return reported(task, ids)
        return {
            "verify": lambda: found_done(task),
            "rework": lambda: sent_back(task, local_day(now) + timedelta(days=7)),
            "cancel": lambda: {"reason": "与另一件重复"},
            "progress": lambda: {"progress_note": "灯已买回"},
            "urge": lambda: {"urge_note": "老人夜里不敢下楼"},
            "answer_urge": lambda: {"urge_answer": "明天上午装"},
            "supervise": lambda: {
                "order_text": "三日内办结", "reply_on": local_day(now) + timedelta(days=3),
            },
            "reply": lambda: {"order_reply": "已派人，周五前办结"},
            "conclude": lambda: {"order_outcome": "carried_out", "outcome_words": "现场已看"},
            "comment": lambda: {"remark": "辛苦了"},
        }.get(action, dict)()  # fmt: skip


def _through(walk: Walk, actor: Any, action: str, inputs: dict[str, Any], kind: str) -> None:
    @command
    def granted(actor: Any, now: Any) -> None:
        tasks.move(actor, found(walk.number), action, inputs, version=None, now=now, through=kind)

    granted(actor, walk.clock.now)


def walk(street: Street, clock: Any, folder: Path, state: str = "drafted",
         compound: str = "CH-01", **other: Any) -> Walk:  # fmt: skip
    """A task brought to a state; ``folder`` is the app's HARBOUR_DATA_DIR."""
    return Walk(street, clock, folder, drafted(street, clock, compound, **other), compound).to(
        state
    )
