"""The people of a file: accounts are made where they are not there, and act by their names."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from harbour.cli.replay_files import Entry, StreetFile, Unreadable
from harbour.cli.replay_places import OPERATOR, Organisation
from harbour.domain.actors import Actor, Role
from harbour.domain.deadlines import local_day
from harbour.domain.text import N_, Text
from harbour.extensions import db
from harbour.models.people import User
from harbour.queries import people as known
from harbour.services import people
from harbour.services.people import At


@dataclass(frozen=True)
class NewAccount:
    """An account made by the replay, with its first password."""

    username: str
    password: str
    name: str
    role: Role
    place: str


@dataclass(frozen=True)
class Password:
    """A first password and what is stored in its place."""

    words: str
    hashed: str


class Accounts:
    """Makes the accounts of a file that are not there."""

    def __init__(self, made: Organisation, now: datetime, password: Callable[[], Password]) -> None:
        self.made, self.now, self.password = made, now, password
        self.fresh: list[NewAccount] = []

    def open(self, file: StreetFile) -> None:
        """The accounts listed, and one for each recorder, a worker of the community."""
        for one in file.root.entries("accounts"):
            role, at = self._place(one)
            self._account(one["login"], one["name"], role, at, one.text("scope_text"), _titles(one))
        names = {code: name for name, code in self.made.community_names.items()}
        for login, (code, recorder) in recorders(file).items():
            at = At(community_id=self.made.communities[code])
            self._account(login, recorder, Role.COMMUNITY_WORKER, at, names[code], {})

    def _account(
        self, login: str, name: str, role: Role, at: At, place: str, titles: Mapping[str, Any]
    ) -> None:
        if db.session.scalar(select(User.id).where(User.username == login)) is not None:
            return
        first = self.password()
        inputs = {"username": login, "name": name, "phone": None, "role": role, "at": at, **titles}
        people.create(OPERATOR, inputs, password_hash=first.hashed, now=self.now)
        self.fresh.append(NewAccount(login, first.words, name, role, place))

    def _place(self, one: Entry) -> tuple[Role, At]:
        scope = one.entry("scope")
        code = (scope.get("codes") or [""])[0]
        try:
            role = Role(one["role"])
            if role is Role.FIRM_MANAGER:
                return role, At(firm_id=self.made.firms[one["firm"]])
            match scope.text("kind"):
                case "street":
                    return role, At(street_id=self.made.street_id)
                case "community":
                    return role, At(community_id=self.made.communities[code])
                case _:
                    return role, At(compound_id=self.made.compounds[code])
        except (KeyError, ValueError):
            raise Unreadable(
                Text(N_("%(where)s: role and place do not fit."), {"where": one.where})
            ) from None


def recorders(file: StreetFile) -> dict[str, tuple[str, str]]:
    """The user names of those who took the minutes: their community's code and their name."""
    lies = {one["code"]: one["community"] for one in file.root.entries("compounds")}
    found = {}
    for meeting in file.root.entries("meetings"):
        name, code = meeting.text("recorder"), lies.get(meeting["compound"])
        if name and code:
            read = people.pinyin_key(name[-1]).partition(" ")[0]
            found[f"{code.lower()}-{read}"] = code, name
    return found


def logins(file: StreetFile) -> tuple[str, ...]:
    """Every user name the file asks for."""
    return (*(one["login"] for one in file.root.entries("accounts")), *recorders(file))


def unknown(wanted: Iterable[str]) -> int:
    """How many of these user names nobody has yet."""
    names = set(wanted)
    there = db.session.scalar(select(func.count()).where(User.username.in_(names)))
    return len(names) - (there or 0)


def _titles(one: Entry) -> dict[str, Any]:
    """What somebody is beside their role: head of a building, in the owners' committee."""
    also = one.entries("also")
    heads = [f"{entry['building']}楼栋长" for entry in also if entry["role"] == "building_head"]
    committee = any(entry["role"] == "owners_committee_member" for entry in also)
    return {"title": "、".join(heads), "owners_committee": committee}


class Cast:
    """Who acts, found by the names a file uses, at one community and one moment."""

    def __init__(self, files: tuple[StreetFile, ...]) -> None:
        self.logins: dict[str, list[str]] = {}
        self.known: dict[tuple[object, ...], Actor | None] = {}
        for file in files:
            for one in file.root.entries("accounts"):
                self.logins.setdefault(one["name"], []).append(one["login"])

    def named(self, name: str, community_id: int, now: datetime) -> Actor | None:
        """The person of this name with a place in the community, or None."""
        key = (name, community_id, local_day(now))
        if key not in self.known:
            self.known[key] = self._named(name, community_id, now)
        return self.known[key]

    def _named(self, name: str, community_id: int, now: datetime) -> Actor | None:
        users = db.session.execute(
            select(User.id, User.name)
            .where((User.name == name) | User.username.in_(self.logins.get(name, ())))
            .order_by(User.id)
        ).all()
        return self._first([(row.id, row.name) for row in users], community_id, None, now)

    def in_role(
        self, role: Role, community_id: int, now: datetime, *, firm_id: int | None = None,
        compound_id: int | None = None,
    ) -> Actor | None:  # fmt: skip
        """The first person in a role at the community (of a firm, or of a compound), or None."""
        key = (role, community_id, local_day(now), firm_id, compound_id)
        if key not in self.known:
            self.known[key] = self._in_role(role, community_id, now, firm_id, compound_id)
        return self.known[key]

    def _in_role(
        self, role: Role, community_id: int, now: datetime, firm_id: int | None,
        compound_id: int | None,
    ) -> Actor | None:  # fmt: skip
        users = db.session.execute(
            select(User.id, User.name).where(User.disabled_at.is_(None)).order_by(User.id)
        ).all()
        every = [(row.id, row.name) for row in users]
        return self._first(every, community_id, role, now, firm_id, compound_id)

    def _first(
        self,
        users: list[tuple[int, str]],
        community_id: int,
        role: Role | None,
        now: datetime,
        firm_id: int | None = None,
        compound_id: int | None = None,
    ) -> Actor | None:
        for user_id, name in users:
            for place in known.places_of(user_id, now):
                if community_id not in place.community_ids or role not in (None, place.role):
                    continue
                if firm_id not in (None, place.firm_id):
                    continue
                if compound_id is not None and compound_id not in place.compound_ids:
                    continue
                return Actor(
                    user_id=user_id, name=name, role=place.role, community_id=community_id,
                    compound_ids=place.compound_ids, firm_id=place.firm_id,
                    street_id=place.street_id, membership_id=place.membership_id,
                )  # fmt: skip
        return None
