from datetime import date

import pytest
from sqlalchemy import event, select

from harbour.cli import clockwork
from harbour.domain.actors import MEMBERS, Role
from harbour.domain.series import HolidayChoice
from harbour.extensions import db
from harbour.models.proposals import Subscription
from harbour.models.tasks import Task
from harbour.queries import awaited, inbox
from harbour.queries.ledger import WORKFLOWS
from harbour.services import concerns, ledger, meetings
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making import meetings as made
from tests.making.filling import fill_proposals, fill_tasks
from tests.making.proposals import handed_in

# A state that awaits a role, but is answered for by another kind.
ANSWERED_BY = {"proposal.adopt": "meeting.end"}


@pytest.fixture
def waits(street, clock):
    """The kinds and titles that wait for a person, in order."""

    def of(username, *communities):
        ids = communities or (street.actors[username].community_id,)
        with scoped_to(*ids):
            found = inbox.inbox(street.actors[username], ids, clock.now)
        return [(one.kind, one.title) for one in found.entries]

    return of


@command
def follow(street, clock, proposal):
    """The representative ch01-rep1 raised it."""
    with scoped_to(*street.community_ids):
        db.session.add(Subscription(community_id=street.communities["CH"], proposal_id=proposal,
                                    user_id=street.users["ch01-rep1"]))  # fmt: skip
        ledger.append(street.actors["ch-zhao"], "test.fill", kind="test", subject_id=None,
                      now=clock.now, community_id=street.communities["CH"])  # fmt: skip


@pytest.mark.parametrize("role", sorted(MEMBERS))
def test_every_main_move_of_every_table_is_waited_for(role):
    kinds = {kind.name.replace("_too", "") for kind in awaited.kinds_of(Role(role))}

    for workflow in WORKFLOWS.values():
        for row in workflow.rows.values():
            name = f"{workflow.name}.{row.name}"
            if row.main and role in row.by:
                assert ANSWERED_BY.get(name, name) in kinds, name


def test_every_kind_has_its_words():
    assert set(inbox.KIND_LABELS) == set(awaited.KINDS)


def test_a_firms_tasks_wait_for_it_and_for_nobody_else(waits, street, clock):
    fill_tasks(street, clock.now, ["路灯不亮"], state="assigned")
    fill_tasks(street, clock.now, ["井盖松动"], state="assigned", lead_firm_id=street.firms["HL"])

    assert waits("ah-sunjl") == [("task.accept", "路灯不亮")]
    assert waits("ch-zhao") == []


def test_what_the_community_leads_waits_for_its_staff(waits, street, clock):
    fill_tasks(street, clock.now, ["义诊"], state="assigned", lead_kind="community",
               lead_firm_id=None)  # fmt: skip

    assert waits("ch-zhao") == [("task.accept", "义诊")]
    assert waits("ch-lin") == [("task.accept", "义诊")]
    assert waits("ch01-rep1") == []


def test_another_communitys_things_wait_for_nobody_here(waits, street, clock):
    fill_tasks(street, clock.now, ["春晓的"], state="verified", compound="CX-01")
    fill_proposals(street, clock.now, ["春晓的"], compound="CX-01")
    fill_tasks(street, clock.now, ["春和的"], state="verified")

    assert waits("ch-zhao") == [("task.close", "春和的")]


def test_the_oldest_danger_comes_first(waits, street, clock):
    now = clock.at("2026-03-05 10:00")
    fill_tasks(street, now, ["不急"], due_at=clock.at("2026-03-12 23:59"))
    fill_tasks(street, now, ["早已逾期"], due_at=clock.at("2026-03-02 23:59"))
    fill_tasks(street, now, ["刚逾期"], due_at=clock.at("2026-03-04 23:59"))
    clock.at("2026-03-05 10:00")

    assert [title for _, title in waits("ah-sunjl")] == ["早已逾期", "刚逾期", "不急"]


def test_what_a_representative_raised_waits_for_them_first_and_later_for_others(
    waits, street, clock, make
):
    now = clock.at("2026-03-02 10:00")
    (proposal,) = fill_proposals(street, now, ["路灯"], state="adopted")
    fill_tasks(street, now, ["修路灯"], state="reported", proposal_id=proposal, reported_at=now)

    follow(street, clock, proposal)
    clock.at("2026-03-02 11:00")
    assert waits("ch01-rep1") == [("task.verify", "修路灯")]

    clock.at("2026-03-09 11:00")
    assert waits("ch01-rep1") == [("task.verify", "修路灯")]
    assert waits("ch01-rep2") == [("task.verify_too", "修路灯")]
    assert waits("ch-lin") == [("task.verify_too", "修路灯")]
    assert waits("ch02-rep1") == []


def test_what_nobody_raised_waits_for_every_representative_of_the_compound(waits, street, clock):
    fill_tasks(street, clock.now, ["直接派的活"], state="reported", reported_at=clock.now)
    (proposal,) = fill_proposals(street, clock.now, ["我提的"], state="backlog")
    follow(street, clock, proposal)

    assert waits("ch01-rep1") == [("task.verify_too", "直接派的活")]
    assert waits("ch01-rep2") == [("task.verify_too", "直接派的活")]


def test_a_private_matter_is_verified_by_nobody_who_did_not_raise_it(waits, street, clock):
    fill_tasks(street, clock.now, ["漏水"], state="reported", reported_at=clock.now,
               category="NBR/漏水侵害")  # fmt: skip

    assert waits("ch01-rep1") == []
    assert waits("ch-lin") == [("task.verify_too", "漏水")]


