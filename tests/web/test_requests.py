"""Requests on the pages: offered with reasons, asked for, answered, and told for ever."""

from typing import Any

import pytest
from sqlalchemy import select

from harbour.extensions import db
from harbour.models.requests import Request
from tests.making.requests import answer, ask, held, stored
from tests.making.tasks import everywhere
from tests.statements import counted

BEGUN_AT = "in_hand"  # dispatched on Monday 2 March 2026, due on Monday the 9th
FOLDERS = {"extension": "extensions", "return": "returns", "hold": "holds", "reopen": "reopenings"}


def at(made: Any, *more: str) -> str:
    return "/".join((f"/c/ch/tasks/{made.number}", *more))


def of(kind: str, key: int, *more: str) -> str:
    return "/".join((f"/c/ch/{FOLDERS[kind]}/{key}", *more))


def requested() -> list[int]:
    with everywhere():
        return list(db.session.scalars(select(Request.id).order_by(Request.id)))


def fill(browser: Any, path: str, **typed: Any) -> Any:
    """Open the page of an act, send its form, and follow where it leads."""
    sent = browser.press(browser.visit(path), path, **typed)
    return browser.visit(sent.location) if sent.status == 303 else sent


def test_the_lead_asks_on_the_tasks_page_and_the_secretary_grants(
    begin: Any, signed_in: Any
) -> None:
    made = begin()
    firm, secretary = signed_in("ah-sunjl"), signed_in("ch-zhao")
    assert "申请延期" in firm.visit(at(made)).text

    page = fill(firm, at(made, "ask", "extension"), reason="配件缺货", wished_on="2026-03-16")
    assert "等待答复" in page.text
    (key,) = requested()
    inbox = secretary.visit("/inbox")
    assert "答复延期申请" in inbox.text
    assert of("extension", key) in inbox.html
    grant = of("extension", key, "grant")
    assert 'value="2026-03-16"' in secretary.visit(grant).html
    page = fill(secretary, grant, granted_on="2026-03-13", decision_note="最多到周五")

    told = ("最初承诺", "3月9日", "3月13日", "配件缺货", "延期申请", "最多到周五", "申请了延期",
            "同意了延期")  # fmt: skip
    for reader in (secretary, firm, signed_in("ch01-rep1"), signed_in("cf-zhou")):
        text = reader.visit(at(made)).text
        assert [words for words in told if words not in text] == []
    assert page.status == 200
    assert "答复延期申请" not in secretary.visit("/inbox").text


@pytest.mark.parametrize(
    ("kind", "typed", "missing"),
    [
        ("extension", {"reason": " ", "wished_on": "2026-03-16"}, "请写明理由"),
        ("extension", {"reason": "缺货", "wished_on": "2026-03-09"}, "请选更晚的日子"),
        ("return", {"reason": "不归我们"}, "请选择原因"),
        ("hold", {"hold_reason": "season", "what_first": "天暖", "review_on": "2026-12-01"},
         "最多90天"),
    ],
)  # fmt: skip
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    begin: Any, signed_in: Any, kind: str, typed: dict[str, str], missing: str
) -> None:
    made = begin()

    page = fill(signed_in("ah-sunjl"), at(made, "ask", kind), **typed)

    assert page.status == 422
    assert missing in page.text
    for words in typed.values():
        assert words.strip() in page.html
    assert requested() == []


def test_what_cannot_be_asked_for_is_offered_with_its_reason(
    begin: Any, signed_in: Any, clock: Any
) -> None:
    made = begin()
    clock.at("2026-03-05 09:00")
    firm = signed_in("ah-sunjl")

    page = firm.visit(at(made))
    assert "退单须在派单后1个工作日内提出" in page.text
    assert firm.visit(at(made, "ask", "return")).status == 409
    ask(made, "extension")
    assert "还有一项申请在等待答复" in firm.visit(at(made)).text
    assert firm.visit(at(made, "ask", "hold")).status == 409


@pytest.mark.parametrize("who", ["ch-zhao", "ch01-rep1", "cf-zhou"])
def test_who_does_not_lead_is_offered_nothing_and_turned_away(
    begin: Any, signed_in: Any, who: str
) -> None:
    made = begin()
    browser = signed_in(who)

    assert "/ask/" not in browser.visit(at(made)).html
    assert browser.visit(at(made, "ask", "hold")).status == 403
    sent = browser.post(at(made, "ask", "hold"), hold_reason="funds", what_first="筹款",
                        review_on="2026-04-01")  # fmt: skip
    assert sent.status == 403


def test_a_return_is_agreed_to_with_another_lead(begin: Any, signed_in: Any) -> None:
    made = begin("assigned")
    fill(signed_in("ah-sunjl"), at(made, "ask", "return"), return_reason="other_unit_duty",
         reason="点位由环卫设置")  # fmt: skip
    (key,) = requested()
    secretary = signed_in("ch-zhao")
    grant = of("return", key, "grant")

    offered = secretary.visit(grant)
    assert "安和物业（" not in offered.text, "who gives it back is not offered again"
    page = fill(secretary, grant, lead="community", new_due_on="2026-03-12")

    assert page.status == 200
    assert "属于其他单位职责" in page.text
    assert "此前耽误 0个工作日" in page.text.replace("0 个", "0个")
    assert made.task.lead_kind == "community"
    firm = signed_in("ah-sunjl")
    assert firm.visit(at(made)).status == 404
    assert "已同意" in firm.visit(of("return", key)).text


