"""Who was there: accounts by name, all others by their number, as the file counts them."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from harbour.cli.replay_files import Entry
from harbour.cli.replay_scene import Stage
from harbour.domain.actors import Actor, Role
from harbour.domain.meetings import Capacity, Presence
from harbour.extensions import db
from harbour.models.meetings import Attendee, Meeting
from harbour.services import meetings

VOTERS = {
    "resident_rep": (Capacity.REPRESENTATIVE, "居民代表"),
    "owners_committee_member": (Capacity.OWNERS_COMMITTEE, "业委会委员"),
}


class Attendance:
    """Fills a meeting's list up to the file's numbers and marks who came."""

    def __init__(self, stage: Stage, number: list[str]) -> None:
        self.stage, self.number = stage, number
        self.entry = stage.entry.entry("attendance")

    def _counted(self) -> Iterator[tuple[Capacity, str, int, int]]:
        """Capacity, what they are called, how many were due and how many came."""
        broken_down = self.entry.entry("voting_breakdown")
        if not broken_down and self.entry:
            yield (*VOTERS["resident_rep"], int(self.entry["due"]), int(self.entry["present"]))
        for kind in broken_down:
            found = broken_down.entry(kind)
            capacity, name = VOTERS.get(kind, (Capacity.REPRESENTATIVE, "代表"))
            yield capacity, name, int(found["due"]), int(found["present"])

    def invite(self, now: datetime) -> None:
        """Put those without an account on the list."""
        listed = self._listed()
        for capacity, name, due, _ in self._counted():
            there = sum(one.voting and one.capacity == capacity for one in listed)
            for n in range(there + 1, due + 1):
                self._add(f"{name}{n}", "", capacity, now, voting=True)
        for unit in self.entry.entries("observers"):
            capacity, mine = self._of(unit, listed)
            for n in range(len(mine) + 1, int(unit["count"]) + 1):
                self._add(f"{unit['unit']}{n}", unit["unit"], capacity, now, voting=False)

    def _of(self, unit: Entry, listed: list[Attendee]) -> tuple[Capacity, list[Attendee]]:
        """The capacity of an observing unit, and its people who are on the list."""
        if unit["unit"] in self.stage.scene.made.firm_names:
            capacity = Capacity.FIRM
        elif "社区" in unit["unit"]:
            capacity = Capacity.COMMUNITY
        else:
            return Capacity.GUEST, []
        return capacity, [one for one in listed if one.capacity == capacity and one.user_id]

    def _add(
        self, name: str, unit: str, capacity: Capacity, now: datetime, *, voting: bool
    ) -> None:
        said = {"attendee_name": name, "unit_name": unit, "capacity": capacity, "voting": voting}
        meetings.act(self.stage.worker(now), self.number[0], "invite", said, now=now)

    def attend(self, now: datetime) -> None:
        """Sign in as many as came: those with an account first, who tell of the rest."""
        listed = self._listed()
        marks: dict[int, dict[str, str]] = {
            one.id: {"presence": Presence.PRESENT if one.voting else Presence.OBSERVER}
            for one in listed
        }
        for capacity, _, _, present in self._counted():
            voters = [one for one in listed if one.voting and one.capacity == capacity]
            for one in sorted(voters, key=lambda one: (one.user_id is None, one.id))[present:]:
                marks[one.id] = {"presence": Presence.ABSENT}
        meetings.act(
            self.stage.worker(now), self.number[0], "attend", {"attendance": marks}, now=now
        )

    def _listed(self) -> list[Attendee]:
        return list(
            db.session.scalars(
                select(Attendee)
                .join(Meeting, Meeting.id == Attendee.meeting_id)
                .where(Meeting.number == self.number[0])
                .order_by(Attendee.id)
            )
        )

    def sides(self, now: datetime) -> Iterator[Actor]:
        """One person of each of the three sides, as far as they were there."""
        there = {one.user_id for one in self._listed() if one.presence != Presence.ABSENT}
        cast, community_id = self.stage.scene.cast, self.stage.community_id
        compound_id = self.stage.compound_id
        for role in (Role.RESIDENT_REP, Role.FIRM_MANAGER, Role.SECRETARY):
            bound = None if role is Role.SECRETARY else compound_id
            found = cast.in_role(role, community_id, now, compound_id=bound)
            if found is not None and found.user_id in there:
                yield found
