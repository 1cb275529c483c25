"""Accounts and roles: who may give them, to whom, and what the ledger says."""

import pytest
from sqlalchemy import select

from harbour.domain.actors import Role
from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.people import Membership, User
from harbour.queries.accounts import Sought, listing, phone_of
from harbour.queries.people import places_of
from harbour.services import people
from harbour.services.people import NUMBERS_A_DAY, At, pinyin_key
from tests.making.people import OPERATOR, account, everywhere, next_door


def lines(action):
    with everywhere():
        return db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        ).all()


def person(name="陈桂兰", username="cgl", phone="+8613900001111", **more):
    return {"name": name, "username": username, "phone": phone, **more}


@pytest.fixture
def admin(street):
    """The administrator of 春风街道."""
    return street.actor("cf-admin")


@pytest.mark.parametrize("username", ["ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou"])
def test_nobody_but_administrators_makes_accounts(street, clock, username):
    inputs = person(role=Role.SECRETARY, at=At(community_id=street.communities["CH"]))

    with everywhere(), pytest.raises(Denied):
        people.create(street.actor(username), inputs, password_hash="x", now=clock.now)

    assert db.session.scalar(select(User).where(User.username == "cgl")) is None
    assert [line.refused is not None for line in lines("user.create")] == [True]


def test_an_account_leaves_its_lines_without_phone_or_password(street, clock, admin):
    inputs = person(role=Role.RESIDENT_REP, at=At(compound_id=street.compounds["CH-01"]))

    with everywhere():
        made = people.create(admin, inputs, password_hash="$secret$", now=clock.now)

    [born], [given] = lines("user.create"), lines("membership.enrol")
    assert (born.subject_id, born.chain) == (made, "installation")
    assert given.community_id == street.communities["CH"]
    assert "13900001111" not in str((born.inputs, born.changes, given.inputs))
    assert "$secret$" not in str((born.inputs, born.changes))


def test_a_representatives_community_follows_from_the_compound(street, clock, admin):
    inputs = person(role=Role.RESIDENT_REP, at=At(compound_id=street.compounds["CX-01"]))

    with everywhere():
        made = people.create(admin, inputs, password_hash="x", now=clock.now)

    [place] = places_of(made, clock.now)
    assert (place.slugs, place.label) == (("cx",), "晓园新村")
    assert place.compound_ids == {street.compounds["CX-01"]}


def test_a_firms_manager_reaches_the_compounds_under_contract(street, clock, admin):
    with everywhere():
        made = people.create(
            admin, person(role=Role.FIRM_MANAGER, at=At(firm_id=street.firms["AH"])),
            password_hash="x", now=clock.now,
        )  # fmt: skip

    [place] = places_of(made, clock.now)
    assert place.compound_ids == {street.compounds["CH-01"], street.compounds["CH-02"]}


@pytest.mark.parametrize(
    ("role", "at"),
    [
        (Role.RESIDENT_REP, "community"),
        (Role.SECRETARY, "compound"),
        (Role.FIRM_MANAGER, "street"),
        (Role.STREET_SUPERVISOR, "firm"),
    ],
)
def test_a_role_is_held_at_its_own_kind_of_place(street, clock, admin, role, at):
    places = {
        "community": At(community_id=street.communities["CH"]),
        "compound": At(compound_id=street.compounds["CH-01"]),
        "street": At(street_id=street.id),
        "firm": At(firm_id=street.firms["AH"]),
    }

    with everywhere(), pytest.raises(Invalid) as caught:
        people.create(admin, person(role=role, at=places[at]), password_hash="x", now=clock.now)

    assert caught.value.field == "at"


@pytest.mark.parametrize("field", ["username", "phone"])
def test_two_accounts_never_share_name_or_phone(app, street, clock, admin, field):
    account(app, clock.now, "cgl", phone="+8613900001111")
    taken = {"username": "cgl", "phone": "+8613900001111"}
    inputs = person(username="other", phone="+8613900002222") | {field: taken[field]}

    with everywhere(), pytest.raises(Invalid) as caught:
        people.create(
            admin, {**inputs, "role": Role.ADMIN, "at": At(street_id=street.id)},
            password_hash="x", now=clock.now,
        )  # fmt: skip

    assert caught.value.field == field


def test_a_streets_administrator_gives_no_role_next_door(app, street, clock, admin):
    other = next_door(app, clock.now)

    for role, at in (
        (Role.SECRETARY, At(community_id=other.community_id)),
        (Role.RESIDENT_REP, At(compound_id=other.compound_id)),
        (Role.ADMIN, At(street_id=other.street_id)),
        (Role.ADMIN, At()),
    ):
        with everywhere(), pytest.raises(Missing):
            people.create(admin, person(role=role, at=at), password_hash="x", now=clock.now)


