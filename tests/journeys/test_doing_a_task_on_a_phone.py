"""A firm accepts and reports on a phone; a representative looks, and sends it back or says yes."""

from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.making.photos import picture
from tests.making.tasks import walk


def photographed(page: Any, field: str, seed: int, folder: Path) -> None:
    """Choose a picture for one field, as the album does."""
    path = folder / f"IMG_{seed:04}.jpg"
    path.write_bytes(picture(seed, 800, 600))
    page.locator(f"#{field}").set_input_files(path)


@pytest.mark.browser
def test_a_task_goes_from_the_list_to_closed_with_one_thing_to_do_a_screen(
    make: Any, street: Any, clock: Any, app: Flask, device: Any, tmp_path: Path
) -> None:
    made = walk(street, clock, app.config["HARBOUR_DATA_DIR"], "assigned")
    first, second = (one.id for one in made.task.criteria)

    firm = device("ah-sunjl")
    firm.go("/tasks")
    firm.tap(firm.page.get_by_role("button", name="我来签收"))
    assert "待签收" not in firm.page.content()
    firm.tap(firm.page.get_by_role("link", name=made.task.title))
    firm.tap(firm.page.get_by_role("link", name="我已办完"))
    firm.tap(firm.page.locator("label.pick", has_text="已办完"))
    for key in (first, second):
        firm.tap(firm.page.locator(f"#met_{key} label.pick").first)
    photographed(firm.page, f"after_{first}", 1, tmp_path)
    firm.write(firm.page.locator("#what_was_done"), "换灯三盏")
    firm.tap(firm.page.get_by_role("button", name="我已办完"))
    assert firm.page.locator(".form__errors").is_visible()  # the reply is missing; all else is kept
    assert firm.page.locator("#what_was_done").input_value() == "换灯三盏"
    assert firm.page.locator(".photo_field__kept img").count() == 1
    firm.write(firm.page.locator("#public_reply"), "三盏路灯都亮了。")
    firm.tap(firm.page.locator("#contact label.pick").first)
    firm.tap(firm.page.get_by_role("button", name="我已办完"))
    assert "三盏路灯都亮了。" in firm.page.content()

    rep = device("ch01-rep1")
    rep.go(f"/c/ch/tasks/{made.number}")
    rep.tap(rep.page.get_by_role("link", name="办好了"))
    for tick in rep.page.locator("label.tick").all():
        rep.tap(tick)
    rep.tap(rep.page.locator("#solved label.pick").first)
    rep.tap(rep.page.locator("#satisfaction label.pick").first)
    rep.tap(rep.page.get_by_role("button", name="办好了"))

    secretary = device("ch-zhao")
    secretary.go(f"/c/ch/tasks/{made.number}")
    secretary.tap(secretary.page.get_by_role("button", name="销号"))

    assert made.task.state == "closed"
    for one in (firm, rep, secretary):
        assert one.axe() == []
        assert one.too_wide() == 0
        assert one.complaints == []