def test_whoever_was_joined_to_a_task_without_a_proposal_raised_it(waits, street, clock, make):
    (task,) = fill_tasks(street, clock.now, ["漏水"], category="NBR/漏水侵害")
    (mine,) = handed_in(make, "楼上漏水", by="ch01-rep2")
    number = stored_task(street, task).number
    concerns.act(street.actor("ch-zhao"), mine, "link", {"linked_to": f"task/{number}"},
                 version=None, now=clock.now)  # fmt: skip
    fill_reported(street, clock, task)

    assert waits("ch01-rep2") == [("task.verify", "漏水")]
    assert waits("ch01-rep1") == []
    assert "漏水" not in [title for _, title in waits("ch-lin")]


@command
def fill_reported(street, clock, task):
    with scoped_to(*street.community_ids):
        found = db.session.scalars(select(Task).where(Task.id == task)).one()
        found.state, found.reported_at = "reported", clock.now
        ledger.append(street.actors["ch-zhao"], "test.fill", kind="test", subject_id=None,
                      now=clock.now, community_id=street.communities["CH"])  # fmt: skip


def stored_task(street, task):
    with scoped_to(*street.community_ids):
        return db.session.scalars(select(Task).where(Task.id == task)).one()


def test_the_street_sees_what_is_long_overdue(waits, street, clock):
    now = clock.at("2026-03-02 10:00")
    fill_tasks(street, now, ["刚逾期"], due_at=clock.at("2026-03-10 23:59"))
    fill_tasks(street, now, ["久拖"], due_at=clock.at("2026-03-04 23:59"), compound="CX-01")
    clock.at("2026-03-11 10:00")

    assert waits("cf-zhou", *street.community_ids) == [("task.supervise", "久拖")]


def test_a_limit_shows_its_light(street, clock, make):
    fill_proposals(street, clock.at("2026-03-02 10:00"), ["路灯"])
    actor = street.actors["ch-zhao"]

    (entry,) = inbox.inbox(actor, [actor.community_id], clock.at("2026-03-09 10:00")).entries

    assert entry.kind == "proposal.accept"
    assert entry.overdue
    assert entry.light is not None
    assert entry.light.word == "Overdue"


def test_many_are_capped_and_go_on_by_key(street, clock, make):
    fill_tasks(street, clock.now, [f"第{n}件" for n in range(90)], state="assigned")
    actor = street.actors["ah-sunjl"]
    found = inbox.inbox(actor, [actor.community_id], clock.now)

    assert len(found.entries) == inbox.AT_MOST
    assert [more.kind for more in found.more] == ["task.accept"]
    seen: list[int] = []
    key, pages = None, 0
    while pages == 0 or key:
        one = inbox.page(actor, [actor.community_id], clock.now, "task.accept", key)
        assert one is not None
        seen, key, pages = seen + [e.id for e in one.entries], one.older, pages + 1
    assert len(seen) == len(set(seen)) == 90
    assert pages == 3


def test_a_kind_that_is_not_ones_own_has_no_page(street, clock, make):
    actor = street.actors["ch01-rep1"]

    assert inbox.page(actor, [actor.community_id], clock.now, "task.close") is None
    assert inbox.page(actor, [actor.community_id], clock.now, "nonsense") is None


@pytest.mark.parametrize("username", ["ch01-rep1", "ch-zhao", "ch-lin", "ah-sunjl", "cf-zhou"])
def test_three_statements_however_much_waits(street, clock, make, username):
    actor, seen, counts = street.actors[username], [], []
    event.listen(db.engine, "before_cursor_execute", lambda *a: seen.append(a[2]))
    for more in (1, 30):
        for state in ("assigned", "in_hand", "verified", "on_hold"):
            fill_tasks(street, clock.now, [f"{state}{n}" for n in range(more)], state=state)
        fill_proposals(street, clock.now, [f"议题{n}" for n in range(more)])
        seen.clear()
        inbox.inbox(actor, street.community_ids, clock.now)
        counts.append(len(seen))

    # BEGIN and the edition of the calendar among them: a request asks for that with its person.
    assert max(counts) <= 5


def test_the_secretary_is_asked_about_a_weekly_day_on_a_holiday_until_a_meeting_is_made(
    make, waits, clock
):
    made.scheduled(make, starts_on=date(2026, 9, 24))
    clock.at("2026-09-25 08:00")
    clockwork.run(clock.now, only={"meeting.schedule"})
    asked = [(kind, str(title.params["compound"])) for kind, title in waits("ch-zhao")]
    make_one = {"day": date(2026, 10, 1), "now": clock.now}
    meetings.schedule_next(
        make.street.actor("ch-zhao"), make.street.compounds["CH-01"], HolidayChoice.SKIP, **make_one
    )

    assert ("meeting.schedule", "春和家园") in asked
    assert "春和家园" not in [
        title.params["compound"] for kind, title in waits("ch-zhao") if kind == "meeting.schedule"
    ]


def test_minutes_whose_time_is_up_say_so_to_the_secretary(make, street, clock):
    made.circulated(make)
    clock.at("2026-03-10 09:00")

    with scoped_to(street.communities["CH"]):
        found = inbox.inbox(street.actors["ch-zhao"], (street.communities["CH"],), clock.now)

    note = next(one.note for one in found.entries if one.kind == "meeting.finalise")
    assert note is not None
    assert note.msgid == "The time to answer is up"
