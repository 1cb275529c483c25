"""What happened to tasks: drawn at random, every act with its rows and its line of the ledger."""

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from benchmarks.chains import Act, Chains, Person, stored
from benchmarks.rows import Tables
from benchmarks.streets import Compound, Street
from benchmarks.words import LOOKED, NOTED, Matter, Words
from harbour.domain.calendar import shipped
from harbour.domain.deadlines import (
    LIMITS,
    Level,
    Limit,
    due_after,
    due_soon_at,
    local_day,
    workdays,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROJECT = workdays(60)
SATISFIED = (
    "very_satisfied",
    "satisfied",
    "satisfied",
    "satisfied",
    "basically_satisfied",
    "dissatisfied",
)
CRITERION = "现场看得见已经办好,住户认可"


@dataclass
class Course:
    """How far a task came, and when."""

    state: str
    accepted: datetime | None = None
    reported: datetime | None = None
    verified: datetime | None = None
    closed: datetime | None = None
    held: datetime | None = None


class Dues:
    """When things are due, remembered: a day's answers are the same for all its tasks."""

    def __init__(self) -> None:
        self.calendar = shipped()
        self.known: dict[tuple[date, Limit], datetime] = {}
        self.soon: dict[tuple[date, Limit], datetime] = {}

    def due(self, start: datetime, limit: Limit) -> datetime:
        """When it is due."""
        if limit.unit == "hours":
            return due_after(start, limit, self.calendar)
        key = (local_day(start), limit)
        if key not in self.known:
            self.known[key] = due_after(start, limit, self.calendar)
        return self.known[key]

    def due_soon(self, start: datetime, due: datetime, limit: Limit) -> datetime:
        """When it is due soon."""
        if limit.unit == "hours":
            return due_soon_at(due, start, limit, self.calendar)
        key = (local_day(due), limit)
        if key not in self.soon:
            self.soon[key] = due_soon_at(due, start - 400 * DAY, limit, self.calendar)
        return max(start, self.soon[key])


class Tasks:
    """Writes tasks with their criteria, reports, verifications and acts."""

    def __init__(
        self, tables: Tables, chains: Chains, words: Words, street: Street, now: datetime
    ) -> None:
        self.tables, self.chains, self.words, self.now = tables, chains, words, now
        self.street, self.dues = street, Dues()
        self.draw = random.Random(words.random.random())
        self.task = tables.into(
            "task", "community_id", "compound_id", "number", "state", "is_open", "title",
            "category", "place", "proposal_id", "meeting_id", "direct_reason", "lead_kind",
            "lead_firm_id", "lead_name", "level", "who_pays", "public_sentence", "created_at",
            "dispatched_at", "accept_due_at", "due_at", "due_soon_at", "first_due_at",
            "accepted_at", "reported_at", "verified_at", "closed_at", "held_at",
        )  # fmt: skip
        self.criterion = tables.into("criterion", "community_id", "task_id", "text")
        self.progress = tables.into(
            "progress", "community_id", "task_id", "round", "note", "by_id", "at"
        )
        self.report = tables.into(
            "report", "community_id", "task_id", "round", "result", "what_was_done",
            "public_reply", "contact", "late", "by_id", "at",
        )  # fmt: skip
        self.answer = tables.into(
            "report_answer", "community_id", "report_id", "criterion_id", "met", "words"
        )
        self.verification = tables.into(
            "verification", "community_id", "task_id", "report_id", "round", "solved",
            "satisfaction", "words", "by_id", "by_name", "role", "at",
        )  # fmt: skip
        self.tick = tables.into(
            "verification_tick", "community_id", "verification_id", "criterion_id", "met"
        )

    def write(
        self,
        compound: Compound,
        matter: Matter,
        number: str,
        at: datetime,
        raised_by: Person,
        proposal: int | None = None,
        meeting: int | None = None,
    ) -> None:
        """One task, dispatched at a moment, as far as it has come by now."""
        draw = self.draw
        limits = LIMITS[Level(matter.level)]
        handle = limits.handle or PROJECT
        due = self.dues.due(at, handle)
        course = self._course(at, due)
        of_firm = draw.random() < 0.88
        lead = compound.manager if of_firm else compound.worker
        sentence = (
            f"为居民办实事：{matter.title}，由{compound.firm_name}主办，办完后请代表现场查看。"
        )
        lead_name = compound.firm_name if of_firm else compound.community_name
        task = self.task(
            compound.community, compound.id, number, course.state,
            course.state not in ("closed", "cancelled"), matter.title, matter.category,
            matter.place, proposal, meeting, "" if proposal else "居民反映急,先办后议",
            "firm" if of_firm else "community", compound.firm if of_firm else None, lead_name,
            matter.level, "firm" if of_firm else "community", sentence, stored(at), stored(at),
            stored(self.dues.due(at, limits.accept)), stored(due),
            stored(self.dues.due_soon(at, due, handle)), stored(due), stored(course.accepted),
            stored(course.reported), stored(course.verified), stored(course.closed),
            stored(course.held),
        )  # fmt: skip
        self.tables.findable(
            "task",
            task,
            compound.community,
            number,
            matter.title,
            matter.place,
            sentence,
            lead_name,
            "",
        )
        self._lines(compound, task, number, at, due, lead, raised_by, course)
        self._parts(compound, task, due, lead, raised_by, course, matter)

    def _course(self, at: datetime, due: datetime) -> Course:
        """Most go the whole way in their time; some stay where they are."""
        draw, now = self.draw, self.now
        luck = draw.random()
        accepted = at + draw.uniform(0.3, 26) * HOUR
        span = due - at
        reported = max(accepted + HOUR, at + span * draw.triangular(0.1, 1.4, 0.8))
        verified = reported + draw.uniform(2, 90) * HOUR
        closed = verified + draw.uniform(0.5, 60) * HOUR
        whole = [t.replace(microsecond=0) for t in (accepted, reported, verified, closed)]
        gone = sum(t < now for t in whole)
        if luck < 0.1:
            gone = min(gone, int(luck / 0.1 * 4))
        course = Course(
            ("assigned", "in_hand", "reported", "verified", "closed")[gone],
            *(t if n < gone else None for n, t in enumerate(whole)),
        )
        if gone == 1 and 0.03 < luck < 0.038:
            course.state, course.held = "on_hold", min(now, whole[0] + DAY)
        elif luck > 0.985:
            course = Course("cancelled")
        return course

    def _lines(
        self, compound: Compound, task: int, number: str, at: datetime, due: datetime,
        lead: Person, raised_by: Person, course: Course,
    ) -> None:  # fmt: skip
        secretary = compound.secretary

        def say(
            when: datetime, by: Person, act: str, before: str | None, after: str, column: str = ""
        ) -> None:
            changes = {"state": [before, after]} if before != after else {}
            if column:
                changes[column] = [None, when.isoformat()]
            self.chains.say(
                when,
                Act(compound.community, by, f"task.{act}", task, number, before, after, changes),
            )

        say(at, compound.worker, "draft", None, "drafted")
        say(at, secretary, "dispatch", "drafted", "assigned", "dispatched_at")
        if course.state == "cancelled":
            say(min(self.now, at + DAY), secretary, "cancel", "assigned", "cancelled")
        for when, by, act, before, after, column in (
            (course.accepted, lead, "accept", "assigned", "in_hand", "accepted_at"),
            (course.held, self.street.supervisor, "hold", "in_hand", "on_hold", "held_at"),
            (course.reported, lead, "report", "in_hand", "reported", "reported_at"),
            (course.verified, raised_by, "verify", "reported", "verified", "verified_at"),
            (course.closed, secretary, "close", "verified", "closed", "closed_at"),
        ):
            if when is not None:
                say(when, by, act, before, after, column)

    def _parts(
        self, compound: Compound, task: int, due: datetime, lead: Person, raised_by: Person,
        course: Course, matter: Matter,
    ) -> None:  # fmt: skip
        here, draw = compound.community, self.draw
        criterion = self.criterion(here, task, CRITERION)
        if course.accepted and draw.random() < 0.15:
            at = course.accepted + HOUR
            if at < self.now and (course.reported is None or at < course.reported):
                note = draw.choice(NOTED)
                self.progress(here, task, 1, note, lead.id, stored(at))
                self.chains.say(at, Act(here, lead, "task.progress", task, None, "in_hand", "in_hand",
                                        inputs={"progress_note": note}))  # fmt: skip
        if not course.reported:
            return
        report = self.report(
            here, task, 1, "done", matter.done, f"{matter.title}已办好，请大家查看。", "phone",
            course.reported > due, lead.id, stored(course.reported),
        )  # fmt: skip
        self.answer(here, report, criterion, True, "已办好")
        if course.verified:
            found = self.verification(
                here, task, report, 1, "solved", draw.choice(SATISFIED), draw.choice(LOOKED),
                raised_by.id, raised_by.name, raised_by.role, stored(course.verified),
            )  # fmt: skip
            self.tick(here, found, criterion, True)
