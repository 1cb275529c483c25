"""Pages of tasks: lists, one task, and each act on it."""

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from harbour.domain.actors import Role
from harbour.domain.lights import Colour
from harbour.domain.settings import DEFAULTS
from harbour.domain.tasks import TASK, TaskState
from harbour.extensions import db
from harbour.models.subjects import of_task
from harbour.models.tasks import Comment, Task
from harbour.queries import tasks as queries
from harbour.queries.tasks import TaskFilter
from harbour.tenancy import scoped_to
from tests.making.filling import fill_tasks
from tests.making.photos import picture, upload
from tests.making.tasks import ROADS, Walk, everywhere, found, walk
from tests.pages import Page

ROW = re.compile(r'<h2 class="ledger__title"><a href="([^"]+)">')


@pytest.fixture
def begin(make: Any, street: Any, clock: Any, app: Flask) -> Any:
    def begun(state: str = "drafted", compound: str = "CH-01", **other: Any) -> Walk:
        return walk(street, clock, app.config["HARBOUR_DATA_DIR"], state, compound, **other)

    return begun


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


# ---- acting -------------------------------------------------------------------------------------


def test_one_tap_in_the_list_accepts_once_and_leads_back_to_it(begin: Any, signed_in: Any) -> None:
    made = begin("assigned")
    browser = signed_in("ah-sunjl")
    page = browser.visit("/tasks")

    fields = page.form("/tasks")["fields"]
    key = re.search(r'form="accepting" formaction="([^"]+)" name="key" value="([^"]+)"', page.html)
    assert key is not None

    first = Page(browser.client.post(key[1], data={**fields, "key": key[2]}))
    again = Page(browser.client.post(key[1], data={**fields, "key": key[2]}))

    assert (first.status, first.location) == (303, "/tasks")
    assert (again.status, again.location) == (303, "/tasks")
    assert made.task.state == TaskState.IN_HAND


def test_a_report_loses_nothing_while_something_is_wrong_with_it(
    begin: Any, signed_in: Any
) -> None:
    made = begin("in_hand")
    first, second = (one.id for one in made.task.criteria)
    browser = signed_in("ah-sunjl")
    page = browser.visit(f"/c/ch/tasks/{made.number}/report")

    wrong = browser.press(
        page, "/report", result="done", what_was_done="换灯三盏",
        **{f"met_{first}": "yes", f"words_{first}": "换了灯泡",
           f"after_{first}": [upload(picture(1)), upload(picture(2))],
           f"before_{second}": [upload(picture(3))]},
    )  # fmt: skip

    assert wrong.status == 422
    assert "换灯三盏" in wrong.html
    assert "换了灯泡" in wrong.html
    assert len(re.findall(r'name="remove_photo"', wrong.html)) == 3
    assert made.task.state == TaskState.IN_HAND

    done = browser.press(
        wrong,
        "/report",
        public_reply="三盏灯都亮了",
        contact="in_person",
        **{f"met_{second}": "yes"},
    )
    assert done.status == 303
    assert made.task.state == TaskState.REPORTED
    shown = browser.visit(f"/c/ch/tasks/{made.number}")
    assert "三盏灯都亮了" in shown.text
    assert len(re.findall(r"-small\.jpg", shown.html)) == 3


def test_a_report_without_a_photo_says_so_beside_the_field(begin: Any, signed_in: Any) -> None:
    made = begin("in_hand")
    browser = signed_in("ah-sunjl")
    page = browser.visit(f"/c/ch/tasks/{made.number}/report")
    met = {f"met_{one.id}": "yes" for one in made.task.criteria}

    wrong = browser.press(page, "/report", result="done", what_was_done="换灯", public_reply="亮了",
                          contact="chat", **met)  # fmt: skip

    assert wrong.status == 422
    assert f'id="after_{made.task.criteria[0].id}-error"' in wrong.html


def test_a_representative_says_on_the_phone_that_it_is_done(begin: Any, signed_in: Any) -> None:
    made = begin("reported")
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"/c/ch/tasks/{made.number}/verify")
    ticks = [str(one.id) for one in made.task.criteria]

    wrong = browser.press(page, "/verify", solved="solved", satisfaction="satisfied",
                          finding="路灯都亮", criteria_ticks=ticks[:1])  # fmt: skip
    assert wrong.status == 422
    assert "路灯都亮" in wrong.html
    assert wrong.form("/verify")["fields"]["criteria_ticks"] == ticks[:1]

    done = browser.press(wrong, "/verify", criteria_ticks=ticks, photos=[upload(picture(9))])
    assert done.status == 303
    assert made.task.state == TaskState.VERIFIED
    assert "路灯都亮" in browser.visit(f"/c/ch/tasks/{made.number}").text


