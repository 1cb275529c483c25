"""Every row of the table in words, requests among them, and many workers at one outbox."""

from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale

from harbour.documents.messages import written
from harbour.domain.notices import RULES, Rule
from harbour.domain.persons import without_persons
from harbour.extensions import db
from harbour.queries.letters import About, Letter
from harbour.services import outbox
from tests.making.requests import answer, ask
from tests.services.test_notices import told

BEGUN_AT = "in_hand"
EVERY = [(action, rule) for action, rules in RULES.items() for rule in rules]
FACTS = {
    "title": "张桂英家漏水", "category": "SAF/高处坠物", "compound": "春和家园", "lead": "安和物业",
    "due": "2026-03-09", "at": "2026-03-05T06:30:00+00:00", "reply_on": "2026-03-06",
}  # fmt: skip
PUBLIC = "甲园3号楼屋面补漏，3单元501室，13812345678。"


@pytest.mark.parametrize("language", ["zh_Hans_CN", "en"])
@pytest.mark.parametrize(
    ("action", "rule"), EVERY, ids=lambda v: v if isinstance(v, str) else str(v.to)
)
def test_every_row_can_be_said_and_names_no_resident(
    app: Flask, action: str, rule: Rule, language: str
) -> None:
    kind = action.partition(".")[0]
    for says, channel in ((rule.says, ""), (rule.group or rule.says, "wecom")):
        for public in ("", PUBLIC):
            about = About(says, action, kind, "ch", "CH01-2026-0031", 7, FACTS, public)
            with force_locale(language):
                found = written(Letter(language, channel=channel, about=about), "https://h.example")

            words = found.subject + found.words
            assert "%(" not in words
            assert found.link.startswith("https://h.example/c/ch/")
            assert [one for one in ("张桂英", "501", "13812345678") if one in words] == []


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ("电话 138 1234 5678", "电话 …"),
        ("0731-8512345", "…"),
        ("3号楼2单元501室漏水", "3号楼…漏水"),
        ("501室", "…"),
        ("3-2-501 漏水", "… 漏水"),
        ("５０１室", "…"),
        ("身份证61010119500101123X", "身份证…"),
        ("CH01-2026-0031 修好", "CH01-2026-0031 修好"),
        ("2026-05-22 前办结", "2026-05-22 前办结"),
        ("3号楼换三盏灯, 12 米", "3号楼换三盏灯, 12 米"),
    ],
)
def test_numbers_that_lead_to_a_person_are_taken_out(typed: str, left: str) -> None:
    assert without_persons(typed) == left


# ---- requests -----------------------------------------------------------------------------------


def test_a_request_is_told_to_who_decides_and_its_answer_to_who_asked(begin: Any) -> None:
    made = begin()

    key = ask(made, "extension")
    answer(made, key, "refuse")

    assert told("extension.ask") == {"ch-zhao": "decider"}
    assert told("extension.refuse") == {"ah-sunjl": "asker"}


def test_a_hold_goes_on_to_the_street(begin: Any) -> None:
    made = begin()

    key = ask(made, "hold")
    answer(made, key, "propose")
    answer(made, key, "consent")

    assert told("hold.propose") == {"cf-zhou": "street"}
    assert told("hold.consent")["ah-sunjl"] == "asker"


# ---- many workers -------------------------------------------------------------------------------


def test_many_workers_share_the_outbox_without_meeting(
    begin: Any, by_mail: Any, app: Flask, clock: Any
) -> None:
    by_mail("ah-sunjl")
    for _ in range(6):
        begin("assigned")
    taken: list[str] = []

    def work() -> None:
        with app.app_context():
            while (parcel := outbox.lease(clock.now)) is not None:
                taken.append(parcel.key)
            db.session.remove()

    workers = [Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)

    assert len(taken) == 6
    assert len(set(taken)) == 6
