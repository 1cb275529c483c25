"""What no honest browser sends is answered 4xx, never 5xx, and leaves nothing behind."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder

from harbour.extensions import db
from tests.architecture.contents import contents
from tests.architecture.visiting import ask, token_of
from tests.making.places import Street
from tests.pages import Browser

ODD_PATHS = (
    "/c/ch/tasks/%00",
    "/c/%00/tasks",
    "/c/%FF%FE/tasks",
    "/c/ch/tasks/%C3%28",
    "/c/ch/tasks/" + "9" * 400,
    "/c/ch/tasks/CH01-2026-0031%27%20OR%201=1--",
    "/c/ch/../cx/tasks",
    "/c/ch/tasks/%2e%2e%2f%2e%2e",
    "//evil.example/x",
    "/c/ch/photos/99999999999999999999.jpg",
    "/c/ch/photos/0.jpg",
    "/c/" + "x" * 5000,
    "/c/ch/%F0%9F%90%94",
    "/c/ch/tasks/䶮",
    "/c/CH/tasks",
    "/c/ch/meetings/-1",
    "/search?q=" + "%E6%BC%8F" * 3000,
    "/search?q=%00",
    "/search?q=%FF",
    "/c/ch/search?q=%22%27%29%3B--*^~AND+OR",
    "/c/ch/tasks?state=nonsense&state=closed&after=x",
    "/c/ch/tasks?after=" + "9" * 60,
    "/c/ch/tasks?period=9999-99-99",
    "/c/ch/search?before=99999999999999999999&q=%E6%BC%8F%E6%B0%B4&kind=task",
    "/sign-in?next=//evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "/c/ch/tasks?" + "&".join(f"a{n}=1" for n in range(5000)),
)


@pytest.mark.parametrize("who", [None, "ch-zhao", "ah-sunjl", "cf-zhou"])
def test_an_odd_address_never_breaks_the_house(
    app: Flask, signed_in: Callable[[str], Browser], who: str | None
) -> None:
    browser = signed_in(who) if who else Browser(app)
    answers = {path: ask(browser, "GET", path) for path in ODD_PATHS}

    broken = {path[:60]: one.status_code for path, one in answers.items() if one.status_code >= 500}
    assert broken == {}
    for one in answers.values():
        assert "evil" not in one.headers.get("Location", "").split("?")[0]
        assert "Set-Cookie:x" not in str(one.headers)


def post(app: Flask, browser: Browser, path: str, body: bytes, kind: str) -> int:
    builder = EnvironBuilder(
        path=path,
        method="POST",
        input_stream=io.BytesIO(body),
        content_type=kind,
        content_length=len(body),
    )
    with app.app_context():
        return browser.client.open(builder).status_code


FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"
ONE_PART = b'--b\r\nContent-Disposition: form-data; name="%d"\r\n\r\nx\r\n'

ODD_BODIES: dict[str, tuple[bytes, str]] = {
    "bad utf-8": (b"on=1&next=%FF%FE&title=%C3%28", FORM),
    "raw bad utf-8": (b"on=\xff\xfe\xfd&\xc3\x28=1", FORM),
    "nul": (b"on=1&next=%2F&title=a%00b", FORM),
    "nul in a name": (b"on=1&a%00b=1", FORM),
    "doubled tokens": (b"csrf_token=a&csrf_token=b&on=1", FORM),
    "doubled keys": (b"key=a&key=b&on=1", FORM),
    "doubled versions": (b"version=1&version=2&on=1", FORM),
    "ten megabytes of text": (b"title=" + b"%E6%BC%8F" * 1_200_000, FORM),
    "twenty megabytes of text": (b"title=" + b"x" * 20_000_000, FORM),
    "a million fields": (b"a=&" * 1_000_000, FORM),
    "a million parts": (b"".join(ONE_PART % n for n in range(100_000)) * 2 + b"--b--", PARTS),
    "a part that never ends": (
        b'--b\r\nContent-Disposition: form-data; name="x"\r\n\r\n' + b"x" * 50_000,
        PARTS,
    ),
    "no boundary": (b"--b\r\n\r\n", "multipart/form-data"),
    "a boundary of nonsense": (b"\x00\x01\x02" * 1000, "multipart/form-data; boundary=\x7f"),
    "headers without end": (
        b"--b\r\nContent-Disposition: form-data; name=" + b"x" * 200_000,
        PARTS,
    ),
    "json": (b'{"on": 1}', "application/json"),
    "broken json": (b'{"on": ', "application/json"),
    "xml": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', "application/xml"),
    "an odd charset": (b"on=1", FORM + "; charset=utf-7"),
    "an unknown charset": (b"on=1", FORM + "; charset=klingon"),
    "nothing": (b"", FORM),
}


HEAVY = frozenset(odd for odd, (body, _) in ODD_BODIES.items() if len(body) > 1_000_000)


@pytest.mark.parametrize(
    ("path", "but"),
    [
        ("/ui/elder", HEAVY),
        ("/sign-in", frozenset()),
        ("/c/ch/tasks/CH01-2026-0001/comment", HEAVY),
        ("/nowhere", HEAVY),
    ],
)
def test_an_odd_body_never_breaks_the_house(
    app: Flask, street: Street, signed_in: Callable[[str], Browser], path: str, but: frozenset[str]
) -> None:
    browser = signed_in("ch-zhao")
    before = contents(db.engine)

    answers = {
        odd: post(app, browser, path, *ODD_BODIES[odd]) for odd in ODD_BODIES if odd not in but
    }

    assert {odd: status for odd, status in answers.items() if not 400 <= status < 500} == {}
    assert contents(db.engine) == before


def truly(token: bytes, body: bytes, kind: str) -> tuple[bytes, str]:
    """The same with a true token in front, so that it gets as far as the forms."""
    if kind.startswith(FORM):
        return b"csrf_token=" + token + b"&" + body, kind
    part = b'--b\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n%b\r\n'
    return (part % token + body, kind) if kind == PARTS else (body, kind)


@pytest.mark.parametrize("path", ["/c/ch/proposals/new", "/c/ch/meetings/new", "/c/ch/tasks/new"])
def test_an_odd_body_with_a_true_token_never_breaks_the_house(
    app: Flask, street: Street, signed_in: Callable[[str], Browser], path: str
) -> None:
    browser = signed_in("ch-zhao")
    token = token_of(browser).encode()
    before = contents(db.engine)

    answers = {
        odd: post(app, browser, path, *truly(token, *ODD_BODIES[odd]))
        for odd in ODD_BODIES
        if path.endswith("proposals/new") or odd not in HEAVY
    }

    assert {odd: status for odd, status in answers.items() if status >= 500} == {}
    assert contents(db.engine) == before


@pytest.mark.parametrize(
    "name", ["Cookie", "Referer", "X-Requested-With", "Accept-Language", "Host"]
)
@pytest.mark.parametrize(
    "value", ["\xff\xfe", "x" * 20_000, "harbour=.eJx;language=../../en;elder=%00"]
)
def test_an_odd_header_never_breaks_the_house(app: Flask, name: str, value: str) -> None:
    answer = ask(Browser(app), "GET", "/sign-in", headers={name: value})

    assert answer.status_code < 500


@pytest.mark.parametrize(
    "target",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
        "http:evil.example",
        "///evil.example",
        "/\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_a_way_on_never_leaves_the_site(
    app: Flask, signed_in: Callable[[str], Browser], target: str
) -> None:
    page = signed_in("ch-zhao").post("/ui/elder", on="1", next=target)

    assert page.status == 303
    assert page.location == "/"


def test_a_way_on_inside_is_taken(signed_in: Callable[[str], Browser]) -> None:
    page = signed_in("ch-zhao").post("/ui/elder", on="1", next="/c/ch/tasks?state=closed")

    assert page.location == "/c/ch/tasks?state=closed"
