"""The secretary reads the week's summaries and decides what becomes of each concern."""

from typing import Any

import pytest

from harbour.domain.summaries import Fate
from tests.browser import DESK, PHONE
from tests.making import Make
from tests.making.photos import waiting
from tests.making.proposals import (
    afresh,
    concern,
    handed_in,
    proposal,
    proposed,
    put_forward,
    summary_of,
)


@pytest.mark.browser
def test_a_summary_is_read_and_every_concern_decided_on(make: Make, device: Any) -> None:
    earlier = put_forward(make, "二层楼道灯不亮", by="ch-lin")
    first, second, third = handed_in(make, "东门外垃圾请清走", "三层楼道灯不亮", "门禁坏了",
                                     by="ch01-rep2")  # fmt: skip
    desk = device("ch-zhao", DESK)
    page = desk.go("/")

    page.get_by_role("link", name="汇总", exact=True).first.click()
    page.get_by_role("link", name="䶮代表").first.click()
    page.locator(f"#concern-{first}").get_by_role("button", name="列为议题").click()
    page.locator(f"#concern-{second}").get_by_role("button", name=f"并入这一件 {earlier}").click()
    page.locator(f"#concern-{third}").get_by_role("link", name="当场答复").click()
    page.get_by_label("答复").fill("昨天已经修好，请再试一试。")
    page.get_by_role("button", name="当场答复").click()
    page.get_by_role("button", name="接收汇总").click()

    page.get_by_text("都看完了。").wait_for()
    assert [concern(key).state for key in (first, second, third)] == [
        Fate.PROPOSED, Fate.LINKED, Fate.ANSWERED,
    ]  # fmt: skip
    assert concern(second).proposal_id == proposal(earlier).id
    assert summary_of(first).state == "accepted"
    assert desk.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_desks_pages_are_fit_for_everybody(
    make: Make, app: Any, clock: Any, device: Any, size: dict[str, Any], elder: bool
) -> None:
    with afresh():
        rep, folder = make.street.actor("ch01-rep1"), app.config["HARBOUR_DATA_DIR"]
        photos = waiting(rep, "k", "photos", 1, clock.now, folder)
    put_forward(make, "二层楼道灯不亮", by="ch-lin")
    (key,) = handed_in(make, "三层楼道灯不亮", photos=photos, urgency="at_once")
    number = proposed(make, "四层楼道灯不亮", by="ch01-rep2")
    window = device("ch-zhao", size)
    if elder:
        window.elder()

    found = {}
    for path in (
        "summaries/desk", f"summaries/desk/{summary_of(key).id}", f"concerns/{key}/link",
        "proposals", "proposals/new", f"proposals/new?compound={make.street.compounds['CH-01']}",
        f"proposals/{number}", f"proposals/{number}/merge",
    ):  # fmt: skip
        window.go(f"/c/ch/{path}")
        found[path] = (window.axe(elder=elder), window.too_wide())

    assert {path: wrong for path, wrong in found.items() if wrong != ([], 0)} == {}
    assert window.complaints == []
