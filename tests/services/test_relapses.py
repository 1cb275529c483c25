"""What comes back within its window is kept as a relapse, and can be taken back."""

from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.errors import Invalid
from harbour.domain.settings import DEFAULTS
from harbour.extensions import db
from harbour.models.relapses import Relapse
from harbour.models.summaries import Concern
from harbour.queries import relapses, task_heads
from harbour.services import concerns, summaries, tasks, writing

CATEGORY = "SAF/高处坠物"


@pytest.fixture
def heard(make: Any, street: Any, clock: Any) -> Any:
    """A concern handed in by a representative; its key."""

    def of(place: str, category: str = CATEGORY) -> int:
        rep = street.actor("ch01-rep1")
        key = summaries.draft(rep, {"compound_id": street.compounds["CH-01"]}, now=clock.now)
        typed = {"concern_title": "路灯又不亮", "category": category, "place": place}
        written = writing.write(rep, key, f"form-{place}", typed, version=None, now=clock.now)
        summaries.act(rep, key, "submit", {}, version=None, now=clock.now)
        assert written.concern_id is not None
        return written.concern_id

    return of


def offered(street: Any, clock: Any, key: int) -> list[str]:
    found = relapses.of_concern(
        street.actor("ch-zhao"), key, clock.now, DEFAULTS.relapse_window_days
    )
    return [one.number for one in found]


def test_a_closed_task_of_the_same_place_and_category_is_offered(
    begin: Any, heard: Any, street: Any, clock: Any
) -> None:
    closed = begin("closed")
    begin("closed", category="ENV/楼道保洁")
    begin("in_hand")
    clock.pass_(days=80)

    assert offered(street, clock, heard("甲园3号楼 门前")) == [closed.number]


@pytest.mark.parametrize(("place", "days"), [("乙园5号楼", 10), ("甲园3号楼门前", 91)])
def test_another_place_or_too_long_ago_is_not(
    begin: Any, heard: Any, street: Any, clock: Any, place: str, days: int
) -> None:
    begin("closed")
    clock.pass_(days=days)

    assert offered(street, clock, heard(place)) == []


def test_a_relapse_makes_a_proposal_and_both_tasks_say_so(
    begin: Any, heard: Any, street: Any, clock: Any
) -> None:
    old, zhao = begin("closed"), street.actor("ch-zhao")
    clock.pass_(days=20)
    key = heard("甲园3号楼门前")

    concerns.act(zhao, key, "relapse", {"relapse_of": old.number}, version=None, now=clock.now)
    concern = db.session.scalars(select(Concern).where(Concern.id == key)).one()
    typed = {"task_title": "再修", "direct_reason": "又坏了", "lead": None, "level": "normal",
             "criteria": "", "who_pays": None, "public_sentence": "", "assistants": "",
             "milestones": "", "due_on": None}  # fmt: skip
    new = tasks.draft(zhao, typed, proposal_number=concern.number, now=clock.now)

    assert concern.state == "proposed"
    head = task_heads.head(zhao, old.number, clock.now, DEFAULTS)
    assert [(one.way, one.number) for one in head.relapses] == [("came_back", concern.number)]
    head = task_heads.head(zhao, new, clock.now, DEFAULTS)
    assert [(one.way, one.number) for one in head.relapses] == [("relapse_of", old.number)]


def test_taking_the_decision_back_takes_the_relapse_back(
    begin: Any, heard: Any, street: Any, clock: Any
) -> None:
    old, zhao = begin("closed"), street.actor("ch-zhao")
    key = heard("甲园3号楼门前")
    concerns.act(zhao, key, "relapse", {"relapse_of": old.number}, version=None, now=clock.now)

    concerns.act(zhao, key, "undo", {}, version=None, now=clock.now)

    assert db.session.scalars(select(Relapse)).all() == []


@pytest.mark.parametrize("state", ["in_hand", "cancelled"])
def test_only_what_was_closed_can_come_back(
    begin: Any, heard: Any, street: Any, clock: Any, state: str
) -> None:
    other, zhao = begin(state), street.actor("ch-zhao")
    key = heard("甲园3号楼门前")

    with pytest.raises(Invalid):
        concerns.act(
            zhao, key, "relapse", {"relapse_of": other.number}, version=None, now=clock.now
        )