def test_a_representative_sends_it_back_from_the_same_page(begin: Any, signed_in: Any) -> None:
    made = begin("reported")
    browser = signed_in("ch01-rep1")
    asked = browser.visit(f"/c/ch/tasks/{made.number}/verify")
    assert f"/c/ch/tasks/{made.number}/rework" in asked.read.links

    page = browser.visit(f"/c/ch/tasks/{made.number}/rework")
    done = browser.press(page, "/rework", rework_cause="poor_quality", what_is_wrong="又灭了一盏",
                         failed_criteria=[str(made.task.criteria[0].id)])  # fmt: skip

    assert done.status == 303
    assert made.task.round == 2
    shown = signed_in("ah-sunjl").visit(f"/c/ch/tasks/{made.number}")
    assert "又灭了一盏" in shown.text


def test_the_same_form_sent_twice_acts_once(begin: Any, signed_in: Any) -> None:
    made = begin("in_hand")
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"/c/ch/tasks/{made.number}/comment")

    for _ in range(3):
        assert browser.press(page, "/comment", remark="辛苦了").status == 303

    with everywhere():
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 1


def test_a_stale_correction_shows_both_texts(begin: Any, signed_in: Any) -> None:
    made = begin()
    mine, theirs = signed_in("ch-zhao"), signed_in("ch-lin")
    old = mine.visit(f"/c/ch/tasks/{made.number}/edit")
    theirs.press(theirs.visit(f"/c/ch/tasks/{made.number}/edit"), "/edit", criteria="小林写的标准")

    stale = mine.press(old, "/edit", criteria="书记写的标准")

    assert stale.status == 409
    assert "小林写的标准" in stale.html
    assert "书记写的标准" in stale.html
    assert [one.text for one in made.task.criteria] == ["小林写的标准"]


def test_a_page_that_is_out_of_date_says_how_it_stands(begin: Any, signed_in: Any) -> None:
    made = begin("assigned")
    browser = signed_in("ah-sunjl")
    page = browser.visit(f"/c/ch/tasks/{made.number}")
    made.take("cancel")

    late = browser.press(page, "/accept")

    assert late.status == 409
    assert "已取消" in late.text
    assert made.task.state == TaskState.CANCELLED


def test_staff_write_a_direct_task_and_dispatch_it(
    make: Any, street: Any, clock: Any, signed_in: Any
) -> None:
    browser = signed_in("ch-zhao")
    chosen = browser.visit("/c/ch/tasks/new")
    assert any("compound=" in link for link in chosen.read.links)
    where = f"compound={street.compounds['CH-01']}"
    page = browser.visit(f"/c/ch/tasks/new?{where}")

    wrong = browser.press(
        page,
        where,
        task_title="檐口冰溜子清除",
        category="SAF/高处坠物",
        level="critical",
        who_pays="firm",
    )
    assert wrong.status == 422
    assert "檐口冰溜子清除" in wrong.html

    done = browser.press(
        wrong, where, category="SAF/高处坠物", direct_reason="随时会掉",
        criteria="冰柱没有了\n警戒线拉好", public_sentence="檐口冰柱清除。",
    )  # fmt: skip
    assert done.status == 303
    task = browser.visit(done.location)
    assert "安和物业" in task.text
    assert browser.press(task, "/dispatch").status == 303
    with everywhere():
        assert db.session.scalars(select(Task.state)).all() == [TaskState.ASSIGNED]


def test_a_number_nobody_has_is_not_there(make: Any, signed_in: Any) -> None:
    browser = signed_in("ch-zhao")

    for number in ("CH01-2026-9999", "x", "䶮", "new-2", "0" * 300):
        assert browser.visit(f"/c/ch/tasks/{number}").status == 404
        assert browser.post(f"/c/ch/tasks/{number}/comment", remark="x").status == 404


def test_rare_characters_and_emoji_come_back_as_typed(begin: Any, signed_in: Any) -> None:
    made = begin("in_hand")
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"/c/ch/tasks/{made.number}/comment")

    browser.press(page, "/comment", remark="䶮代表说👍 <b>好</b> 100%")

    shown = browser.visit(f"/c/ch/tasks/{made.number}")
    assert "䶮代表说👍 <b>好</b> 100%" in shown.text
    assert "<b>好</b>" not in shown.html


def test_ten_megabytes_of_words_are_refused_beside_the_field_or_as_too_large(
    begin: Any, signed_in: Any
) -> None:
    made = begin("in_hand")
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"/c/ch/tasks/{made.number}/comment")

    assert browser.press(page, "/comment", remark="长" * 2001).status == 422
    assert browser.press(page, "/comment", remark="长" * 3_500_000).status in (413, 422)
    with everywhere():
        assert db.session.scalar(select(func.count()).select_from(Comment)) == 0
