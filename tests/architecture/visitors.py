"""Who knocks: nobody, each role at home, and each role from every foreign place."""

from dataclasses import dataclass, replace

from harbour.domain.actors import Actor, Role
from tests.making.places import Street


@dataclass(frozen=True)
class Visitor:
    """Somebody at a door of community CH, compound CH-01."""

    label: str
    username: str | None
    at_home: bool
    actor: Actor | None = None

    def __str__(self) -> str:
        return self.label

    @property
    def role(self) -> Role | None:
        return self.actor.role if self.actor else None


PLACES = {
    "home": ("ch01-rep1", "ch-zhao", "ch-lin", "ah-sunjl", "cf-zhou", "cf-admin"),
    "colleague": ("ch01-rep2",),
    "other compound": ("ch02-rep1", "qt-tang"),
    "other community": ("cx01-rep1", "cx-qian", "cx-he", "hl-lijl"),
    "other street": ("xh01-rep1", "xh-sun", "xh-tian", "xw-ma", "xf-wei", "xf-admin"),
}
FOREIGN = ("other community", "other street")


def visitors(street: Street) -> list[Visitor]:
    """All of them; their actors as they would be in community CH."""
    here = street.communities["CH"]
    found = [Visitor("signed out", None, at_home=False)]
    for place, names in PLACES.items():
        for name in names:
            actor = replace(street.actor(name), community_id=here)
            at_home = place not in FOREIGN and actor.role is not Role.ADMIN
            found.append(Visitor(f"{actor.role} of {place}", name, at_home, actor))
    return found
