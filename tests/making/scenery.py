"""One of everything in a compound, in every state, walked there through the real commands."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.domain.requests import REQUESTS
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Attendee, Meeting
from harbour.models.photos import Photo
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern
from harbour.services import concerns, meetings, proposals, summaries, tasks, writing
from harbour.tenancy import scoped_to
from tests.making import photos
from tests.making.places import Street
from tests.making.requests import answer, ask
from tests.making.tasks import FIRMS, REPS, STAFF, said, walk

PLAIN = "ENV/楼道保洁"


@dataclass
class Scene:
    """What stands there: kind → state → the key its address uses (a number or an id)."""

    compound: str
    summaries: dict[str, int] = field(default_factory=dict)
    concerns: dict[str, int] = field(default_factory=dict)
    proposals: dict[str, str] = field(default_factory=dict)
    meetings: dict[str, str] = field(default_factory=dict)
    tasks: dict[str, str] = field(default_factory=dict)
    photos: list[int] = field(default_factory=list)
    requests: dict[str, dict[str, int]] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, Any]:
        """The states of one kind and their keys."""
        every: dict[str, Any] = {
            "summary": self.summaries,
            "concern": self.concerns,
            "proposal": self.proposals,
            "meeting": self.meetings,
            "task": self.tasks,
            **self.requests,
        }
        found: dict[str, Any] = every[kind]
        return found


class Furnisher:
    """Fills one compound; every text it writes carries the same mark."""

    def __init__(self, street: Street, clock: Any, folder: Path, compound: str, mark: str) -> None:
        self.street, self.clock, self.folder, self.mark = street, clock, folder, mark
        self.compound, self.scene = compound, Scene(compound)
        self.secretary, self.worker = (street.actor(name) for name in STAFF[compound[:2]])
        self.rep = street.actor(REPS[compound])
        self.firm = street.actor(FIRMS[compound[:2]][1])
        self.place = street.compounds[compound]
        self.count = 0

    def words(self, about: str) -> str:
        self.count += 1
        return f"{about}{self.mark}{self.count}"

    def all(self) -> Scene:
        with scoped_to(self.secretary.community_id or 0):
            self.week_of_summaries()
            self.matters()
            self.gatherings()
            self.work()
            self.exceptions()
            self.scene.photos = list(
                db.session.scalars(
                    select(Photo.id)
                    .where(Photo.community_id == self.secretary.community_id)
                    .order_by(Photo.id)
                )
            )
        return self.scene

    # ---- summaries ----------------------------------------------------------------------

    def _summary(self, *keys: str) -> int:
        now = self.clock.now
        key = summaries.draft(self.rep, {"compound_id": self.place}, now=now)
        for form in keys:
            ids = photos.waiting(self.rep, f"{form}{self.count}", "photos", 1, now, self.folder)
            typed = {
                "concern_title": self.words("楼道灯"),
                "residents_words": self.words("天黑"),
                "category": PLAIN,
                "place": self.words("门口"),
                "photos": ids,
            }
            written = writing.write(
                self.rep, key, f"{form}{self.count}", typed, version=None, now=now
            )
            self.scene.concerns[form] = written.concern_id or 0
        return key

    def week_of_summaries(self) -> None:
        """Four weeks, each left in another state; the first one's concerns have every fate."""
        act = summaries.act
        for state in ("accepted", "returned", "submitted", "draft"):
            forms = ("proposed", "linked", "answered", "referred", "declined")
            key = self._summary(*(forms if state == "accepted" else (f"of_{state}",)))
            self.scene.summaries[state] = key
            if state != "draft":
                act(self.rep, key, "submit", {}, version=None, now=self.clock.now)
            if state == "accepted":
                self._fates()
                act(self.worker, key, "accept", {}, version=None, now=self.clock.now)
            if state == "returned":
                typed = {"question": self.words("几号楼")}
                act(self.worker, key, "return", typed, version=None, now=self.clock.now)
            if state != "draft":
                self.clock.pass_(days=7)
        self.scene.concerns["open"] = self.scene.concerns["of_submitted"]
        self.scene.concerns["written"] = self.scene.concerns["of_draft"]

    def _fates(self) -> None:
        known, now = self.scene.concerns, self.clock.now
        day = local_day(now) + timedelta(days=9)
        concerns.act(self.secretary, known["proposed"], "propose", {}, version=None, now=now)
        made = db.session.scalars(select(Concern).where(Concern.id == known["proposed"])).one()
        typed: dict[str, dict[str, Any]] = {
            "link": {"linked_to": f"proposal/{made.number}"},
            "answer": {"reply": self.words("已答复")},
            "refer": {
                "referred_to": "12345",
                "referred_name": self.words("热线"),
                "answer_on": day,
            },
            "decline": {"reason": self.words("不归本小区")},
        }
        fates = ("linked", "answered", "referred", "declined")
        for (action, inputs), fate in zip(typed.items(), fates, strict=True):
            concerns.act(self.secretary, known[fate], action, inputs, version=None, now=now)

    # ---- proposals ----------------------------------------------------------------------

    def proposal(self, *acts: tuple[str, dict[str, Any]]) -> str:
        typed = {
            "title": self.words("扶手"),
            "category": PLAIN,
            "place": self.words("楼道"),
            "wanted": self.words("修好"),
        }
        number = proposals.put_forward(self.rep, self.place, typed, now=self.clock.now)
        for action, inputs in acts:
            self.decide(number, action, **inputs)
        return number

    def decide(self, number: str, action: str, **inputs: Any) -> None:
        proposals.act(self.secretary, number, action, inputs, version=None, now=self.clock.now)

    def matters(self) -> None:
        accept: tuple[str, dict[str, Any]] = ("accept", {})
        made = self.scene.proposals
        made["submitted"] = self.proposal()
        made["returned"] = self.proposal(("return", {"missing": self.words("缺照片")}))
        made["backlog"] = self.proposal(accept)
        made["merged"] = self.proposal(accept, ("merge", {"master": made["backlog"]}))
        made["answered"] = self.proposal(("answer", {"reply": self.words("已办")}))
        day = local_day(self.clock.now) + timedelta(days=9)
        made["referred"] = self.proposal(
            (
                "refer",
                {"referred_to": "street", "referred_name": self.words("街道"), "answer_on": day},
            )
        )
        made["withdrawn"] = self.proposal()
        proposals.act(
            self.rep,
            made["withdrawn"],
            "withdraw",
            {"reason": self.words("撤回")},
            version=None,
            now=self.clock.now,
        )

    # ---- meetings -----------------------------------------------------------------------

    def meeting(self, days: int = 0) -> str:
        begins = self.clock.now.astimezone(SHANGHAI) + timedelta(days=days, minutes=1)
        typed = {
            "compound": self.place,
            "starts_on": begins.date(),
            "starts_time": begins.time(),
            "planned_minutes": 60,
            "meeting_place": self.words("议事港湾"),
            "kind": "weekly",
        }
        return meetings.schedule(self.secretary, typed, now=self.clock.now)

    def act(self, number: str, action: str, who: Any = None, **inputs: Any) -> None:
        meetings.act(who or self.secretary, number, action, inputs, now=self.clock.now)

    def held(self, *matters: str) -> str:
        """A meeting in session with everybody there and these proposals on its agenda."""
        number = self.meeting()
        meetings.place(self.secretary, number, matters, now=self.clock.now)
        self.clock.pass_(minutes=2)
        self.act(number, "open")
        people = select(Attendee.id).join(Meeting, Meeting.id == Attendee.meeting_id)
        there = db.session.scalars(people.where(Meeting.number == number)).all()
        self.act(number, "attend", attendance={str(one): {"presence": "present"} for one in there})
        return number

    def outcome(self, number: str, proposal: str, action: str, **inputs: Any) -> None:
        item = db.session.scalars(
            select(AgendaItem.id)
            .join(Proposal, Proposal.id == AgendaItem.proposal_id)
            .join(Meeting, Meeting.id == AgendaItem.meeting_id)
            .where(Proposal.number == proposal, Meeting.number == number)
        ).one()
        if action == "adopt":
            voters = (
                select(Attendee.id)
                .join(Meeting, Meeting.id == Attendee.meeting_id)
                .where(Meeting.number == number, Attendee.voting.is_(True))
            )
            inputs = {
                "votes_for": len(db.session.scalars(voters).all()),
                "votes_against": 0,
                "votes_abstain": 0,
                "wording": "",
                **inputs,
            }
        inputs["points"] = self.words("发言")
        meetings.decide(self.secretary, number, item, action, inputs, now=self.clock.now)

    def gatherings(self) -> None:
        made = self.scene.proposals
        accept: Any = (("accept", {}),)
        for name in ("adopted", "rejected", "noted"):
            made[name] = self.proposal(*accept)
        number = self.held(made["adopted"], made["rejected"], made["noted"])
        self.outcome(number, made["adopted"], "adopt")
        self.outcome(number, made["rejected"], "reject", public_reason=self.words("经费不足"))
        self.outcome(number, made["noted"], "note")
        typed = {
            **said(self.street, self.compound),
            "task_title": self.words("修扶手"),
            "public_sentence": self.words("扶手五日内修好"),
        }
        tasks.draft(self.secretary, typed, proposal_number=made["adopted"], now=self.clock.now)
        self.finish(number, "published")
        for state in ("finalised", "confirming", "minuted"):
            self.clock.pass_(minutes=5)
            self.finish(self.held(), state)
        self.clock.pass_(minutes=5)
        made["decided_next"] = self.proposal(*accept)
        self.scene.meetings["in_session"] = self.held(made["decided_next"])
        cancelled = self.meeting(days=3)
        self.act(cancelled, "cancel", reason=self.words("停水"))
        self.scene.meetings["cancelled"] = cancelled
        self.scene.meetings["scheduled"] = self.meeting(days=7)
        made["on_agenda"] = self.proposal(
            *accept, ("place", {"meeting": self.scene.meetings["scheduled"]})
        )

    def finish(self, number: str, state: str) -> None:
        self.scene.meetings[state] = number
        self.act(number, "pass_over", item=None)
        self.clock.pass_(minutes=2)
        self.act(number, "end")
        if state == "minuted":
            return
        self.act(number, "circulate")
        if state == "confirming":
            return
        for who in (self.rep, self.secretary, self.firm):
            self.act(number, "confirm", who)
        self.act(number, "finalise")
        if state == "published":
            self.act(number, "publish", notice_workdays=5)

    # ---- tasks --------------------------------------------------------------------------

    def work(self) -> None:
        for state in TaskState:
            one = walk(
                self.street,
                self.clock,
                self.folder,
                state,
                self.compound,
                task_title=self.words("路灯"),
                place=self.words("门前"),
                public_sentence=self.words("三盏路灯修好"),
                direct_reason=self.words("急"),
                category=PLAIN if state == TaskState.CLOSED else "SAF/高处坠物",
                criteria=f"{self.words('灯亮')}\n{self.words('线好')}",
            )
            self.scene.tasks[state] = one.number
        for state in (TaskState.ASSIGNED, TaskState.IN_HAND):
            one = walk(
                self.street,
                self.clock,
                self.folder,
                state,
                self.compound,
                task_title=self.words("路灯"),
            )
            one.take("urge", urge_note=self.words("快些"))
            one.take("comment", remark=self.words("辛苦"))
            self.scene.tasks[f"urged_{state}"] = one.number
            if state == TaskState.IN_HAND:
                one.take("supervise", order_text=self.words("限期办结"))
                one.take("comment", remark=self.words("街道关注"))
                self.scene.tasks["supervised"] = one.number

    # ---- requests -----------------------------------------------------------------------

    def exceptions(self) -> None:
        """Each request as it waits for each who must answer it, beside a task of its own."""
        roads: dict[str, dict[str, tuple[str, ...]]] = {
            "extension": {"pending": ()},
            "return": {
                "pending": (),
                "refused": ("refuse",),
                "disputed": ("refuse", "dispute"),
            },
            "hold": {"pending": (), "forwarded": ("propose",)},
            "reopen": {"pending": ()},
        }
        for kind, states in roads.items():
            self.scene.requests[kind] = {}
            for state, acts in states.items():
                one = walk(
                    self.street,
                    self.clock,
                    self.folder,
                    TaskState.CLOSED if kind == "reopen" else TaskState.IN_HAND,
                    self.compound,
                    task_title=self.words("路灯"),
                )
                said = {
                    name: self.words("缘由")
                    for name in ("reason", "what_first", "what_is_wrong")
                    if name in REQUESTS[kind].rows["ask"].needs
                }
                key = ask(one, kind, **said)
                for action in acts:
                    answer(one, key, action)
                self.scene.requests[kind][state] = key


def furnish(street: Street, clock: Any, folder: Path, compound: str, mark: str) -> Scene:
    """One of everything in ``compound``; the clock moves on by some weeks."""
    with scoped_to(*street.community_ids):
        return Furnisher(street, clock, folder, compound, mark).all()
