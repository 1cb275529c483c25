"""The week before a meeting: the representative writes, the desk reads and places."""

import secrets
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial

from sqlalchemy import select

from harbour.cli.replay_files import Entry
from harbour.cli.replay_places import spot
from harbour.cli.replay_scene import Act, Stage, category, short
from harbour.cli.replay_times import at
from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import local_day
from harbour.domain.summaries import Source, Urgency
from harbour.extensions import db
from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal
from harbour.services import concerns, meetings, proposals, summaries, writing

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
THANKED = "谢谢您说的话，已经转告，请继续监督。"
HEARD = "已经听取并记录在案，会上一并研究。"


class Week:
    """The acts from the first words to the agenda; ``numbers`` fills with proposals' numbers."""

    def __init__(self, stage: Stage, meeting: list[str], starts_at: datetime, free: datetime):
        self.stage, self.meeting = stage, meeting
        self.entry = stage.entry.entry("summary")
        self.proposals = {one["no"]: one for one in stage.entry.entries("proposals")}
        self.numbers: dict[int, str] = {}
        self.written: dict[int, int] = {}
        self.summary_id = 0
        before = local_day(starts_at) - DAY
        # Never before the compound's earlier meeting is over, nor after this one begins.
        self.wrote = min(
            max(at(before, time(14, 0)), free + 10 * MINUTE), starts_at - 3 * 60 * MINUTE
        )
        self.submitted = self.wrote + (5 + 2 * len(self.entry.entries("items"))) * MINUTE
        self.read = max(min(at(before, time(16, 0)), starts_at - 90 * MINUTE), self.submitted)

    def acts(self) -> Iterator[Act]:
        """In order: written, submitted, read, accepted, placed."""
        act = self.stage.act
        items = self.entry.entries("items")
        if self.entry:
            for n, item in enumerate(items):
                at_ = self.wrote + n * 2 * MINUTE
                yield act(at_, "concern.write", partial(self._write, item))
            yield act(self.submitted, "summary.submit", self._submit)
        for n, (no, proposal) in enumerate(self.proposals.items()):
            at_ = self.read + n * MINUTE
            yield act(at_, "concern.propose", partial(self._propose, no, proposal))
        answered = self.read + len(self.proposals) * MINUTE
        for item in items:
            if item.get("proposal_no") is None:
                yield act(answered, "concern.answer", partial(self._answer, item))
        yield act(answered + 5 * MINUTE, "proposal.place", self._place)
        if self.entry:
            yield act(answered + 10 * MINUTE, "summary.accept", self._accept)

    def author(self, now: datetime) -> Actor:
        """The representative whose summary it is."""
        name = self.entry.text("by")
        if name:
            return self.stage.person(name, now)
        return self.stage.in_role(Role.RESIDENT_REP, now)

    def _write(self, item: Entry, now: datetime) -> None:
        where = spot(self.stage.compound_id, item.text("place"))
        words = item["description"]
        kind = item.text("kind")
        proposal = self.proposals.get(item.get("proposal_no"))
        first = item["no"] == self._first(item.get("proposal_no"))
        inputs = {
            "concern_title": proposal["title"] if proposal and first else short(words),
            "residents_words": words,
            "category": category(item.where, item["category"]),
            "place": where.place,
            "sub_area": where.sub_area,
            "building": where.building,
            "unit": where.unit,
            "source": Source.CHAT_GROUP if "群" in words else Source.VISIT,
            "urgency": Urgency.SOON if kind in ("problem", "request") else Urgency.CAN_WAIT,
        }
        written = writing.begin(
            self.author(now), self.stage.compound_id, secrets.token_hex(16), inputs,
            version=None, now=now,
        )  # fmt: skip
        if written is not None and written.concern_id is not None:
            self.summary_id = written.summary_id
            self.written[item["no"]] = written.concern_id

    def _first(self, no: int | None) -> int | None:
        """The item a proposal is made of first: of its own category if there is one."""
        proposal = self.proposals.get(no) if no is not None else None
        if proposal is None:
            return None
        mine = [one for one in self.entry.entries("items") if one.get("proposal_no") == no]
        mine.sort(key=lambda one: one.get("category") != proposal.get("category"))
        return mine[0]["no"] if mine else None

    def _submit(self, now: datetime) -> None:
        author = self.author(now)
        if not self.summary_id:
            self.summary_id = summaries.file_nil(author, self.stage.compound_id, now=now)
            return
        summaries.act(author, self.summary_id, "submit", {}, version=None, now=now)

    def _propose(self, no: int, entry: Entry, now: datetime) -> None:
        """Make it a proposal, accept it; one carried over under the same title is taken up."""
        worker, secretary = self.stage.worker(now), self.stage.secretary(now)
        first = self._first(no)
        mine = [one["no"] for one in self.entry.entries("items") if one.get("proposal_no") == no]
        ids = [self.written[n] for n in sorted(mine, key=lambda n: n != first)]
        carried = self._carried(entry["title"], now)
        if carried is not None:
            self.numbers[no] = carried
            for concern in ids:
                concerns.act(worker, concern, "link", {"linked_to": f"proposal/{carried}"},
                             version=None, now=now)  # fmt: skip
            return
        if ids:
            number = concerns.propose(worker, ids, now=now)
        else:
            said = {"title": entry["title"], "wanted": entry["title"], "place": entry.text("place"),
                    "category": category(entry.where, entry["category"])}  # fmt: skip
            number = proposals.put_forward(worker, self.stage.compound_id, said, now=now)
        self.numbers[no] = number
        proposals.act(secretary, number, "accept", {}, version=None, now=now)

    def _carried(self, title: str, now: datetime) -> str | None:
        """A proposal of this title that waits, taken off a later meeting's agenda if need be."""
        found = db.session.scalars(
            select(Proposal).where(
                Proposal.compound_id == self.stage.compound_id,
                Proposal.title == title,
                Proposal.carried > 0,
                Proposal.state.in_(("backlog", "on_agenda")),
            )
        ).first()
        if found is None:
            return None
        number, elsewhere = (
            found.number,
            select(Meeting.number).where(Meeting.id == found.meeting_id),
        )
        if db.session.scalar(elsewhere) not in (None, self.meeting[0]):
            secretary = self.stage.secretary(now)
            proposals.act(secretary, number, "take_off", {}, version=None, now=now)
        return number

    def _answer(self, item: Entry, now: datetime) -> None:
        reply = THANKED if item.text("kind") == "praise" else HEARD
        concerns.act(self.stage.worker(now), self.written[item["no"]], "answer", {"reply": reply},
                     version=None, now=now)  # fmt: skip

    def _place(self, now: datetime) -> None:
        wanted = list(self.numbers.values())
        waiting = db.session.scalars(
            select(Proposal.number).where(Proposal.number.in_(wanted), Proposal.state == "backlog")
        ).all()
        if waiting:
            numbers = [number for number in wanted if number in waiting]
            meetings.place(self.stage.worker(now), self.meeting[0], numbers, now=now)

    def _accept(self, now: datetime) -> None:
        worker = self.stage.worker(now)
        summaries.act(worker, self.summary_id, "accept", {}, version=None, now=now)
