"""What is generated is fresh, and what is written down covers what is there."""

import csv
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from harbour.documents.tables import documents
from tests.architecture.test_rooms import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
# A sample of what pages say to people; each is a term the glossary settles.
TERMS = ("议事港湾", "小区", "议题", "实事", "督办", "催办", "返工", "挂账", "满意率", "解决率")


def test_every_sentence_has_chinese_and_the_catalogue_is_compiled_fresh() -> None:
    found = subprocess.run(
        [sys.executable, "tools/translations.py", "--check"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert found.returncode == 0, found.stdout


def test_the_generated_documents_are_fresh(one_app: Flask) -> None:
    with one_app.test_request_context():
        stale = [
            name
            for name, text in documents().items()
            if not (ROOT / name).is_file() or (ROOT / name).read_text(encoding="utf-8") != text
        ]

    assert stale == []


def test_the_check_of_documents_notices_a_stale_one(
    one_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in documents():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old", encoding="utf-8")
    monkeypatch.setattr(one_app, "root_path", str(tmp_path))

    answer = one_app.test_cli_runner().invoke(args=["harbour", "docs", "--check"])

    assert answer.exit_code == 1
    assert "is stale" in answer.output


def glossary() -> dict[str, str]:
    rows = re.findall(
        r"^\| (.+?) \| .*? \| (.+?) \|",
        (ROOT / "docs/glossary.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return {zh: term for zh, term in rows if zh not in ("中文", "---")}


@pytest.mark.parametrize("term", TERMS)
def test_the_glossary_settles_a_term(term: str) -> None:
    words = {word.strip() for zh in glossary() for word in re.split(r"[/、,,]", zh)}

    assert any(term in word for word in words)


def test_a_term_stands_in_the_glossary_once() -> None:
    text = (ROOT / "docs/glossary.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]

    assert len(rows) == len(set(rows))
    assert len(glossary()) >= 100


def test_decisions_are_numbered_without_gap_and_say_what_and_why() -> None:
    numbers = [int(path.name[:4]) for path in DECISIONS]

    assert numbers == list(range(1, len(numbers) + 1))
    for path in DECISIONS:
        text = path.read_text(encoding="utf-8").lower()
        assert text.startswith("# "), path.name
        for part in ("context", "decision", "consequence"):
            assert part in text, f"{path.name} names no {part}"


def test_no_generated_table_is_read_twice() -> None:
    """The calendar ships as one CSV; a day has one kind."""
    path = next((ROOT / "harbour").rglob("calendar.csv"))
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))

    assert len({row[0] for row in rows}) == len(rows)


def test_no_page_asks_another_host_for_anything() -> None:
    """A clone is enough, and a phone without the wide world still shows every page."""
    away = re.compile(r"""(?:src|href|url\(|@import|fetch\()\s*=?\s*["'(]?\s*(https?:)?//\w""")
    texts = [
        path
        for folder in ("templates", "static")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".html", ".css", ".js", ".svg"}
    ]
    guilty = [
        f"{path.relative_to(ROOT)}: {found.group(0)}"
        for path in texts
        for found in away.finditer(path.read_text(encoding="utf-8"))
    ]

    assert texts
    assert guilty == []
