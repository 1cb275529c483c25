"""Proposals' pages: the list and its filters, a new one, one with everything, the acts on it."""

from typing import Any

from sqlalchemy import func, select

from harbour.extensions import db
from harbour.models.proposals import Proposal
from tests.making import Make
from tests.making.filling import fill_proposals
from tests.making.meetings import opened, scheduled
from tests.making.proposals import LAMP, OWNERS, act, afresh, proposal, proposed, put_forward
from tests.statements import counted

LIST = "/c/ch/proposals"


def typed(**changes: str) -> dict[str, str]:
    return {
        "title": "换楼道灯",
        "category": LAMP,
        "place": "三层",
        "wanted": "换成感应灯",
        **changes,
    }


def test_a_representative_puts_one_forward_for_the_own_compound(make: Make, signed_in: Any) -> None:
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"{LIST}/new")

    done = browser.press(
        page, "/proposals/new", **typed(building=str(make.street.buildings["CH-01/2"]))
    )

    assert done.location == f"{LIST}/CH01-2026-0001"
    shown = browser.visit(done.location)
    assert "换楼道灯" in shown.text
    assert "甲园2号楼 三层" in shown.text
    assert "王代表" in shown.text


def test_staff_of_several_compounds_choose_first(make: Make, signed_in: Any) -> None:
    browser = signed_in("ch-lin")
    assert {f"{LIST}/new?compound={make.street.compounds[c]}" for c in ("CH-01", "CH-02")} <= set(
        browser.visit(f"{LIST}/new").read.links
    )

    page = browser.visit(f"{LIST}/new?compound={make.street.compounds['CH-02']}")
    done = browser.press(page, "/proposals/new", **typed())

    assert done.location == f"{LIST}/CH02-2026-0001"


def test_what_was_typed_stays_when_something_is_wrong(make: Make, signed_in: Any) -> None:
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"{LIST}/new")

    wrong = browser.press(page, "/proposals/new", **typed(category="", wanted="换成䶮灯😀"))
    foreign = browser.press(page, "/proposals/new",
                            **typed(building=str(make.street.buildings["CH-02/1"])))  # fmt: skip

    assert wrong.status == foreign.status == 422
    assert "换成䶮灯😀" in wrong.html
    assert "请选一个最合适的类别" in wrong.text
    with afresh():
        assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_a_double_tap_makes_one(make: Make, signed_in: Any) -> None:
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"{LIST}/new")

    first = browser.press(page, "/proposals/new", **typed())
    second = browser.press(page, "/proposals/new", **typed())

    assert first.location == second.location
    with afresh():
        assert db.session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_another_compound_is_not_offered_nor_taken(make: Make, signed_in: Any) -> None:
    browser = signed_in("ch01-rep1")
    page = browser.visit(f"{LIST}/new")

    foreign = browser.press(page, "/new", **typed(compound=str(make.street.compounds["CH-02"])))

    assert foreign.status == 404


def test_the_list_is_narrowed_and_the_address_keeps_it(make: Make, signed_in: Any) -> None:
    put_forward(make, "换楼道灯")
    number = put_forward(make, "修电梯", category="LFT/异响抖动")
    act(make, number, "accept")
    browser = signed_in("ch-zhao")

    def titles(query: str) -> list[str]:
        page = browser.visit(f"{LIST}?{query}")
        assert page.status == 200
        return [title for title in ("换楼道灯", "修电梯") if title in page.text]

    assert titles("") == ["换楼道灯", "修电梯"]
    assert titles("state=backlog") == ["修电梯"]
    assert titles("category=LFT") == ["修电梯"]
    assert titles(f"category={LAMP}&state=submitted") == ["换楼道灯"]
    assert titles(f"compound={make.street.compounds['CH-02']}") == []
    assert titles("since=2026-03-03") == []
    assert titles("since=2026-03-01&until=2026-03-02") == ["换楼道灯", "修电梯"]
    assert titles("state=nonsense&category=NO&compound=x&since=soon&before=x") == [
        "换楼道灯", "修电梯",
    ]  # fmt: skip


