"""What a task promises: its dates, and the lines people type for criteria and milestones."""

from datetime import date, timedelta

import pytest

from harbour.domain.calendar import shipped
from harbour.domain.deadlines import Level, end_of_workday, hours, start_of_day, workdays
from harbour.domain.promises import Unreadable, lines_of, milestones_of, promise, urge_day
from harbour.domain.settings import DEFAULTS

THURSDAY = start_of_day(date(2026, 3, 5)) + timedelta(hours=15)


def test_a_level_sets_when_to_accept_and_when_to_be_done() -> None:
    found = promise(THURSDAY, Level.NORMAL, DEFAULTS, shipped())

    assert found.accept_due_at == end_of_workday(date(2026, 3, 6))
    assert found.due_at == end_of_workday(date(2026, 3, 12))
    assert found.limit == workdays(5)


def test_a_critical_task_is_due_soon_when_half_its_hours_are_used() -> None:
    found = promise(THURSDAY, Level.CRITICAL, DEFAULTS, shipped())

    assert (found.due_soon_at - THURSDAY, found.limit) == (timedelta(hours=12), hours(24))


def test_a_day_set_by_hand_has_no_limit_and_leaves_the_acceptance_to_the_level() -> None:
    found = promise(THURSDAY, Level.URGENT, DEFAULTS, shipped(), by_hand=date(2026, 3, 31))

    assert (found.due_at, found.limit) == (end_of_workday(date(2026, 3, 31)), None)
    assert found.accept_due_at == THURSDAY + timedelta(hours=24)


def test_a_project_is_due_with_its_last_milestone_and_borrows_a_limit_until_it_has_one() -> None:
    steps = [date(2026, 6, 30), date(2026, 5, 25)]

    due = promise(THURSDAY, Level.PROJECT, DEFAULTS, shipped(), milestones=steps).due_at
    without = promise(THURSDAY, Level.PROJECT, DEFAULTS, shipped())

    assert due == end_of_workday(date(2026, 6, 30))
    assert without.limit == workdays(15)


def test_a_weekends_urge_is_mondays_and_a_make_up_saturdays_its_own() -> None:
    def day(text: str) -> date:
        return urge_day(start_of_day(date.fromisoformat(text)), shipped())

    assert day("2026-03-07") == day("2026-03-08") == day("2026-03-09") == date(2026, 3, 9)
    assert day("2026-05-09") == date(2026, 5, 9)


@pytest.mark.parametrize(
    ("typed", "lines"),
    [
        ("1. 井盖换好\n2、通水\n\n(3)夜里亮灯", ("井盖换好", "通水", "夜里亮灯")),
        (
            "(4)门能关\n① 没有积水\n- 标识齐全\n• 无异味",
            ("门能关", "没有积水", "标识齐全", "无异味"),
        ),
        ("3号楼灯亮\n2026年前完成\n1.5米高", ("3号楼灯亮", "2026年前完成", "1.5米高")),
        ("灯亮\n灯亮\n  灯亮  ", ("灯亮",)),
        (" \n\t\n", ()),
    ],
)
def test_criteria_are_lines_without_their_signs(typed: str, lines: tuple[str, ...]) -> None:
    assert lines_of(typed) == lines


@pytest.mark.parametrize(
    "typed", ["2026-05-25 开工", "2026/5/25:开工", "2026年5月25日,开工", " 2026.5.25  开工 "]
)
def test_a_milestone_begins_with_its_day_however_it_is_written(typed: str) -> None:
    assert milestones_of(typed) == ((date(2026, 5, 25), "开工"),)


@pytest.mark.parametrize("typed", ["开工", "2026-05-25", "2026-13-01 开工", "5月25日 开工"])
def test_a_milestone_without_a_readable_day_is_named(typed: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        milestones_of(f"2026-05-25 开工\n{typed}")

    assert unreadable.value.line == typed
