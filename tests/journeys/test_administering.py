"""An administrator at the desk makes a place and a person; the person comes in on a phone."""

import pytest

from tests.browser import DESK, PHONE
from tests.making.people import BETTER, GOOD, knock, root
from tests.pages import Browser

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(app, street, clock, device):
    """The installation's administrator in a real browser."""
    browser = Browser(app)
    knock(browser, root(app, clock.now), GOOD)
    name = app.config["SESSION_COOKIE_NAME"]

    def opened(size, **more):
        one = device(None, size, **more)
        cookie = browser.client.get_cookie(name)
        assert cookie is not None
        one.context.add_cookies([{"name": name, "value": cookie.value, "url": one.address}])
        return one

    return opened


def press(device, name):
    device.tap(device.page.get_by_role("button", name=name).first)


def test_from_an_empty_compound_to_a_representative_on_the_phone(street, desk, device):
    office = desk(DESK)
    page = office.go(f"/admin/places/compounds/{street.compounds['CH-02']}")
    office.tap(page.get_by_role("link", name="添加楼栋").first)
    page.get_by_label("楼号", exact=True).fill("4-68")
    page.get_by_label("每栋单元数").fill("7")
    office.tap(page.get_by_role("button", name="添加", exact=True))
    assert "已添加 65 栋楼、455 个单元" in page.inner_text("main")

    page = office.go("/admin/people/new?role=resident_rep")
    page.get_by_label("姓名").fill("䶮桂芳")
    page.get_by_label("用户名").fill("guifang")
    page.get_by_label("手机号").fill("138 1234 1234")
    page.get_by_label("任职地点").select_option(label="纺织家属院")
    press(office, "建立账号")
    password = page.locator(".notice dd").last.inner_text()

    phone = device(None, PHONE)
    page = phone.go("/sign-in")
    page.get_by_label("用户名或手机号").fill("13812341234")
    page.get_by_label("密码", exact=True).fill(password)
    press(phone, "登录")
    page.get_by_label("新密码", exact=True).fill(BETTER)
    page.get_by_label("再填一遍新密码").fill(BETTER)
    press(phone, "保存新密码")

    assert "䶮桂芳" in page.inner_text("header")
    assert "纺织家属院" in page.inner_text("header")


@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_every_page_is_readable_for_everybody(street, desk, size, elder):
    office = desk(size)
    if elder:
        office.elder()
    wanted = (
        "/me", "/me/places", "/me/password",
        "/admin/places",
        f"/admin/places/communities/{street.communities['CH']}",
        f"/admin/places/compounds/{street.compounds['CH-01']}",
        f"/admin/places/compounds/{street.compounds['CH-01']}/edit",
        f"/admin/places/compounds/{street.compounds['CH-01']}/buildings/new",
        f"/admin/places/compounds/{street.compounds['CH-01']}/contracts/new",
        "/admin/firms", f"/admin/firms/{street.firms['AH']}", "/admin/firms/new",
        "/admin/clock", "/admin/people", "/admin/people/new",
        f"/admin/people/{street.users['ch01-rep1']}",
    )  # fmt: skip

    for path in wanted:
        office.go(path)
        assert office.axe(elder=elder) == [], path
        assert office.too_wide() == 0, path


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
def test_the_door_is_readable_in_both_languages(device, language):
    phone = device(None, PHONE)
    phone.context.add_cookies([{"name": "language", "value": language, "url": phone.address}])

    phone.go("/sign-in")
    assert phone.axe() == []
    phone.page.locator("main button[type=submit]").click()

    assert phone.axe() == []
    assert phone.too_wide() == 0