def test_the_list_is_paged_by_key_and_keeps_its_filters(make: Make, signed_in: Any) -> None:
    with afresh():
        fill_proposals(make.street, make.clock(), [f"第{n:03}件" for n in range(120)])
    browser = signed_in("ch-zhao")

    first = browser.visit(f"{LIST}?state=submitted")
    (older,) = [link for link in first.read.links if "before=" in link]
    second = browser.visit(older)
    (newer,) = [link for link in second.read.links if "after=" in link]
    (oldest,) = [link for link in second.read.links if "before=" in link]

    assert "第119件" in first.text
    assert "第070件" in first.text
    assert "第069件" not in first.text
    assert "state=submitted" in older
    assert "第069件" in second.text
    assert "第119件" in browser.visit(newer).text
    last = browser.visit(oldest)
    assert "第000件" in last.text
    assert not [link for link in last.read.links if "before=" in link]


def test_the_list_costs_the_same_however_long(make: Make, signed_in: Any) -> None:
    browser = signed_in("ch-zhao")
    act(make, put_forward(make), "accept")
    few = len(counted(lambda: browser.visit(LIST)))
    with afresh():
        fill_proposals(make.street, make.clock(), [f"第{n}件" for n in range(60)], state="adopted")

    many = len(counted(lambda: browser.visit(LIST)))

    assert many <= few + 1  # the tasks of the adopted ones, all at once
    assert many <= 15


def test_accepting_begins_with_reading_what_is_similar(make: Make, signed_in: Any) -> None:
    earlier, number = put_forward(make, "二层楼道灯不亮"), put_forward(make)
    browser = signed_in("ch-zhao")
    assert not [f for f in browser.visit(LIST).read.forms if "accept" in f["action"]]
    assert "看过再受理" in browser.visit(LIST).text
    assert "看过再受理" not in signed_in("ch-lin").visit(LIST).text

    page = browser.visit(f"{LIST}/{number}")
    done = browser.press(page, f"/{number}/accept")

    assert earlier in page.text
    assert done.location == f"{LIST}/{number}"
    assert proposal(number).state == "backlog"


def test_a_similar_one_is_merged_into_by_a_press(make: Make, signed_in: Any) -> None:
    earlier, number = put_forward(make, "二层楼道灯不亮"), put_forward(make)
    browser = signed_in("ch-zhao")

    browser.press(browser.visit(f"{LIST}/{number}"), "/merge")

    assert proposal(number).master_id == proposal(earlier).id


def test_one_shows_where_it_comes_from_what_is_similar_and_its_history(
    make: Make, signed_in: Any
) -> None:
    earlier = put_forward(make, "二层楼道灯不亮", by="ch-lin")
    number = proposed(make, "三层楼道灯不亮")

    page = signed_in("ch-zhao").visit(f"{LIST}/{number}")

    assert "三层楼道灯不亮,晚上看不见。" in page.text
    assert earlier in page.text
    assert "提出了议题" in page.text
    assert "王代表" in page.text


def test_one_costs_at_most_fifteen_statements(make: Make, signed_in: Any) -> None:
    number = proposed(make, "三层楼道灯不亮")
    act(make, put_forward(make, "四层楼道灯不亮"), "merge", master=number)
    browser = signed_in("ch-zhao")

    asked = counted(lambda: browser.visit(f"{LIST}/{number}"))

    assert len(asked) <= 15


