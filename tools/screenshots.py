"""Take the README's pictures from the running product: ``make screenshots``.

Prepares a scratch installation with the demonstration street, serves it, signs in by the real
form, and writes small PNGs to docs/images. Needs Chromium (HARBOUR_CHROMIUM names another one).
"""

import argparse
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from config import load  # noqa: E402
from harbour import create_app, utcnow  # noqa: E402
from tools.busy_week import fill  # noqa: E402

IMAGES = ROOT / "docs" / "images"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 780}, "has_touch": True, "is_mobile": True,
    "device_scale_factor": 2,
}  # fmt: skip
DESK: dict[str, Any] = {"viewport": {"width": 1366, "height": 860}}
LARGEST = 200 * 1024
PASSWORD = "港湾-screenshots-2026"  # noqa: S105 - of a scratch installation, gone a minute later
TRIES = 240


@dataclass(frozen=True)
class Picture:
    """One picture: who looks, on what, and how to come to the page."""

    name: str
    who: str
    device: dict[str, Any]
    way: Callable[[Page], None]
    elder: bool = False


def first(page: Page, *selectors: str) -> None:
    """Follow the first of these that is there."""
    for selector in selectors:
        found = page.locator(selector)
        if found.count():
            found.first.click()
            page.wait_for_load_state()
            return
    raise LookupError(f"none of {selectors} on {page.url}")


def choose(page: Page, name: str, place: int) -> None:
    """Choose the option at a place, drawn as boxes where there are few, else as a list."""
    boxes = page.locator(f"main [type=radio][name={name}]")
    if boxes.count():
        boxes.nth(place).check(force=True)
    else:
        page.locator(f"main select[name={name}]").select_option(index=place)


def to_summary(page: Page) -> None:
    """A representative in the middle of writing a concern."""
    page.goto("/c/ch/summaries/write")
    page.locator("[name=concern_title]").fill("3号楼2单元门口的路灯不亮")
    page.locator("[name=residents_words]").fill("夜里看不见台阶,张阿姨前天差点摔倒。")
    lights = page.locator("main select[name=category] option", has_text="公共照明").first
    page.locator("main select[name=category]").select_option(lights.get_attribute("value"))
    page.evaluate("window.scrollTo(0, 0)")


def to_room(page: Page) -> None:
    """The meeting in session, at the item on the table."""
    page.goto("/c/ch/meetings?state=in_session")
    first(page, "main a[href*='/meetings/CH']")
    page.goto(page.url.split("?")[0].removesuffix("/room") + "/room")


def to_report(page: Page) -> None:
    """A firm's task in hand: the report form, or the task itself where none is in hand."""
    page.goto("/tasks?state=in_hand")
    first(page, "main a[href*='/tasks/C']")
    if page.locator("a[href$='/report']").count():
        first(page, "a[href$='/report']")


def to_home(page: Page) -> None:
    """Where a day begins."""
    page.goto("/")


def to_tasks(page: Page) -> None:
    """The community's list."""
    page.goto("/c/ch/tasks")


PICTURES = (
    Picture("summary-phone", "ch01-rep1", PHONE, to_summary),
    Picture("room-desk", "ch-zhao", DESK, to_room),
    Picture("report-phone", "ah-sunjl", PHONE, to_report),
    Picture("home-phone", "ch01-rep1", PHONE, to_home),
    Picture("tasks-desk", "ch-zhao", DESK, to_tasks),
    Picture("elder", "ch01-rep1", PHONE, to_home, elder=True),
)


