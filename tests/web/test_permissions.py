from pathlib import Path

from harbour.documents.tables import documents
from harbour.domain.permissions import ONLY, REACH, THROUGH, acts
from harbour.queries.ledger import WORKFLOWS

ROOT = Path(__file__).resolve().parents[2]


def test_every_act_of_every_table_stands_on_the_page(signed_in):
    reader = signed_in("ch01-rep1")
    for name, one in WORKFLOWS.items():
        page = reader.visit(f"/permissions?of={name}")

        assert page.status == 200
        assert page.html.count('<th scope="row">') == len(acts(one)) + len(one.states), name


def test_an_unknown_kind_of_thing_shows_the_first(signed_in):
    page = signed_in("ch01-rep1").visit("/permissions?of=nonsense")

    assert page.status == 200
    first = next(iter(WORKFLOWS.values()))
    assert page.html.count('<th scope="row">') == len(acts(first)) + len(first.states)


def test_every_relation_has_its_words():
    for workflow in WORKFLOWS.values():
        assert workflow.reach is None or (workflow.name, workflow.reach.__name__) in REACH
        for row in workflow.rows.values():
            assert row.only is None or (workflow.name, row.only.__name__) in ONLY, row.name
            assert row.through is None or row.through in THROUGH, row.name


def test_the_documents_say_what_the_tables_say():
    for name, text in documents().items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, f"{name}: run flask harbour docs"


def test_a_stale_document_fails_the_check(app, tmp_path, monkeypatch):
    (tmp_path / "docs").mkdir()
    for name, text in documents().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(app, "root_path", str(tmp_path))
    runner = app.test_cli_runner()

    assert runner.invoke(args=["harbour", "docs", "--check"]).exit_code == 0
    (tmp_path / "docs/workflows.md").write_text("stale", encoding="utf-8")
    assert runner.invoke(args=["harbour", "docs", "--check"]).exit_code == 1
    assert runner.invoke(args=["harbour", "docs"]).exit_code == 0
    assert runner.invoke(args=["harbour", "docs", "--check"]).exit_code == 0
