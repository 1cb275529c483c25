"""Group robots of WeCom, DingTalk and Feishu, and the generic signed webhook.

All three platforms answer 200 to what they refuse and say so in the body, so the body decides.

WeCom (developer.work.weixin.qq.com/document/path/91770): text of at most 2,048 bytes of UTF-8, 20
messages a minute; ``errcode`` 0 is accepted, 45009 is too often, -1 is busy (path/90455); a wrong
key is 93000.

DingTalk (open.dingtalk.com/document/orgapp/custom-robot-access): ``timestamp`` in milliseconds and
``sign``, the HMAC-SHA256 of "timestamp\\nsecret" with the secret as key, in the address; the clock
may be off by an hour. 20 messages a minute, then ten minutes of silence: ``errcode`` 130101, in
newer answers 410100; -1 is busy; 310000 is a failed check. Its pages name no
limit for a text; 20,000 bytes are more than anybody reads.

Feishu (open.feishu.cn/document/client-docs/bot-v3/add-custom-bot): ``timestamp`` in seconds and
``sign`` in the body, the HMAC-SHA256 of nothing with "timestamp\\nsecret" as key; the whole request
at most 20 KB; 100 a minute and 5 a second, else ``code`` 11232 or 9499; 19021 is a failed check.

The webhook is signed as webhooks.so/standard (Standard Webhooks) has it: ``webhook-id``,
``webhook-timestamp``, and ``webhook-signature`` over "id.timestamp.body".
"""  # noqa: D301 - the backslashes are the platforms' own

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

from harbour.adapters.channels.outcome import (
    BUSY,
    NO_SENSE,
    NOT_TAKEN,
    SENT,
    TOO_OFTEN,
    Came,
    Message,
    Outcome,
    later,
    refused,
    wait_of,
)
from harbour.adapters.channels.outgoing import Answer, Unreachable, post
from harbour.domain.notices import Channel
from harbour.domain.text import N_

WECOM_BYTES = 2048
DINGTALK_BYTES = 20_000
FEISHU_BYTES = 20 * 1024
JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Robot:
    """Where a group is told; ``hook`` is the address its platform gave, ``secret`` signs."""

    channel: Channel
    hook: str
    secret: str = ""


Request = tuple[str, dict[str, Any] | bytes, dict[str, str]]


def _mac(key: str, words: str) -> str:
    return base64.b64encode(
        hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    ).decode()


def _wecom(robot: Robot, message: Message, now: datetime) -> Request:
    content = message.clipped(WECOM_BYTES)
    return robot.hook, {"msgtype": "text", "text": {"content": content}}, {}


def _dingtalk(robot: Robot, message: Message, now: datetime) -> Request:
    url = robot.hook
    if robot.secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = quote_plus(_mac(robot.secret, f"{stamp}\n{robot.secret}"))
        url += f"{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}"
    content = message.clipped(DINGTALK_BYTES)
    return url, {"msgtype": "text", "text": {"content": content}}, {}


def _feishu(robot: Robot, message: Message, now: datetime) -> Request:
    body: dict[str, Any] = {"msg_type": "text"}
    if robot.secret:
        stamp = str(int(now.timestamp()))
        body |= {"timestamp": stamp, "sign": _mac(f"{stamp}\n{robot.secret}", "")}
    room = FEISHU_BYTES - len(_written({**body, "content": {"text": ""}}))
    # As JSON a line's end is two bytes, a quotation mark too: the words are cut until they fit.
    most = room
    text = message.clipped(most)
    while len(json.dumps(text, ensure_ascii=False).encode()) - 2 > room:
        most -= 256
        text = message.clipped(most)
    return robot.hook, {**body, "content": {"text": text}}, {}


def _webhook(robot: Robot, message: Message, now: datetime) -> Request:
    body = _written(
        {
            "id": message.key,
            "action": message.action,
            "subject": message.subject,
            "text": message.words,
            "link": message.link,
            "at": message.at.isoformat(),
        }
    )
    stamp = str(int(now.timestamp()))
    sign = _mac(robot.secret, f"{message.key}.{stamp}.{body.decode()}")
    headers = {
        "webhook-id": message.key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{sign}",
    }
    return robot.hook, body, headers


_FORMS: Mapping[Channel, Callable[[Robot, Message, datetime], Request]] = {
    Channel.WECOM: _wecom,
    Channel.DINGTALK: _dingtalk,
    Channel.FEISHU: _feishu,
    Channel.WEBHOOK: _webhook,
}


def _written(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def send(robot: Robot, message: Message, now: datetime, *, local: bool = False) -> Outcome:
    """Tell a group; what the platform answered, in our own words."""
    url, body, headers = _FORMS[robot.channel](robot, message, now)
    raw = body if isinstance(body, bytes) else _written(body)
    given = {"Content-Type": JSON_TYPE, "Idempotency-Key": message.key, **headers}
    try:
        answer = post(url, raw, given, local=local)
    except Unreachable as error:
        return Outcome(Came.REFUSED if error.final else Came.LATER, error.text)
    by_status = _status(answer, now)
    if by_status is not None or robot.channel is Channel.WEBHOOK:
        return by_status or SENT
    return _body(robot.channel, answer)


def _status(answer: Answer, now: datetime) -> Outcome | None:
    """What the status alone tells; None where it is 2xx."""
    code = answer.status
    after = wait_of(answer.headers.get("retry-after"), now)
    if 200 <= code < 300:
        return None
    if code == 429:
        return later(TOO_OFTEN, after, code=code)
    if code >= 500 or code in (408, 425):
        return later(BUSY, after, code=code)
    if 300 <= code < 400:
        return refused(N_("It points to another address, and that is not followed."))
    return refused(NOT_TAKEN, code=code, words="")


@dataclass(frozen=True)
class _Codes:
    """How a platform names what it refuses; ``wait`` is how long it rests who came too often."""

    code: str
    words: str
    often: frozenset[int]
    busy: frozenset[int]
    wait: timedelta


_CODES: Mapping[Channel, _Codes] = {
    Channel.WECOM: _Codes(
        "errcode", "errmsg", frozenset({45009, 45033}), frozenset({-1}), timedelta(minutes=1)
    ),
    Channel.DINGTALK: _Codes(
        "errcode", "errmsg", frozenset({130101, 410100}), frozenset({-1}), timedelta(minutes=10)
    ),
    Channel.FEISHU: _Codes(
        "code", "msg", frozenset({9499, 11232}), frozenset({11233}), timedelta(minutes=1)
    ),
}
MOST_WORDS = 120


def _body(channel: Channel, answer: Answer) -> Outcome:
    """What the body says: an answer without a code of the platform is no acceptance."""
    names = _CODES[channel]
    try:
        said = json.loads(answer.body)
        code = int(said[names.code] if names.code in said else said["StatusCode"])
    except (ValueError, TypeError, KeyError):
        return later(NO_SENSE)
    if code == 0:
        return SENT
    if code in names.often:
        return later(TOO_OFTEN, names.wait, code=code)
    if code in names.busy:
        return later(BUSY, code=code)
    return refused(NOT_TAKEN, code=code, words=str(said.get(names.words, ""))[:MOST_WORDS])
