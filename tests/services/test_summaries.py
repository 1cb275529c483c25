"""A summary a week: begun once, in time or late by the server's clock, numbered when submitted."""

import pytest
from sqlalchemy import func, select

from harbour.domain.errors import Denied, Invalid, Missing, Refused
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.meetings import Meeting
from harbour.models.places import Community
from harbour.models.summaries import Summary
from harbour.queries import summaries as queries
from harbour.services import ledger, summaries
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making import summaries as making
from tests.making.places import PLANTER

# CH-01 meets on Thursdays at 14:30; the clock stands at Monday 2026-03-02, 09:00.


@pytest.fixture(autouse=True)
def inside(street):
    with scoped_to(*street.community_ids):
        yield


@command
def meet(street, clock, at, n=1):
    """A weekly meeting of CH-01 at this time."""
    db.session.add(
        Meeting(
            community_id=street.communities["CH"], compound_id=street.compounds["CH-01"],
            number=f"M{n}", year=2026, issue_no=n, starts_at=at, created_at=clock.now,
        )
    )  # fmt: skip
    ledger.append(PLANTER, "test.meet", kind="test", subject_id=None, now=clock.now,
                  community_id=street.communities["CH"])  # fmt: skip


@command
def settle(street, clock, **settings):
    community = db.session.get_one(Community, street.communities["CH"])
    community.settings = settings
    ledger.record(PLANTER, "settle", community, now=clock.now)


def test_the_period_is_the_seven_days_before_the_weekly_slot(street, clock):
    found = queries.upcoming(street.actor("ch01-rep1"), street.compounds["CH-01"], clock.now)

    assert f"{found.meeting_at:%F %R%z}" == "2026-03-05 14:30+0800"
    assert (str(found.period_start), str(found.period_end)) == ("2026-02-26", "2026-03-04")
    assert f"{found.cutoff_at:%F %R%z}" == "2026-03-04 18:00+0800"
    assert (found.filed, found.summary_id) == (False, None)


def test_a_meeting_made_for_another_day_moves_period_and_cutoff(street, clock):
    meet(street, clock, clock.at("2026-03-06 09:00"))
    clock.at("2026-03-02 09:00")

    found = queries.upcoming(street.actor("ch01-rep1"), street.compounds["CH-01"], clock.now)

    assert str(found.period_end) == "2026-03-05"
    assert f"{found.cutoff_at:%F %R}" == "2026-03-05 18:00"


def test_the_communitys_settings_move_the_cutoff(street, clock):
    settle(street, clock, summary_cutoff_days_before=2, summary_cutoff_time="12:00")

    found = queries.upcoming(street.actor("ch01-rep1"), street.compounds["CH-01"], clock.now)

    assert f"{found.cutoff_at:%F %R}" == "2026-03-03 12:00"


def test_one_summary_a_representative_and_period_even_when_the_meeting_moves(street, clock):
    first = making.draft(street, clock)
    assert making.draft(street, clock) == first
    meet(street, clock, clock.at("2026-03-06 09:00"))
    clock.at("2026-03-03 09:00")

    assert making.draft(street, clock) == first
    clock.at("2026-03-06 10:00")
    assert making.draft(street, clock) != first


@pytest.mark.parametrize(("at", "late"), [("2026-03-04 18:00", False), ("2026-03-04 18:01", True)])
def test_lateness_is_judged_by_the_servers_clock(street, clock, at, late):
    summary_id = making.summary(street, clock, submit=False)
    clock.at(at)

    making.act(street, clock, summary_id, "submit", street.actor("ch01-rep1"))

    found = making.stored(street, summary_id)
    assert (found.late, found.submitted_at) == (late, clock.now)


def test_submitting_gives_every_concern_its_public_number(street, clock):
    summary_id = making.summary(street, clock, concerns=2)

    numbers = [one.number for one in making.concerns_of(street, summary_id)]

    assert numbers == ["CH01-2026-0001", "CH01-2026-0002"]


def test_an_empty_summary_is_refused_until_it_says_nothing_new(street, clock):
    rep, summary_id = street.actor("ch01-rep1"), making.draft(street, clock)
    with pytest.raises(Refused, match="at least one concern"):
        summaries.act(rep, summary_id, "submit", {}, version=None, now=clock.now)

    summaries.file_nil(rep, street.compounds["CH-01"], now=clock.now)

    found = making.stored(street, summary_id)
    assert (found.state, found.nil) == ("submitted", True)


