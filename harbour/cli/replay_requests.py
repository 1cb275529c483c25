"""What a file's events ask for beside a task, and how they were answered."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from harbour.cli.replay_files import Entry, Unreadable
from harbour.cli.replay_scene import Act, Stage
from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import add_workdays, local_day
from harbour.domain.request_facts import HoldReason, ReturnReason
from harbour.domain.text import N_, Text
from harbour.models.calendar import working_calendar
from harbour.models.subjects import settings_of
from harbour.models.tasks import Task
from harbour.services import requests

#: Each event with the request it is about and the act of its table.
ASKED_AND_ANSWERED: Mapping[str, tuple[str, str]] = {
    "extension_request": ("extension", "ask"),
    "extension_grant": ("extension", "grant"),
    "return_request": ("return", "ask"),
    "return_grant": ("return", "grant"),
    "hold_request": ("hold", "ask"),
    "hold_grant": ("hold", "propose"),
    "hold_consent": ("hold", "consent"),
    "reopen": ("reopen", "grant"),
}
#: So many workdays more where a file does not say how many.
USUAL_WORKDAYS = 5
#: A representative asks so long before the secretary agrees to reopen, at most.
ASKED_BEFORE = timedelta(minutes=30)


class Played(Protocol):
    """The task a request is beside, as it is being replayed."""

    stage: Stage
    entry: Entry
    code: str
    number: str
    events: list[Entry]

    def actor(self, event: Entry, now: datetime) -> Actor:
        """Who did what an event tells."""

    def lead(self, name: str, now: datetime) -> str:
        """Who leads by this name, as the input takes it."""

    def task(self) -> Task:
        """The task as it stands now."""


class RequestPlay:
    """The requests beside one task; what waits for its answer is kept by its kind."""

    def __init__(self, play: Played) -> None:
        self.play = play
        self.waiting: dict[str, int] = {}

    def acts(self, event: Entry, at: datetime, before: datetime) -> Iterator[Act]:
        """The acts an event stands for; ``before`` is when the one before it was."""
        kind, action = ASKED_AND_ANSWERED[event["action"]]
        act, code = self.play.stage.act, self.play.code
        if kind == "reopen":
            # The file tells of the decision; that somebody asked for it goes without saying.
            asked = at - min(ASKED_BEFORE, (at - before) / 2)
            yield act(asked, "reopen.ask", self._ask_to_reopen(event), code)
        doing = self._asking(event) if action == "ask" else self._answering(event, action)
        yield act(at, f"{kind}.{action}", doing, code)
        if action == "propose" and not self._tells("hold_consent"):
            consent = self._answering(event, "consent", in_role=Role.STREET_SUPERVISOR)
            yield act(at + timedelta(minutes=1), "hold.consent", consent, code)

    def _tells(self, action: str) -> bool:
        return any(one["action"] == action for one in self.play.events)

    def _next(self, event: Entry, action: str) -> Entry:
        """The next event of a sort after this one; an empty one where there is none."""
        later = self.play.events[self.play.events.index(event) :]
        return next((one for one in later if one["action"] == action), Entry("", {}))

    # ---- asking -------------------------------------------------------------------------------

    def _asking(self, event: Entry) -> Callable[[datetime], None]:
        kind, _ = ASKED_AND_ANSWERED[event["action"]]

        def do(now: datetime) -> None:
            self._ask(kind, self.play.actor(event, now), self._asked_for(kind, event, now), now)

        return do

    def _ask_to_reopen(self, event: Entry) -> Callable[[datetime], None]:
        def do(now: datetime) -> None:
            says = event.text("note") or "又出现了同样的问题，请重新办理。"
            self._ask("reopen", self._representative(now), {"what_is_wrong": says}, now)

        return do

    def _ask(self, kind: str, actor: Actor, inputs: Mapping[str, Any], now: datetime) -> None:
        self.waiting[kind] = requests.ask(actor, self.play.number, kind, inputs, now=now)

    def _representative(self, now: datetime) -> Actor:
        """Who verified it before, else any representative of the compound."""
        stage = self.play.stage
        names = [one.text("actor") for one in self.play.events if one["action"] == "verify"]
        for name in names:
            found = stage.scene.cast.named(name, stage.community_id, now) if name else None
            if found is not None and found.role is Role.RESIDENT_REP:
                return found
        any_one = stage.scene.cast.in_role(
            Role.RESIDENT_REP, stage.community_id, now, compound_id=stage.compound_id
        )
        return any_one or stage.in_role(Role.RESIDENT_REP, now)

    def _asked_for(self, kind: str, event: Entry, now: datetime) -> dict[str, Any]:
        note, data = event.text("note"), event.entry("data")
        if kind == "extension":
            return {"reason": note, "wished_on": self._wished(event)}
        if kind == "return":
            reason = data.text("reason") or ReturnReason.UNCLEAR
            return {"reason": note, "return_reason": reason}
        return {
            "hold_reason": data.text("reason") or _sort_of(note),
            "what_first": note,
            "review_on": self._review(event, now),
        }

    def _wished(self, event: Entry) -> date:
        granted = self._next(event, "extension_grant").entry("data")
        if granted.get("due"):
            return _day(granted, "due")
        told = event.entry("data").get("workdays") or USUAL_WORKDAYS
        due = local_day(self.play.task().due_at)
        return add_workdays(due, int(told), working_calendar())

    def _review(self, event: Entry, now: datetime) -> date:
        """The workday after the file lets it go on, as far ahead as a hold may last."""
        most = settings_of(self.play.stage.community_id).hold_review_max_days
        last = local_day(now) + timedelta(days=most)
        resumed = self._next(event, "resume")
        if not resumed:
            return last
        return min(last, add_workdays(_day(resumed, "at"), 1, working_calendar()))

    # ---- answering ----------------------------------------------------------------------------

    def _answering(
        self, event: Entry, action: str, in_role: Role | None = None
    ) -> Callable[[datetime], None]:
        kind, _ = ASKED_AND_ANSWERED[event["action"]]

        def do(now: datetime) -> None:
            if kind not in self.waiting:
                raise Unreadable(
                    Text(N_("%(where)s: “%(name)s” answers nothing that was asked for before."),
                         {"where": event.where, "name": event["action"]})
                )  # fmt: skip
            stage = self.play.stage
            actor = self.play.actor(event, now) if in_role is None else stage.in_role(in_role, now)
            requests.act(
                actor, kind, self.waiting[kind], action, self._answered(kind, event, now),
                version=None, now=now,
            )  # fmt: skip

        return do

    def _answered(self, kind: str, event: Entry, now: datetime) -> dict[str, Any]:
        data, note = event.entry("data"), event.text("note")
        said: dict[str, Any] = {"decision_note": note}
        if kind == "extension":
            told = _day(data, "due") if data.get("due") else self._wished(event)
            return {**said, "granted_on": told}
        if kind == "return":
            anew = self._next(event, "dispatch").entry("data")
            name = anew.text("to") or str(self.play.entry["lead"])
            due = _day(anew, "due") if anew.get("due") else self._usual_day(now)
            return {**said, "lead": self.play.lead(name, now), "new_due_on": due}
        if kind == "reopen":
            due = _day(data, "due") if data.get("due") else self._usual_day(now)
            return {**said, "new_due_on": due}
        return said

    @staticmethod
    def _usual_day(now: datetime) -> date:
        return add_workdays(local_day(now), USUAL_WORKDAYS, working_calendar())


def _sort_of(note: str) -> HoldReason:
    """The sort of reason in the words of a file that names none."""
    signs = {
        HoldReason.SEASON: ("温", "季", "雨", "雪", "冻", "天气"),
        HoldReason.FUNDS: ("资金", "经费", "预算"),
        HoldReason.OWNERS: ("业主",),
        HoldReason.MATERIAL: ("配件", "材料", "缺货", "设备"),
    }
    return next(
        (sort for sort, words in signs.items() if any(one in note for one in words)),
        HoldReason.OTHER,
    )


def _day(entry: Entry, key: str) -> date:
    """The day of what a file writes as a day or a moment."""
    found = entry.when(key)
    return local_day(found) if isinstance(found, datetime) else found
