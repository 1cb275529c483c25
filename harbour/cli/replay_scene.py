"""What the acts of a replay share: who and where, one act, and how it is told of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from harbour.cli.replay_files import Entry, StreetFile, Unreadable
from harbour.cli.replay_people import Cast
from harbour.cli.replay_photos import Album
from harbour.cli.replay_places import Organisation
from harbour.domain.actors import Actor, Role
from harbour.domain.categories import by_names
from harbour.domain.deadlines import local_day
from harbour.domain.errors import Refused
from harbour.domain.text import N_, Text


@dataclass
class Act:
    """One act of the timeline; ``name`` is the row's, with its kind."""

    at: datetime
    meeting: str
    task: str
    name: str
    do: Callable[[datetime], object]


@dataclass
class Scene:
    """One file on its stage: the organisation and the people."""

    file: StreetFile
    made: Organisation
    cast: Cast
    album: Album
    tasks: int = 0


class Unknown(Refused):
    """A file names somebody who has no account there."""


class Stage:
    """One meeting's place and people, as its acts ask for them."""

    def __init__(self, scene: Scene, entry: Entry) -> None:
        self.scene, self.entry = scene, entry
        self.code: str = entry["code"]
        compound = entry["compound"]
        if compound not in scene.made.compounds:
            raise Unreadable(
                Text(N_("%(where)s: “%(key)s” is missing."),
                     {"where": scene.file.name, "key": f"compounds/{compound}"})
            )  # fmt: skip
        self.compound_id = scene.made.compounds[compound]
        self.community_id = scene.made.community_id(compound)
        self.community = scene.made.community_of[compound]

    def act(self, at: datetime, name: str, do: Callable[[datetime], object], task: str = "") -> Act:
        """An act of this meeting."""
        return Act(at, self.code, task, name, do)

    def secretary(self, now: datetime) -> Actor:
        """The chair, if named and known, else the community's secretary."""
        return self._named_or("chair", Role.SECRETARY, now)

    def worker(self, now: datetime) -> Actor:
        """The recorder, if named and known, else any worker of the community."""
        return self._named_or("recorder", Role.COMMUNITY_WORKER, now)

    def _named_or(self, key: str, role: Role, now: datetime) -> Actor:
        name = self.entry.text(key)
        found = self.scene.cast.named(name, self.community_id, now) if name else None
        if found is not None and found.role is role:
            return found
        return self.in_role(role, now)

    def in_role(self, role: Role, now: datetime, firm_id: int | None = None) -> Actor:
        """Somebody in a role at this community; Unknown if there is nobody."""
        found = self.scene.cast.in_role(role, self.community_id, now, firm_id=firm_id)
        if found is None:
            raise Unknown(Text(N_("Nobody there holds the role “%(role)s”."), {"role": str(role)}))
        return found

    def person(self, name: str, now: datetime) -> Actor:
        """The person of a name; Unknown if there is none."""
        found = self.scene.cast.named(name, self.community_id, now)
        if found is None:
            raise Unknown(Text(N_("There is no account there of “%(name)s”."), {"name": name}))
        return found


def category(where: str, names: str) -> str:
    """The code of a category written as 安全消防/高处坠物."""
    try:
        return by_names(names).code
    except KeyError:
        raise Unreadable(
            Text(N_("%(where)s: there is no category “%(name)s”."), {"where": where, "name": names})
        ) from None


def spread(start: datetime, end: datetime, count: int) -> Iterable[datetime]:
    """So many moments spread evenly over a span, none at its ends."""
    return tuple((start + (end - start) * (n + 1) / (count + 1)).replace(microsecond=0)
                 for n in range(count))  # fmt: skip


def short(text: str, most: int = 40) -> str:
    """The first clause of what somebody said."""
    for n, sign in enumerate(text):
        if sign in "，。；！？" and n >= 6:
            return text[:n][:most]
    return text[:most]


__all__ = ["Act", "Scene", "Stage", "Unknown", "category", "local_day", "short", "spread"]
