"""Whether the clock runs is seen by its keeper, and by whoever watches the server."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from harbour.domain.clock import DUTIES, Due
from harbour.domain.text import Text
from harbour.services import clock as services
from harbour.tenancy import scoped_to
from tests.making.places import Street, plant_elsewhere
from tests.pages import Browser

SignedIn = Callable[[str], Browser]


def test_the_administrator_is_told_at_home_that_the_clock_has_stopped(
    signed_in: SignedIn, clock: Any
) -> None:
    admin = signed_in("cf-admin")
    never = admin.visit("/").text
    services.see("one", now=clock.now)
    running = admin.visit("/").text
    clock.pass_(minutes=6)
    stopped = admin.visit("/").text

    assert "自动定时还没有运行过" in never
    assert "自动定时还没有运行过" not in running
    assert "自动定时已停止" not in running
    assert "自动定时已停止" in stopped


def test_the_clocks_page_names_every_duty_and_what_failed(
    signed_in: SignedIn, street: Street, clock: Any
) -> None:
    due = Due("task.resume", clock.now - timedelta(hours=1), street.communities["CH"], 7, "CH01-7")
    with scoped_to(street.communities["CH"]):
        services.fail(due, Text("This is not for your role to do."), now=clock.now)

    page = signed_in("cf-admin").visit("/admin/clock").text

    assert "daily" not in page
    assert "CH01-7" in page
    assert "没有办成的事" in page
    assert page.count("还没有") >= len(DUTIES)


@pytest.mark.parametrize("username", ["ch-zhao", "ch-lin", "ch01-rep1", "ah-sunjl", "cf-zhou"])
def test_nobody_else_sees_it(signed_in: SignedIn, username: str) -> None:
    assert signed_in(username).client.get("/admin/clock").status_code == 403


def test_another_streets_administrator_sees_nothing_of_it(
    signed_in: SignedIn, app: Flask, street: Street, clock: Any
) -> None:
    plant_elsewhere(street, clock.now)
    due = Due("task.resume", clock.now, street.communities["CH"], 7, "CH01-7")
    with scoped_to(street.communities["CH"]):
        services.fail(due, Text("This is not for your role to do."), now=clock.now)

    assert "CH01-7" not in signed_in("xf-admin").visit("/admin/clock").text


def test_readiness_says_whether_the_clock_runs_and_stays_ready(app: Flask, clock: Any) -> None:
    client = app.test_client()
    never = client.get("/readyz")
    services.see("one", now=clock.now)
    seen = client.get("/readyz").get_json()["clock"]
    clock.pass_(minutes=6)
    stopped = client.get("/readyz")

    assert (never.status_code, never.get_json()["clock"]) == (200, {"seen": None, "running": False})
    assert seen == {"seen": "2026-03-02T01:00:00+00:00", "running": True}
    assert (stopped.status_code, stopped.get_json()["clock"]["running"]) == (200, False)