def test_merging_is_chosen_from_similar_ones_or_looked_up_and_undone(
    make: Make, signed_in: Any
) -> None:
    master = put_forward(make, "二层楼道灯不亮", by="ch-lin")
    far = put_forward(make, "电梯异响", by="ch-lin", category="LFT/异响抖动")
    number = put_forward(make, "三层楼道灯不亮")
    browser = signed_in("ch-zhao")

    offered = browser.visit(f"{LIST}/{number}/merge")
    found = browser.visit(f"{LIST}/{number}/merge?q=电梯")
    by_number = browser.visit(f"{LIST}/{number}/merge?q={master}")
    done = browser.press(by_number, f"/merge?q={master}", master=master)
    assert done.status == 303

    assert f'value="{master}"' in offered.html
    assert f'value="{far}"' in found.html
    merged = browser.visit(f"{LIST}/{number}")
    assert f"{LIST}/{master}" in merged.read.links
    assert number in browser.visit(f"{LIST}/{master}").text
    browser.press(merged, "/unmerge")
    assert proposal(number).state == "backlog"


def test_a_stale_page_shows_both_texts(make: Make, signed_in: Any) -> None:
    number = put_forward(make)
    act(make, number, "return", missing="哪一层？")
    mine = signed_in("ch01-rep1")
    page = mine.visit(f"{LIST}/{number}/resubmit")
    assert "哪一层？" in page.text
    act(make, number, "resubmit", by="ch01-rep1", **typed(wanted="换灯泡"))
    act(make, number, "return", missing="哪一栋？")

    stale = mine.press(page, "/resubmit", **typed(wanted="换感应灯，三层"))

    assert stale.status == 409
    assert "换灯泡" in stale.text
    assert "换感应灯，三层" in stale.html
    saved = mine.press(stale, "/resubmit")
    assert saved.status == 303
    assert proposal(number).wanted == "换感应灯，三层"


def test_the_owners_matters_say_why_and_the_meeting_is_where_it_is_decided(
    make: Make, signed_in: Any
) -> None:
    number = put_forward(make, "停车收费", category=OWNERS)

    page = signed_in("ch-zhao").visit(f"{LIST}/{number}")

    assert "第二百七十八条" in page.text


def test_it_is_put_on_a_meeting_that_is_offered_with_its_day(make: Make, signed_in: Any) -> None:
    with afresh():
        meeting = scheduled(make)
    number = put_forward(make)
    act(make, number, "accept")
    browser = signed_in("ch-lin")

    page = browser.visit(f"{LIST}/{number}/place")
    done = browser.press(page, "/place", meeting=meeting)

    assert "3月5日 周四 14:30" in page.text
    assert done.status == 303
    shown = signed_in("ch-zhao").visit(f"{LIST}/{number}")
    assert f"/c/ch/meetings/{meeting}" in shown.read.links
    assert not [f for f in shown.read.forms if f["action"].endswith("/note")]


def test_a_private_matter_is_seen_by_its_author_and_staff_alone(make: Make, signed_in: Any) -> None:
    number = put_forward(make, "楼上夜里太吵", category="NBR/噪音")

    for who in ("ch01-rep1", "ch-lin", "ch-zhao", "cf-zhou"):
        assert signed_in(who).visit(f"{LIST}/{number}").status == 200, who
    for who in ("ch01-rep2", "ah-sunjl", "cx-qian"):
        assert signed_in(who).visit(f"{LIST}/{number}").status == 404, who
    assert "楼上夜里太吵" not in signed_in("ch01-rep2").visit(LIST).text


def test_a_decision_is_shown_with_its_votes(make: Make, signed_in: Any) -> None:
    with afresh():
        meeting = opened(make, "修楼道扶手")
    (number,) = _numbers()
    act(make, number, "adopt", votes_for=2, votes_against=0, votes_abstain=0, wording="")

    page = signed_in("ch01-rep1").visit(f"{LIST}/{number}")

    assert "赞成 2 票，反对 0 票，弃权 0 票；实到 2 人" in page.text
    assert f"/c/ch/meetings/{meeting}" in page.read.links
    assert "已通过，还没有列为实事" in page.text


def _numbers() -> list[str]:
    with afresh():
        return list(db.session.scalars(select(Proposal.number).order_by(Proposal.id)))
