"""The desk's pages: who has filed, one summary with its concerns, each fate by a press."""

from functools import partial
from typing import Any

import pytest

from harbour.domain.summaries import Fate
from tests.making import Make
from tests.making.proposals import concern, handed_in, proposal, put_forward, summary_of
from tests.statements import counted

DESK = "/c/ch/summaries/desk"


def test_the_desk_says_who_has_filed_and_who_has_not(make: Make, signed_in: Any) -> None:
    handed_in(make, "三层楼道灯不亮")
    handed_in(make, by="ch02-rep1", compound="CH-02")

    page = signed_in("ch-lin").visit(DESK)

    assert page.status == 200
    assert "王代表: 已报" in page.text
    assert "䶮代表: 未报" in page.text
    assert "李代表: 无新情况" in page.text


def test_late_summaries_and_silent_buildings_are_marked(make: Make, signed_in: Any) -> None:
    make.clock.at("2026-03-04 19:00")
    handed_in(make, "三层楼道灯不亮")

    page = signed_in("ch-zhao").visit(DESK)

    assert "迟交" in page.text
    assert "本周有声音的楼栋：3 栋中的 1 栋" in page.text
    assert "连续 4 周没有声音的楼栋：3 栋中的 2 栋" in page.text
    assert "2号楼、3号楼" in page.text


def test_a_week_gone_by_is_reached_and_the_future_is_not(make: Make, signed_in: Any) -> None:
    handed_in(make, "三层楼道灯不亮")
    make.clock.at("2026-03-16 09:00")
    browser = signed_in("ch-lin")

    now = browser.visit(DESK)
    then = browser.visit(f"{DESK}?on=2026-03-02")

    assert "王代表: 未报" in now.text
    assert "王代表: 已报" in then.text
    assert not any("on=2026-03-23" in link for link in now.read.links)
    assert browser.visit(f"{DESK}?on=nonsense").status == 200
    assert browser.visit(f"{DESK}?on=9999-12-31").status == 200


def test_one_press_makes_a_concern_a_proposal_and_one_takes_it_back(
    make: Make, signed_in: Any
) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    browser = signed_in("ch-zhao")
    href = f"{DESK}/{summary_of(key).id}"

    done = browser.press(browser.visit(href), f"/concerns/{key}/propose")

    assert (done.status, done.location) == (303, f"{href}#concern-{key}")
    after = browser.visit(href)
    assert str(concern(key).number) in after.text
    browser.press(after, f"/concerns/{key}/undo")
    assert concern(key).state == Fate.OPEN


def test_a_double_press_makes_one_proposal(make: Make, signed_in: Any) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    browser = signed_in("ch-zhao")
    page = browser.visit(f"{DESK}/{summary_of(key).id}")

    first = browser.press(page, f"/concerns/{key}/propose")
    second = browser.press(page, f"/concerns/{key}/propose")

    assert (first.status, second.status) == (303, 303)
    assert first.location == second.location
    assert proposal(str(concern(key).number)).state == "submitted"


def test_several_are_ticked_into_one(make: Make, signed_in: Any) -> None:
    first, second = handed_in(make, "三层楼道灯不亮", "四层楼道灯不亮")
    (third,) = handed_in(make, "楼道里灯都坏了", by="ch01-rep2")
    browser = signed_in("ch-lin")
    page = browser.visit(f"{DESK}/{summary_of(first).id}")

    done = browser.press(page, "/together", concern=[str(first), str(third)])

    number = concern(first).number
    assert done.location == f"/c/ch/proposals/{number}"
    assert concern(third).proposal_id == proposal(str(number)).id
    assert concern(second).state == Fate.OPEN


def test_nothing_ticked_is_said_on_the_page(make: Make, signed_in: Any) -> None:
    first, _ = handed_in(make, "三层楼道灯不亮", "四层楼道灯不亮")
    browser = signed_in("ch-lin")

    page = browser.press(browser.visit(f"{DESK}/{summary_of(first).id}"), "/together")

    assert page.status == 422
    assert "请勾选" in page.text


