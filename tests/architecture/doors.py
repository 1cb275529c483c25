"""Doors: each address with a thing that really stands behind it, and the row of a table it is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import AnyConverter

from harbour.domain.meetings import MEETING
from harbour.domain.proposals import PROPOSAL
from harbour.domain.requests import REQUESTS
from harbour.domain.summaries import CONCERN, SUMMARY
from harbour.domain.tasks import TASK
from harbour.domain.workflow import Transition, Workflow
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.meetings import AgendaItem, Attendee, Meeting
from harbour.models.outbox import Delivery, Notice, Robot
from harbour.models.people import Membership, User, UserSession
from harbour.models.places import Building, Community, SubArea
from harbour.models.proposals import Proposal
from harbour.models.requests import CLASSES
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import Task
from harbour.models.urges import SupervisionOrder
from harbour.tenancy import scoped_to
from tests.architecture.census import Endpoint, endpoints
from tests.making.places import Street
from tests.making.scenery import Scene

MODELS: dict[str, Any] = {
    "summary": Summary,
    "concern": Concern,
    "proposal": Proposal,
    "meeting": Meeting,
    "task": Task,
    **CLASSES,
}
TABLES: dict[str, Workflow[Any]] = {
    **{one.name: one for one in (SUMMARY, CONCERN, PROPOSAL, MEETING, TASK)},
    **REQUESTS,
}
FOLDERS = {
    "meetings": "meeting",
    "proposals": "proposal",
    "tasks": "task",
    "thread": "proposal",
    "summaries": "summary",
    "concerns": "concern",
    "desk": "summary",
    "extensions": "extension",
    "returns": "return",
    "holds": "hold",
    "reopenings": "reopen",
}

#: Addresses that are a row of a table by another name: endpoint → (kind, row).
ALIASES: dict[str, tuple[str, str]] = {
    "meetings.arrange": ("meeting", "arrange"),
    "room.attend": ("meeting", "attend"),
    "room.one_attendee": ("meeting", "attend"),
    "room.invite": ("meeting", "invite"),
    "room.record": ("meeting", "record"),
    "room.write": ("meeting", "record"),
    "room.pass_over": ("meeting", "pass_over"),
    "room.go_on": ("meeting", "take_up"),
    "minutes.edit": ("meeting", "minute"),
    "minutes.keep": ("meeting", "minute"),
    "summaries.submit": ("summary", "submit"),
    "summaries.header": ("summary", "edit"),
    "summaries.change": ("concern", "edit"),
    "summaries.strike": ("concern", "strike"),
    "summaries.add": ("summary", "edit"),
    "desk.together": ("summary", ""),
    "meetings.place": ("meeting", ""),
    "tasks.new": ("task", "draft"),
    "tasks.new_of": ("proposal", ""),
    "room.draft": ("meeting", ""),
    "proposals.put_forward": ("proposal", "submit"),
    "meetings.schedule": ("meeting", "schedule"),
    "summaries.write": ("summary", "draft"),
    "summaries.nil": ("summary", "draft"),
    "summaries.on_behalf": ("summary", "draft"),
    "room.ask": ("meeting", ""),
}
#: The state the thing behind a door without a row is in.
STANDING = {
    "meeting": "in_session",
    "proposal": "adopted",
    "task": "in_hand",
    "summary": "submitted",
    "concern": "open",
    **dict.fromkeys(REQUESTS, "pending"),
}
#: Which of several things in a state a row is about.
ESPECIALLY = {
    ("task", "answer_urge"): "urged_in_hand",
    ("task", "reply"): "supervised",
    ("task", "conclude"): "supervised",
    ("concern", "edit"): "written",
    ("concern", "strike"): "written",
    ("proposal", "adopt"): "decided_next",
    ("proposal", "defer"): "decided_next",
    ("proposal", "reject"): "decided_next",
    ("proposal", "note"): "decided_next",
    ("proposal", "not_reached"): "decided_next",
}


@dataclass(frozen=True)
class Door:
    """An address, ready to be asked for."""

    endpoint: Endpoint
    values: Mapping[str, Any]
    kind: str | None = None
    key: int | None = None
    row: str | None = None

    def __str__(self) -> str:
        return f"{self.endpoint} {self.values.get('action', '')}"

    @property
    def in_a_community(self) -> bool:
        return "community" in self.endpoint.arguments

    def transition(self) -> Transition[Any] | None:
        return TABLES[self.kind].rows.get(self.row) if self.kind and self.row else None

    def path(self, app: Flask, **other: Any) -> str:
        values = {**self.values, **other}
        wanted = {name: values[name] for name in self.endpoint.arguments}
        adapter = app.url_map.bind("localhost")
        return adapter.build(self.endpoint.name, wanted, method=self.endpoint.method)


class Opener:
    """Finds what stands behind every address of one compound."""

    def __init__(self, app: Flask, street: Street, scene: Scene, community: str) -> None:
        self.app, self.street, self.scene, self.slug = app, street, scene, community.lower()
        self.home = street.communities[community]
        self.compound = street.compounds[scene.compound]

    def doors(self, *methods: str) -> list[Door]:
        """Every address with one of these methods; all communities are open while it looks."""
        db.session.rollback()
        with scoped_to(*self.street.community_ids):
            return [door for one in endpoints(self.app, *methods) for door in self._doors(one)]

    def _doors(self, endpoint: Endpoint) -> Iterator[Door]:
        if endpoint.name in ("static", "assets.stylesheet"):
            return
        action = next(
            (c for n, c in endpoint.rule._converters.items() if isinstance(c, AnyConverter)), None
        )
        for name in sorted(action.items) if action else [None]:
            yield self._door(endpoint, name)

    def _door(self, endpoint: Endpoint, action: str | None) -> Door:
        kind, row = self._named(endpoint, action)
        state = self._state(kind, row)
        values: dict[str, Any] = {
            "community": self.slug,
            "action": action,
            **self._elsewhere(endpoint),
        }
        key = None
        if kind is not None and state is not None:
            known = self.scene.of(kind)[state]
            column = "number" if kind in ("meeting", "proposal", "task") else "id"
            key = db.session.scalars(
                select(MODELS[kind].id).where(getattr(MODELS[kind], column) == known)
            ).one()
            named = {"number", "id", "summary_id", "concern_id", "request_id"}
            arguments = named & endpoint.arguments
            for argument in arguments - ({"id"} if endpoint.name.startswith("photos.") else set()):
                values[argument] = known
            if not arguments:
                key = None
        if endpoint.name == "supervision.slip":
            values["number"] = self.scene.tasks["supervised"]
        return Door(endpoint, values, kind, key, row)

    def _named(self, endpoint: Endpoint, action: str | None) -> tuple[str | None, str | None]:
        if endpoint.name in ALIASES:
            kind, row = ALIASES[endpoint.name]
            return kind, row or None
        if endpoint.name == "room.item_act":
            return "meeting", action
        parts = endpoint.rule.rule.split("/")
        places = [n for n, part in enumerate(parts) if part in FOLDERS]
        if not places or "/c/" not in endpoint.rule.rule:
            return None, None
        kind = FOLDERS[parts[places[-1]]]
        return kind, action if action in TABLES[kind].rows else None

    def _state(self, kind: str | None, row: str | None) -> str | None:
        if kind is None:
            return None
        if (kind, row) in ESPECIALLY:
            return ESPECIALLY[kind, row or ""]
        known = self.scene.of(kind)
        found = TABLES[kind].rows.get(row or "")
        if found is None or found.is_birth:
            return STANDING[kind]
        states = [str(s) for s in TABLES[kind].states if s in found.sources and s in known]
        return STANDING[kind] if STANDING[kind] in states else [*states, STANDING[kind]][0]

    def _elsewhere(self, endpoint: Endpoint) -> dict[str, Any]:
        """What other arguments name: places, people, items; of this compound, always."""
        street = self.home_street()
        meeting = self._one(Meeting, number=self.scene.meetings["in_session"])
        person = self._one(
            User, username={"ch": "ch01-rep2", "cx": "cx01-rep1"}.get(self.slug, "xh01-rep1")
        )
        code = {"ch": "AH", "cx": "HL"}.get(self.slug, "XW")
        values: dict[str, Any] = {
            "compound_id": self.compound,
            "kind": "task",
            "which": 1,
            "order_id": self._order().id,
            "user_id": person.id,
            "item": self._one(AgendaItem, meeting_id=meeting.id, outcome=None).id,
            "attendee": self._one(Attendee, meeting_id=meeting.id).id,
            "membership_id": self._one(Membership, user_id=person.id).id,
            "building": self._one(Building, compound_id=self.compound).id,
            "area": self._one(SubArea, compound_id=self.compound).id,
            "team": self._one(VolunteerTeam, community_id=self.home).id,
            "contract_id": self._one(ServiceContract, compound_id=self.compound).id,
            "notice_id": getattr(self._one(Notice), "id", 1),
            "robot_id": getattr(self._one(Robot), "id", 1),
            "delivery_id": getattr(self._one(Delivery), "id", 1),
            "session_id": getattr(self._one(UserSession), "id", 1),
            "id": self.scene.photos[0],
            "year": 2026,
            "day": "2026-05-09",
            "group": "meetings",
            "name": "quorum",
        }
        for part, key in (
            ("streets", street),
            ("communities", self.home),
            ("firms", self._one(Firm, code=code).id),
        ):
            if f"/{part}/" in endpoint.rule.rule:
                values["wanted"] = key
        values.setdefault("wanted", self.compound)
        if endpoint.name == "minutes.revision":
            values["number"] = self.scene.meetings["published"]
        return values

    def _order(self) -> Any:
        task = self._one(Task, number=self.scene.tasks["supervised"])
        return self._one(SupervisionOrder, task_id=task.id)

    def home_street(self) -> int:
        community = self._one(Community, id=self.home)
        return int(community.street_id)

    def _one(self, model: Any, **where: Any) -> Any:
        return db.session.scalars(select(model).filter_by(**where).order_by(model.id)).first()