def test_a_concern_without_title_or_category_holds_the_summary_back_by_its_place(street, clock):
    summary_id = making.summary(street, clock, concerns=1, submit=False)
    making.concern(street, clock, summary_id, "key-2", category="")

    with pytest.raises(Refused) as refused:
        making.act(street, clock, summary_id, "submit", street.actor("ch01-rep1"))

    assert refused.value.text.params == {"incomplete": ("2",)}
    assert making.stored(street, summary_id).state == "draft"


def test_after_a_question_the_author_answers_and_submits_again(street, clock):
    rep, secretary = street.actor("ch01-rep1"), street.actor("ch-zhao")
    summary_id = making.summary(street, clock, concerns=1)
    making.act(street, clock, summary_id, "return", secretary, question="具体是哪一盏灯？")
    returned = making.stored(street, summary_id)
    assert f"{returned.answer_until:%F}" == "2026-03-03"
    first = returned.submitted_at
    clock.at("2026-03-04 19:00")

    making.concern(street, clock, summary_id, "one-more", title="再加一条")
    making.act(street, clock, summary_id, "submit", rep)

    again = making.stored(street, summary_id)
    assert (again.state, again.late, again.submitted_at) == ("submitted", False, first)
    assert all(one.number for one in making.concerns_of(street, summary_id))


def test_staff_type_in_for_a_representative_who_may_go_on_themselves(street, clock):
    worker, rep = street.actor("ch-lin"), street.actor("ch01-rep1")
    given = {"compound_id": street.compounds["CH-01"], "author_id": rep.user_id}

    summary_id = summaries.draft(worker, given, now=clock.now)
    making.concern(street, clock, summary_id, "typed", "ch-lin")
    making.concern(street, clock, summary_id, "own", "ch01-rep1")

    found = making.stored(street, summary_id)
    assert (found.author_id, found.entered_by_id) == (rep.user_id, worker.user_id)
    assert making.draft(street, clock) == summary_id
    assert queries.page(worker, summary_id, clock.now).entered_by == "社工小林"


def test_what_a_representative_has_begun_nobody_else_types_in(street, clock):
    worker, rep = street.actor("ch-lin"), street.actor("ch01-rep1")
    making.draft(street, clock)

    with pytest.raises(Refused, match="already"):
        summaries.draft(
            worker,
            {"compound_id": street.compounds["CH-01"], "author_id": rep.user_id},
            now=clock.now,
        )


@pytest.mark.parametrize("author", [None, "ch02-rep1", "ch-zhao"])
def test_nobody_is_spoken_for_who_does_not_represent_the_compound(street, clock, author):
    given = {"compound_id": street.compounds["CH-01"], "author_id": street.users.get(author)}

    with pytest.raises(Invalid):
        summaries.draft(street.actor("ch-lin"), given, now=clock.now)


@pytest.mark.parametrize(
    ("username", "raised"), [("ch02-rep1", Missing), ("ch-zhao", Denied), ("ah-sunjl", Denied)]
)
def test_others_begin_no_summary_here(street, clock, username, raised):
    with pytest.raises(raised):
        summaries.draft(
            street.actor(username), {"compound_id": street.compounds["CH-01"]}, now=clock.now
        )
    assert db.session.scalar(select(func.count()).select_from(Summary)) == 0


def test_a_draft_is_hidden_from_all_but_its_author(street, clock):
    summary_id = making.summary(street, clock, submit=False)

    for username in ("ch01-rep2", "ch-zhao", "ch-lin", "cf-zhou", "ch02-rep1"):
        with pytest.raises(Missing):
            queries.page(street.actor(username), summary_id, clock.now)


def test_each_act_leaves_its_line(street, clock):
    making.summary(street, clock, concerns=1)

    actions = db.session.scalars(
        select(AuditEvent.action).where(AuditEvent.actor_id.is_not(None)).order_by(AuditEvent.id)
    ).all()

    assert actions == ["summary.draft", "concern.write", "summary.submit"]
