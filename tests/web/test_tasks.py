"""Pages of tasks: lists, one task, and each act on it."""

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from harbour.domain.actors import Role
from harbour.domain.lights import Colour
from harbour.domain.settings import DEFAULTS
from harbour.domain.tasks import TASK, TaskState
from harbour.extensions import db
from harbour.models.subjects import of_task
from harbour.models.tasks import Task
from harbour.queries import tasks as queries
from harbour.queries.tasks import TaskFilter
from harbour.tenancy import scoped_to
from tests.making.filling import fill_tasks
from tests.making.tasks import ROADS, everywhere, found
from tests.pages import Page

ROW = re.compile(r'<h2 class="ledger__title"><a href="([^"]+)">')


BEGUN_AT = "drafted"  # where ``begin`` leaves a task unless told otherwise


@contextmanager
def counted() -> Any:
    """The statements sent to the database inside the block."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip().upper().startswith(("SELECT", "WITH")):
            seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def rows(page: Page) -> list[str]:
    """The numbers in a list, in order."""
    return [href.rpartition("/")[2] for href in ROW.findall(page.html)]


# ---- every page can be drawn --------------------------------------------------------------------


@pytest.mark.parametrize("state", [s for s in ROADS if s != "cancelled"])
def test_an_act_has_a_page_exactly_where_it_is_offered(
    begin: Any, signed_in: Any, state: str
) -> None:
    made = begin(state)

    for who in ("ch-zhao", "ch01-rep1", "ah-sunjl"):
        browser = signed_in(who)
        hidden = state == "drafted" and who != "ch-zhao"
        page = browser.visit(f"/c/ch/tasks/{made.number}")
        assert page.status == (404 if hidden else 200)
        ways = [*page.read.links, *(form["action"] for form in page.read.forms)]
        for action, row in TASK.rows.items():
            if row.is_birth or row.through:
                continue
            answered = browser.visit(f"/c/ch/tasks/{made.number}/{action}")
            offered = any(way.endswith(f"/{action}") for way in ways)
            allowed = (404,) if hidden else (200,) if offered else (403, 409)
            assert answered.status in allowed, (who, action)


def test_acts_that_belong_to_a_request_have_no_address(begin: Any, signed_in: Any) -> None:
    made = begin("in_hand")

    for action in ("hold", "extend", "reassign", "reopen", "draft"):
        assert signed_in("ch-zhao").visit(f"/c/ch/tasks/{made.number}/{action}").status == 404


def test_a_task_of_another_community_is_not_there(begin: Any, signed_in: Any) -> None:
    made = begin("in_hand", compound="CX-01")
    browser = signed_in("ch-zhao")

    assert browser.visit(f"/c/ch/tasks/{made.number}").status == 404
    assert browser.visit(f"/c/cx/tasks/{made.number}").status == 404
    assert browser.post(f"/c/ch/tasks/{made.number}/cancel", reason="x").status == 404
    assert found(made.number).state == TaskState.IN_HAND


# ---- lists --------------------------------------------------------------------------------------


def test_the_most_pressing_stands_first_and_every_page_leads_to_its_neighbours(
    make: Any, street: Any, clock: Any, signed_in: Any
) -> None:
    for days in range(3):
        fill_tasks(street, clock.now, [f"第{days}天的{n}号" for n in range(40)],
                   due_at=clock.now + timedelta(days=9 - days))  # fmt: skip
    browser = signed_in("ch-zhao")

    first = browser.visit("/c/ch/tasks")
    second = browser.visit(neighbour(first, "after"))
    third = browser.visit(neighbour(second, "after"))
    back = browser.visit(neighbour(third, "before"))

    every = [*rows(first), *rows(second), *rows(third)]
    with everywhere():
        due = list(db.session.scalars(select(Task.number).order_by(Task.due_at, Task.id)))
    assert every == due
    assert rows(back) == rows(second)
    assert neighbour(first, "before") is None
    assert neighbour(third, "after") is None


def neighbour(page: Page, which: str) -> Any:
    return next((link for link in page.read.links if f"{which}=" in link), None)


def test_what_a_list_was_narrowed_to_stays_in_every_address(
    make: Any, street: Any, clock: Any, signed_in: Any
) -> None:
    fill_tasks(street, clock.now, [f"{n}号楼门禁" for n in range(60)])

    page = signed_in("ch-zhao").visit("/c/ch/tasks?category=SAF%2F消防设施&light=green")

    onward = neighbour(page, "after")
    assert "category=SAF%2F" in onward
    assert "light=green" in onward
    assert "安全消防 / 消防设施" in page.text


@pytest.mark.parametrize("after", ["", "x", "1", "1-2-3", "9" * 40, "9" * 40 + "-1", "-", "١-٢"])
def test_a_page_key_that_is_none_begins_at_the_beginning(
    make: Any, street: Any, clock: Any, signed_in: Any, after: str
) -> None:
    fill_tasks(street, clock.now, ["门禁"])

    page = signed_in("ch-zhao").visit(f"/c/ch/tasks?after={after}")

    assert page.status == 200
    assert len(rows(page)) == 1


@pytest.mark.parametrize(
    "query",
    ["state=gone", "light=pink", "compound=x", "compound=999999999999999999999", "lead=firm:x",
     "since=gestern", "until=2026-02-30", "category=%F0%9F%98%80"],
)  # fmt: skip
def test_nonsense_in_the_address_counts_for_nothing(
    make: Any, street: Any, clock: Any, signed_in: Any, query: str
) -> None:
    fill_tasks(street, clock.now, ["门禁"])

    assert signed_in("ch-zhao").visit(f"/c/ch/tasks?{query}").status == 200
    assert signed_in("ch-zhao").visit(f"/c/ch/tasks/narrow?{query}").status == 200


def listed(street: Any, who: str, now: Any, **asked: Any) -> set[str]:
    actor = street.actor(who)
    with scoped_to(actor.community_id):
        return {
            one.number for one in queries.listing(actor, TaskFilter(**asked), now, DEFAULTS).lines
        }


def test_each_filter_keeps_what_it_names(begin: Any, street: Any, clock: Any) -> None:
    clock.at("2026-03-02 09:00")
    old = begin("in_hand").number
    clock.at("2026-03-10 09:00")
    firm = begin("assigned").number
    ours = begin("in_hand", lead="community", category="ENV/楼道保洁").number
    team = begin("in_hand", "CH-02", lead=f"team:{street.teams['CH']}").number
    done = begin("closed").number

    def found_(**asked: Any) -> set[str]:
        return listed(street, "ch-zhao", clock.now, **asked)

    assert found_() == {old, firm, ours, team}
    assert found_(state="all") == {old, firm, ours, team, done}
    assert found_(state="closed") == found_(light="blue") == {done}
    assert found_(state="assigned") == {firm}
    assert found_(category="ENV/楼道保洁") == {ours}
    assert found_(compound_id=street.compounds["CH-02"]) == {team}
    assert found_(lead=f"firm:{street.firms['AH']}") == {old, firm}
    assert found_(lead="community") == {ours}
    assert found_(lead=f"team:{street.teams['CH']}") == {team}
    assert found_(until=clock.now.date()) == {old}
    assert found_(since=clock.now.date()) == {firm, ours, team}


def test_a_light_in_the_address_finds_the_tasks_that_show_it(
    begin: Any, street: Any, clock: Any
) -> None:
    clock.at("2026-03-02 09:00")
    for state in ROADS:
        begin(state)
        begin(state, level="critical")
    begin("in_hand", level="complex")

    for moment in ("2026-03-02 09:00", "2026-03-02 22:00", "2026-03-05 00:00", "2026-03-09 23:59",
                   "2026-03-10 00:00"):  # fmt: skip
        now = clock.at(moment)
        shown = {
            one.number: one for colour in ("open", "closed") for one in lines(street, now, colour)
        }
        for colour in Colour:
            asked = listed(street, "ch-zhao", now, light=colour)
            assert asked == {
                n for n, one in shown.items() if one.light and one.light.colour == colour
            }


def lines(street: Any, now: Any, state: str) -> Any:
    actor = street.actor("ch-zhao")
    with scoped_to(actor.community_id):
        return queries.listing(actor, TaskFilter(state=state), now, DEFAULTS).lines


@pytest.mark.parametrize(
    "who", ["ch-zhao", "ch-lin", "ch01-rep1", "ch02-rep1", "ah-sunjl", "cf-zhou"]
)
def test_a_list_shows_what_the_sight_table_shows(
    begin: Any, street: Any, clock: Any, who: str
) -> None:
    made = [begin(state) for state in ROADS]
    made += [begin("in_hand", "CH-02"), begin("in_hand", lead="community"),
             begin("in_hand", category="NBR/噪音", lead="community")]  # fmt: skip
    actor = street.actor(who)

    shown = {one.number for one in made if TASK.shows(actor, of_task(one.task, clock.now))}

    assert listed(street, who, clock.now, state="all") == shown
    assert shown or actor.role is Role.FIRM_MANAGER


def test_a_firm_finds_what_it_assists_apart(begin: Any, street: Any, clock: Any) -> None:
    led = begin("in_hand").number
    assisted = begin("in_hand", lead="community", assistants="安和物业").number

    assert listed(street, "ah-sunjl", clock.now) == {led}
    assert listed(street, "ah-sunjl", clock.now, assisting=True) == {assisted}


def test_a_firm_sees_its_tasks_of_all_communities_on_one_page(
    begin: Any, street: Any, clock: Any, signed_in: Any
) -> None:
    mine, theirs = begin("assigned").number, begin("assigned", "CX-01").number

    page = signed_in("ah-sunjl").visit("/tasks")

    assert rows(page) == [mine]
    assert rows(signed_in("hl-lijl").visit("/tasks")) == [theirs]
    assert signed_in("ch-zhao").visit("/tasks").status == 403


def test_lists_and_pages_cost_the_same_however_many_rows_there_are(
    begin: Any, street: Any, clock: Any, signed_in: Any
) -> None:
    made = begin("reported")
    costs: dict[str, list[int]] = {}
    for _ in range(2):
        for who in ("ch-zhao", "ch01-rep1", "ah-sunjl", "cf-zhou"):
            browser = signed_in(who)
            pages = ["/c/ch/tasks", "/c/ch/tasks?state=closed", f"/c/ch/tasks/{made.number}"]
            for path in pages + (["/tasks"] if who == "ah-sunjl" else []):
                made.take("comment")  # what is kept for all readers is drawn anew
                with counted() as seen:
                    page = browser.visit(path)
                assert page.status == 200
                costs.setdefault(f"{who} {path}", []).append(len(seen))
                assert len(page.response.data) <= 60_000
        fill_tasks(
            street, clock.now, [f"{n}号楼门禁检修,更换读卡器并重新登记住户门卡" for n in range(60)]
        )
        for _ in range(9):
            made.take("comment")
            clock.pass_(minutes=1)

    for where, (few, many) in costs.items():
        assert few == many, where
        assert many <= (15 if made.number in where else 7), (where, many)


def test_a_list_of_fifty_long_rows_stays_below_sixty_kilobytes(
    make: Any, street: Any, clock: Any, signed_in: Any
) -> None:
    title = "乙园九号楼二单元檐口冰溜子清除并拉警戒线,同步检查其余各楼" * 4
    fill_tasks(street, clock.now, [title[:90] + str(n) for n in range(60)], round=3,
               place="甲园七号楼至十二号楼各单元楼道及地下室" * 4, state="assigned")  # fmt: skip

    for who, path, shown in (("ch-zhao", "/c/ch/tasks", 50), ("ah-sunjl", "/tasks", 30)):
        page = signed_in(who).visit(path)
        assert len(rows(page)) == shown
        assert len(page.response.data) <= 60_000