def test_accounts_next_door_do_not_exist_for_a_streets_administrator(app, street, clock, admin):
    other = next_door(app, clock.now)

    with everywhere():
        for act in (people.disable, people.enable, people.show_phone):
            with pytest.raises(Missing):
                act(admin, other.rep_id, now=clock.now)
        with pytest.raises(Missing):
            people.reset_password(admin, other.rep_id, password_hash="x", now=clock.now)
        with pytest.raises(Missing):
            people.rewrite(admin, other.rep_id, person(), version=1, now=clock.now)
        found = listing(street.id, Sought(words="qs"))

    assert found.lines == ()
    assert phone_of(street.id, other.rep_id) is None


def test_who_also_serves_elsewhere_is_not_taken_over(app, street, clock, admin):
    """A street's administrator must not become the installation's by resetting a password."""
    both = account(app, clock.now, "both", role=Role.ADMIN, at=At())
    with everywhere():
        here = {"role": Role.SECRETARY, "at": At(community_id=street.communities["CH"])}
        people.enrol(OPERATOR, both, here, now=clock.now)

        for act in (
            lambda: people.reset_password(admin, both, password_hash="x", now=clock.now),
            lambda: people.disable(admin, both, now=clock.now),
            lambda: people.rewrite(admin, both, person(), version=2, now=clock.now),
        ):
            with pytest.raises(Refused):
                act()


def test_an_ended_role_is_gone_on_the_next_look(street, clock, admin):
    rep = street.users["ch01-rep1"]
    [held] = places_of(rep, clock.now)

    with everywhere():
        people.dismiss(admin, rep, held.membership_id, now=clock.now)

    assert places_of(rep, clock.now) == ()
    assert [line.inputs["role"] for line in lines("membership.end")] == ["resident_rep"]


def test_a_role_is_ended_only_under_its_own_person(street, clock, admin):
    [held] = places_of(street.users["ch01-rep1"], clock.now)

    with everywhere(), pytest.raises(Missing):
        people.dismiss(admin, street.users["ch01-rep2"], held.membership_id, now=clock.now)

    assert db.session.get_one(Membership, held.membership_id).ended_at is None


def test_an_administrator_cannot_saw_off_the_own_branch(street, clock, admin):
    with everywhere():
        with pytest.raises(Refused):
            people.disable(admin, admin.user_id, now=clock.now)
        with pytest.raises(Refused):
            people.dismiss(admin, admin.user_id, admin.membership_id, now=clock.now)


def test_a_stale_correction_shows_what_stands(app, street, clock, admin):
    rep = street.users["ch01-rep1"]
    first = person(name="王桂芳", username="wang", phone=None)
    with everywhere():
        people.rewrite(admin, rep, first, version=1, now=clock.now)

        with pytest.raises(Stale) as caught:
            people.rewrite(admin, rep, person(), version=1, now=clock.now)

    assert caught.value.theirs["name"] == "王桂芳"


def test_looking_at_a_number_is_recorded_and_bounded(app, street, clock, admin):
    made = account(app, clock.now, "cgl", phone="+8613900001111", role=Role.SECRETARY,
                   at=At(community_id=street.communities["CH"]))  # fmt: skip

    with everywhere():
        for _ in range(NUMBERS_A_DAY):
            people.show_phone(admin, made, now=clock.now)
        with pytest.raises(Refused):
            people.show_phone(admin, made, now=clock.now)
        clock.pass_(days=1)
        people.show_phone(admin, made, now=clock.now)

    seen = lines("user.show_phone")
    assert len(seen) == NUMBERS_A_DAY + 2
    assert {line.actor_name for line in seen} == {"系统管理员"}
    assert not any("13900001111" in str(line.inputs) for line in seen)


def test_names_sort_by_pinyin_with_surnames_read_as_surnames():
    names = ["赵一", "曾二", "单三", "陈四", "安五", "䶮六"]

    assert sorted(names[:5], key=pinyin_key) == ["安五", "陈四", "单三", "曾二", "赵一"]
    assert pinyin_key("䶮六")


def test_the_list_pages_by_key_and_comes_back(app, street, clock):
    for n in range(60):
        account(app, clock.now, f"p{n:03}", name=f"陈{n:03}")

    with everywhere():
        first = listing(None, Sought(words="p0"))
        second = listing(None, Sought(words="p0"), after=str(first.after))
        again = listing(None, Sought(words="p0"), before=str(second.before))

    assert (len(first.lines), len(second.lines)) == (50, 10)
    assert first.before is None
    assert second.after is None
    assert again.lines == first.lines


def test_a_part_of_a_number_finds_nobody(app, street, clock):
    account(app, clock.now, "cgl", phone="+8613900001111")

    with everywhere():
        assert not listing(None, Sought(words="1390000")).lines
        whole = listing(None, Sought(words="13900001111", phone="+8613900001111"))

    assert [line.phone for line in whole.lines] == ["139****1111"]
