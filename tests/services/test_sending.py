"""What becomes of a delivery: sent, dropped, put off, given up; alone, in digests and to groups."""

from collections.abc import Iterator
from datetime import time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from harbour.adapters.channels import robots as adapters
from harbour.cli import sending
from harbour.documents import messages
from harbour.domain.errors import Denied, Missing
from harbour.domain.notices import Channel, Sending
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.outbox import Delivery, Notice, Robot
from harbour.services import notices, outbox, robots
from tests.making.places import Street
from tests.making.tasks import everywhere
from tests.posting import MailHouse, Platform, platform, says

BEGUN_AT = "drafted"


def deliveries() -> list[Delivery]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


# ---- sent -------------------------------------------------------------------------------------


def test_an_assignment_is_mailed_at_once(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    by_mail("ah-sunjl")
    walk = begin()
    walk.take("dispatch")

    done = sending.deliver(clock.now)

    assert dict(done) == {"sent": 1}
    mail = house.mails[0]
    assert house.recipients == ["ah-sunjl@example.org"]
    assert walk.number in mail["Subject"]
    assert f"/c/ch/tasks/{walk.number}" in mail.get_content()
    assert deliveries()[0].state == Sending.SENT
    assert dict(sending.deliver(clock.now)) == {}


def test_what_is_done_meanwhile_is_not_told(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    by_mail("ah-sunjl")
    begin("in_hand")

    done = sending.deliver(clock.now)

    assert dict(done) == {"dropped": 1}
    assert house.mails == []


def test_what_is_no_news_any_more_is_not_sent(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    by_mail("ah-sunjl")
    begin().take("dispatch")

    done = sending.deliver(clock.now + timedelta(days=7))

    assert dict(done) == {"dropped": 1}
    assert house.mails == []


def test_what_is_not_critical_waits_for_the_digest(begin: Any, by_mail: Any) -> None:
    by_mail("ch01-rep1")
    by_mail("ah-sunjl")
    begin("reported").take("rework")

    assert db.session.scalar(select(Notice.id).where(Notice.action == "task.rework"))
    assert [one.action for one in deliveries()] == ["task.dispatch"]


def test_of_a_critical_task_everything_is_told_at_once(begin: Any, by_mail: Any) -> None:
    by_mail("ah-sunjl")
    begin("reported", level="critical").take("rework")

    assert [one.action for one in deliveries()] == ["task.dispatch", "task.rework"]


def test_quiet_hours_end_before_anything_is_sent(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    quiet = {"quiet_from": _at("21:00"), "quiet_until": _at("07:00")}
    by_mail("ah-sunjl", **quiet)
    clock.at("2026-03-02 22:15")
    begin().take("dispatch")

    night = dict(sending.deliver(clock.now))
    morning = dict(sending.deliver(clock.at("2026-03-03 07:00")))

    assert (night, morning) == ({}, {"sent": 1})


def _at(text: str) -> Any:
    return time.fromisoformat(text)


def test_refused_mails_are_dead_and_can_be_sent_again(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any, street: Street
) -> None:
    by_mail("ah-sunjl")
    begin().take("dispatch")
    house.answers["RCPT"] = "550 no such user"

    sending.deliver(clock.now)
    dead = deliveries()[0]
    state, key = dead.state, dead.key
    house.answers.clear()
    with everywhere():
        with pytest.raises(Denied):
            notices.send_again(street.actor("ch-zhao"), dead.id, now=clock.now)
        notices.send_again(street.actor("cf-admin"), dead.id, now=clock.now)
    sending.deliver(clock.now)

    assert state == Sending.DEAD
    assert house.mails[0]["Message-ID"].startswith(f"<{key}@")
    assert deliveries()[0].state == Sending.SENT


def test_a_busy_server_is_tried_later_and_later_until_it_is_given_up(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    by_mail("ah-sunjl")
    begin().take("dispatch")
    house.answers["MAIL"] = "421 busy"
    now, tries = clock.now, []

    for _ in range(6):
        tries.append(dict(sending.deliver(now)))
        assert dict(sending.deliver(now)) == {}  # not before its time
        now = max(deliveries()[0].not_before, now)

    assert tries == [{"waiting": 1}] * 5 + [{"dead": 1}]
    assert deliveries()[0].said is not None


def test_one_message_that_cannot_be_written_holds_no_other_up(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any, monkeypatch: Any
) -> None:
    by_mail("ah-sunjl")
    begin().take("dispatch")
    begin().take("dispatch")
    first = deliveries()[0].number
    real = messages.written

    def written(letter: Any, base: str) -> Any:
        if letter.about.number == first:
            raise KeyError(first)
        return real(letter, base)

    monkeypatch.setattr(messages, "written", written)

    assert dict(sending.deliver(clock.now)) == {"waiting": 1, "sent": 1}


def test_two_workers_never_hold_the_same(begin: Any, by_mail: Any, clock: Any) -> None:
    by_mail("ah-sunjl")
    begin().take("dispatch")

    first, second = outbox.lease(clock.now), outbox.lease(clock.now)

    assert first is not None
    assert second is None


def test_a_lease_that_ran_out_goes_to_another_who_alone_settles_it(
    begin: Any, by_mail: Any, clock: Any
) -> None:
    by_mail("ah-sunjl")
    begin().take("dispatch")
    first = outbox.lease(clock.now)
    later = clock.pass_(minutes=6)
    second = outbox.lease(later)

    assert first is not None
    assert second is not None
    assert (first.key, first.lease != second.lease) == (second.key, True)
    assert outbox.settle(first, Sending.DEAD, later) is None
    assert outbox.settle(second, Sending.SENT, later) is Sending.SENT


# ---- the digest -------------------------------------------------------------------------------


def test_the_digest_comes_once_on_a_workday_with_all_that_waits(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    by_mail("ah-sunjl")
    walk = begin("in_hand")
    sending.deliver(clock.now)

    early = outbox.digest(clock.at("2026-03-03 07:29"))
    first = outbox.digest(clock.at("2026-03-03 07:30"))
    again = outbox.digest(clock.at("2026-03-03 09:00"))
    sending.deliver(clock.now)
    saturday = outbox.digest(clock.at("2026-03-07 08:00"))

    assert (early, first, again, saturday) == (0, 1, 0, 0)
    text = house.mails[0].get_content()
    assert walk.number in text
    assert f"/c/ch/tasks/{walk.number}" in text


def test_there_is_no_digest_of_nothing(
    street: Street, by_mail: Any, house: MailHouse, clock: Any
) -> None:
    by_mail("ah-sunjl")
    outbox.digest(clock.at("2026-03-03 07:30"))

    assert dict(sending.deliver(clock.now)) == {"dropped": 1}
    assert house.mails == []


def test_who_raised_a_thing_reads_what_became_of_it(
    begin: Any, by_mail: Any, house: MailHouse, clock: Any, street: Street
) -> None:
    by_mail("ah-sunjl")
    walk = begin("verified")
    sending.deliver(clock.now)
    walk.take("close")
    outbox.digest(clock.at("2026-03-03 07:30"))

    sending.deliver(clock.now)

    assert "已办结" in house.mails[-1].get_content()


# ---- groups -----------------------------------------------------------------------------------


@pytest.fixture
def group(app: Flask, street: Street, clock: Any, house: MailHouse) -> Iterator[Platform]:
    with platform(says(body={"errcode": 0, "errmsg": "ok"})) as one, everywhere():
        hook = one.url("/send?key=k")
        said = {"channel": "wecom", "name": "春和群", "compound": None, "hook": hook, "secret": ""}
        robots.create(street.actor("ch-zhao"), street.communities["CH"], said, now=clock.now)
        yield one


def test_a_group_is_told_of_a_new_task_in_public_words(
    begin: Any, group: Platform, clock: Any
) -> None:
    walk = begin(
        task_title="张桂英家漏水 13812345678 3单元501室", public_sentence="甲园3号楼屋面补漏。"
    )
    walk.take("dispatch")

    sending.deliver(clock.now)

    text = group.taken[0].said["text"]["content"]
    assert "甲园3号楼屋面补漏" in text
    assert walk.number in text
    for private in ("张桂英", "13812345678", "501"):
        assert private not in text


def test_another_compounds_group_is_not_told(
    begin: Any, group: Platform, clock: Any, street: Street
) -> None:
    with everywhere():
        robot = db.session.scalars(select(Robot)).one()
        said = {"name": "家属院群", "compound": street.compounds["CH-02"], "hook": "", "secret": ""}
        robots.rewrite(
            street.actor("ch-zhao"), street.communities["CH"], robot.id, said,
            version=robot.version, now=clock.now,
        )  # fmt: skip
    begin().take("dispatch")

    assert dict(sending.deliver(clock.now)) == {}
    assert group.taken == []


def test_a_robot_belongs_to_its_community(group: Platform, street: Street, clock: Any) -> None:
    with everywhere():
        robot = db.session.scalars(select(Robot.id)).one()
        for username in ("ch-lin", "cx-qian", "ch01-rep1"):
            with pytest.raises((Denied, Missing)):
                robots.end(street.actor(username), street.communities["CH"], robot, now=clock.now)


def test_a_robot_taken_away_leaves_no_secret(group: Platform, street: Street, clock: Any) -> None:
    with everywhere():
        robot = db.session.scalars(select(Robot)).one()
        robots.end(street.actor("ch-zhao"), street.communities["CH"], robot.id, now=clock.now)
        lines = [
            str(one.changes) + str(one.inputs) for one in db.session.scalars(select(AuditEvent))
        ]

    assert (robot.hook, robot.secret) == ("", "")
    assert not [one for one in lines if "key=k" in one]


def test_every_channel_a_robot_may_have_is_sent_by(app: Flask) -> None:
    assert set(adapters._FORMS) == set(Channel) - {Channel.EMAIL}
