"""A task of a file: drafted, dispatched, and followed through its events."""

import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from harbour.cli.replay_files import Entry, Unreadable
from harbour.cli.replay_places import team
from harbour.cli.replay_requests import ASKED_AND_ANSWERED, RequestPlay
from harbour.cli.replay_scene import Act, Stage, category
from harbour.cli.replay_times import settle
from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import Level, add_workdays, local_day
from harbour.domain.promises import promise
from harbour.domain.tasks import Contact, LeadKind, Payer, Result
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.calendar import working_calendar
from harbour.models.subjects import settings_of
from harbour.models.tasks import Task
from harbour.services import photos, tasks

MINUTE = timedelta(minutes=1)
#: What the light says by itself; a second dispatch tells whom a return was granted to.
COMPUTED = frozenset({"overdue", "dispatch"})
LEADS = frozenset(
    {"accept", "accept_overdue", "progress", "milestone", "report", *(
        f"{kind}_request" for kind in ("extension", "return", "hold"))}
)  # fmt: skip
STREETS = frozenset({"supervise", "hold_consent"})
PAYS = {
    LeadKind.FIRM: Payer.FIRM,
    LeadKind.COMMUNITY: Payer.COMMUNITY,
    LeadKind.TEAM: Payer.NO_COST,
}
REPLY_WORKDAYS = 3
SAFETY = "SAF/"


