"""Whom a request waits for, in the inbox and on the agenda; and what the clock finds."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.meetings import ItemKind
from harbour.domain.settings import DEFAULTS
from harbour.extensions import db
from harbour.models.meetings import AgendaItem, Meeting
from harbour.models.tasks import Task
from harbour.queries import agenda as agendas
from harbour.queries import inbox
from harbour.services import agenda
from harbour.tenancy import scoped_to
from tests.making.meetings import begun, scheduled
from tests.making.requests import answer, ask, held
from tests.making.tasks import everywhere

BEGUN_AT = "in_hand"  # dispatched on Monday 2 March 2026, due on Monday the 9th


@pytest.fixture
def waits(street: Any, clock: Any) -> Any:
    """The kinds of requests that wait for a person."""

    def of(username: str, *communities: int) -> list[str]:
        actor = street.actors[username]
        ids = communities or (actor.community_id,)
        with scoped_to(*ids):
            found = inbox.inbox(actor, ids, clock.now)
        kinds = ("extension", "return", "hold", "reopen")
        return [one.kind for one in found.entries if one.kind.partition(".")[0] in kinds]

    return of


@pytest.mark.parametrize("kind", ["extension", "return"])
def test_a_first_request_waits_for_the_secretary_alone(
    begin: Any, waits: Any, street: Any, kind: str
) -> None:
    made = begin()
    ask(made, kind)

    assert waits("ch-zhao") == [f"{kind}.grant"]
    assert waits("cf-zhou", *street.community_ids) == []
    for who in ("ch-lin", "ch01-rep1", "ah-sunjl", "cx-qian"):
        assert waits(who) == [], who


def test_a_second_one_waits_for_the_street_alone(begin: Any, waits: Any, street: Any) -> None:
    made = begin()
    answer(made, ask(made, "extension"), "grant")
    ask(made, "extension")

    assert waits("ch-zhao") == []
    assert waits("cf-zhou", *street.community_ids) == ["extension.grant"]


def test_a_disputed_return_goes_over_to_the_street(begin: Any, waits: Any, street: Any) -> None:
    made = begin()
    key = ask(made, "return")
    answer(made, key, "refuse")
    assert waits("ch-zhao") == []

    answer(made, key, "dispute")

    assert waits("ch-zhao") == []
    assert waits("cf-zhou", *street.community_ids) == ["return.grant"]


def test_a_hold_waits_for_one_and_then_for_the_other(begin: Any, waits: Any, street: Any) -> None:
    made = begin()
    key = ask(made, "hold")
    assert (waits("ch-zhao"), waits("cf-zhou", *street.community_ids)) == (["hold.propose"], [])

    answer(made, key, "propose")
    assert (waits("ch-zhao"), waits("cf-zhou", *street.community_ids)) == ([], ["hold.consent"])

    answer(made, key, "consent")
    assert (waits("ch-zhao"), waits("cf-zhou", *street.community_ids)) == ([], [])


def test_a_reopening_waits_three_workdays_for_its_answer(
    begin: Any, street: Any, clock: Any
) -> None:
    made = begin("closed")
    ask(made, "reopen")
    here = street.communities["CH"]

    with scoped_to(here):
        found = inbox.inbox(street.actors["ch-zhao"], (here,), clock.now)

    (entry,) = [one for one in found.entries if one.kind == "reopen.grant"]
    assert str(entry.until_day) == "2026-03-05"
    assert entry.title == made.task.title


def test_what_has_lapsed_waits_for_nobody(begin: Any, waits: Any, clock: Any) -> None:
    made = begin()
    ask(made, "extension")
    clock.at("2026-03-09 23:00")
    assert waits("ch-zhao") == ["extension.grant"]

    clock.at("2026-03-10 00:00")

    assert waits("ch-zhao") == []


# ---- the agenda -----------------------------------------------------------------------------


def reasons(number: str, now: Any) -> dict[str, str]:
    """Why each task stands on a meeting's old business."""
    meeting = db.session.scalars(select(Meeting).where(Meeting.number == number)).one()
    numbers = dict(db.session.execute(select(Task.id, Task.number)).all())
    return {
        numbers[key]: str(kind)
        for kind, thing, key in agenda.old_business(meeting, now)
        if thing == "task"
    }


def test_a_waiting_request_stands_on_the_next_agenda(begin: Any, make: Any, clock: Any) -> None:
    plain = {"category": "ENV/楼道保洁"}
    asked, again, left = begin(**plain), begin("closed", **plain), begin(**plain)
    key = ask(asked, "extension")
    ask(again, "reopen")
    number = scheduled(make)

    with everywhere():
        assert reasons(number, clock.now) == {
            asked.number: ItemKind.REQUEST, again.number: ItemKind.REQUEST,
        }  # fmt: skip
    answer(asked, key, "refuse")
    with everywhere():
        assert asked.number not in reasons(number, clock.now)
        assert left.number not in reasons(number, clock.now)


def test_a_rest_stands_there_when_its_review_day_has_come(
    begin: Any, make: Any, clock: Any
) -> None:
    soon, later = begin(category="ENV/楼道保洁"), begin(category="ENV/楼道保洁")
    held(soon, date(2026, 3, 5))
    held(later, date(2026, 3, 6))
    number = scheduled(make)  # on Thursday 5 March

    with everywhere():
        assert reasons(number, clock.now) == {soon.number: ItemKind.ON_HOLD}


def test_it_is_ruled_on_in_the_room_by_the_same_act(
    begin: Any, make: Any, clock: Any, signed_in: Any, street: Any
) -> None:
    made = begin(category="ENV/楼道保洁")
    key = ask(made, "extension")
    number = scheduled(make)
    clock.at("2026-03-05 14:30")
    begun(make, number)
    with everywhere():
        item = db.session.scalars(
            select(AgendaItem).where(AgendaItem.kind == ItemKind.REQUEST)
        ).one()
        room = agendas.room(street.actor("ch-zhao"), number, clock.now, DEFAULTS, item.id)
    assert room.current is not None
    assert room.current.asked is not None
    assert {one.name for one in room.current.asked.offers} == {"grant", "refuse"}

    secretary = signed_in("ch-zhao")
    path = f"/c/ch/meetings/{number}/room?item={item.id}"
    page = secretary.visit(path)
    link = next(
        h for h in page.html.split('href="') if h.startswith(f"/c/ch/extensions/{key}/grant")
    )
    href = link.split('"')[0].replace("&amp;", "&")
    sent = secretary.press(secretary.visit(href), href, granted_on="2026-03-13")

    assert sent.status == 303
    assert sent.location.startswith(f"/c/ch/meetings/{number}/room")
    assert str(made.task.due_at.date()) == "2026-03-13"
    assert "extensions" not in secretary.visit(path).html
