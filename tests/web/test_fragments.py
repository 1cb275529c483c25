"""What is drawn once for every reader holds nothing of any of them, and never the past."""

from typing import Any

from flask import Flask

from tests.making.tasks import walk


def test_what_one_reader_was_shown_is_not_shown_to_the_next(
    make: Any, street: Any, clock: Any, app: Flask, signed_in: Any
) -> None:
    made = walk(street, clock, app.config["HARBOUR_DATA_DIR"], "reported")
    page = f"/c/ch/tasks/{made.number}"

    for who, offered, other in (
        ("ch01-rep1", "/verify", "/withdraw_report"),
        ("ah-sunjl", "/withdraw_report", "/verify"),
        ("ch01-rep1", "/verify", "/withdraw_report"),
    ):
        shown = signed_in(who).visit(page)
        ways = [*shown.read.links, *(form["action"] for form in shown.read.forms)]
        assert any(way.endswith(offered) for way in ways)
        assert not any(way.endswith(other) for way in ways)
        below = shown.html.index('id="criteria"')
        assert "csrf_token" not in shown.html[below : shown.html.index("<footer")]


def test_every_act_is_seen_at_once(
    make: Any, street: Any, clock: Any, app: Flask, signed_in: Any
) -> None:
    made = walk(street, clock, app.config["HARBOUR_DATA_DIR"], "in_hand")
    reader = signed_in("ch01-rep1")

    for n in range(3):
        made.take("comment", remark=f"第{n}条留言")
        assert f"第{n}条留言" in reader.visit(f"/c/ch/tasks/{made.number}").text


def test_each_reader_is_spoken_to_in_their_own_language(
    make: Any, street: Any, clock: Any, app: Flask, signed_in: Any
) -> None:
    made = walk(street, clock, app.config["HARBOUR_DATA_DIR"], "in_hand")
    chinese, english = signed_in("ch01-rep1"), signed_in("ch01-rep2")
    english.client.set_cookie("language", "en")

    for _ in range(2):
        assert "承诺的时间" in chinese.visit(f"/c/ch/tasks/{made.number}").text
        assert "What was promised" in english.visit(f"/c/ch/tasks/{made.number}").text
