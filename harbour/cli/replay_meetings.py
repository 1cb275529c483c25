"""A meeting of a file, from its scheduling to its published minutes."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select

from harbour.cli.replay_attendance import Attendance
from harbour.cli.replay_files import Entry, Unreadable
from harbour.cli.replay_scene import Act, Scene, Stage, spread
from harbour.cli.replay_summaries import Week
from harbour.cli.replay_tasks import TaskPlay
from harbour.cli.replay_times import at, workday_after
from harbour.domain.actors import Role
from harbour.domain.deadlines import SHANGHAI, local_day
from harbour.domain.meetings import MeetingKind
from harbour.domain.summaries import ReferredTo
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.proposals import Proposal
from harbour.models.subjects import voting
from harbour.services import meetings

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
USUAL_LENGTH = timedelta(minutes=90)
ANSWER_AFTER = 60 * DAY
#: What a note says of a task's number in its file, which is not its number here.
FORMED = re.compile(r"形成任务\d*|任务\d+进入第\w+轮")
LOOKED_BACK = "已通报办理情况。"

#: What the meeting does with a proposal, by the file's result.
OUTCOMES: Mapping[str, str] = {
    "passed": "adopt",
    "transferred": "adopt",
    "mediation": "adopt",
    "owner_decision": "refer",
    "referred": "refer",
    "deferred": "defer",
    "direct_dispatch": "defer",
    "for_information": "note",
    "rework": "note",
    "rejected": "reject",
}


class MeetingPlay:
    """All acts that belong to one meeting, those of its tasks included."""

    def __init__(self, scene: Scene, entry: Entry, free: datetime) -> None:
        self.stage, self.entry, self.scene = Stage(scene, entry), entry, scene
        self.starts_at = entry.moment("starts_at")
        ends = entry.moment("ends_at") if entry.get("ends_at") else self.starts_at + USUAL_LENGTH
        self.ends_at = max(ends, self.starts_at + 5 * MINUTE)
        self.number: list[str] = []
        self.free = free
        self.week = Week(self.stage, self.number, self.starts_at, free)
        self.attendance = Attendance(self.stage, self.number)
        self.resolutions = {one["no"]: one["text"] for one in entry.entries("resolutions")}

    def acts(self) -> Iterator[Act]:
        """Every act with its time; they are put in order with those of other meetings."""
        act, begin = self.stage.act, self.starts_at
        earliest = at(local_day(begin) - 6 * DAY, time(10, 0))
        scheduled = min(max(earliest, self.free + 5 * MINUTE), self.week.wrote - MINUTE)
        yield act(scheduled, "meeting.schedule", self._schedule)
        yield from self.week.acts()
        yield act(begin - 6 * MINUTE, "meeting.invite", self.attendance.invite)
        yield act(begin - 5 * MINUTE, "meeting.attend", self.attendance.attend)
        yield act(begin, "meeting.open", self._open)
        yield act(begin + MINUTE, "meeting.review", self._look_back)
        plays = self._plays()
        yield from self._decisions(plays)
        yield act(self.ends_at - MINUTE / 2, "meeting.pass_over", self._pass_over)
        yield act(self.ends_at, "meeting.end", self._end)
        for play in plays:
            yield from play.acts()
        yield from self._minutes()

    def _plays(self) -> list[TaskPlay]:
        by_no = {one["no"]: one for one in self.entry.entries("proposals")}
        found = []
        for task in self.entry.entries("tasks"):
            proposal = by_no.get(task.get("proposal_no"))
            found.append(
                TaskPlay(
                    self.stage,
                    task,
                    proposal=proposal,
                    adopted=proposal is not None and self._action(proposal) == "adopt",
                    numbers=self.week.numbers,
                    agreed=self._agreed(proposal),
                    ended_at=self.ends_at,
                )
            )
        return found

    def _agreed(self, proposal: Entry | None) -> str:
        """The resolution that belongs to a proposal, where there is one for each."""
        if proposal is None or len(self.resolutions) != len(self.entry.entries("proposals")):
            return ""
        return str(self.resolutions.get(proposal["no"], ""))

    def _action(self, proposal: Entry) -> str:
        """The act that gives a proposal the file's result.

        Nothing may be adopted without its task; what is agreed without one is noted.
        """
        result = proposal["result"]
        if result not in OUTCOMES:
            raise Unreadable(
                Text(N_("%(where)s: there is no result “%(name)s”."),
                     {"where": proposal.where, "name": result})
            )  # fmt: skip
        forms = any(one.get("proposal_no") == proposal["no"] for one in self.entry.entries("tasks"))
        return "note" if OUTCOMES[result] == "adopt" and not forms else OUTCOMES[result]

    def _decisions(self, plays: list[TaskPlay]) -> Iterator[Act]:
        act = self.stage.act
        every = self.entry.entries("proposals")
        begin, end = self.starts_at + 2 * MINUTE, self.ends_at - 3 * MINUTE
        for proposal, moment in zip(every, spread(begin, end, len(every)), strict=True):
            mine = [play for play in plays if play.adopted and play.proposal == proposal]
            early = [play.dispatch_at for play in mine if play.dispatch_at < self.ends_at]
            decided = min([moment, *(one - 4 * MINUTE for one in early)])
            action = self._action(proposal)
            yield act(decided, f"proposal.{action}", partial(self._decide, proposal))
            for play in mine:
                yield act(decided + MINUTE, "task.draft", play.draft, play.code)

    # ---- what the acts do -----------------------------------------------------------------

    def _schedule(self, now: datetime) -> None:
        begin = self.starts_at.astimezone(SHANGHAI)
        self.number.append(
            meetings.schedule(
                self.stage.worker(now),
                {
                    "compound": self.stage.compound_id,
                    "starts_on": begin.date(),
                    "starts_time": begin.time(),
                    "planned_minutes": int((self.ends_at - self.starts_at) / MINUTE),
                    "meeting_place": self.entry.text("place"),
                    "kind": MeetingKind.WEEKLY,
                },
                now=now,
                issue_no=self.entry.get("issue_no"),
            )
        )

    def _act(self, action: str, inputs: Mapping[str, Any], now: datetime, role: Role) -> None:
        by = self.stage.secretary(now) if role is Role.SECRETARY else self.stage.worker(now)
        meetings.act(by, self.number[0], action, inputs, now=now)

    def _open(self, now: datetime) -> None:
        self._act("open", {}, now, Role.COMMUNITY_WORKER)

    def _look_back(self, now: datetime) -> None:
        """Look back on what the agenda brought by itself; the file tells nothing of it."""
        for item in self._undecided():
            if item.proposal_id is None:
                said = {"item": item.id, "review_note": LOOKED_BACK}
                self._act("review", said, now, Role.SECRETARY)

    def _pass_over(self, now: datetime) -> None:
        """What was carried over and the file does not mention was not reached."""
        if self._undecided():
            self._act("pass_over", {"item": None}, now, Role.SECRETARY)

    def _undecided(self) -> list[AgendaItem]:
        return list(
            db.session.scalars(
                select(AgendaItem)
                .join(Meeting, Meeting.id == AgendaItem.meeting_id)
                .where(Meeting.number == self.number[0], AgendaItem.outcome.is_(None))
            )
        )

    def _decide(self, proposal: Entry, now: datetime) -> None:
        action = self._action(proposal)
        meeting = db.session.scalars(select(Meeting).where(Meeting.number == self.number[0])).one()
        item_id = db.session.scalars(
            select(AgendaItem.id)
            .join(Proposal, Proposal.id == AgendaItem.proposal_id)
            .where(
                AgendaItem.meeting_id == meeting.id,
                Proposal.number == self.week.numbers[proposal["no"]],
            )
        ).one()
        inputs = {
            "points": self._points(proposal),
            **self._inputs(action, proposal, meeting.id, now),
        }
        meetings.decide(self.stage.secretary(now), self.number[0], item_id, action, inputs, now=now)

    def _inputs(
        self, action: str, proposal: Entry, meeting_id: int, now: datetime
    ) -> dict[str, Any]:
        note = proposal.text("note") or proposal.text("result_text")
        votes = proposal.entry("votes")
        if action in ("adopt", "reject"):
            cast = {f"votes_{one}": votes.get(one) for one in ("for", "against", "abstain")}
            if action == "adopt" and not votes:
                # Agreed without a count of hands: all who were there were for it.
                cast["votes_for"] = voting(meeting_id)[1]
            return {**cast, "wording": "", "public_reason": note}
        if action == "refer":
            owners = proposal["result"] == "owner_decision"
            return {
                "referred_to": ReferredTo.OWNERS_ASSEMBLY if owners else ReferredTo.OTHER,
                "referred_name": "业主大会" if owners else "",
                "answer_on": local_day(now) + ANSWER_AFTER,
            }
        return {"reason": note} if action == "defer" else {}

    def _points(self, proposal: Entry) -> str:
        """What was said: the result and its note, the resolution, and votes that cannot be cast."""
        votes = proposal.entry("votes")
        note = FORMED.sub("", proposal.text("note")).strip("，。； ")
        result = "" if proposal["result"] == "passed" else proposal.text("result_text")
        said = [self._agreed(proposal), "：".join(filter(None, (result, note)))]
        if votes and self._action(proposal) not in ("adopt", "reject"):
            yes, no, abstain = votes["for"], votes["against"], votes["abstain"]
            said.append(f"表决：赞成{yes}票，反对{no}票，弃权{abstain}票。")
        return "\n".join(filter(None, said))

    def _end(self, now: datetime) -> None:
        self._act("end", {}, now, Role.SECRETARY)

    def _minutes(self) -> Iterator[Act]:
        """Sent round when it is over, confirmed by the three sides, final and public."""
        act = self.stage.act
        sent = self.ends_at + 40 * MINUTE
        if sent.astimezone(SHANGHAI).time() > time(18, 0):
            sent = workday_after(self.ends_at, 1, time(9, 0))
        confirmed, final, public = (workday_after(sent, 1, time(hour, 0)) for hour in (10, 14, 15))
        yield act(sent, "meeting.circulate", self._circulate)
        yield act(confirmed, "meeting.confirm", self._confirm)
        yield act(final, "meeting.finalise", self._finalise)
        yield act(public, "meeting.publish", self._publish)

    def _circulate(self, now: datetime) -> None:
        self._act("circulate", {}, now, Role.COMMUNITY_WORKER)

    def _finalise(self, now: datetime) -> None:
        self._act("finalise", {}, now, Role.SECRETARY)

    def _publish(self, now: datetime) -> None:
        self._act("publish", {"notice_workdays": None}, now, Role.SECRETARY)

    def _confirm(self, now: datetime) -> None:
        for one in self.attendance.sides(now):
            meetings.act(one, self.number[0], "confirm", {}, now=now)
