"""The weeks around the tasks: summaries, concerns, proposals, meetings and their minutes."""

import random
from datetime import datetime, timedelta

from benchmarks.chains import Act, Chains, Person, stored
from benchmarks.rows import Tables
from benchmarks.stories import Tasks
from benchmarks.streets import Compound
from benchmarks.words import Matter, Words
from harbour.domain.deadlines import local_day
from harbour.domain.numbers import compound_code

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PROPOSALS = 5


def meeting_number(compound: Compound, year: int, issue: int) -> str:
    """A meeting's number, as the harbour gives it."""
    return f"{compound_code(compound.code)}-{year}-M{issue:02d}"


class Meetings:
    """Writes a meeting with all that led to it and followed from it."""

    def __init__(
        self, tables: Tables, chains: Chains, words: Words, tasks: Tasks, now: datetime
    ) -> None:
        self.tables, self.chains, self.words, self.tasks, self.now = (
            tables,
            chains,
            words,
            tasks,
            now,
        )
        self.draw = random.Random(words.random.random())
        self.held = 0
        self.summary = tables.into(
            "summary", "community_id", "compound_id", "author_id", "entered_by_id", "period_start",
            "period_end", "cutoff_at", "meeting_id", "state", "visited", "heard", "created_at",
            "submitted_at",
        )  # fmt: skip
        self.concern = tables.into(
            "concern", "community_id", "compound_id", "summary_id", "number", "state", "title",
            "words", "category", "building_id", "place", "voices", "households", "proposal_id",
            "decided_at", "created_at",
        )  # fmt: skip
        self.proposal = tables.into(
            "proposal", "community_id", "compound_id", "number", "state", "title", "wanted",
            "category", "building_id", "place", "author_id", "author_role", "meeting_id",
            "created_at", "waits_since", "decided_at",
        )  # fmt: skip
        self.subscription = tables.into("subscription", "community_id", "proposal_id", "user_id")
        self.meeting = tables.into(
            "meeting", "community_id", "compound_id", "number", "year", "issue_no", "state",
            "starts_at", "place", "chair_id", "recorder", "opened_at", "ended_at",
            "circulated_at", "confirm_until", "finalised_at", "published_at", "minutes_text",
            "minutes_public", "created_at",
        )  # fmt: skip
        self.attendee = tables.into(
            "attendee", "community_id", "meeting_id", "user_id", "name", "capacity", "voting",
            "presence", "signed_in_at",
        )  # fmt: skip
        self.item = tables.into(
            "agenda_item", "community_id", "meeting_id", "position", "proposal_id", "votes_for",
            "votes_against", "votes_abstain", "present", "outcome", "decided_at", "points",
        )  # fmt: skip
        self.revision = tables.into(
            "minutes_revision", "community_id", "meeting_id", "revision", "text", "public_text",
            "made_at", "made_by_id", "ledger_head",
        )  # fmt: skip

    def hold(self, compound: Compound, at: datetime, end: datetime) -> None:
        """One meeting begun at a moment; still to come if that lies ahead."""
        self.held += 1
        matters = [self.words.matter() for _ in range(PROPOSALS)]
        authors = [
            compound.representatives[(2 * self.held + n) % len(compound.representatives)]
            for n in range(2)
        ]
        coming = at > self.now
        meeting = self._meeting(compound, at, end, matters, coming=coming)
        self._attendance(compound, meeting, at, authors, coming=coming)
        summaries = [self._summary(compound, meeting, one, at, read=True) for one in authors]
        made, decided = at - 2 * DAY + HOUR, None if coming else at + HOUR / 2
        for n, matter in enumerate(matters):
            author, number = authors[n % 2], compound.number(local_day(at).year)
            proposal = self._matter(
                compound, summaries[n % 2], author, matter, number, made,
                "on_agenda" if coming else "adopted", meeting, decided,
            )  # fmt: skip
            votes = (None,) * 5 if coming else (7, 0, 0, 7, "adopted")
            self.item(compound.community, meeting, n, proposal, *votes, stored(decided),
                      "" if coming else matter.words)  # fmt: skip
            if not coming:
                self.tasks.write(compound, matter, number, end, author, proposal, meeting)

    def wait(self, compound: Compound, at: datetime) -> None:
        """What waits for the desk: a summary with concerns unread, proposals not yet placed."""
        author = compound.representatives[-1]
        summary = self._summary(compound, None, author, at + 3 * DAY, read=False)
        for state in ("open", "open", "submitted", "backlog", "backlog", "backlog"):
            matter, number = self.words.matter(), compound.number(local_day(at).year)
            if state == "open":
                building = self.draw.choice(compound.buildings)
                self._concern(compound, summary, number, matter, at, building, author)
            else:
                self._matter(compound, None, author, matter, number, at, state)

    def _say(
        self, when: datetime, compound: Compound, by: Person, action: str, thing: int,
        number: str | None, before: str | None, after: str | None,
    ) -> None:  # fmt: skip
        changes = {"state": [before, after]} if before != after else {}
        self.chains.say(
            when, Act(compound.community, by, action, thing, number, before, after, changes)
        )

    def _meeting(
        self,
        compound: Compound,
        at: datetime,
        end: datetime,
        matters: list[Matter],
        *,
        coming: bool,
    ) -> int:
        year = local_day(at).year
        issue = compound.next(year, "meeting")
        number = meeting_number(compound, year, issue)
        decided = "；".join(f"（{n}）{matter.title}" for n, matter in enumerate(matters, 1))
        text = "" if coming else f"{compound.name}议事会议第{issue}期。会议议定：{decided}。"
        state, last = "scheduled", None
        steps: list[datetime] = []
        if not coming:
            steps = [at, end, end + HOUR, end + 2 * DAY, end + 2 * DAY + HOUR]
            steps = [step for step in steps if step < self.now]
            state = ("in_session", "minuted", "confirming", "finalised", "published")[
                len(steps) - 1
            ]
            last = steps[-1]
        times = [stored(step) for step in steps] + [None] * (5 - len(steps))
        place = f"{compound.name}议事港湾"
        meeting = self.meeting(
            compound.community, compound.id, number, year, issue, state, stored(at), place,
            compound.secretary.id, compound.worker.name, *times[:3],
            stored(end + 2 * DAY) if times[2] else None, *times[3:], text, text,
            stored(at - 7 * DAY),
        )  # fmt: skip
        self.tables.findable("meeting", meeting, compound.community, number, place, text)
        before = None
        for when, act, after in zip(
            (at - 7 * DAY, *steps),
            ("schedule", "open", "end", "circulate", "finalise", "publish"),
            ("scheduled", "in_session", "minuted", "confirming", "finalised", "published"),
            strict=False,
        ):
            self._say(
                when, compound, compound.secretary, f"meeting.{act}", meeting, number, before, after
            )
            before = after
        if last and times[3]:
            self.revision(compound.community, meeting, 1, text, text, times[3],
                          compound.secretary.id, "0" * 64)  # fmt: skip
        return meeting

    def _attendance(
        self, compound: Compound, meeting: int, at: datetime, authors: list[Person], *, coming: bool
    ) -> None:
        others = [one for one in compound.representatives if one not in authors][:5]
        there = stored(None if coming else at)
        for person in (*authors, *others):
            presence = "due" if coming else "present"
            self.attendee(compound.community, meeting, person.id, person.name, "representative",
                          True, presence, there)  # fmt: skip
        for person, capacity in ((compound.secretary, "community"), (compound.manager, "firm")):
            self.attendee(compound.community, meeting, person.id, person.name, capacity, False,
                          "due" if coming else "observer", there)  # fmt: skip

    def _summary(
        self, compound: Compound, meeting: int | None, author: Person, at: datetime, *, read: bool
    ) -> int:
        day, wrote, submitted = local_day(at), at - 3 * DAY, at - 2 * DAY
        summary = self.summary(
            compound.community, compound.id, author.id, author.id, str(day - 7 * DAY),
            str(day - DAY), stored(at - DAY), meeting, "accepted" if read else "submitted", 20, 9,
            stored(wrote), stored(submitted),
        )  # fmt: skip
        self._say(wrote, compound, author, "summary.draft", summary, None, None, "draft")
        self._say(
            submitted, compound, author, "summary.submit", summary, None, "draft", "submitted"
        )
        if read:
            self._say(at - DAY, compound, compound.worker, "summary.accept", summary, None,
                      "submitted", "accepted")  # fmt: skip
        return summary

    def _matter(
        self, compound: Compound, summary: int | None, author: Person, matter: Matter,
        number: str, made: datetime, state: str, meeting: int | None = None,
        decided: datetime | None = None,
    ) -> int:  # fmt: skip
        """A proposal as far as it has come; of a summary's concern, where one is given."""
        here = compound.community
        building = self.draw.choice(compound.buildings)
        proposal = self.proposal(
            here, compound.id, number, state, matter.title, matter.words, matter.category, building,
            matter.place, author.id, author.role, meeting, stored(made), stored(made),
            stored(decided),
        )  # fmt: skip
        if summary is not None:
            self._concern(compound, summary, number, matter, made - DAY, building, author, proposal)
        self.subscription(here, proposal, author.id)
        self.tables.findable("proposal", proposal, here, number, matter.title, matter.words,
                             matter.place, "", "", "")  # fmt: skip
        steps = (
            (made, compound.worker, "submit", None, "submitted"),
            (made + HOUR, compound.secretary, "accept", "submitted", "backlog"),
            (made + 2 * HOUR, compound.secretary, "place", "backlog", "on_agenda"),
            (decided, compound.secretary, "adopt", "on_agenda", "adopted"),
        )
        for when, by, act, before, after in steps:
            if when is not None:
                self._say(when, compound, by, f"proposal.{act}", proposal, number, before, after)
            if after == state:
                break
        return proposal

    def _concern(
        self, compound: Compound, summary: int, number: str, matter: Matter, wrote: datetime,
        building: int, author: Person, proposal: int | None = None,
    ) -> None:  # fmt: skip
        here, draw = compound.community, self.draw
        proposed = wrote + DAY if proposal else None
        concern = self.concern(
            here, compound.id, summary, number, "proposed" if proposal else "open", matter.title,
            matter.words, matter.category, building, matter.place, draw.randrange(1, 9),
            draw.randrange(1, 40), proposal, stored(proposed), stored(wrote),
        )  # fmt: skip
        self.tables.findable("concern", concern, here, number, matter.title, matter.words,
                             matter.place, "", "")  # fmt: skip
        self._say(wrote, compound, author, "concern.write", concern, number, None, "open")
        if proposed:
            self._say(proposed, compound, compound.worker, "concern.propose", concern, number,
                      "open", "proposed")  # fmt: skip
