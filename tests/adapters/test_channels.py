"""Every channel against a real server that answers as its platform documents."""

import base64
import hashlib
import hmac
import json
import socket
import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from harbour.adapters.channels import Message, mail, outgoing, robots
from harbour.adapters.channels.mail import MailServer
from harbour.adapters.channels.outcome import Came, wait_of
from harbour.adapters.channels.outgoing import Unreachable, is_public, post
from harbour.domain.notices import Channel, misplaced
from tests.posting import Taken, mail_house, platform, says

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SECRET = "SEC-一个不短的密钥-0123456789"
MESSAGE = Message("k" * 32, "task.dispatch", "新任务", "您有新任务 CH01-2026-0031。",
                  "http://harbour.test/c/ch/tasks/CH01-2026-0031", NOW)  # fmt: skip


def long(n: int = 30_000) -> Message:
    return Message(MESSAGE.key, MESSAGE.action, "长", "灯" * n, MESSAGE.link, NOW)


def send(channel: Channel, url: str, message: Message = MESSAGE, secret: str = SECRET) -> Any:
    return robots.send(robots.Robot(channel, url, secret), message, NOW, local=True)


def mac(key: str, words: str) -> str:
    return base64.b64encode(
        hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    ).decode()


# ---- as the platforms document ----------------------------------------------------------------


def wecom(taken: Taken) -> Any:
    key = parse_qs(urlsplit(taken.path).query).get("key")
    if key != ["good"]:
        return says(body={"errcode": 93000, "errmsg": "invalid webhook url"})(taken)
    said = taken.said
    if said["msgtype"] != "text" or len(said["text"]["content"].encode()) > 2048:
        return says(body={"errcode": 40058, "errmsg": "content exceed max length 2048"})(taken)
    return says(body={"errcode": 0, "errmsg": "ok"})(taken)


def dingtalk(taken: Taken) -> Any:
    asked = {k: v[0] for k, v in parse_qs(urlsplit(taken.path).query).items()}
    stamp = asked.get("timestamp", "0")
    fresh = abs(int(stamp) / 1000 - NOW.timestamp()) < 3600
    if not fresh or asked.get("sign") != mac(SECRET, f"{stamp}\n{SECRET}"):
        return says(body={"errcode": 310000, "errmsg": "sign not match"})(taken)
    assert taken.said["msgtype"] == "text"
    return says(body={"errcode": 0, "errmsg": "ok"})(taken)


def feishu(taken: Taken) -> Any:
    said = taken.said
    if len(taken.body) > 20 * 1024:
        return says(body={"code": 9499, "msg": "Bad Request", "data": {}})(taken)
    fresh = abs(int(said.get("timestamp", 0)) - NOW.timestamp()) < 3600
    if not fresh or said.get("sign") != mac(f"{said['timestamp']}\n{SECRET}", ""):
        return says(body={"code": 19021, "msg": "sign match fail or timestamp is not within"})(
            taken
        )
    assert said["msg_type"] == "text"
    return says(body={"StatusCode": 0, "StatusMessage": "success", "code": 0})(taken)


PLATFORMS = [
    (Channel.WECOM, wecom, "/cgi-bin/webhook/send?key=good"),
    (Channel.DINGTALK, dingtalk, "/robot/send?access_token=t"),
    (Channel.FEISHU, feishu, "/open-apis/bot/v2/hook/t"),
]


@pytest.mark.parametrize(("channel", "answer", "path"), PLATFORMS, ids=lambda v: str(v)[:8])
@pytest.mark.parametrize("message", [MESSAGE, long()], ids=["short", "long"])
def test_a_platform_takes_what_is_sent_to_it(
    channel: Channel, answer: Any, path: str, message: Message
) -> None:
    with platform(answer) as there:
        came = send(channel, there.url(path), message)

    assert came.came is Came.SENT, came.said
    assert MESSAGE.link in there.taken[0].body.decode()


def test_a_wrong_key_is_refused_although_the_status_says_200() -> None:
    with platform(wecom) as there:
        came = send(Channel.WECOM, there.url("/cgi-bin/webhook/send?key=bad"))

    assert came.came is Came.REFUSED
    assert came.said.params["code"] == 93000


@pytest.mark.parametrize(("channel", "answer", "path"), PLATFORMS[1:], ids=["dingtalk", "feishu"])
def test_a_wrong_signature_is_refused_although_the_status_says_200(
    channel: Channel, answer: Any, path: str
) -> None:
    with platform(answer) as there:
        came = send(channel, there.url(path), secret="another-secret-altogether")

    assert came.came is Came.REFUSED


