"""shows() for one thing and visible() for a list say the same, for every role, state and owner."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from harbour.domain.actors import Actor, Role, the_clock
from harbour.domain.meetings import MEETING, MeetingState
from harbour.domain.proposals import PROPOSAL, ProposalState
from harbour.domain.request_facts import WAITING
from harbour.domain.requests import REQUESTS
from harbour.domain.summaries import CONCERN, SUMMARY, Fate, SummaryState
from harbour.domain.tasks import TASK, LeadKind, TaskState
from harbour.domain.workflow import Workflow
from harbour.extensions import db
from harbour.models import subjects
from harbour.models.meetings import Meeting
from harbour.models.proposals import Proposal, Subscription
from harbour.models.requests import CLASSES
from harbour.models.summaries import Concern, Summary
from harbour.models.tasks import AssistantFirm, Task
from harbour.queries.visibility import visible
from harbour.services import ledger
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.places import PLANTER, Street

OPEN_TO_ALL, PRIVATE = "SAF/高处坠物", "NBR/噪音"


@pytest.fixture
def one_of_each(street: Street, clock: Any) -> Street:
    """Every subject in every state, in three compounds of two communities, by several authors."""
    with scoped_to(*street.community_ids):
        _plant(street, clock.now)
    return street


@command
def _plant(street: Street, now: datetime) -> None:
    nth = iter(range(1, 10_000))
    for code in ("CH-01", "CH-02", "CX-01"):
        at = {"community_id": street.communities[code[:2]], "compound_id": street.compounds[code]}
        prefix = code[:2].lower() + code[3:]
        reps = [key for name, key in street.users.items() if name.startswith(prefix)]
        for user in reps:
            _summaries(at, user, street.users["ch-lin"], now, nth)
        for state in MeetingState:
            n = next(nth)
            final = state in (MeetingState.FINALISED, MeetingState.PUBLISHED)
            db.session.add(Meeting(**at, number=f"M-{n}", year=2026, issue_no=n, state=state,
                                   starts_at=now, created_at=now,
                                   finalised_at=now if final else None))  # fmt: skip
        db.session.flush()
        _proposals(at, [*reps, street.users["ah-sunjl"], None], now, nth)
        _tasks(at, street, now, nth)
    ledger.append(PLANTER, "test.plant", kind="test", subject_id=None, now=now,
                  community_id=street.communities["CH"])  # fmt: skip


def _summaries(at: dict[str, int], user: int, worker: int, now: datetime, nth: Any) -> None:
    for state in SummaryState:
        for by in (user, worker):
            n = next(nth)
            start = (now - timedelta(days=7 * n)).date()
            summary = Summary(**at, author_id=user, entered_by_id=by, period_start=start,
                              period_end=start, cutoff_at=now, state=state, created_at=now,
                              submitted_at=None if state == "draft" else now)  # fmt: skip
            db.session.add(summary)
            db.session.flush()
            db.session.add_all(
                Concern(**at, summary_id=summary.id, state=fate, title="楼道灯",
                        category=OPEN_TO_ALL, created_at=now)
                for fate in Fate
            )  # fmt: skip


def _proposals(at: dict[str, int], authors: list[int | None], now: datetime, nth: Any) -> None:
    meeting = db.session.scalar(
        select(func.min(Meeting.id)).where(Meeting.compound_id == at["compound_id"])
    )
    master = None
    for author in authors:
        for category in (OPEN_TO_ALL, PRIVATE):
            for state in ProposalState:
                proposal = Proposal(
                    **at, number=f"P-{next(nth)}", state=state, title="楼道灯", category=category,
                    author_id=author, author_role="resident_rep", created_at=now, waits_since=now,
                    master_id=master if state == "merged" else None,
                    meeting_id=meeting if state == "on_agenda" else None,
                )  # fmt: skip
                db.session.add(proposal)
                db.session.flush()
                master = proposal.id
                if author is not None:
                    here = at["community_id"]
                    db.session.add(
                        Subscription(community_id=here, proposal_id=proposal.id, user_id=author)
                    )


def _tasks(at: dict[str, int], street: Street, now: datetime, nth: Any) -> None:
    some = db.session.scalars(
        select(Proposal.id).where(Proposal.compound_id == at["compound_id"])
        .order_by(Proposal.id)
    ).all()  # fmt: skip
    authors = db.session.scalars(
        select(func.max(Summary.id)).where(Summary.compound_id == at["compound_id"])
        .group_by(Summary.author_id)
    ).all()  # fmt: skip
    leads: list[tuple[LeadKind | None, int | None]] = [
        (LeadKind.FIRM, street.firms["AH"]), (LeadKind.FIRM, street.firms["HL"]),
        (LeadKind.COMMUNITY, None), (LeadKind.TEAM, None),
    ]  # fmt: skip
    for state in TaskState:
        for kind, firm in leads:
            for category in (OPEN_TO_ALL, PRIVATE):
                n = next(nth)
                task = Task(
                    **at, number=f"T-{n}", state=state, title="楼道灯", category=category,
                    is_open=state not in ("closed", "cancelled"), lead_kind=kind,
                    lead_firm_id=firm, who_pays="firm", created_at=now, dispatched_at=now,
                    first_due_at=now, due_at=now, due_soon_at=now, closed_at=now,
                    proposal_id=[None, *some][n % (len(some) + 1)],
                )  # fmt: skip
                db.session.add(task)
                db.session.flush()
                if n % 5 == 0:
                    db.session.add(
                        Concern(**at, summary_id=authors[n % len(authors)], state=Fate.LINKED,
                                task_id=task.id, title="楼道灯", category=category,
                                created_at=now)
                    )  # fmt: skip
                if state != "drafted":
                    _requests(task, street, now, n)
                if n % 3 == 0:
                    here, helper = at["community_id"], street.firms["HL" if n % 2 else "AH"]
                    db.session.add(
                        AssistantFirm(community_id=here, task_id=task.id, firm_id=helper)
                    )


def _requests(task: Task, street: Street, now: datetime, n: int) -> None:
    """One of each kind, over and over in another state, asked for by either firm or none."""
    for place, (kind, table) in enumerate(REQUESTS.items()):
        over = sorted({str(state) for state in table.states} - {str(state) for state in WAITING})
        firms = (street.firms["AH"], street.firms["HL"], None)
        more: dict[str, dict[str, Any]] = {
            "extension": {"wished_on": now.date()}, "return": {"return_reason": "unclear"},
            "hold": {"hold_reason": "funds", "review_on": now.date()},
        }  # fmt: skip
        # Of one task one request waits at a time.
        waiting = sorted(str(state) for state in table.states if state in WAITING)
        state = waiting[n % len(waiting)] if n % 4 == place else over[n % len(over)]
        db.session.add(
            CLASSES[kind](
                community_id=task.community_id, task_id=task.id, state=state,
                asker_role="firm_manager", firm_id=firms[(n + place) % 3], asked_at=now,
                due_at=now, **more.get(kind, {}),
            )
        )  # fmt: skip


def everybody(street: Street) -> list[Actor]:
    people = [replace(one, community_id=street.communities[place])
              for one in street.actors.values() for place in ("CH", "CX")]  # fmt: skip
    firm = street.actor("ah-sunjl")
    return [
        *people, the_clock(street.communities["CH"]),
        replace(firm, role=Role.PUBLIC), replace(firm, compound_ids=frozenset()),
        replace(street.actor("ch-zhao"), community_id=None),
    ]  # fmt: skip


SUBJECTS: list[tuple[type[Any], Workflow[Any], Callable[[Any, datetime], Any]]] = [
    (Summary, SUMMARY, lambda thing, _now: subjects.of_summary(thing)),
    (Concern, CONCERN, lambda thing, _now: subjects.of_concern(thing)),
    (Proposal, PROPOSAL, lambda thing, _now: subjects.of_proposal(thing)),
    (Meeting, MEETING, lambda thing, _now: subjects.of_meeting(thing)),
    (Task, TASK, subjects.of_task),
    *((CLASSES[kind], table, subjects.of_request) for kind, table in REQUESTS.items()),
]
IDS = [workflow.name for _, workflow, _ in SUBJECTS]


@pytest.mark.parametrize(("model", "workflow", "of"), SUBJECTS, ids=IDS)
def test_a_list_shows_exactly_what_the_table_shows(
    one_of_each: Street, clock: Any, model: Any, workflow: Workflow[Any], of: Any
) -> None:
    with scoped_to(*one_of_each.community_ids):
        things = [(one.id, of(one, clock.now)) for one in db.session.scalars(select(model))]
        seen_by_somebody = 0
        for actor in everybody(one_of_each):
            shown = {key for key, subject in things if workflow.shows(actor, subject)}

            listed = set(db.session.scalars(
                select(model.id).where(visible(model, workflow, actor))))  # fmt: skip

            assert listed == shown, f"{actor.name} as {actor.role}"
            seen_by_somebody += len(shown)
        assert 0 < seen_by_somebody < len(things) * len(everybody(one_of_each))


def test_everywhere_leaves_the_place_to_the_scope(one_of_each: Street) -> None:
    supervisor = replace(one_of_each.actor("cf-zhou"), community_id=None)

    with scoped_to(*one_of_each.community_ids):
        wide = select(Meeting.community_id).where(
            visible(Meeting, MEETING, supervisor, everywhere=True)
        )
        found = set(db.session.scalars(wide))

    assert found == set(one_of_each.community_ids)
