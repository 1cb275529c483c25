"""Who is told what, and that it is written with the change it tells of."""

from typing import Any

import pytest
from sqlalchemy import select

from harbour.domain.errors import Missing, Refused
from harbour.domain.notices import RULES, To
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.outbox import Delivery, Notice
from harbour.models.people import User
from harbour.queries.ledger import WORKFLOWS
from harbour.services import notices, recipients, telling
from harbour.services.unit_of_work import command
from harbour.tenancy import scoped_to
from tests.making.places import Street
from tests.making.tasks import everywhere, found
from tests.statements import counted

BEGUN_AT = "drafted"


def told(action: str) -> dict[str, str]:
    """Who was told of an act, and as what."""
    rows = db.session.execute(
        select(User.username, Notice.told_as)
        .join(Notice, Notice.user_id == User.id)
        .where(Notice.action == action)
    )
    return {row.username: row.told_as for row in rows}


def deliveries() -> list[Delivery]:
    db.session.rollback()
    db.session.expire_all()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))


# ---- the table --------------------------------------------------------------------------------


def test_every_row_of_the_table_is_an_act_or_a_moment_of_the_ladder() -> None:
    moments = {"task.remind", "task.due_today", "task.level1", "task.level2", "task.level3"}
    moments |= {"meeting.cutoff"}
    acts = {f"{table.name}.{row}" for table in WORKFLOWS.values() for row in table.rows}
    requests = {
        one for one in RULES if one.split(".")[0] in {"extension", "return", "hold", "reopen"}
    }

    assert set(RULES) - acts - moments - requests == set()
    assert set(recipients._FIND) == set(To)


def test_only_what_cannot_wait_is_told_at_once() -> None:
    at_once = {action for action, rules in RULES.items() if any(r.at_once for r in rules)}
    allowed = (
        "task.dispatch", "task.reassign", "task.supervise", "task.remind", "task.due_today",
        "task.level", "summary.return", "extension.", "return.", "hold.", "reopen.",
    )  # fmt: skip

    assert [one for one in sorted(at_once) if not one.startswith(allowed)] == []


# ---- written with the change --------------------------------------------------------------------


def test_a_dispatched_task_is_told_to_its_lead(begin: Any) -> None:
    begin().take("dispatch")

    assert told("task.dispatch") == {"ah-sunjl": "lead"}


def test_who_acts_is_not_told(begin: Any, street: Street) -> None:
    walk = begin("verified")

    walk.take("close")

    assert "ch-zhao" not in told("task.close")
    assert told("task.close")["ah-sunjl"] == "lead"


def test_a_refused_act_tells_nobody(begin: Any) -> None:
    walk = begin(lead="")

    with pytest.raises(Refused):
        walk.take("dispatch")

    assert told("task.dispatch") == {}
    assert deliveries() == []


def test_an_act_that_tells_nobody_asks_nothing_more(begin: Any, monkeypatch: Any) -> None:
    walk = begin("in_hand")
    walk.take("comment")
    now = counted(lambda: walk.take("comment"))
    monkeypatch.setattr(telling, "tell", lambda *_: None)
    before = counted(lambda: walk.take("comment"))

    assert len(now) == len(before)


def test_a_notice_is_read_by_its_owner_alone(begin: Any, street: Street, clock: Any) -> None:
    begin().take("dispatch")
    with everywhere():
        one = db.session.scalars(select(Notice.id)).one()

        with pytest.raises(Missing):
            notices.read(street.actor("ch-zhao"), one, now=clock.now)
        notices.read(street.actor("ah-sunjl"), one, now=clock.now)

    assert db.session.scalars(select(Notice.read_at)).one() == clock.now


def test_no_address_stands_in_the_record(by_mail: Any) -> None:
    by_mail("ah-sunjl")

    with scoped_to(installation=True):
        line = db.session.scalars(
            select(AuditEvent).where(AuditEvent.action == "telling.set")
        ).one()

    assert "@" not in str(line.changes) + str(line.inputs)


# ---- the clock's ------------------------------------------------------------------------------


def test_what_the_clock_finds_again_and_again_is_told_once(
    begin: Any, by_mail: Any, clock: Any
) -> None:
    by_mail("ah-sunjl")
    walk = begin("in_hand")

    @command
    def tick(now: Any) -> None:
        telling.announce("task.level1", found(walk.number), key="level1:1", now=now)

    for _ in range(3):
        with everywhere():
            tick(clock.now)

    assert told("task.level1") == {"ah-sunjl": "lead", "ch-zhao": "secretary"}
    assert [one.action for one in deliveries()].count("task.level1") == 1