@pytest.mark.parametrize(
    ("channel", "body", "least"),
    [
        (Channel.WECOM, {"errcode": 45009, "errmsg": "api freq out of limit"}, 60),
        (Channel.DINGTALK, {"errcode": 130101, "errmsg": "send too fast, exceed 20"}, 600),
        (Channel.DINGTALK, {"errcode": 410100, "errmsg": "发送速度太快而限流"}, 600),
        (Channel.FEISHU, {"code": 11232, "msg": "frequency limited"}, 60),
        (Channel.FEISHU, {"code": 9499, "msg": "too many request"}, 60),
    ],
)
def test_who_is_told_to_slow_down_waits(channel: Channel, body: Any, least: int) -> None:
    with platform(says(body=body)) as there:
        came = send(channel, there.url())

    assert came.came is Came.LATER
    assert came.after == timedelta(seconds=least)


@pytest.mark.parametrize("channel", [one for one in Channel if one is not Channel.EMAIL])
def test_429_is_tried_again_when_the_other_side_says(channel: Channel) -> None:
    with platform(says(429, Retry_After="1800")) as there:
        came = send(channel, there.url())

    assert (came.came, came.after) == (Came.LATER, timedelta(minutes=30))


@pytest.mark.parametrize("channel", [one for one in Channel if one is not Channel.EMAIL])
def test_a_broken_answer_is_no_acceptance(channel: Channel) -> None:
    with platform(says(502)) as broken:
        assert send(channel, broken.url()).came is Came.LATER
    if channel is not Channel.WEBHOOK:
        with platform(lambda _: (200, {}, b"<html>maintenance</html>")) as page:
            assert send(channel, page.url()).came is Came.LATER


def test_a_dead_server_is_tried_again() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        port = unheard.getsockname()[1]

        came = send(Channel.WECOM, f"http://127.0.0.1:{port}/")

    assert came.came is Came.LATER


def test_a_slow_server_is_left_at_the_deadline() -> None:
    with platform(says()) as there:
        there.held = threading.Event()
        with pytest.raises(Unreachable) as slow:
            post(there.url(), b"{}", {}, local=True, within=0.2)

    assert slow.value.text.msgid == outgoing.NO_ANSWER
    assert not slow.value.final


def test_redirects_are_not_followed() -> None:
    with (
        platform(says()) as inside,
        platform(lambda _: (302, {"Location": inside.url("/secret")}, b"")) as there,
    ):
        came = send(Channel.WEBHOOK, there.url())

    assert came.came is Came.REFUSED
    assert inside.taken == []


def test_a_webhook_is_signed_with_its_time() -> None:
    with platform(says(204)) as there:
        came = send(Channel.WEBHOOK, there.url())

    taken = there.taken[0]
    signed = f"{MESSAGE.key}.{taken.headers['webhook-timestamp']}.{taken.body.decode()}"
    assert came.came is Came.SENT
    assert taken.headers["webhook-signature"] == f"v1,{mac(SECRET, signed)}"
    assert taken.headers["idempotency-key"] == taken.said["id"] == MESSAGE.key
    assert int(taken.headers["webhook-timestamp"]) == int(NOW.timestamp())


def test_a_text_is_cut_between_letters_and_keeps_its_link() -> None:
    cut = long().clipped(robots.WECOM_BYTES)

    assert robots.WECOM_BYTES - 3 < len(cut.encode()) <= robots.WECOM_BYTES
    assert cut.endswith(MESSAGE.link)


# ---- where nothing is sent ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1",
     "fe80::1", "fc00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:a00:1::",
     "2001:0:4136:e378:8000:63bf:3fff:fdd2", "224.0.0.1", "ff02::1"],
)  # fmt: skip
def test_an_address_of_our_own_is_never_asked(address: str, monkeypatch: Any) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_a, **_k: pytest.fail("it was asked"))
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_a, **_k: [_found("1.1.1.1"), _found(address)]
    )

    with pytest.raises(Unreachable) as refused:
        post("https://robot.example/", b"", {})

    assert refused.value.final
    assert not is_public(address)


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: Any) -> None:
    asked: list[Any] = []

    def connect(where: Any, *_: Any, **__: Any) -> Any:
        asked.append(where)
        raise ConnectionRefusedError

    answers = iter([[_found("1.1.1.1")], [_found("10.0.0.1")]])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(Unreachable):
        post("https://robot.example/", b"", {})

    assert asked == [("1.1.1.1", 443)]