def test_similar_ones_are_offered_and_joined_by_a_press(make: Make, signed_in: Any) -> None:
    number = put_forward(make, "二层楼道灯不亮", by="ch-lin")
    (key,) = handed_in(make, "三层楼道灯不亮", by="ch01-rep2")
    browser = signed_in("ch-zhao")
    page = browser.visit(f"{DESK}/{summary_of(key).id}")
    assert number in page.text

    browser.press(page, f"/concerns/{key}/link", linked_to=[f"proposal/{number}"])

    assert concern(key).state == Fate.LINKED


def test_any_other_is_looked_up_by_words_or_number(make: Make, signed_in: Any) -> None:
    number = put_forward(make, "电梯异响", category="LFT/异响抖动", by="ch-lin")
    (key,) = handed_in(make, "三层楼道灯不亮", by="ch01-rep2")
    browser = signed_in("ch-zhao")
    href = f"/c/ch/concerns/{key}/link"
    assert number not in browser.visit(href).text

    found = browser.visit(href)
    for words in ("电梯", number):
        found = browser.visit(f"{href}?q={words}")
        assert f'value="proposal/{number}"' in found.html
    browser.press(found, f"link?q={number}", linked_to=f"proposal/{number}")

    assert concern(key).proposal_id == proposal(number).id


@pytest.mark.parametrize(
    ("action", "typed", "fate"),
    [
        ("answer", {"reply": "物业昨天已经换好"}, Fate.ANSWERED),
        ("decline", {"reason": "属于自家装修"}, Fate.DECLINED),
        ("refer", {"referred_to": "utility", "referred_name": "供电公司",
                   "answer_on": "2026-03-09"}, Fate.REFERRED),
    ],
)  # fmt: skip
def test_a_fate_with_words_is_written_on_a_page_of_its_own(
    make: Make, signed_in: Any, action: str, typed: dict[str, str], fate: Fate
) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    browser = signed_in("ch-lin")
    page = browser.visit(f"/c/ch/concerns/{key}/{action}")

    empty = browser.press(page, f"/concerns/{key}/{action}")
    done = browser.press(page, f"/concerns/{key}/{action}", **typed)

    assert empty.status == 422
    assert done.status == 303
    assert concern(key).state == fate
    shown = browser.visit(done.location)
    assert all(words in shown.text for name, words in typed.items() if name in ("reply", "reason"))


def test_a_summary_is_returned_with_a_question_or_accepted(make: Make, signed_in: Any) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    href = f"{DESK}/{summary_of(key).id}"
    browser = signed_in("ch-zhao")

    waiting = browser.visit(href)
    assert "还有1条情况没有答复" in waiting.text
    browser.press(browser.visit(f"{href}/return"), "/return", question="是哪个单元？")

    assert summary_of(key).state == "returned"
    assert "是哪个单元？" in browser.visit(href).text


def test_a_draft_another_communitys_and_a_firms_look_are_nothing(
    make: Make, signed_in: Any
) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")
    summary = summary_of(key).id

    assert signed_in("cx-qian").visit(f"{DESK}/{summary}").status == 404
    assert signed_in("cx-qian").visit(f"/c/cx/summaries/desk/{summary}").status == 404
    assert signed_in("cx-qian").visit(f"/c/cx/concerns/{key}/answer").status == 404
    assert signed_in("ah-sunjl").visit(f"{DESK}/{summary}").status == 403
    assert signed_in("ch01-rep1").visit(f"{DESK}/{summary}").status == 403


def test_the_street_reads_and_is_offered_nothing(make: Make, signed_in: Any) -> None:
    (key,) = handed_in(make, "三层楼道灯不亮")

    page = signed_in("cf-zhou").visit(f"{DESK}/{summary_of(key).id}")

    assert page.status == 200
    assert not [f for f in page.read.forms if "/concerns/" in f["action"]]


def test_the_desk_and_a_summary_cost_the_same_however_much_was_said(
    make: Make, signed_in: Any
) -> None:
    browser = signed_in("ch-zhao")
    (key,) = handed_in(make, "三层楼道灯不亮")
    href = f"{DESK}/{summary_of(key).id}"
    one = [len(counted(partial(browser.visit, path))) for path in (DESK, href)]

    many = handed_in(make, *(f"第{n}件事要办" for n in range(12)), by="ch01-rep2")
    more = [len(counted(partial(browser.visit, path)))
            for path in (DESK, f"{DESK}/{summary_of(many[0]).id}")]  # fmt: skip

    assert more == one
    assert max(more) <= 15
