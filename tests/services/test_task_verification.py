"""Who may verify a task, what they find, and the rounds that follow."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.deadlines import end_of_workday
from harbour.domain.errors import Denied, Invalid, Refused
from harbour.domain.settings import DEFAULTS
from harbour.domain.tasks import TASK, TaskState
from harbour.extensions import db
from harbour.models.people import Membership
from harbour.models.photos import Photo
from harbour.models.subjects import of_task
from harbour.models.tasks import (
    DueChange,
    Report,
    Verification,
    VerificationTick,
)
from harbour.queries import task_heads, task_pages
from harbour.services import ledger, tasks
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making import photos
from tests.making.places import PLANTER
from tests.making.tasks import ROADS

# ---- who may verify ----------------------------------------------------------------------------

DENIED, MAY = "denied", "may"


@pytest.mark.parametrize(
    ("lead", "who", "answer"),
    [
        ("firm", "ch01-rep1", MAY),
        ("firm", "ch01-rep2", MAY),
        ("firm", "ch-lin", MAY),
        ("firm", "ch-zhao", DENIED),
        ("firm", "ah-sunjl", DENIED),
        ("firm", "cf-zhou", DENIED),
        ("community", "ch01-rep1", MAY),
        ("community", "ch-lin", DENIED),
        ("community", "ch-zhao", DENIED),
        ("team", "ch01-rep1", MAY),
        ("team", "ch-lin", DENIED),
    ],
)
def test_the_verifier_is_never_the_lead(
    begin: Any, street: Any, lead: str, who: str, answer: str
) -> None:
    choice = {"firm": f"firm:{street.firms['AH']}", "team": f"team:{street.teams['CH']}"}
    made = begin("reported", lead=choice.get(lead, lead))

    for action in ("inspect", "verify"):
        if answer == DENIED:
            with pytest.raises(Denied):
                made.take(action, by=who)
        else:
            made.take(action, by=who)


def employed(street: Any, who: str, now: Any, **place: Any) -> None:
    """Give a person one more membership."""

    @command
    def hire(now: Any) -> None:
        member = Membership(user_id=street.users[who], since=now, **place)
        db.session.add(member)
        ledger.record(PLANTER, "add", member, now=now)

    with scoped_to(*street.community_ids, installation=True):
        hire(now)


@pytest.mark.parametrize("action", ["inspect", "verify", "rework"])
def test_a_representative_who_works_for_the_firm_does_not_judge_its_work(
    begin: Any, street: Any, clock: Any, action: str
) -> None:
    made = begin("reported")
    employed(street, "ch01-rep1", clock.now, role="firm_manager", firm_id=street.firms["AH"])

    with pytest.raises(Denied):
        made.take(action, by="ch01-rep1")


def test_a_representative_who_works_for_the_community_does_not_judge_its_work(
    begin: Any, street: Any, clock: Any
) -> None:
    made = begin("reported", lead="community")
    here = street.communities["CH"]
    employed(street, "ch01-rep1", clock.now, role="community_worker", community_id=here)

    with pytest.raises(Denied):
        made.take("verify", by="ch01-rep1")
    made.take("verify", by="ch01-rep2")


def test_who_reported_never_verifies_in_whatever_role(begin: Any, street: Any, clock: Any) -> None:
    made = begin("reported")
    reporter = street.actor("ah-sunjl")
    as_rep = replace(street.actor("ch01-rep1"), user_id=reporter.user_id)

    with pytest.raises(Denied):
        tasks.act(as_rep, made.number, "verify", {}, version=None, now=clock.now)


@pytest.mark.parametrize("state", list(ROADS))
def test_pages_and_commands_see_the_same_facts(
    begin: Any, street: Any, clock: Any, state: str
) -> None:
    made = begin(state)
    if state in ("assigned", "in_hand"):
        made.take("urge")

    for who in ("ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou"):
        actor = street.actor(who)
        shown = task_heads.facts(actor, made.number, clock.now)
        ruled = of_task(made.task, clock.now)
        assert TASK.offers(actor, shown, clock.now) == TASK.offers(actor, ruled, clock.now), who


BEGUN_AT = "in_hand"  # where ``begin`` leaves a task unless told otherwise


# ---- what is found -----------------------------------------------------------------------------


def test_solved_needs_a_tick_at_every_criterion(begin: Any) -> None:
    made = begin("reported")
    first, _ = made.task.criteria

    with pytest.raises(Invalid) as invalid:
        made.take("verify", criteria_ticks=[str(first.id)])
    assert invalid.value.field == "criteria_ticks"
    made.take(
        "verify", criteria_ticks=[str(first.id)], solved="partly", satisfaction="dissatisfied"
    )

    found = db.session.scalars(select(Verification)).one()
    ticks = db.session.scalars(select(VerificationTick).order_by(VerificationTick.id)).all()
    assert (found.solved, found.satisfaction, found.round) == ("partly", "dissatisfied", 1)
    assert [one.met for one in ticks] == [True, False]
    assert (found.by_name, found.role) == ("王代表", "resident_rep")


def test_the_verifiers_own_photos_stand_with_what_they_found(begin: Any, clock: Any) -> None:
    made = begin("reported")
    actor = made.street.actor("ch01-rep1")
    own = photos.waiting(actor, "mine", "photos", 2, clock.now, made.folder)

    made.take("verify", photos=own)

    found = db.session.scalars(select(Verification)).one()
    assert set(
        db.session.scalars(select(Photo.id).where(Photo.verification_id == found.id))
    ) == set(own)


def test_an_old_photo_is_shown_to_the_verifier(begin: Any, street: Any, clock: Any) -> None:
    old = begin("reported")
    clock.pass_(hours=1)
    new = begin("reported")  # the same picture once more
    rep, lead = street.actor("ch01-rep1"), street.actor("ah-sunjl")

    page = task_pages.page(rep, new.number, clock.now, DEFAULTS, acting="verify")

    assert [one.number for one in page.alike] == [old.number]
    assert task_pages.page(lead, new.number, clock.now, DEFAULTS).alike == ()


def test_another_round_keeps_everything_and_moves_only_the_date_in_force(
    begin: Any, clock: Any
) -> None:
    made = begin("reported")
    promised = made.task.first_due_at
    clock.pass_(days=1)

    made.take("rework", new_due_on=date(2026, 3, 20))

    task = made.task
    assert (task.state, task.round, task.reported_at) == (TaskState.IN_HAND, 2, None)
    assert (task.first_due_at, task.due_at) == (promised, end_of_workday(date(2026, 3, 20)))
    lines = db.session.scalars(select(DueChange).order_by(DueChange.id)).all()
    assert [(one.due_before, one.reason) for one in lines] == [
        (None, ""),
        (promised, "还有一盏不亮"),
    ]
    assert len(db.session.scalars(select(Report)).all()) == 1
    assert len(db.session.scalars(select(Photo)).all()) == 1
    found = db.session.scalars(select(Verification)).one()
    assert (found.solved, found.rework_cause) == ("partly", "not_done")

    clock.pass_(days=1)
    for action in ("report", "verify", "close"):
        made.take(action)
    assert [one.round for one in db.session.scalars(select(Report).order_by(Report.id))] == [1, 2]


def test_nothing_met_is_not_solved_at_all(begin: Any) -> None:
    made = begin("reported")

    made.take("rework", failed_criteria=[str(one.id) for one in made.task.criteria])

    assert db.session.scalars(select(Verification.solved)).all() == ["not_solved"]


def test_sending_back_names_what_is_not_met_unless_it_is_about_words(begin: Any) -> None:
    made = begin("reported")

    with pytest.raises(Invalid) as invalid:
        made.take("rework", failed_criteria=[])
    with pytest.raises(Invalid):
        made.take("rework", failed_criteria=["999"])
    made.take("rework", failed_criteria=[], rework_cause="no_reply")

    assert invalid.value.field == "failed_criteria"


@pytest.mark.parametrize("day", [None, date(2026, 3, 1), date(2046, 1, 1)])
def test_another_round_needs_a_day_to_come(begin: Any, day: date | None) -> None:
    made = begin("reported")

    with pytest.raises(Invalid) as invalid:
        made.take("rework", new_due_on=day)

    assert invalid.value.field == "new_due_on"


@pytest.mark.parametrize(
    ("who", "state", "answer"),
    [
        ("ch01-rep1", "reported", MAY),
        ("ch-lin", "reported", MAY),
        ("ch-zhao", "reported", MAY),
        ("ch-zhao", "verified", MAY),
        ("ah-sunjl", "reported", DENIED),
        ("cf-zhou", "reported", DENIED),
    ],
)
def test_who_may_send_back(begin: Any, who: str, state: str, answer: str) -> None:
    made = begin(state)

    if answer == DENIED:
        with pytest.raises(Denied):
            made.take("rework", by=who)
    else:
        made.take("rework", by=who)
        assert made.task.round == 2


@pytest.mark.parametrize(
    "state", ["assigned", "in_hand", "reported", "on_hold", "closed", "cancelled"]
)
def test_nothing_is_closed_without_a_verification(begin: Any, state: str) -> None:
    made = begin(state)

    with pytest.raises(Refused):
        made.take("close")


@pytest.mark.parametrize("who", ["ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou"])
def test_only_the_secretary_closes(begin: Any, who: str) -> None:
    made = begin("verified")

    with pytest.raises(Denied):
        made.take("close", by=who)


def test_what_is_closed_is_no_longer_open(begin: Any, clock: Any) -> None:
    made = begin("closed")

    assert (made.task.is_open, made.task.closed_at) == (False, clock.now)