@pytest.mark.parametrize(
    "url",
    ["http://robot.example/", "ftp://robot.example/", "https://user:pass@robot.example/",
     "https:///nowhere", "https://robot.example:99999/", "https://机器人.example/", "nothing"],
)  # fmt: skip
def test_only_plain_https_addresses_are_asked(url: str) -> None:
    with pytest.raises(Unreachable) as refused:
        post(url, b"", {})

    assert refused.value.final


def _found(address: str) -> Any:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return (family, socket.SOCK_STREAM, 6, "", (address, 443))


def test_an_address_of_another_platform_is_a_slip() -> None:
    good = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=x"

    assert misplaced(Channel.WECOM, good) is None
    assert misplaced(Channel.DINGTALK, good) is not None
    assert misplaced(Channel.WEBHOOK, "http://plain.example/") is not None


@pytest.mark.parametrize(
    ("header", "wait"),
    [("120", 120), ("Mon, 02 Mar 2026 01:10:00 GMT", 600), ("soon", None), (None, None),
     ("Mon, 02 Mar 2026 00:10:00 GMT", 0), ("99999999", 86400)],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date(header: str | None, wait: int | None) -> None:
    assert wait_of(header, NOW) == (None if wait is None else timedelta(seconds=wait))


# ---- e-mail -------------------------------------------------------------------------------------


def by_mail(port: int, to: str = "zhao@example.org", message: Message = MESSAGE) -> Any:
    server = MailServer("127.0.0.1", port, sender="gangwan@example.org", sender_name="议事港湾")
    return mail.send(server, to, message, NOW)


def test_a_mail_arrives_in_chinese_with_its_identity() -> None:
    with mail_house() as house:
        came = by_mail(house.port)

    one = house.mails[0]
    assert came.came is Came.SENT
    assert one["Subject"] == "新任务"
    assert one["From"].addresses[0].display_name == "议事港湾"
    assert one["Message-ID"] == f"<{MESSAGE.key}@example.org>"
    assert one["Auto-Submitted"] == "auto-generated"
    assert MESSAGE.words in one.get_content()
    assert MESSAGE.link in one.get_content()


@pytest.mark.parametrize(
    ("stage", "words", "came"),
    [("RCPT", "550 no such user", Came.REFUSED), ("RCPT", "450 try later", Came.LATER),
     ("MAIL", "421 too busy", Came.LATER), ("DATA", "554 refused as spam", Came.REFUSED),
     ("DATA", "452 disk full", Came.LATER)],
)  # fmt: skip
def test_what_a_mail_server_refuses_is_told_apart(stage: str, words: str, came: Came) -> None:
    with mail_house() as house:
        house.answers[stage] = words
        found = by_mail(house.port)

    assert found.came is came
    assert house.mails == []


def test_a_dead_mail_server_is_tried_again() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))

        assert by_mail(unheard.getsockname()[1]).came is Came.LATER


def test_a_slow_mail_server_is_left_at_the_deadline(monkeypatch: Any) -> None:
    monkeypatch.setattr(mail, "DEADLINE", 0.2)
    with mail_house() as house:
        house.held = threading.Event()

        assert by_mail(house.port).came is Came.LATER


@pytest.mark.parametrize("to", ["nobody", "a@b\r\nBcc: x@y.z", ""])
def test_what_is_no_address_is_never_tried(to: str) -> None:
    assert by_mail(1, to).came is Came.REFUSED


def test_without_a_mail_server_nothing_is_lost_in_silence() -> None:
    came = mail.send(None, "zhao@example.org", MESSAGE, NOW)

    assert came.came is Came.REFUSED
    assert came.said is not None
    assert "mail server" in came.said.msgid


def test_feishu_counts_the_whole_request_in_bytes() -> None:
    quoted = Message("k", "a", "s", '"\n' * 15_000, MESSAGE.link, NOW)
    with platform(feishu) as there:
        came = send(Channel.FEISHU, there.url(), quoted)

    assert came.came is Came.SENT
    assert len(there.taken[0].body) <= robots.FEISHU_BYTES
    assert json.loads(there.taken[0].body)["content"]["text"].endswith(MESSAGE.link)
