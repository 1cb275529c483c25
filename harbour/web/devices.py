"""What kind of device a browser says it is, in two coded words that pages can name."""

from harbour.domain.text import N_, Text

APPS = (
    ("MicroMessenger", "wechat"), ("DingTalk", "dingtalk"), ("Edg", "edge"), ("OPR", "opera"),
    ("HuaweiBrowser", "huawei"), ("MiuiBrowser", "xiaomi"), ("Firefox", "firefox"),
    ("Chrome", "chrome"), ("Safari", "safari"),
)  # fmt: skip
SYSTEMS = (
    ("HarmonyOS", "harmony"), ("OpenHarmony", "harmony"), ("Android", "android"),
    ("iPhone", "iphone"), ("iPad", "ipad"), ("Windows", "windows"), ("Mac OS X", "mac"),
    ("Linux", "linux"),
)  # fmt: skip
NAMES: dict[str, str] = {
    "wechat": N_("WeChat"),
    "dingtalk": N_("DingTalk"),
    "edge": "Edge",
    "opera": "Opera",
    "huawei": N_("Huawei browser"),
    "xiaomi": N_("Xiaomi browser"),
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
    "harmony": "HarmonyOS",
    "android": N_("Android phone"),
    "iphone": "iPhone",
    "ipad": "iPad",
    "windows": N_("Windows computer"),
    "mac": N_("Mac"),
    "linux": N_("Linux computer"),
    "other": N_("another device"),
}


def device_words(agent: str) -> str:
    """Two codes such as "android wechat"."""
    system = next((code for sign, code in SYSTEMS if sign in agent), "other")
    app = next((code for sign, code in APPS if sign in agent), "other")
    return f"{system} {app}"


def device_name(words: str) -> Text:
    """What a person calls it: an Android phone, in WeChat."""
    system, _, app = words.partition(" ")
    known = Text(NAMES.get(system, NAMES["other"]))
    if app not in NAMES or app == "other":
        return known
    return Text(N_("%(system)s, %(app)s"), {"system": known, "app": Text(NAMES[app])})
