"""A quarter of one compound: scripts of tasks, acted for real and worked out by hand beside it.

What is expected is counted here with fingers: a list of free days, and sums over it. Nothing of
the rules that are tested is asked.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from harbour.services import requests
from tests.making.places import Street
from tests.making.tasks import Walk, drafted, everywhere, sent_back

FREE = {
    date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 4), date(2026, 5, 5), date(2026, 6, 19),
}  # fmt: skip
WORKED = {date(2026, 5, 9)}
ONE = timedelta(days=1)
RUNNING = ("assigned", "in_hand")


def works(day: date) -> bool:
    """Whether it is a workday: five a week, but for the holidays of this spring."""
    return day in WORKED or (day.weekday() < 5 and day not in FREE)


def after(day: date, count: int) -> date:
    """The workday so many workdays after a day."""
    while count:
        day += ONE
        count -= works(day)
    return day


def between(start: date, end: date) -> int:
    """How many workdays come after one day up to another."""
    return sum(works(start + ONE * n) for n in range(1, (end - start).days + 1))


@dataclass
class Story:
    """One task: how it is to go, and how it should stand."""

    walk: Walk
    script: str
    first: date
    sent: date
    due: date
    state: str = "assigned"
    lead: str = "firm"
    waits_since: date | None = None
    urges: int = 0
    round: int = 1
    carried: int = 0
    ordered: bool = False
    held: date | None = None
    review: date | None = None
    began: date | None = None
    request: int = 0
    told: dict[tuple[str, date], date] = field(default_factory=dict)

    def level(self, day: date) -> int:
        """On which rung of the ladder it should stand at the end of a day."""
        if self.state in RUNNING:
            over = between(self.due, day) if day > self.due else 0
            third = (self.ordered and over >= 5) or self.round > 2 or self.carried >= 3
            unaccepted = self.state == "assigned" and between(self.sent, day) > 2
            if third:
                return 3
            return 2 if over >= 3 or unaccepted or self.urges >= 3 else int(over >= 1)
        if self.state in ("reported", "verified") and self.waits_since is not None:
            over = between(self.waits_since, day) - 2
            if over >= 5 and self.ordered:
                return 3
            return 2 if over >= 3 else int(over >= 1)
        return 0

    def morning(self, day: date) -> None:
        """What somebody should be told of it at eight."""
        if self.state not in RUNNING:
            return
        before = self.due
        while between(before, self.due) < 3:
            before -= ONE
        while not works(before):
            before -= ONE
        step = ""
        if self.level(day):
            step = f"task.level{self.level(day)}"
        elif day == self.due:
            step = "task.due_today"
        elif before <= day < self.due and self.sent < before:
            step = "task.remind"
        if step:
            self.told.setdefault((step, self.due), day)

    def people(self, step: str) -> set[str]:
        """Who should be told of a step."""
        lead = {"ah-sunjl"} if self.lead == "firm" else {"ch-zhao", "ch-lin"}
        if step == "task.remind":
            return lead
        street = {"cf-zhou"} if step in ("task.level2", "task.level3") else set()
        return lead | {"ch-zhao"} | street

    def dawn(self, day: date) -> None:
        """What the clock should have done before the morning."""
        if self.state == "on_hold" and self.review is not None and day >= self.review:
            assert self.held is not None
            used = max(self.began or self.sent, self.held - ONE)
            self.due = after(self.review, between(used, self.due))
            self.state, self.began = "in_hand", self.review

    # ---- acts, for real and on paper ------------------------------------------------------

    def lead_user(self) -> str:
        return "ah-sunjl" if self.lead == "firm" else "ch-lin"

    def ask(self, kind: str, by: str, **inputs: Any) -> None:
        with everywhere():
            actor, clock = self.walk.street.actor(by), self.walk.clock
            self.request = requests.ask(actor, self.walk.number, kind, inputs, now=clock.now)

    def answer(self, kind: str, action: str, by: str, **inputs: Any) -> None:
        with everywhere():
            actor = self.walk.street.actor(by)
            actor = replace(actor, community_id=self.walk.street.communities["CH"])
            requests.act(actor, kind, self.request, action, inputs, version=None,
                         now=self.walk.clock.now)  # fmt: skip


def accept(story: Story, day: date) -> None:
    story.walk.take("accept")
    story.state = "in_hand"


def report(story: Story, day: date) -> None:
    story.walk.take("report")
    story.state, story.waits_since = "reported", day


def verify(story: Story, day: date) -> None:
    story.walk.take("verify")
    story.state, story.waits_since = "verified", day


def close(story: Story, day: date) -> None:
    story.walk.take("close")
    story.state = "closed"


def cancel(story: Story, day: date) -> None:
    story.walk.take("cancel")
    story.state = "cancelled"


def rework(story: Story, day: date) -> None:
    due = after(day, 5)
    story.walk.take("rework", **sent_back(story.walk.task, due))
    story.state, story.round, story.due = "in_hand", story.round + 1, due


def urge(story: Story, day: date) -> None:
    story.walk.take("urge", by="ch01-rep1")
    story.urges += 1


def supervise(story: Story, day: date) -> None:
    story.walk.take("supervise")
    story.ordered = True


def ask_time(story: Story, day: date) -> None:
    story.ask("extension", story.lead_user(), reason="配件没到", wished_on=after(story.due, 3))


def grant_time(story: Story, day: date) -> None:
    later = after(story.due, 3)
    story.answer("extension", "grant", "ch-zhao", granted_on=later, decision_note="同意")
    story.due = later


def rest(story: Story, day: date) -> None:
    review = day + 12 * ONE
    story.ask("hold", story.lead_user(), hold_reason="season", what_first="等雨停",
              review_on=review)  # fmt: skip
    story.answer("hold", "propose", "ch-zhao", decision_note="同意")
    story.answer("hold", "consent", "cf-zhou", decision_note="同意")
    story.state, story.held, story.review = "on_hold", day, review


def give_back(story: Story, day: date) -> None:
    due = after(day, 8)
    story.ask("return", story.lead_user(), return_reason="not_contract_duty", reason="不属合同")
    story.answer("return", "grant", "ch-zhao", lead="community", new_due_on=due,
                 decision_note="由社区办")  # fmt: skip
    story.lead, story.due, story.sent, story.state = "community", due, day, "assigned"


def reopen(story: Story, day: date) -> None:
    due = after(day, 5)
    story.ask("reopen", "ch01-rep1", what_is_wrong="又坏了")
    story.answer("reopen", "grant", "ch-zhao", new_due_on=due, decision_note="重办")
    story.state, story.round, story.due = "in_hand", story.round + 1, due


Act = Callable[[Story, date], None]
END = {7: report, 8: verify, 9: close}
# Each: on which workday after it was sent out, what is done.
SCRIPTS: Mapping[str, Mapping[int, Act]] = {
    "plain": {1: accept, 3: report, 4: verify, 5: close},
    "extended": {1: accept, 4: ask_time, 5: grant_time, **END},
    "lapsed": {1: accept, 4: ask_time, 9: report, 10: verify, 11: close},
    "resting": {1: accept, 2: rest, 12: report, 13: verify, 14: close},
    "returned": {1: give_back, 2: accept, **END},
    "slow": {4: accept, **END},
    "again": {1: accept, 2: report, 3: rework, **END},
    "twice": {1: accept, 2: report, 3: rework, 4: report, 5: rework, **END},
    "urged": {1: accept, 2: urge, 3: urge, 4: urge, **END},
    "watched": {1: accept, 7: supervise, 12: report, 13: verify, 14: close},
    "forgotten": {1: accept, 22: report, 23: verify, 24: close},
    "waiting": {1: accept, 3: report, 9: verify, 15: close},
    "dropped": {1: accept, 3: cancel},
    "reopened": {1: accept, 2: report, 3: verify, 4: close, 6: reopen, **END},
}


def sent_out(street: Street, clock: Any, folder: Path, script: str, day: date) -> Story:
    """A task dispatched now, due after five workdays."""
    number = drafted(street, clock, category="ENV/楼道保洁", task_title=f"{script} {day}")
    walk = Walk(street, clock, folder, number, "CH-01")
    walk.take("dispatch")
    return Story(walk, script, day, day, after(day, 5))


def at(day: date, hour: str) -> str:
    """A moment as the test's clock takes it."""
    return f"{datetime.combine(day, datetime.min.time()):%Y-%m-%d} {hour}"
