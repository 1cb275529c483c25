"""A firm is told of a task, goes to it by one tap; the secretary copies it into the group."""

from typing import Any

import pytest

from harbour.cli import sending
from harbour.domain.notices import DIGEST_AT
from harbour.services import notices, robots
from tests.browser import DESK, PHONE
from tests.making.tasks import everywhere

pytestmark = pytest.mark.browser
BEGUN_AT = "assigned"


@pytest.fixture
def told(begin: Any, street: Any, clock: Any) -> Any:
    """Two tasks for a firm with a mail address, a group robot, and a letter that died."""
    said = {"email": "sun@example.org", "digest_on": True, "digest_at": DIGEST_AT,
            "quiet_from": None, "quiet_until": None}  # fmt: skip
    notices.set_telling(street.actor("ah-sunjl"), said, version=0, now=clock.now)
    hook = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k"
    robot = {"channel": "wecom", "name": "春和家园群", "compound": None, "hook": hook, "secret": ""}
    first = begin("assigned")
    sending.deliver(clock.now)
    for act in ("accept", "report", "verify", "close"):
        first.take(act)
    with everywhere():
        robots.create(street.actor("ch-zhao"), street.communities["CH"], robot, now=clock.now)
        begin("reported")
        begin("in_hand")
    return first


def test_a_firm_goes_from_its_news_to_the_task_by_one_tap(device: Any, begin: Any) -> None:
    number = begin().number
    phone = device("ah-sunjl", PHONE)
    phone.go("/")
    count = phone.page.locator(".tab_bar__count").first.inner_text()
    phone.go("/me/notices")

    phone.tap(phone.page.get_by_role("button", name="打开"))
    phone.page.wait_for_url(f"**/c/ch/tasks/{number}")

    assert count.startswith("1")
    assert phone.page.locator(".tab_bar__count").count() == 0


def test_the_secretary_copies_a_task_by_one_tap(device: Any, begin: Any) -> None:
    number = begin().number
    desk = device("ch-zhao", DESK, permissions=["clipboard-read", "clipboard-write"])
    desk.go(f"/c/ch/tasks/{number}/copy")

    desk.tap(desk.page.get_by_role("button", name="复制到微信群").first)

    desk.page.get_by_text("已复制").wait_for()
    assert number in desk.page.evaluate("navigator.clipboard.readText()")


PAGES = {
    "ch01-rep1": ("/me/notices", "/me/telling", "/c/ch/copy"),
    "ch-zhao": ("/inbox", "/me", "/c/ch/robots", "/c/ch/robots/new", "/c/ch/copy"),
    "ah-sunjl": ("/me/notices", "/me/telling", "/c/ch/copy"),
    "cf-admin": ("/admin/dead-letters", "/me"),
}


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("elder", [False, True], ids=["plain", "elder"])
def test_every_page_is_accessible_and_fits(device: Any, told: Any, size: Any, elder: bool) -> None:
    for who, paths in PAGES.items():
        reader = device(who, size)
        if elder:
            reader.elder()
        for path in (*paths, *((f"/c/ch/tasks/{told.number}/copy",) if who == "ch-zhao" else ())):
            reader.go(path)
            assert reader.axe(elder=elder) == [], (who, path)
            assert reader.too_wide() <= 0, (who, path)
            assert reader.complaints == []
