"""The four things the session makes impossible."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from harbour.domain.actors import Actor
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Compound
from harbour.services import ledger
from harbour.services.unit_of_work import (
    COLLISIONS,
    AlteredLedger,
    BulkWrite,
    UnauditedWrite,
    WriteOnRead,
    command,
    once,
)
from harbour.tenancy import OutOfScope, Unscoped, scoped_to
from tests.making.places import Street

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)


def first_compound() -> Compound:
    return db.session.scalars(select(Compound).order_by(Compound.id)).first()  # type: ignore[return-value]


@command
def rename(actor: Actor, name: str, *, recorded: bool = True) -> None:
    compound = first_compound()
    compound.name = name
    if recorded:
        ledger.record(actor, "rename", compound, now=NOW)


def test_a_change_outside_a_command_is_refused(street: Street) -> None:
    with scoped_to(street.communities["CH"]):
        first_compound().name = "改名"

        with pytest.raises(WriteOnRead):
            db.session.commit()


def test_a_change_without_a_line_is_refused_and_not_kept(street: Street) -> None:
    with scoped_to(street.communities["CH"]):
        before = first_compound().name

        with pytest.raises(UnauditedWrite):
            rename(street.actor("ch-zhao"), "改名", recorded=False)

        assert first_compound().name == before


def test_a_recorded_change_leaves_what_stood_before_and_after(street: Street) -> None:
    with scoped_to(street.communities["CH"]):
        rename(street.actor("ch-zhao"), "新名")

        line = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert line is not None
        assert line.changes == {"name": ["春和家园", "新名"]}
        assert (line.actor_name, line.role, line.action) == (
            "赵书记",
            "secretary",
            "compound.rename",
        )


def test_a_bulk_update_is_refused(street: Street) -> None:
    @command
    def all_at_once() -> None:
        db.session.execute(update(Compound).values(name="同名"))

    with scoped_to(street.communities["CH"]), pytest.raises(BulkWrite):
        all_at_once()


def test_a_line_of_the_ledger_cannot_be_changed(street: Street) -> None:
    @command
    def forge() -> None:
        line = db.session.scalars(select(AuditEvent)).first()
        assert line is not None
        line.actor_name = "别人"

    with scoped_to(*street.community_ids), pytest.raises(AlteredLedger):
        forge()


def test_without_a_scope_a_query_raises(street: Street) -> None:
    with pytest.raises(Unscoped):
        first_compound()


def test_a_core_statement_on_an_owned_table_raises(street: Street) -> None:
    with scoped_to(street.communities["CH"]), pytest.raises(Unscoped):
        db.session.execute(select(Compound.__table__))


def test_another_communitys_rows_are_not_seen_nor_written(street: Street) -> None:
    with scoped_to(street.communities["CX"]):
        assert [c.name for c in db.session.scalars(select(Compound))] == ["晓园新村"]

    @command
    def smuggle() -> None:
        db.session.add(Compound(community_id=street.communities["CX"], code="X", name="X"))
        db.session.flush()

    with scoped_to(street.communities["CH"]), pytest.raises(OutOfScope):
        smuggle()


def test_the_same_key_twice_acts_once_and_answers_the_same(street: Street) -> None:
    actor = street.actor("ch-zhao")
    acts = []

    def act() -> dict[str, object]:
        acts.append(1)
        rename(actor, f"第{len(acts)}次")
        return {"number": len(acts)}

    with scoped_to(street.communities["CH"]):
        first = once(actor, "same-key", NOW, act)
        second = once(actor, "same-key", NOW, act)

        assert first == second == {"number": 1}
        assert first_compound().name == "第1次"


def test_a_savepoint_neither_passes_for_a_commit_nor_forgets_the_change(street: Street) -> None:
    @command
    def change(*, recorded: bool) -> None:
        compound = first_compound()
        compound.name = "改名"
        with db.session.begin_nested():
            compound.note = "小记"
        if recorded:
            ledger.record(street.actor("ch-zhao"), "rename", compound, now=NOW)

    with scoped_to(street.communities["CH"]):
        with pytest.raises(UnauditedWrite):
            change(recorded=False)

        change(recorded=True)

        line = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert line is not None
        assert line.changes == {"name": ["春和家园", "改名"], "note": ["", "小记"]}


def test_what_collides_is_done_again_and_sees_what_came_between(street: Street) -> None:
    runs = []

    @command
    def give_code(*, until: int) -> str:
        runs.append(until)
        if len(runs) < until:
            db.session.add(Compound(community_id=street.communities["CH"], code="CH-01", name="二"))
        rename(street.actor("ch-zhao"), f"第{len(runs)}次")
        return first_compound().name

    with scoped_to(street.communities["CH"]):
        assert give_code(until=2) == "第2次"
        assert len(runs) == 2

        runs.clear()
        with pytest.raises(IntegrityError):
            give_code(until=9)

        assert len(runs) == COLLISIONS + 1
        assert first_compound().name == "第2次"
        lines = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "compound.rename"))
        assert len(lines.all()) == 1