class TaskPlay:
    """One task; ``dispatch_at`` is when it goes out, by the end of its meeting or by itself."""

    def __init__(
        self,
        stage: Stage,
        entry: Entry,
        *,
        proposal: Entry | None,
        adopted: bool,
        numbers: Mapping[int, str],
        agreed: str,
        ended_at: datetime,
    ) -> None:
        self.stage, self.entry, self.proposal, self.adopted = stage, entry, proposal, adopted
        self.numbers, self.agreed = numbers, agreed
        self.code: str = entry["code"]
        self.number = ""
        first, *events = entry.entries("events")
        self.events: list[Entry] = events
        if first["action"] != "dispatch":
            raise Unreadable(
                Text(N_("%(where)s: the first event must be “dispatch”."), {"where": entry.where})
            )
        self.first, self.ended_at = first, ended_at
        self.dispatch_at = self._dispatched(first.when("at"))
        self.level = Level(entry.text("level") or Level.NORMAL)
        self.requests = RequestPlay(self)

    def _dispatched(self, told: date | datetime) -> datetime:
        if isinstance(told, datetime):
            return told
        if self.adopted:
            return self.ended_at
        return max(self.ended_at + 10 * MINUTE, settle(["dispatch"], [told], self.ended_at)[0]
                   if told > local_day(self.ended_at) else self.ended_at)  # fmt: skip

    def acts(self) -> Iterator[Act]:
        """What happened to it after the meeting (or outside it)."""
        act = self.stage.act
        if not self.adopted:
            drafted = max(self.ended_at + MINUTE, self.dispatch_at - 5 * MINUTE)
            yield act(min(drafted, self.dispatch_at), "task.draft", self.draft, self.code)
        if not self.adopted or self.dispatch_at != self.ended_at:
            yield act(self.dispatch_at, "task.dispatch", self._dispatch, self.code)
        kept = [one for one in self.events if one["action"] not in COMPUTED]
        told = [self._told(one) for one in kept]
        times = settle([one["action"] for one in kept], told, self.dispatch_at)
        before = self.dispatch_at
        for event, moment in zip(kept, times, strict=True):
            if event["action"] in ASKED_AND_ANSWERED:
                yield from self.requests.acts(event, moment, before)
            else:
                yield act(moment, f"task.{_row(event)}", self._doing(event), self.code)
            before = moment

    @staticmethod
    def _told(event: Entry) -> date | datetime:
        """When it was; "by six o'clock" is shortly before."""
        data = event.entry("data")
        if data.get("before"):
            return data.moment("before") - 20 * MINUTE
        return event.when("at")

    # ---- drafting and dispatching -------------------------------------------------------------

    def draft(self, now: datetime) -> None:
        """Write the task, of its adopted proposal or directly with its reason."""
        self.stage.scene.tasks += 1
        lead = self.lead(self.lead_name(), now)
        kind = LeadKind(lead.partition(":")[0])
        title = self.entry["title"]
        inputs: dict[str, Any] = {
            "task_title": title,
            "lead": lead,
            "level": self.level,
            "due_on": self._due_by_hand(),
            "criteria": self.agreed or f"{title}：已经办好，现场看得见。",
            "who_pays": PAYS[kind],
            "public_sentence": f"{title}，由{self.lead_name()}主办，办完请大家查看。",
            "assistants": [
                one for one in self.entry.get("assistants", ()) if one != self.lead_name()
            ],
            "milestones": "\n".join(
                f"{one['date']} {one['name']}" for one in self.entry.entries("milestones")
            ),
        }
        compound_id: int | None = self.stage.compound_id
        code = category(self.entry.where, self.entry["category"])
        number = self.numbers.get(self.proposal["no"]) if self.proposal else None
        if self.adopted or (number and code.startswith(SAFETY)):
            compound_id = None
        else:
            number = None
        if not self.adopted:
            inputs |= {"category": code, "place": self.entry.text("place"),
                       "direct_reason": self._reason()}  # fmt: skip
        self.number = tasks.draft(
            self.stage.secretary(now), inputs, proposal_number=number, compound_id=compound_id,
            now=now,
        )  # fmt: skip

    def _reason(self) -> str:
        told = self.first.text("note") or self.entry.text("note")
        return told or (self.proposal.text("note") if self.proposal else "") or self.entry["title"]

    def lead_name(self) -> str:
        """Who led it first."""
        return self.first.entry("data").text("to") or str(self.entry["lead"])

    def lead(self, name: str, now: datetime) -> str:
        """Who leads by this name, as the input takes it."""
        made = self.stage.scene.made
        if name in made.firm_names:
            return f"firm:{made.firms[made.firm_names[name]]}"
        if name in made.community_names:
            return "community"
        # A service team or a mediation room of the community, under its own name.
        return f"team:{team(self.stage.community_id, name, '', now)}"

    def _due_by_hand(self) -> date | None:
        """The day the file promises, where the level alone would promise another."""
        data = self.first.entry("data")
        if not data.get("due"):
            return None
        due = data.when("due")
        day = local_day(due) if isinstance(due, datetime) else due
        found = promise(
            self.dispatch_at,
            self.level,
            settings_of(self.stage.community_id),
            working_calendar(),
            milestones=[_day(one, "date") for one in self.entry.entries("milestones")],
        )
        return None if local_day(found.due_at) == day else day

    def _dispatch(self, now: datetime) -> None:
        self._act(self.stage.secretary(now), "dispatch", {}, now)

    # ---- events -----------------------------------------------------------------------------

    def _act(self, actor: Actor, action: str, inputs: Mapping[str, Any], now: datetime) -> None:
        tasks.act(actor, self.number, action, inputs, version=None, now=now)

    def _doing(self, event: Entry) -> Callable[[datetime], None]:
        def do(now: datetime) -> None:
            actor = self.actor(event, now)
            self._act(actor, _row(event), self._inputs(event, actor, now), now)

        return do

    def actor(self, event: Entry, now: datetime) -> Actor:
        """The person named; for a body of people whoever acts for it."""
        name, action = event.text("actor"), event["action"]
        made = self.stage.scene.made
        bodies = {*made.firm_names, *made.community_names, self.lead_name(), ""}
        if name not in bodies:
            return self.stage.person(name, now)
        if action in LEADS:
            task = self.task()
            if task.lead_kind == LeadKind.FIRM:
                return self.stage.in_role(Role.FIRM_MANAGER, now, firm_id=task.lead_firm_id)
            return self.stage.worker(now)
        if action in STREETS:
            return self.stage.in_role(Role.STREET_SUPERVISOR, now)
        if action in ("verify", "rework", "notice_posted"):
            return self.stage.worker(now)
        return self.stage.secretary(now)

    def task(self) -> Task:
        """The task as it stands now."""
        return db.session.scalars(select(Task).where(Task.number == self.number)).one()

    def _inputs(self, event: Entry, actor: Actor, now: datetime) -> dict[str, Any]:
        """What is typed in with an event."""
        note, action = event.text("note"), event["action"]
        told = {"report": self._report, "verify": self._verified, "rework": self._sent_back}
        if action in told:
            return told[action](event, actor, now)
        said: dict[str, dict[str, Any]] = {
            "progress": {"progress_note": note or "正在办理。"},
            "milestone": {"progress_note": note},
            "notice_posted": {"remark": note or "已张贴公示。"},
            "urge": {"urge_note": note},
            "supervise": {
                "order_text": note or "请按期办理并书面答复。",
                "reply_on": add_workdays(local_day(now), REPLY_WORKDAYS, working_calendar()),
            },
            "cancel": {"reason": note},
        }
        reached = {"milestone": self._milestone(event)} if action == "milestone" else {}
        return {**said.get(action, {}), **reached}

    def _milestone(self, event: Entry) -> int | None:
        name = event.entry("data")["milestone"]
        return next((one.id for one in self.task().milestones if one.name == name), None)

    def _report(self, event: Entry, actor: Actor, now: datetime) -> dict[str, Any]:
        task, title = self.task(), self.entry["title"]
        told = [one for one in self.entry.entries("reports")
                if one.get("round", 1) == event.get("round", 1)]  # fmt: skip
        before, after = (self._photo(actor, moment, now) for moment in ("before", "after"))
        answers = {
            str(one.id): {"met": True, "words": "已办好", "before": before if n == 0 else (),
                          "after": after if n == 0 else ()}
            for n, one in enumerate(task.criteria)
        }  # fmt: skip
        done = told[0]["text"] if told else event.text("note")
        return {
            "result": Result.DONE,
            "criteria_answers": answers,
            "what_was_done": done or f"{title}，已按要求办完。",
            "public_reply": f"{title}：已经办完，请大家查看。",
            "contact": Contact.IN_PERSON,
            "contact_on": local_day(now),
        }

    def _photo(self, actor: Actor, moment: str, now: datetime) -> tuple[int, ...]:
        seed = f"{self.code}-{moment}-{self.task().round}"
        picture = self.stage.scene.album.photo(seed, local_day(now).year)
        return (photos.stage(actor, secrets.token_hex(16), "photos", picture, now=now).id,)

    def _verified(self, event: Entry, _by: Actor, _now: datetime) -> dict[str, Any]:
        data = event.entry("data")
        rounds = (self.entry.entry("evaluation"), *self.entry.entries("later_evaluations"))
        words = [one.text("comment") for one in rounds
                 if one and one.get("round", 1) == event.get("round", 1)]  # fmt: skip
        solved = data["solved"]
        every = [str(one.id) for one in self.task().criteria]
        return {
            "solved": solved,
            "satisfaction": data["satisfaction"],
            "criteria_ticks": every if solved == "solved" else [],
            "finding": (words[0] if words else "") or event.text("note"),
            "photos": (),
        }

    def _sent_back(self, event: Entry, _by: Actor, now: datetime) -> dict[str, Any]:
        data = event.entry("data")
        due = (
            _day(data, "due")
            if data.get("due")
            else add_workdays(local_day(now), 5, working_calendar())
        )
        return {
            "rework_cause": data.text("cause") or "not_done",
            "failed_criteria": [str(one.id) for one in self.task().criteria],
            "what_is_wrong": event.text("note") or "没有办好，请返工。",
            "new_due_on": due,
            "photos": (),
        }


def _day(entry: Entry, key: str) -> date:
    found = entry.when(key)
    return local_day(found) if isinstance(found, datetime) else found


def _row(event: Entry) -> str:
    """The act of the harbour's table an event stands for."""
    known = {
        "accept_overdue": "accept", "milestone": "progress", "notice_posted": "comment",
        **{name: name for name in ("accept", "progress", "urge", "supervise", "report", "verify",
                                   "rework", "close", "cancel", "resume")},
    }  # fmt: skip
    if event["action"] not in known:
        raise Unreadable(
            Text(N_("%(where)s: there is no event “%(name)s”."),
                 {"where": event.where, "name": event["action"]})
        )  # fmt: skip
    return known[event["action"]]
