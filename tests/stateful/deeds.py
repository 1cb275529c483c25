"""What may happen next on the street: the likely, the possible, and the wild."""

from random import Random
from typing import Any

from sqlalchemy import select

from harbour.extensions import db
from harbour.models.meetings import Attendee, Meeting
from harbour.models.proposals import Proposal
from harbour.models.tasks import Task
from harbour.services import meetings
from tests.stateful.village import COMPOUNDS, TABLES, Village

#: Said by a deed that found nothing to do.
NOTHING = object()

WEIGHTED = (
    *["go_on"] * 8, *["may"] * 4, *["decide"] * 3, *["gather"] * 2, *["draft_task"] * 2,
    *["wild"] * 4, *["begin"] * 2, "hold", "wait", "wait", "wait_for_the_meeting",
)  # fmt: skip
SECRETARIES = {"CH": "ch-zhao", "CX": "cx-qian"}


class Deeds:
    """One step of the story, told by chance."""

    def __init__(self, village: Village, chance: Random) -> None:
        self.village, self.chance, self.street = village, chance, village.street

    def _one(self, wanted: Any) -> Any:
        found = db.session.scalars(wanted).all()
        return self.chance.choice(found) if found else None

    def _secretary(self, thing: Any) -> Any:
        code = next(c for c, key in self.street.communities.items() if key == thing.community_id)
        return self.street.actor(SECRETARIES[code])

    def _of_the_table(self, *, main: bool) -> object:
        things = self.village.things()
        self.chance.shuffle(things)
        for kind, key in things[:8]:
            deeds = self.village.open_deeds(kind, key, main=main)
            if deeds:
                actor, action = self.chance.choice(deeds)
                return self.village.take(actor, kind, key, action, self.chance)
        return NOTHING

    def go_on(self) -> object:
        """Somebody does what is waited for."""
        return self._of_the_table(main=True)

    def may(self) -> object:
        """Somebody does anything the table offers them."""
        return self._of_the_table(main=False)

    def wild(self) -> object:
        """Anybody tries any act on anything."""
        things = self.village.things()
        if not things:
            return NOTHING
        kind, key = self.chance.choice(things)
        actor = self.chance.choice(self.village.everybody())
        action = self.chance.choice(sorted(TABLES[kind].rows))
        return self.village.take(actor, kind, key, action, self.chance)

    def begin(self) -> object:
        """Anybody tries to begin something anywhere."""
        here = self.village
        begun = self.chance.choice([here.write_summary, here.put_forward, here.schedule])
        actor = self.chance.choice(here.everybody())
        return begun(actor, self.chance.choice(COMPOUNDS), self.chance)

    def draft_task(self) -> object:
        """The task of what was adopted, most often; sometimes a direct one by anybody."""
        proposal = self._one(
            select(Proposal).where(Proposal.state == "adopted").order_by(Proposal.id)
        )
        if proposal is not None and self.chance.random() < 0.8:
            place = next(k for k, v in self.street.compounds.items() if v == proposal.compound_id)
            actor = self._secretary(proposal)
            return self.village.write_task(actor, place, proposal.number, self.chance)
        actor = self.chance.choice(list(self.street.actors.values()))
        return self.village.write_task(actor, self.chance.choice(COMPOUNDS), None, self.chance)

    def gather(self) -> object:
        """Everybody due comes: without them nothing can be adopted."""
        meeting = self._one(
            select(Meeting)
            .where(Meeting.state.in_(("scheduled", "in_session")))
            .order_by(Meeting.id)
        )
        if meeting is None:
            return NOTHING
        listed = db.session.scalars(select(Attendee).filter_by(meeting_id=meeting.id)).all()
        there = {"attendance": {str(one.id): {"presence": "present"} for one in listed}}
        actor, number, clock = self._secretary(meeting), meeting.number, self.village.clock
        return self.village.attempt(
            actor, lambda: meetings.act(actor, number, "attend", there, now=clock.now)
        )

    def decide(self) -> object:
        """A proposal on the table is decided, most often adopted."""
        proposal = self._one(
            select(Proposal)
            .join(Meeting, Meeting.id == Proposal.meeting_id)
            .where(Proposal.state == "on_agenda", Meeting.state == "in_session")
            .order_by(Proposal.id)
        )
        if proposal is None:
            return self.go_on()
        action = self.chance.choice(("adopt", "adopt", "adopt", "defer", "note", "reject"))
        actor = self._secretary(proposal)
        return self.village.take(actor, "proposal", proposal.id, action, self.chance)

    def hold(self) -> object:
        """What a granted request will do to a task, by whoever tries."""
        task = self._one(select(Task).order_by(Task.id))
        if task is None:
            return NOTHING
        actor = self.chance.choice(list(self.street.actors.values()))
        return self.village.hold(actor, task.number)

    def wait(self) -> object:
        """Hours or days pass."""
        self.village.clock.pass_(hours=self.chance.choice((1, 5, 14, 24, 72)))
        return NOTHING

    def wait_for_the_meeting(self) -> object:
        """Time passes until the next meeting begins."""
        clock = self.village.clock
        starts = db.session.scalars(
            select(Meeting.starts_at)
            .where(Meeting.state == "scheduled", Meeting.starts_at > clock.now)
            .order_by(Meeting.starts_at)
        ).first()
        if starts is not None:
            clock.now = starts
        return NOTHING
