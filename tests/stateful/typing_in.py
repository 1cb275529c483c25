"""What people type for each act: mostly sensible, sometimes not."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from harbour.domain.deadlines import local_day
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Attendee, Meeting
from harbour.models.proposals import Proposal
from harbour.models.tasks import Task
from tests.making.places import Street
from tests.making.tasks import found_done, reported, said, sent_back

PLAIN, SAFETY, OWNERS, PRIVATE = "ENV/楼道保洁", "SAF/高处坠物", "PRK/停车收费", "NBR/噪音"
CATEGORIES = (PLAIN, PLAIN, SAFETY, OWNERS, PRIVATE)
WORDS = ("楼道灯不亮", "䶮代表家门口漏水💧", "三号楼扶手松动", "  ", "电梯异响", "垃圾没人收" * 5)

Typed = dict[str, Any]


def _nothing() -> Typed:
    return {}


class Typist:
    """Types for one act, out of a source of chance that hypothesis steers."""

    def __init__(self, street: Street, chance: Random, now: datetime) -> None:
        self.street, self.chance, self.now = street, chance, now

    def words(self) -> str:
        return self.chance.choice(WORDS).strip() or "无"

    def day(self) -> date:
        return local_day(self.now) + timedelta(days=self.chance.choice((-1, 0, 1, 3, 7, 30)))

    def chosen(self, model: Any, **where: Any) -> Any:
        """One of the stored things, or None."""
        found = db.session.scalars(select(model).filter_by(**where).order_by(model.id)).all()
        return self.chance.choice(found) if found else None

    def proposal(self) -> Typed:
        return {
            "title": self.words(),
            "category": self.chance.choice(CATEGORIES),
            "place": "门口",
            "wanted": self.words(),
        }

    def concern(self) -> Typed:
        return {
            "concern_title": self.words(),
            "residents_words": self.words(),
            "place": "门口",
            "category": self.chance.choice(CATEGORIES),
            "voices": self.chance.randint(1, 9),
        }

    def planned(self, compound: int) -> Typed:
        return {
            "compound": compound,
            "starts_on": self.day(),
            "planned_minutes": 90,
            "kind": "weekly",
            "starts_time": time(self.chance.randint(8, 20), 10),
            "meeting_place": "议事港湾",
        }

    def task(self, compound: str, *, whole: bool = True) -> Typed:
        typed = said(
            self.street,
            compound,
            task_title=self.words(),
            level=self.chance.choice(("critical", "urgent", "normal", "complex")),
            due_on=self.chance.choice((None, None, self.day())),
        )
        typed["lead"] = self.chance.choice((typed["lead"], typed["lead"], "community"))
        for name in (
            () if whole else self.chance.sample(("criteria", "who_pays", "public_sentence"), 1)
        ):
            typed[name] = ""
        return typed

    def votes(self, meeting_id: int | None) -> Typed:
        there = db.session.scalars(
            select(Attendee).filter_by(meeting_id=meeting_id, voting=True, presence="present")
        ).all()
        yes = self.chance.choice((len(there), len(there), len(there) + 1, 0))
        return {
            "votes_for": yes,
            "votes_against": 0,
            "votes_abstain": self.chance.choice((0, 0, 1)),
        }

    # ---- by table ------------------------------------------------------------------------

    def for_summary(self, action: str, _thing: Any) -> Typed:
        every: dict[str, Typed] = {
            "edit": {"nil": self.chance.random() < 0.3, "visited": 3},
            "return": {"question": self.words()},
        }
        return every.get(action, {})

    def for_concern(self, action: str, thing: Any) -> Typed:
        if action == "link":
            kind = self.chance.choice((Proposal, Task))
            other = self.chosen(kind, compound_id=thing.compound_id)
            number = other.number if other is not None else "CH01-2026-9999"
            return {"linked_to": f"{kind.__tablename__}/{number}"}
        if action == "relapse":
            task = self.chosen(Task, compound_id=thing.compound_id, state="closed")
            return {"relapse_of": task.number if task is not None else "CH01-2026-9999"}
        return {
            "answer": {"reply": self.words()},
            "decline": {"reason": self.words()},
            "refer": self._referral(),
        }.get(action, {})

    def _referral(self) -> Typed:
        to = self.chance.choice(("street", "12345", "owners_assembly"))
        return {"referred_to": to, "referred_name": "", "answer_on": self.day()}

    def for_proposal(self, action: str, thing: Any) -> Typed:
        made: dict[str, Callable[[], Typed]] = {
            "return": lambda: {"missing": self.words()},
            "resubmit": self.proposal,
            "merge": lambda: {
                "master": getattr(
                    self.chosen(Proposal, compound_id=thing.compound_id), "number", ""
                )
            },
            "answer": lambda: {"reply": self.words()},
            "place": lambda: {
                "meeting": getattr(
                    self.chosen(Meeting, compound_id=thing.compound_id), "number", ""
                )
            },
            "adopt": lambda: {
                **self.votes(thing.meeting_id),
                "wording": self.chance.choice(("", "改为先修后评")),
            },
            "defer": lambda: {"reason": self.words()},
            "reject": lambda: {**self.votes(thing.meeting_id), "public_reason": self.words()},
            "refer": self._referral,
            "withdraw": lambda: {"reason": self.words()},
            "record_outcome": lambda: {"outcome_text": self.words()},
        }
        return made.get(action, _nothing)()

    def for_meeting(self, action: str, thing: Any) -> Typed:
        item = self.chosen(AgendaItem, meeting_id=thing.id)
        key = item.id if item is not None else 0
        made: dict[str, Callable[[], Typed]] = {
            "reschedule": lambda: self.planned(thing.compound_id),
            "arrange": lambda: {
                "arrangement": self.chance.choice(
                    ({"refresh": True}, {"move": key, "way": "up"}, {"minutes": {key: 15}})
                )
            },
            "invite": lambda: {
                "attendee_name": "来宾",
                "capacity": "guest",
                "voting": self.chance.random() < 0.3,
            },
            "attend": lambda: {"attendance": self.presence(thing.id)},
            "take_up": lambda: {"item": key},
            "record": lambda: {"item": key, "points": self.words()},
            "review": lambda: {"item": key, "review_note": self.words()},
            "pass_over": lambda: {"item": self.chance.choice((None, key))},
            "minute": lambda: {"minutes_text": self.words(), "minutes_public": self.words()},
            "object": lambda: {"objection": self.words()},
            "publish": lambda: {"notice_workdays": 5},
            "correct": lambda: {
                "reason": self.words(),
                "minutes_text": self.words() + str(self.now),
                "minutes_public": "更正",
            },
            "cancel": lambda: {"reason": self.words()},
        }
        return made.get(action, _nothing)()

    def presence(self, meeting_id: int) -> Typed:
        listed = db.session.scalars(select(Attendee).filter_by(meeting_id=meeting_id)).all()
        ways = ("present", "present", "present", "absent", "on_leave", "observer")
        return {str(one.id): {"presence": self.chance.choice(ways)} for one in listed}

    def for_task(self, action: str, thing: Any, photos: Callable[[], tuple[int, ...]]) -> Typed:
        compound = next(k for k, v in self.street.compounds.items() if v == thing.compound_id)
        made: dict[str, Callable[[], Typed]] = {
            "edit": lambda: self.task(compound, whole=self.chance.random() < 0.8),
            "progress": lambda: {
                "progress_note": self.words(),
                "quantity_done": 1,
                "quantity_total": 3,
            },
            "report": lambda: reported(thing, photos()),
            "verify": lambda: found_done(
                thing, satisfaction=self.chance.choice(("satisfied", "dissatisfied"))
            ),
            "rework": lambda: (
                sent_back(thing, self.day())
                if thing.criteria
                else {"rework_cause": "other", "new_due_on": self.day()}
            ),
            "urge": lambda: {"urge_note": self.words()},
            "answer_urge": lambda: {"urge_answer": self.words()},
            "supervise": lambda: {"order_text": self.words(), "reply_on": self.day()},
            "comment": lambda: {"remark": self.words()},
            "cancel": lambda: {"reason": self.words()},
        }
        return made.get(action, _nothing)()