def main() -> int:
    """Prepare, serve, look, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="a prepared installation, used as it is")
    parser.add_argument("--only", nargs="*", help="names of pictures; else all")
    asked = parser.parse_args()
    wanted = [one for one in PICTURES if not asked.only or one.name in asked.only]
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.folder or Path(scratch)
        environ = prepared(folder, fresh=asked.folder is None)
        with served(environ) as address, chromium() as browser:
            for who in dict.fromkeys(one.who for one in wanted):
                taken(browser, address, folder, [one for one in wanted if one.who == who])
    return 0


def prepared(folder: Path, *, fresh: bool) -> dict[str, str]:
    """A scratch installation with the demonstration street; its environment."""
    environ = {
        **{k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "HARBOUR_ENV")},
        "HARBOUR_DATA_DIR": str(folder), "PORT": str(free_port()), "HARBOUR_PROCESSES": "1",
    }  # fmt: skip
    if not fresh:
        return environ
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "harbour", "init", "--demo"]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
    fill(create_app(load(environ)), utcnow())
    return environ


def free_port() -> int:
    """A port nobody listens on, below those outgoing connections use."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) != 0:
                return port


@contextmanager
def served(environ: dict[str, str]) -> Iterator[str]:
    """The installation behind gunicorn; its address."""
    address = f"http://127.0.0.1:{environ['PORT']}"
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "wsgi:app"], cwd=ROOT, env=environ)
    try:
        _awaited(address, server)
        yield address
    finally:
        server.terminate()
        server.wait()


def _awaited(address: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(TRIES):
        try:
            with urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own server
                return
        except (URLError, OSError):
            try:
                server.wait(0.25)
            except subprocess.TimeoutExpired:
                continue
            raise SystemExit("The server did not start.") from None
    raise SystemExit("The server did not answer.")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium of this machine."""
    named = os.environ.get("HARBOUR_CHROMIUM")
    path = named or next((p for name in NAMES if (p := shutil.which(name))), None)
    if path is None:
        raise SystemExit("There is no Chromium on this machine.")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def taken(browser: Browser, address: str, folder: Path, pictures: list[Picture]) -> None:
    """All the pictures one person sees; they sign in once, and change their password once."""
    session: Any = None
    for one in pictures:
        context = browser.new_context(
            base_url=address, locale="zh-CN", storage_state=session, **one.device
        )
        page = context.new_page()
        if session is None:
            sign_in(page, one.who, password_of(folder, one.who))
            session = context.storage_state()
        if one.elder:
            context.add_cookies([{"name": "elder", "value": "1", "url": address}])
        one.way(page)
        write(one.name, page)
        _closed(context)


def _closed(context: BrowserContext) -> None:
    context.close()


def password_of(folder: Path, who: str) -> str:
    """The first password the demonstration drew for an account."""
    for line in (folder / "demo-accounts.txt").read_text(encoding="utf-8").splitlines():
        words = re.split(r"\s+", line.strip())
        if words[0] == who:
            return words[1]
    raise LookupError(who)


def sign_in(page: Page, who: str, password: str) -> None:
    """Through the real form; the first sign-in asks for a password of one's own."""
    page.goto("/sign-in")
    page.locator("main [name=account]").fill(who)
    page.locator("main [name=password]").fill(password)
    send(page, "password")
    if "/me/password" in page.url:
        own = f"{PASSWORD}-{secrets.token_hex(4)}"
        for name, words in (("current", password), ("fresh", own), ("again", own)):
            field = page.locator(f"main [name={name}]")
            if field.count():  # at the first sign-in the old one has just been typed
                field.fill(words)
        send(page, "fresh")
    if "/sign-in" in page.url or "/me/password" in page.url:
        raise SystemExit(f"{who} could not sign in: {page.locator('main').inner_text()[:300]}")


def send(page: Page, field: str) -> None:
    """Press the button of the form this field stands in."""
    page.locator(f"main form:has([name={field}]) button[type=submit]").first.click()
    page.wait_for_load_state()


def write(name: str, page: Page) -> None:
    """Write the picture with few colours: a README is read over slow lines too."""
    shot: Image.Image = Image.open(BytesIO(page.screenshot()))
    if shot.width > 1366:
        shot = shot.resize((1366, shot.height * 1366 // shot.width))
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.png"
    for colours in (128, 64, 32):
        shot.convert("RGB").quantize(colours).save(path, optimize=True)
        if path.stat().st_size <= LARGEST:
            break
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KiB, {page.url}")


if __name__ == "__main__":
    sys.exit(main())
