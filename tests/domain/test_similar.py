import pytest
from hypothesis import given
from hypothesis import strategies as st

from harbour.domain.similar import (
    LIKELY,
    Likeness,
    hash_distance,
    likely_duplicates,
    photos_alike,
    similarity,
)

# One compound's category “fire lane blocked”, over two months.
FIRE_LANE = "消防通道被占"
REPAINTED = "消防通道重新划线、设置禁停标志"
WORN_AGAIN = "上个月划的消防通道线，不到四周就磨得看不清了，又有车停上去，大家说活儿糊弄"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (FIRE_LANE, WORN_AGAIN),
        (FIRE_LANE, REPAINTED),
        (FIRE_LANE, "东门进来右手那条消防通道常年停着五六台车，线早磨没了"),
        ("消防通道划线返工", WORN_AGAIN),
        ("儿童滑梯护栏断裂", "儿童滑梯护栏断了一根，断口朝外，周末孩子多，得抓紧"),
        ("2号楼北侧路灯不亮", "2号楼北侧3盏路灯更换"),
        ("楼道野广告", "野广告，1到8号楼从一层贴到顶层，通下水的、开锁的，撕了又贴"),
        ("3号楼1单元一层返水", "3号楼1单元一层返水两回了，厨房地漏往上冒，李大爷家地板都泡了"),
        ("快递柜占通道", "快递柜把通道占了一半，搬家的过不去"),
        ("门禁失灵", "门禁失灵，刷卡扫码都不行"),
    ],
)
def test_the_same_case_said_again_is_likely(one, other):
    assert similarity(one, other) >= LIKELY
    assert similarity(one, other) == similarity(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2号楼1单元电梯异响", "3号楼1单元一层返水"),
        ("3号楼门禁失灵", "3号楼1单元一层返水"),
        ("楼道堆物反复", "楼道野广告"),
        ("有邻居跟了一个礼拜，说晚上外来车不少", "业委会提醒，收停车费是大伙共同的事"),
        ("中心广场跳舞的音箱声音大，8号楼低层住户有孩子中考", "合租房半夜打游戏吵的，说了也不听"),
        ("路灯不亮", "电梯困人"),
        ("", "消防通道被占"),
        ("", ""),
        ("12号楼3单元", "12号楼3单元"),
    ],
)
def test_another_case_is_not(one, other):
    assert similarity(one, other) < LIKELY


def test_the_most_alike_come_first_and_no_more_than_asked():
    others = [(1, "电梯困人"), (2, WORN_AGAIN), (3, FIRE_LANE), (4, REPAINTED)]

    found = likely_duplicates("消防通道又被占了", others, at_most=2)

    assert [one.key for one in found] == [3, 2]
    assert found[0].score > found[1].score


def test_equally_alike_ones_keep_their_order():
    found = likely_duplicates(FIRE_LANE, [("newer", FIRE_LANE), ("older", FIRE_LANE)])

    assert found == (Likeness("newer", 1.0), Likeness("older", 1.0))


@given(st.text(), st.text())
def test_likeness_is_a_share_and_symmetric(one, other):
    assert 0 <= similarity(one, other) <= 1
    assert similarity(one, other) == similarity(other, one)


def test_hashes_are_compared_bit_by_bit():
    assert hash_distance("00000000000000ff", "0000000000000000") == 8
    assert photos_alike("000000000000003f", "0000000000000000")
    assert not photos_alike("000000000000007f", "0000000000000000")