def test_a_refusal_is_taken_to_the_street(begin: Any, signed_in: Any) -> None:
    made = begin("assigned")
    key = ask(made, "return")
    fill(signed_in("ch-zhao"), of("return", key, "refuse"), reason="合同里有")

    firm = signed_in("ah-sunjl")
    assert "请街道裁定" in firm.visit(at(made)).text
    fill(firm, of("return", key, "dispute"), reason="合同里没有")

    street = signed_in("cf-zhou")
    assert of("return", key) in street.visit("/inbox").html
    assert of("return", key) not in signed_in("ch-zhao").visit("/inbox").html
    fill(street, of("return", key, "refuse"), reason="合同第8条")
    assert "不再更改" not in firm.visit(at(made)).text, "what is over is not offered as waiting"
    assert firm.visit(of("return", key, "dispute")).status == 409


def test_a_rest_goes_from_the_secretary_to_the_street_and_shows_grey(
    begin: Any, signed_in: Any
) -> None:
    made = begin()
    fill(signed_in("ah-sunjl"), at(made, "ask", "hold"), hold_reason="season",
         what_first="地温升到10度以上", review_on="2026-05-06")  # fmt: skip
    (key,) = requested()
    fill(signed_in("ch-zhao"), of("hold", key, "propose"), decision_note="情况属实")

    street = signed_in("cf-zhou")
    assert "是否同意挂账" in street.visit("/inbox").text
    page = fill(street, of("hold", key, "consent"))

    assert "挂账" in page.text
    assert made.task.state == "on_hold"
    assert "地温升到10度以上" in signed_in("ch01-rep1").visit(at(made)).text
    waits = signed_in("ch-zhao").visit("/inbox")
    assert "5月6日" in waits.text, "until its review day"


def test_a_representative_asks_to_reopen(begin: Any, signed_in: Any) -> None:
    made = begin("closed")
    rep = signed_in("ch01-rep1")
    assert "申请重开" in rep.visit(at(made)).text

    fill(rep, at(made, "ask", "reopen"), what_is_wrong="又不亮了")
    (key,) = requested()
    assert "又不亮了" in signed_in("ch-zhao").visit(of("reopen", key)).text
    fill(signed_in("ch-zhao"), of("reopen", key, "grant"), new_due_on="2026-03-12")

    page = rep.visit(at(made))
    assert "第2轮" in page.text.replace(" ", "")
    assert "三盏路灯都亮了" in page.text, "the earlier report is kept"


def test_who_asked_withdraws_with_one_button(begin: Any, signed_in: Any) -> None:
    made = begin()
    key = ask(made, "extension")
    firm = signed_in("ah-sunjl")

    sent = firm.press(firm.visit(at(made)), of("extension", key, "withdraw"))

    assert sent.status == 303
    assert stored(key).state == "withdrawn"
    assert "已撤回" in firm.visit(sent.location).text


def test_pressed_twice_it_is_asked_for_once(begin: Any, signed_in: Any) -> None:
    made = begin()
    firm, path = signed_in("ah-sunjl"), at(made, "ask", "extension")
    page = firm.visit(path)

    sent = [firm.press(page, path, reason="缺货", wished_on="2026-03-16") for _ in range(2)]

    assert {one.status for one in sent} == {303}
    assert len(requested()) == 1


def test_who_decides_on_what_moved_meanwhile_is_told(begin: Any, signed_in: Any) -> None:
    made = begin()
    key = ask(made, "hold")
    street, refuse = signed_in("cf-zhou"), of("hold", key, "refuse")
    answer(made, key, "propose")
    page = street.visit(refuse)
    answer(made, key, "withdraw")

    assert street.press(page, refuse, reason="不同意").status == 409
    assert stored(key).state == "withdrawn"


@pytest.mark.parametrize("kind", FOLDERS)
def test_pages_of_requests_ask_few_statements(
    begin: Any, signed_in: Any, kind: str, app: Any
) -> None:
    made = begin("closed" if kind == "reopen" else "in_hand")
    key = ask(made, kind)
    secretary = signed_in("ch-zhao")
    action = "propose" if kind == "hold" else "grant"
    for path in (at(made), of(kind, key), of(kind, key, action)):
        secretary.visit(path)
        assert len(counted(lambda: secretary.visit(path))) <= 15, path  # noqa: B023


def test_a_request_nobody_made_or_of_another_kind_is_not_there(begin: Any, signed_in: Any) -> None:
    made = begin()
    key = ask(made, "extension")
    secretary = signed_in("ch-zhao")

    assert secretary.visit(of("hold", key)).status == 404
    assert secretary.visit(of("extension", 9999)).status == 404
    assert secretary.visit(of("extension", key, "lapse")).status == 403
    assert signed_in("cx-qian").visit(of("extension", key)).status == 404
    assert signed_in("ch02-rep1").visit(of("extension", key)).status == 404


def test_a_resumed_task_says_through_what_its_day_moved(
    begin: Any, signed_in: Any, clock: Any
) -> None:
    made = begin()
    held(made)
    clock.at("2026-03-16 09:00")
    made.take("resume")

    text = signed_in("ch01-rep1").visit(at(made)).text

    assert "挂账申请" in text
    assert "3月23日" in text
    assert "3月9日" in text
