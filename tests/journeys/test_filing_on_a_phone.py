"""A representative files the week's summary on a phone, standing in the compound."""

from pathlib import Path

import pytest

from tests.making import summaries as making
from tests.making.photos import picture

MATTERS = (
    ("修好2号楼1单元门口的路灯", "公共照明", "2号楼"),
    ("清走东门外堆的建筑垃圾", "垃圾清运", "1号楼"),
    ("消防通道上的车请移开", "占用消防通道", "3号楼"),
)
MOST_TAPS = 25


def photographed(phone, seed: int, folder: Path) -> None:
    """Tap the camera's button and take a picture."""
    path = folder / f"IMG_{seed:04}.jpg"
    path.write_bytes(picture(seed, 800, 600))
    with phone.page.expect_file_chooser() as opened:
        phone.tap(phone.page.get_by_label("拍照", exact=True))
    opened.value.set_files(path)
    phone.page.locator(".photo_field__chosen li").wait_for()


def write_concern(phone, matter, seed: int, folder: Path, button: str) -> None:
    title, category, building = matter
    page = phone.page
    phone.write(page.get_by_label("要办什么事（一句话）"), title)
    quick = page.locator(".finder__quick").get_by_role("button", name=category, exact=True)
    if quick.count():
        phone.tap(quick)
    else:
        phone.write(page.get_by_role("searchbox"), category)
        phone.tap(page.locator(".finder__found button").first)
    phone.choose(page.get_by_label("楼栋"), building)
    photographed(phone, seed, folder)
    phone.tap(page.get_by_role("button", name=button))


@pytest.mark.browser
def test_three_concerns_with_a_photo_each_take_at_most_25_taps(
    street, clock, device, app, tmp_path
):
    phone = device("ch01-rep1")
    phone.go("/")

    phone.tap(phone.page.get_by_role("link", name="写本周汇总"))
    for seed, matter in enumerate(MATTERS, 1):
        last = matter is MATTERS[-1]
        write_concern(phone, matter, seed, tmp_path, "保存，写完了" if last else "保存，再写一条")
    phone.tap(phone.page.get_by_role("button", name="提交"))

    phone.page.get_by_text("CH01-2026-0003").first.wait_for()
    summary_id = int(phone.page.url.rsplit("/", 1)[-1])
    filed = making.stored(street, summary_id)
    kept = making.concerns_of(street, summary_id)
    assert (filed.state, filed.late) == ("submitted", False)
    assert [one.title for one in kept] == [title for title, _, _ in MATTERS]
    assert [one.building_id for one in kept] == [street.buildings[f"CH-01/{n}"] for n in (2, 1, 3)]
    assert phone.page.locator(".photos img").count() == 3
    assert phone.complaints == []
    assert phone.taps <= MOST_TAPS, phone.taps


@pytest.mark.browser
def test_what_is_typed_is_kept_without_any_button(street, clock, device):
    phone = device("ch01-rep1")
    page = phone.go("/c/ch/summaries/write")

    phone.write(page.get_by_label("要办什么事（一句话）"), "修好路灯")
    page.locator("[data-saved][data-kind=saved]").wait_for()
    page.reload()

    assert page.get_by_label("要办什么事（一句话）").input_value() == "修好路灯"
    assert "/summaries/concerns/" in page.url


@pytest.mark.browser
def test_seventy_buildings_are_found_part_by_part(street, clock, device):
    making.enlarge(street, clock)
    phone = device("ch01-rep1")
    page = phone.go("/c/ch/summaries/write")
    buildings, units = page.get_by_label("楼栋"), page.get_by_label("单元")
    assert buildings.locator("option").count() == 1

    phone.choose(page.get_by_label("家园 / 园"), "乙园")
    phone.choose(buildings, "68号楼")
    phone.choose(units, "68号楼 3单元")

    assert buildings.locator("option").count() == 68
    assert units.locator("option").count() == 8
    phone.write(page.get_by_label("要办什么事（一句话）"), "修电梯")
    phone.tap(page.get_by_role("button", name="保存，写完了"))
    page.get_by_text("乙园 68号楼 3单元").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "elder"), [(390, False), (360, True)])
def test_every_page_of_it_is_fit_for_a_phone(street, clock, device, width, elder):
    drafted = making.summary(street, clock, "ch01-rep1", submit=False)
    filed = making.summary(street, clock, "ch01-rep2")
    first = making.concerns_of(street, drafted)[0].id
    phone = device("ch01-rep1", viewport={"width": width, "height": 740})
    if elder:
        phone.elder()

    for path in (
        "summaries",
        f"summaries/{drafted}",
        f"summaries/{drafted}/header",
        f"summaries/{drafted}/concerns/new",
        f"summaries/concerns/{first}",
        f"summaries/{filed}",
        "thread/CH01-2026-0001",
    ):
        phone.go(f"/c/ch/{path}")
        assert phone.axe(elder=elder) == [], path
        assert phone.too_wide() == 0, path
    assert phone.complaints == []
