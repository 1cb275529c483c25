"""Reading a year's arrangement out of a file, and telling what it changes."""

import csv
from datetime import date
from pathlib import Path

import pytest

from harbour.domain.arrangements import (
    MOST_BYTES,
    Unreadable,
    changes,
    counting,
    faults_of,
    read,
    said,
    with_day,
)
from harbour.domain.calendar import (
    Calendar,
    DayKind,
    SpecialDay,
    expected_days,
    shipped_days,
)

FREE, WORKED = DayKind.HOLIDAY, DayKind.MAKEUP_WORKDAY
SPRING = SpecialDay(date(2027, 2, 6), FREE, "春节")
MAKEUP = SpecialDay(date(2027, 2, 20), WORKED, "春节")
TABLE = "日期,安排,节日\n2027-02-06,休,春节\n2027-02-20,班,春节\n"


def faults(content: bytes) -> list[tuple[int, str]]:
    with pytest.raises(Unreadable) as caught:
        read(content)
    return [(one.line, one.text.msgid) for one in caught.value.faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_read_in_the_encodings_people_save_it_in(encoding):
    assert read(TABLE.encode(encoding)) == (2027, (SPRING, MAKEUP))


@pytest.mark.parametrize(
    "lines",
    [
        "2027/2/6,放假,春节\n2027/2/20,调休上班,春节",
        "2027年2月6日\t休\t春节\r\n2027年2月20日\t班\t春节\r\n",
        "name;date;workday\n春节;20270206;0\n春节;20270220;1\n",
        '"2027-02-20","makeup_workday","春节"\n\n"2027-02-06","holiday","春节"',
        "2027.2.6，休，春节\n2027.2.20，班，春节",
    ],
)
def test_a_table_is_read_however_it_is_written(lines):
    assert read(lines.encode()) == (2027, (SPRING, MAKEUP))


def test_the_shipped_files_are_such_tables():
    for days in (
        [one for one in shipped_days() if one.day.year == 2026],
        expected_days(),
    ):
        lines = "\n".join(f"{one.day},{one.kind},{one.name}" for one in days)

        assert read(lines.encode())[1] == tuple(days)


def test_every_wrong_line_is_named():
    wrong = (
        "日期,安排,节日\n2027-02-30,休,春节\n2027-02-06,也许,春节\n2027-02-08,休,\n2027-02-08,休,\n"
    )

    assert [line for line, _ in faults(wrong.encode())] == [2, 3, 5]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "no day"),
        (b"\n \n", "no day"),
        ("日期,安排\n".encode(), "no day"),
        (b"PK\x03\x04\x00\x00", "no text file"),
        (b"\xff\xfe\x00\x01" * 10, "no text file"),
        (b"2027-02-06,holiday\n" * 500, "400 lines"),
        (b"x" * (MOST_BYTES + 1), "too large"),
        (b"2027-02-06,holiday\n2025-05-01,holiday", "one year"),
        (b"2027-02-08,makeup_workday", "ordinary workday"),
        (b"1850-02-08,holiday", "from 2000"),
        ("2027-02-06,休,".encode() + "节".encode() * 41, "longer"),
    ],
)
def test_what_is_no_arrangement_is_told(content, says):
    assert any(says in text for _, text in faults(content))


def test_a_years_notice_may_reach_into_the_december_before():
    assert read("2026-12-31,休,元旦\n2027-01-01,休,元旦".encode())[0] == 2027


def test_what_differs_is_told_and_what_counts_differently():
    after = with_day((SPRING, MAKEUP), MAKEUP.day, None)
    monday = SpecialDay(date(2027, 2, 8), FREE, "春节")

    changed = changes((SPRING, MAKEUP), (*after, monday))

    assert [one.day for one in changed] == [monday.day, MAKEUP.day]
    assert counting(changed) == (monday.day, MAKEUP.day)
    # A free Saturday has a name now, and is as free as before.
    assert counting(changes((), (SPRING,))) == ()
    assert changes((SPRING,), (SPRING,)) == ()


def test_a_day_is_said_in_words():
    assert said(None).msgid == "As its weekday says"
    assert said(SPRING).params["name"] == "春节"
    assert faults_of(2027, (SPRING, MAKEUP)) == []


def test_provisional_years_are_known_but_not_settled():
    calendar = Calendar.of_days((*shipped_days(), SPRING), provisional=(2027,))

    assert calendar.knows(2027)
    assert not calendar.settled(2027)
    assert calendar.settled(2026)
    assert not calendar.settled(2028)
    assert calendar.names[SPRING.day] == "春节"


def test_the_seeds_name_every_special_day():
    path = Path(__file__).resolve().parents[2] / "harbour" / "seeds"
    for name in ("calendar.csv", "calendar_to_come.csv"):
        with (path / name).open(encoding="utf-8", newline="") as file:
            assert all(line["name"] for line in csv.DictReader(file)), name
    assert {one.day.year for one in expected_days()}.isdisjoint(
        one.day.year for one in shipped_days()
    )
