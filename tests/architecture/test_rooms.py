"""The house as it is drawn: arrows, names and sizes."""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "harbour").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
UNWANTED = {"utils", "helpers", "common", "misc", "manager", "data", "info"}
LONGEST = 400


def test_every_import_points_downstairs() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize("path", [*SOURCES, *TESTS, ROOT / "config.py"], ids=str)
def test_a_file_stays_short(path: Path) -> None:
    if "versions" in path.parts:  # generated from the models, never read as prose
        return
    lines = path.read_text().count("\n")

    assert lines <= LONGEST, f"{path.relative_to(ROOT)} has {lines} lines; what does it hide?"


def test_no_room_is_called_utils() -> None:
    named = [p for p in (ROOT / "harbour").rglob("*") if p.stem in UNWANTED]

    assert named == []


# Loaded late on purpose: pypinyin's readings cost 58 MB and 0.4 s (python -X importtime, 2 cores)
# of every server and of every command, and only who makes or renames an account needs them.
LATE = {"harbour/services/people.py": 1}
# Costly or crashing libraries a server must not hold: the second runs in a child alone.
NOT_AT_START = ("pypinyin", "pi_heif")


def test_no_import_hides_inside_a_function() -> None:
    hidden = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                hidden += [
                    path.relative_to(ROOT).as_posix()
                    for inner in ast.walk(node)
                    if isinstance(inner, ast.Import | ast.ImportFrom)
                ]

    assert Counter(hidden) == LATE


def test_the_application_starts_without_what_is_costly_or_may_crash() -> None:
    asked = f"import sys, wsgi; print([m for m in {NOT_AT_START!r} if m in sys.modules])"
    started = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert started.stdout.strip() == "[]"


def test_only_who_you_are_is_asked_before_any_scope() -> None:
    askers = [
        p.relative_to(ROOT).as_posix()
        for p in SOURCES
        if "BEFORE_ANY_SCOPE" in p.read_text() or "before_any_scope" in p.read_text()
    ]

    assert askers == ["harbour/queries/people.py", "harbour/tenancy.py"]


def test_templates_ask_components_for_forms_buttons_and_tables() -> None:
    raw = re.compile(r"<(form|button|table|input|select|textarea)\b")
    guilty = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "components" not in path.parts and path.name != "failure.html"
        for match in raw.finditer(path.read_text())
    ]

    assert guilty == []


def test_templates_carry_no_script_style_or_role() -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=")
    roles = re.compile(
        r"['\"](resident_rep|secretary|community_worker|firm_manager|street_supervisor)['\"]"
    )
    guilty = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for pattern in (inline, roles)
        for match in pattern.finditer(path.read_text())
    ]

    assert guilty == []


def test_every_page_extends_the_base() -> None:
    alone = [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "templates").rglob("*.html"))
        if "components" not in path.parts
        and not path.name.startswith("_")
        and path.name not in {"base.html", "projector.html", "failure.html"}
        and "{% extends" not in path.read_text()
    ]

    assert alone == []
