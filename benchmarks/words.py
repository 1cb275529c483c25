"""Chinese words as representatives and firms write them, drawn at random from a seed."""

import random
from dataclasses import dataclass

from harbour.domain.categories import CATEGORIES

WANTED = {
    "ENV": (("楼道", "绿地", "垃圾桶旁", "单元门口"), ("垃圾清运", "野广告清除", "杂物清扫", "消杀除味")),
    "ORD": (("楼道", "门禁", "大门口", "架空层"), ("堆物清理", "门禁修复", "通道清空", "劝导登记")),
    "PRK": (("东门", "消防通道", "地面车位", "车棚"), ("重新划线", "设禁停牌", "拆除地锁", "登记外来车辆")),
    "SAF": (("楼梯间", "地下车库", "檐口", "配电间"), ("灭火器更换", "警示牌增设", "飞线充电清理", "探头检修")),
    "LFT": (("左侧电梯", "右侧电梯", "货运电梯", "一层电梯厅"), ("异响检修", "按钮更换", "年检公示", "停运抢修")),
    "FAC": (("北侧路灯", "楼宇门", "健身器材", "台阶扶手"), ("更换灯头", "维修闭门器", "加固螺栓", "坑洼补平")),
    "UTL": (("顶层住户", "水表井", "供热管道", "二次供水"), ("入户测温", "压力检查", "联系供热单位", "水质公示")),
    "REP": (("一层厨房", "外墙", "楼顶", "下水主管"), ("返水疏通", "渗水维修", "墙皮铲除", "防水补做")),
    "GRN": (("空地", "花坛", "行道树", "草坪"), ("补种绿植", "修剪枝条", "病虫防治", "枯枝清除")),
    "NOI": (("底商", "装修户", "广场", "健身角"), ("音量约定", "施工时间公示", "设备减震", "入户劝导")),
    "SRV": (("客服前台", "门岗", "保洁", "维修班"), ("报修登记公开", "值班表上墙", "人员补足", "回音限时")),
    "LIV": (("独居老人家", "活动室", "助餐点", "阅览角"), ("上门探访", "义诊一场", "助餐送餐", "书桌添置")),
    "CUL": (("大凉亭", "宣传栏", "文化广场", "楼门厅"), ("普法讲座", "宣传栏更换", "倡议张贴", "座椅修补")),
}  # fmt: skip
#: In one title of so many: what somebody looks for who remembers one rare word.
RARE, ONE_IN = "白蚁", 150
COMMON = "电梯"

HEARD = (
    "住户反映{what}，晚上回来走着不放心，家里有老人孩子的更着急。",
    "这事说了两回了，{what}，盼着这次一次弄利索。",
    "{what}，邻居们在群里议论了一个礼拜，请物业来看看。",
    "入户走访时听到的：{what}，楼栋长也去看过，情况属实。",
)
DONE = (
    "当天到现场看过，次日组织人员完成{what}，附前后照片。",
    "已完成{what}，请楼栋长现场看过，住户表示可以。",
    "分两天完成{what}，剩余材料已清走，现场打扫干净。",
)
LOOKED = (
    "去看过了，确实办好了。",
    "效果可以，希望保持。",
    "比上次快，楼里都说好。",
    "办是办了，就是慢了点。",
)
NOTED = (
    "已联系厂家，配件后天到。",
    "入户告知一半，明天继续。",
    "材料进场，先做样板段。",
    "雨停后接着干。",
)


@dataclass(frozen=True)
class Matter:
    """One practical thing: what, where, and what people say of it."""

    category: str
    title: str
    place: str
    words: str
    done: str
    level: str


class Words:
    """Draws matters; the same seed says the same words."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.kinds = [
            (code, one.default_level or "normal", WANTED[one.l1_code])
            for code, one in CATEGORIES.items()
            if one.l1_code in WANTED and not (one.owner_decision or one.restricted)
        ]
        self.drawn = 0

    def matter(self) -> Matter:
        """The next practical thing."""
        draw = self.random
        self.drawn += 1
        code, level, (spots, remedies) = draw.choice(self.kinds)
        where = f"{draw.randrange(1, 41)}号楼{draw.randrange(1, 5)}单元"
        spot, remedy = draw.choice(spots), draw.choice(remedies)
        if self.drawn % ONE_IN == 7:
            spot = f"{spot}{RARE}"
        title = f"{where}{spot}{remedy}"
        return Matter(
            code,
            title,
            f"{where}{spot}",
            draw.choice(HEARD).format(what=f"{where}{spot}要{remedy}"),
            draw.choice(DONE).format(what=f"{spot}{remedy}"),
            level,
        )
