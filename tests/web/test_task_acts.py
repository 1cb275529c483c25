"""Acting on tasks from their pages, with errors, double taps and stale pages."""

import re
from typing import Any

from sqlalchemy import func, select

from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.tasks import Task
from harbour.models.urges import Comment
from tests.making.photos import picture, upload
from tests.making.tasks import everywhere
from tests.pages import Page

BEGUN_AT = "drafted"  # where ``begin`` leaves a task unless told otherwise


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
