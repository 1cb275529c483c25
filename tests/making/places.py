"""A small street: two communities, three compounds, two firms, everybody's accounts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from harbour.domain.actors import Actor, Role
from harbour.extensions import db
from harbour.models.firms import Firm, ServiceContract, VolunteerTeam
from harbour.models.people import Membership, User
from harbour.models.places import Building, Community, Compound, SubArea, Unit
from harbour.models.places import Street as StreetRow
from harbour.services import ledger
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to

PLANTER = Actor(user_id=None, name="test", role=Role.ADMIN)


@dataclass
class Street:
    """What was planted, by the names tests use."""

    id: int = 0
    communities: dict[str, int] = field(default_factory=dict)
    compounds: dict[str, int] = field(default_factory=dict)
    buildings: dict[str, int] = field(default_factory=dict)
    units: dict[str, int] = field(default_factory=dict)
    firms: dict[str, int] = field(default_factory=dict)
    teams: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    @property
    def community_ids(self) -> tuple[int, ...]:
        """Both communities."""
        return tuple(self.communities.values())

    def actor(self, username: str) -> Actor:
        """A person as an actor of their (first) community."""
        return self.actors[username]


@command
def plant(now: datetime) -> Street:
    """CH (compounds CH-01 春和家园, CH-02 纺织家属院; firm AH) and CX (CX-01 晓园新村; firm HL).

    People: ch01-rep1, ch01-rep2, ch02-rep1, cx01-rep1; secretaries ch-zhao, cx-qian; workers
    ch-lin, cx-he; firm managers ah-sunjl, hl-lijl; supervisor cf-zhou; administrator cf-admin.
    """
    s = Street()
    street = StreetRow(code="CF", name="春风街道", settings={})
    db.session.add(street)
    db.session.flush()
    s.id = street.id
    for code, name in (("CH", "春和社区"), ("CX", "春晓社区")):
        community = Community(
            street_id=street.id, code=code, slug=code.lower(), name=name, settings={}
        )
        db.session.add(community)
        db.session.flush()
        s.communities[code] = community.id
    with scoped_to(*s.community_ids, installation=True):
        _plant_places(s)
        _plant_firms(s)
        _plant_people(s, now)
        for community_id in s.community_ids:
            ledger.append(
                PLANTER,
                "community.create",
                kind="community",
                subject_id=community_id,
                now=now,
                community_id=community_id,
            )
    return s


@command
def plant_elsewhere(s: Street, now: datetime) -> None:
    """A second street XF of the same shape, and a firm QT that serves CH-02 alone.

    XF: community XH, compound XH-01 西河苑, firm XW; people xh01-rep1, xh-sun (secretary), xh-tian
    (worker), xw-ma (firm), xf-wei (supervisor), xf-admin; of QT: qt-tang.
    """
    street = StreetRow(code="XF", name="西风街道", settings={})
    db.session.add(street)
    db.session.flush()
    community = Community(street_id=street.id, code="XH", slug="xh", name="西河社区", settings={})
    db.session.add(community)
    db.session.flush()
    s.communities["XH"] = community.id
    with scoped_to(*s.community_ids, installation=True):
        _plant_places(s, {"XH-01": ("XH", "西河苑", 4, time(16, 0))})
        _plant_firms(s, {"XW": ("西旺物业", ("XH-01",))}, ("XH",), street.id)
        _plant_firms(s, {"QT": ("青田物业", ("CH-02",))}, ())
        _plant_people(s, now, ELSEWHERE, street.id)
        _plant_people(s, now, (("qt-tang", "汤经理", Role.FIRM_MANAGER, "CH", "QT"),))
        s.actors["qt-tang"] = replace(
            s.actors["qt-tang"], compound_ids=frozenset({s.compounds["CH-02"]})
        )
        ledger.append(
            PLANTER,
            "community.create",
            kind="community",
            subject_id=community.id,
            now=now,
            community_id=community.id,
        )


SLOTS = {
    "CH-01": ("CH", "春和家园", 3, time(14, 30)),
    "CH-02": ("CH", "纺织家属院", 3, time(9, 30)),
    "CX-01": ("CX", "晓园新村", 4, time(16, 0)),
}
SERVED = {"AH": ("安和物业", ("CH-01", "CH-02")), "HL": ("惠邻物业", ("CX-01",))}


def _plant_places(s: Street, slots: Mapping[str, tuple[str, str, int, time]] = SLOTS) -> None:
    for code, (community, name, weekday, at) in slots.items():
        owner = s.communities[community]
        compound = Compound(
            community_id=owner,
            code=code,
            name=name,
            households=1000,
            meeting_weekday=weekday + 1,
            meeting_time=at,
            meeting_place=f"{name}议事港湾",
        )
        db.session.add(compound)
        db.session.flush()
        s.compounds[code] = compound.id
        area = SubArea(community_id=owner, compound_id=compound.id, name="甲园")
        db.session.add(area)
        db.session.flush()
        for n in range(1, 4):
            building = Building(
                community_id=owner,
                compound_id=compound.id,
                sub_area_id=area.id,
                name=f"{n}号楼",
                sort_key=f"{n:05}",
            )
            db.session.add(building)
            db.session.flush()
            s.buildings[f"{code}/{n}"] = building.id
            for u in range(1, 3):
                unit = Unit(
                    community_id=owner, building_id=building.id, name=f"{u}单元", sort_key=f"{u:05}"
                )
                db.session.add(unit)
                db.session.flush()
                s.units[f"{code}/{n}/{u}"] = unit.id


def _plant_firms(
    s: Street,
    served: Mapping[str, tuple[str, tuple[str, ...]]] = SERVED,
    with_team: Sequence[str] = ("CH", "CX"),
    street_id: int | None = None,
) -> None:
    for code, (name, compounds) in served.items():
        firm = Firm(
            street_id=street_id or s.id, code=code, name=f"{name}服务有限公司", short_name=name
        )
        db.session.add(firm)
        db.session.flush()
        s.firms[code] = firm.id
        for compound in compounds:
            db.session.add(
                ServiceContract(
                    community_id=s.communities[compound[:2]],
                    compound_id=s.compounds[compound],
                    firm_id=firm.id,
                )
            )
    for code in with_team:
        owner = s.communities[code]
        team = VolunteerTeam(community_id=owner, name="绿色调解队", field="调解")
        db.session.add(team)
        db.session.flush()
        s.teams[code] = team.id


PEOPLE = (
    ("cf-admin", "系统管理员", Role.ADMIN, "street", None),
    ("cf-zhou", "周书记", Role.STREET_SUPERVISOR, "street", None),
    ("ch-zhao", "赵书记", Role.SECRETARY, "CH", None),
    ("cx-qian", "钱书记", Role.SECRETARY, "CX", None),
    ("ch-lin", "社工小林", Role.COMMUNITY_WORKER, "CH", None),
    ("cx-he", "社工小何", Role.COMMUNITY_WORKER, "CX", None),
    ("ch01-rep1", "王代表", Role.RESIDENT_REP, "CH", "CH-01"),
    ("ch01-rep2", "䶮代表", Role.RESIDENT_REP, "CH", "CH-01"),
    ("ch02-rep1", "李代表", Role.RESIDENT_REP, "CH", "CH-02"),
    ("cx01-rep1", "郑代表", Role.RESIDENT_REP, "CX", "CX-01"),
    ("ah-sunjl", "孙经理", Role.FIRM_MANAGER, "CH", "AH"),
    ("hl-lijl", "李经理", Role.FIRM_MANAGER, "CX", "HL"),
)


ELSEWHERE = (
    ("xf-admin", "西街管理员", Role.ADMIN, "street", None),
    ("xf-wei", "魏书记", Role.STREET_SUPERVISOR, "street", None),
    ("xh-sun", "西河孙书记", Role.SECRETARY, "XH", None),
    ("xh-tian", "社工小田", Role.COMMUNITY_WORKER, "XH", None),
    ("xh01-rep1", "西河代表", Role.RESIDENT_REP, "XH", "XH-01"),
    ("xw-ma", "马经理", Role.FIRM_MANAGER, "XH", "XW"),
)


def _plant_people(
    s: Street,
    now: datetime,
    people: Sequence[tuple[str, str, Role, str, str | None]] = PEOPLE,
    street_id: int | None = None,
) -> None:
    here, home = street_id or s.id, "XH" if street_id else "CH"
    for username, name, role, place, at in people:
        user = User(
            username=username,
            name=name,
            password_hash="!",
            must_change_password=False,
            created_at=now,
            preferences={},
            sort_key=username,
        )
        db.session.add(user)
        db.session.flush()
        s.users[username] = user.id
        community_id = s.communities.get(place)
        compounds: frozenset[int] = frozenset()
        firm_id = None
        if role is Role.RESIDENT_REP and at:
            compounds = frozenset({s.compounds[at]})
        if role is Role.FIRM_MANAGER and at:
            firm_id = s.firms[at]
            compounds = frozenset(i for code, i in s.compounds.items() if code.startswith(place))
        member = Membership(
            user_id=user.id,
            role=role,
            since=now,
            firm_id=firm_id,
            street_id=here if place == "street" else None,
            community_id=None if firm_id or place == "street" else community_id,
            compound_id=s.compounds[at] if role is Role.RESIDENT_REP and at else None,
        )
        db.session.add(member)
        db.session.flush()
        s.actors[username] = Actor(
            user_id=user.id,
            name=name,
            role=role,
            community_id=community_id or s.communities[home],
            compound_ids=compounds,
            firm_id=firm_id,
            street_id=here if place == "street" else None,
            membership_id=member.id,
        )
