"""What the minutes say, and what their public version must not say."""

from datetime import UTC, datetime

import pytest

from harbour.domain.minutes import (
    Agreed,
    Held,
    Item,
    Present,
    internal,
    ordinal,
    public,
    public_words,
)

BEGAN = datetime(2026, 3, 5, 6, 30, tzinfo=UTC)
ENDED = datetime(2026, 3, 5, 7, 50, tzinfo=UTC)


def held(**changes: object) -> Held:
    task = Agreed(
        "清除冰溜子", "CH01-2026-0001", "安和物业", ENDED, True, ("无冰挂", "拉警戒线"), "firm",
        "次日上午清除完。",
    )  # fmt: skip
    item = Item(
        "new", "9号楼2单元301室门口冰溜子", "CH01-2026-0001", "SAF/高处坠物", False,
        "王代表说很危险", (9, 0, 0), "adopted", "", "", (task,),
    )  # fmt: skip
    people = (
        Present("王代表", "", True, "present", None, True),
        Present("李代表", "", True, "on_leave", None, True),
        Present("孙经理", "安和物业", False, "present", ENDED, False),
        Present("张代表", "", True, "due", None, True),
    )
    parts: dict[str, object] = {
        "starts_at": BEGAN, "ended_at": ENDED, "place": "议事港湾", "chair": "赵书记",
        "recorder": "小林", "due": 3, "present": 1, "people": people, "items": (item,),
    }  # fmt: skip
    return Held(**{**parts, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("number", "written"),
    [(1, "一"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (100, "一百"),
     (105, "一百〇五"), (110, "一百一十"), (234, "二百三十四")],
)  # fmt: skip
def test_points_are_counted_as_official_papers_count(number: int, written: str) -> None:
    assert ordinal(number) == written


def test_the_internal_text_says_who_was_there_and_what_was_agreed() -> None:
    said = internal(held())

    for part in (
        "2026年3月5日（星期四）14:30—15:50", "应到3人，实到1人", "出席：王代表", "请假：李代表",
        "缺席：张代表", "孙经理（安和物业）", "一、9号楼2单元301室门口冰溜子", "王代表说很危险",
        "赞成9票，反对0票，弃权0票", "结果：通过", "主办：安和物业", "验收标准：无冰挂、拉警戒线",
        "2026年3月5日15:50", "次日上午清除完。",
    ):  # fmt: skip
        assert part in said


def test_the_public_text_names_no_resident_and_no_door() -> None:
    said = public(held())

    for kept in ("应到3人，实到1人", "9号楼2单元某室门口冰溜子", "结果：通过", "次日上午清除完"):
        assert kept in said
    for hidden in ("王代表", "301", "很危险", "验收标准"):
        assert hidden not in said


def test_a_private_matter_is_named_by_its_category_alone_in_both() -> None:
    one = Item("new", "某家的事", "CH01-2026-0002", "NBR/噪音", True, "吵得厉害", None,
               "referred", "", "", ())  # fmt: skip

    for said in (internal(held(items=(one,))), public(held(items=(one,)))):
        assert "某家的事" not in said
        assert "吵得厉害" not in said
        assert "一项涉及个人隐私的事项" in said


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("2单元301室漏水", "2单元某室漏水"),
        ("5号楼1单元1202", "5号楼1单元某室"),
        ("请打13812341234", "请打***"),
        ("换灯泡120个", "换灯泡120个"),
        ("2026年修好", "2026年修好"),
    ],
)
def test_doors_and_telephones_are_masked_and_other_numbers_kept(said: str, kept: str) -> None:
    assert public_words(said, ()) == kept
