"""A database filled for measuring is one the harbour could have written."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url

from benchmarks import filling
from benchmarks.pairs import Speller
from harbour.domain.searching import fts5_document, normalised, tokens
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.places import Community
from harbour.models.search import INDEXES
from harbour.models.tasks import Task
from harbour.services import chains
from harbour.services.search import words_of
from harbour.tenancy import scoped_to

NOW = datetime(2026, 5, 20, 6, 0, tzinfo=UTC)


@pytest.fixture
def filled(app):
    url = make_url(app.extensions["sqlalchemy"].engine.url)
    found = filling.fill(url, 300, 7, NOW, tell=str)
    with scoped_to(*db.session.scalars(select(Community.id)), installation=True):
        yield found


def test_the_filled_ledger_is_unbroken_and_in_order(filled):
    walked = chains.walk()

    assert walked.broken is None
    assert walked.lines == filled.lines
    times = db.session.scalars(
        select(AuditEvent.at).where(AuditEvent.chain == "community:1").order_by(AuditEvent.seq)
    ).all()
    assert times == sorted(times)
    assert times[-1] <= NOW + timedelta(days=3)


def test_a_verified_task_has_its_five_lines_and_its_dates(filled):
    tasks = db.session.scalars(select(Task).where(Task.state == "verified")).all()

    assert tasks
    for task in tasks:
        lines = db.session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.subject_kind == "task", AuditEvent.subject_id == task.id)
            .where(AuditEvent.action != "task.progress")
            .order_by(AuditEvent.id)
        ).all()
        assert lines == [
            f"task.{act}" for act in ("draft", "dispatch", "accept", "report", "verify")
        ]
        days = [task.dispatched_at, task.accepted_at, task.reported_at, task.verified_at]
        assert days == sorted(filter(None, days))
        assert task.due_soon_at <= task.due_at


def test_what_is_filled_is_found_as_if_it_had_been_written(filled):
    for index in INDEXES.values():
        key = "rowid" if _on_sqlite() else "id"
        rows = db.session.execute(text(f"SELECT {key}, plain FROM search_{index.kind}"))
        stored = {row[0]: row[1] for row in rows}
        things = db.session.scalars(select(index.model)).all()
        assert stored == {thing.id: normalised(words_of(index, thing)) for thing in things}


def test_as_many_tasks_as_were_asked_for_are_there(filled):
    assert filled.tasks == 300
    assert db.session.scalar(select(func.count()).select_from(Task)) == 300


@pytest.mark.parametrize("words", ["9号楼：２单元，Ａ", "路灯\n北侧 灯", "ﬁ①㎡ é"])
def test_the_quick_spelling_is_the_harbours(words):
    speller = Speller()
    speller.made = 1  # so that it does not compare itself

    assert speller.fts5(words, 3) == (fts5_document(words, 3), normalised(words))
    assert speller.tokens(words, 3) == (tokens(words, 3), normalised(words))


def _on_sqlite() -> bool:
    return db.session.get_bind().dialect.name == "sqlite"
