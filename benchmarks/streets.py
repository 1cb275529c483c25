"""The street of a filled database: two communities, twenty compounds, four firms, their people."""

from dataclasses import dataclass, field
from datetime import datetime

from benchmarks.chains import CLOCK, Act, Chains, Person, stored
from benchmarks.rows import Tables
from harbour.domain.actors import Role
from harbour.domain.numbers import compound_code

COMMUNITIES = (("CH", "春和社区", 18), ("CX", "春晓社区", 2))
FIRMS = (("AH", "安和物业"), ("HL", "惠邻物业"), ("ZC", "众诚物业"), ("HY", "恒悦物业"))
NAMES = (
    "春和家园", "纺织家属院", "晓园新村", "晓月湾", "融景苑", "融和公寓", "锦绣里", "丰泽园", "长乐坊", "安居苑",
    "和顺里", "向阳院", "新华里", "康宁苑", "明德园", "学府里", "江畔居", "铁西院", "梧桐里", "望湖苑",
)  # fmt: skip
REPRESENTATIVES, BUILDINGS, UNITS = 12, 40, 4
ROOT = Person(None, "benchmark", "admin")


@dataclass
class Compound:
    """A compound, and who acts there."""

    id: int
    code: str
    name: str
    community: int
    community_name: str
    firm: int
    firm_name: str
    secretary: Person
    worker: Person
    manager: Person
    representatives: list[Person] = field(default_factory=list)
    buildings: list[int] = field(default_factory=list)
    counters: dict[tuple[int, str], int] = field(default_factory=dict)

    def next(self, year: int, kind: str) -> int:
        """The next number of one of its sequences."""
        self.counters[year, kind] = self.counters.get((year, kind), 0) + 1
        return self.counters[year, kind]

    def number(self, year: int) -> str:
        """The next public number."""
        return f"{compound_code(self.code)}-{year}-{self.next(year, 'matter'):04d}"


@dataclass
class Street:
    """Everything the stories need to know of the place."""

    compounds: list[Compound]
    supervisor: Person


class Founding:
    """Puts the street into the tables."""

    def __init__(self, tables: Tables, chains: Chains, at: datetime) -> None:
        self.chains, self.at, self.when = chains, at, stored(at)
        self.people: dict[str, int] = {}
        self.street = tables.into("street", "code", "name", "settings")
        self.community = tables.into("community", "street_id", "code", "slug", "name", "settings")
        self.compound = tables.into(
            "compound", "community_id", "code", "name", "households", "meeting_weekday",
            "meeting_time", "meeting_place",
        )  # fmt: skip
        self.building = tables.into("building", "community_id", "compound_id", "name", "sort_key")
        self.unit = tables.into("unit", "community_id", "building_id", "name", "sort_key")
        self.firm = tables.into("firm", "street_id", "code", "name", "short_name")
        self.contract = tables.into("service_contract", "community_id", "compound_id", "firm_id")
        self.user = tables.into(
            "user_account", "username", "name", "sort_key", "password_hash",
            "must_change_password", "created_at", "preferences",
        )  # fmt: skip
        self.membership = tables.into(
            "membership", "user_id", "role", "street_id", "community_id", "compound_id",
            "firm_id", "since",
        )  # fmt: skip
        self.counter = tables.into(
            "number_counter", "community_id", "compound_id", "year", "kind", "last"
        )

    def _record(self, action: str, thing: int, community: int | None = None) -> None:
        self.chains.say(self.at, Act(community, ROOT, action, thing))

    def person(
        self,
        username: str,
        name: str,
        role: Role,
        *,
        street: int | None = None,
        community: int | None = None,
        compound: int | None = None,
        firm: int | None = None,
    ) -> Person:
        """Somebody with an account (which no password opens) and one membership."""
        user = self.user(username, name, username, "!", False, self.when, "{}")
        member = self.membership(user, role, street, community, compound, firm, self.when)
        self.people[username] = user
        self._record("user.create", user)
        self._record("membership.grant", member)
        return Person(user, name, str(role))

    def found(self) -> Street:
        """The whole street."""
        street = self.street("BS", "基准街道", "{}")
        self._record("street.create", street)
        firms = []
        for code, name in FIRMS:
            firm = self.firm(street, code, f"{name}服务有限公司", name)
            self._record("firm.create", firm)
            manager = self.person(
                f"firm-{code.lower()}", f"{name[0]}经理", Role.FIRM_MANAGER, firm=firm
            )
            firms.append((firm, name, manager))
        supervisor = self.person("street", "周书记", Role.STREET_SUPERVISOR, street=street)
        compounds: list[Compound] = []
        for code, name, count in COMMUNITIES:
            here = self.community(street, code, code.lower(), name, "{}")
            self._record("community.create", here, here)
            secretary = self.person(
                f"{code.lower()}-secretary", "赵书记", Role.SECRETARY, community=here
            )
            worker = self.person(
                f"{code.lower()}-worker", "社工小林", Role.COMMUNITY_WORKER, community=here
            )
            for n in range(1, count + 1):
                firm, firm_name, manager = firms[len(compounds) % len(firms)]
                compounds.append(
                    Compound(
                        0,
                        f"{code}-{n:02d}",
                        NAMES[len(compounds)],
                        here,
                        name,
                        firm,
                        firm_name,
                        secretary,
                        worker,
                        manager,
                    )
                )
                self._settle(compounds[-1])
        return Street(compounds, supervisor)

    def _settle(self, one: Compound) -> None:
        place = f"{one.name}议事港湾"
        one.id = self.compound(
            one.community, one.code, one.name, 1200, 1 + len(one.code) % 5, "14:30:00.000000", place
        )
        self._record("compound.create", one.id, one.community)
        self._record(
            "service_contract.create", self.contract(one.community, one.id, one.firm), one.community
        )
        for n in range(1, BUILDINGS + 1):
            building = self.building(one.community, one.id, f"{n}号楼", f"{n:05}")
            one.buildings.append(building)
            for u in range(1, UNITS + 1):
                self.unit(one.community, building, f"{u}单元", f"{u:05}")
        for n in range(1, REPRESENTATIVES + 1):
            username = f"{compound_code(one.code).lower()}-rep{n}"
            one.representatives.append(
                self.person(
                    username,
                    f"{'王李张刘陈杨黄周吴徐孙马'[n - 1]}代表",
                    Role.RESIDENT_REP,
                    community=one.community,
                    compound=one.id,
                )
            )

    def count(self, compounds: list[Compound]) -> None:
        """Store how far the numbers have come."""
        for one in compounds:
            for (year, kind), last in one.counters.items():
                self.counter(one.community, one.id, year, kind, last)


__all__ = ["CLOCK", "Compound", "Founding", "Street"]
