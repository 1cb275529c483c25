"""A street on which anybody may try anything: the loop's acts through the real services."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from flask import Flask
from sqlalchemy import select

from harbour.domain.actors import Actor, Role, the_clock
from harbour.domain.errors import DomainError, Missing
from harbour.domain.meetings import MEETING
from harbour.domain.proposals import PROPOSAL
from harbour.domain.summaries import CONCERN, SUMMARY
from harbour.domain.tasks import TASK
from harbour.domain.workflow import Workflow
from harbour.extensions import db
from harbour.models import subjects
from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task
from harbour.services import concerns, meetings, proposals, summaries, tasks, writing
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.architecture.contents import contents, differing
from tests.making import photos
from tests.making.places import Street, plant
from tests.stateful.typing_in import Typist

MODELS: dict[str, Any] = {
    "summary": Summary,
    "concern": Concern,
    "proposal": Proposal,
    "meeting": Meeting,
    "task": Task,
}
TABLES: dict[str, Workflow[Any]] = {
    one.name: one for one in (SUMMARY, CONCERN, PROPOSAL, MEETING, TASK)
}
OF: dict[str, Callable[..., Any]] = {
    "summary": lambda one, _now: subjects.of_summary(one),
    "concern": lambda one, _now: subjects.of_concern(one),
    "proposal": lambda one, _now: subjects.of_proposal(one),
    "meeting": lambda one, _now: subjects.of_meeting(one),
    "task": subjects.of_task,
}
COMPOUNDS = ("CH-01", "CH-01", "CX-01")
Deed = tuple[str, str, int, str]  # who, what kind, which, what act


class Village:
    """One database, one clock, everybody; remembers what it has seen."""

    def __init__(self, app: Flask, databases: Any, clock: Any, point: Any, folder: Path) -> None:
        self.stack = ExitStack()
        self.app, self.clock, self.folder = app, clock, folder
        point(app, self.stack.enter_context(databases.fresh()))
        self.stack.enter_context(app.app_context())
        clock.at("2026-03-02 09:00")
        self.street: Street = plant(clock.now)
        self.stack.enter_context(scoped_to(*self.street.community_ids, installation=True))
        self.keys = 0

    def close(self) -> None:
        db.session.remove()
        db.engine.dispose()
        self.stack.close()

    # ---- who and what -----------------------------------------------------------------------

    def everybody(self) -> list[Actor]:
        """Each person at each community, and the clocks: also where they do not belong."""
        people = [
            replace(one, community_id=place)
            for one in self.street.actors.values()
            for place in self.street.community_ids
        ]
        return [*people, *(the_clock(place) for place in self.street.community_ids)]

    def things(self) -> list[tuple[str, int]]:
        db.session.rollback()
        return [
            (kind, key)
            for kind, model in MODELS.items()
            for key in db.session.scalars(select(model.id).order_by(model.id))
        ]

    def thing(self, kind: str, key: int) -> Any:
        return db.session.scalars(select(MODELS[kind]).where(MODELS[kind].id == key)).one()

    def subject(self, kind: str, thing: Any) -> Any:
        return OF[kind](thing, self.clock.now)

    def open_deeds(self, kind: str, key: int, *, main: bool = False) -> list[tuple[Actor, str]]:
        """Who could do what with a thing now, as the tables offer it."""
        subject = self.subject(kind, self.thing(kind, key))
        return [
            (actor, offer.name)
            for actor in self.everybody()
            for offer in TABLES[kind].offers(actor, subject, self.clock.now)
            if offer.refusal is None and (offer.main or not main)
        ]

    # ---- trying ------------------------------------------------------------------------------

    def attempt(self, actor: Actor, act: Callable[[], object]) -> DomainError | None:
        """Try an act in the scope of the actor's community; refused, it must leave no trace."""
        before = contents(db.engine)
        self.clock.pass_(minutes=1)
        refused: DomainError | None = None
        try:
            with scoped_to(actor.community_id or 0):
                act()
        except DomainError as refusal:
            refused = refusal
        if refused is not None:
            db.session.rollback()
            changed = differing(before, contents(db.engine))
            assert changed == [], f"{refused!r} left traces in {changed}"
        return refused

    def take(
        self, actor: Actor, kind: str, key: int, action: str, chance: Random
    ) -> DomainError | None:
        """Take an act of a table on a thing, whatever comes of it."""
        thing = self.thing(kind, key)
        now = self.clock.now
        typist = Typist(self.street, chance, now)
        if kind == "task":
            typed = typist.for_task(action, thing, lambda: self.photos(actor))
        else:
            typed = getattr(typist, f"for_{kind}")(action, thing)
        version = thing.version if chance.random() < 0.5 else None
        number = str(getattr(thing, "number", ""))
        acts: dict[str, Callable[[], object]] = {
            "summary": lambda: summaries.act(
                actor, key, action, typed, version=version, now=self.clock.now
            ),
            "concern": lambda: concerns.act(
                actor, key, action, typed, version=version, now=self.clock.now
            ),
            "proposal": lambda: proposals.act(
                actor, number, action, typed, version=version, now=self.clock.now
            ),
            "meeting": lambda: meetings.act(
                actor, number, action, typed, version=version, now=self.clock.now
            ),
            "task": lambda: tasks.act(
                actor, number, action, typed, version=version, now=self.clock.now
            ),
        }
        return self.attempt(actor, acts[kind])

    def photos(self, actor: Actor) -> tuple[int, ...]:
        """A photo of its own waiting in the actor's form."""
        if actor.role is not Role.FIRM_MANAGER:
            return ()
        self.keys += 1
        with scoped_to(actor.community_id or 0):
            return photos.waiting(
                actor, f"k{self.keys}", "after_photos", 1, self.clock.now, self.folder
            )

    # ---- beginnings --------------------------------------------------------------------------

    def write_summary(self, actor: Actor, compound: str, chance: Random) -> DomainError | None:
        typist = Typist(self.street, chance, self.clock.now)
        inputs: dict[str, Any] = {"compound_id": self.street.compounds[compound]}
        if actor.role is not Role.RESIDENT_REP:
            reps = [n for n in self.street.users if n.startswith(compound.replace("-", "").lower())]
            inputs["author_id"] = self.street.users[chance.choice(reps)]

        @command
        def written(_actor: Actor) -> None:
            key = summaries.draft(actor, inputs, now=self.clock.now)
            for n in range(chance.randint(0, 2)):
                form = f"f{key}-{n}-{chance.randint(0, 3)}"
                writing.write(actor, key, form, typist.concern(), version=None, now=self.clock.now)

        return self.attempt(actor, lambda: written(actor))

    def put_forward(self, actor: Actor, compound: str, chance: Random) -> DomainError | None:
        typed = Typist(self.street, chance, self.clock.now).proposal()
        place = self.street.compounds[compound]
        return self.attempt(
            actor, lambda: proposals.put_forward(actor, place, typed, now=self.clock.now)
        )

    def schedule(self, actor: Actor, compound: str, chance: Random) -> DomainError | None:
        typed = Typist(self.street, chance, self.clock.now).planned(self.street.compounds[compound])
        return self.attempt(actor, lambda: meetings.schedule(actor, typed, now=self.clock.now))

    def write_task(
        self, actor: Actor, compound: str, proposal: str | None, chance: Random
    ) -> DomainError | None:
        typist = Typist(self.street, chance, self.clock.now)
        typed = typist.task(compound, whole=chance.random() < 0.8)
        place = self.street.compounds[compound] if proposal is None else None
        return self.attempt(
            actor,
            lambda: tasks.draft(
                actor, typed, proposal_number=proposal, compound_id=place, now=self.clock.now
            ),
        )

    def hold(self, actor: Actor, number: str) -> DomainError | None:
        """What a granted request will do; the request itself comes later."""

        @command
        def granted(actor: Actor) -> None:
            task = db.session.scalars(select(Task).where(Task.number == number)).first()
            if task is None:
                raise Missing
            tasks.move(actor, task, "hold", {}, version=None, now=self.clock.now, through="request")

        return self.attempt(actor, lambda: granted(actor))
