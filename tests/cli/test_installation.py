"""flask harbour init · user · verify-ledger, on an empty machine and on one in use."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from harbour.extensions import db
from harbour.models.people import Membership, User
from tests.making.people import knock
from tests.pages import Browser

ROOT = Path(__file__).resolve().parents[2]


def harbour(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as an operator types it, on a machine with nothing but a folder."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")}
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "harbour", *arguments],
        cwd=ROOT, env={**kept, "HARBOUR_DATA_DIR": str(folder), "PORT": "8123"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.sqlite
def test_an_empty_machine_is_prepared_and_a_second_time_nothing_is_lost(tmp_path):
    folder = tmp_path / "kept here"

    first = harbour(folder, "init", "--if-needed")
    secret = (folder / "secret_key").read_text()
    made = harbour(folder, "user", "root", "--admin")
    second = harbour(folder, "init", "--if-needed")
    proof = harbour(folder, "verify-ledger")

    assert first.returncode == 0, first.stderr
    assert "http://127.0.0.1:8123" in first.stdout
    assert re.search(r"Password: +[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\n", made.stdout)
    assert second.returncode == 0, second.stderr
    assert (folder / "secret_key").read_text() == secret
    assert stat.S_IMODE((folder / "secret_key").stat().st_mode) == 0o600
    # Two lines of the first process, sealed with a key the later ones still have.
    assert proof.stdout == "2 lines in 1 chains: unbroken.\n"
    assert harbour(folder, "user", "root", "--admin").returncode == 1


@pytest.fixture
def run(app):
    """A command inside the test's own application."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["harbour", *arguments])


def password_in(text: str) -> str:
    found = re.search(r"Password: +(\S+)", text)
    assert found, text
    return found[1]


def test_the_first_administrator_signs_in_and_changes_the_password(app, run):
    said = run("user", "Root", "--admin").output

    browser = Browser(app)
    assert knock(browser, "root", password_in(said)).status == 303
    assert browser.visit("/admin/places").location == "/me/password"


def test_a_streets_administrator_is_bound_to_it(app, street, run):
    assert run("user", "helper", "--admin", "--street", "CF").exit_code == 0
    refused = run("user", "helper2", "--admin", "--street", "XX")

    db.session.rollback()
    [held] = db.session.scalars(select(Membership).join(User).where(User.username == "helper"))
    assert held.street_id == street.id
    assert refused.exit_code == 1
    assert "no street with this code" in refused.output
    assert db.session.scalar(select(User).where(User.username == "helper2")) is None


@pytest.mark.parametrize("arguments", [("root",), ("x", "--admin"), ("13800001111", "--admin")])
def test_what_is_no_administrator_is_not_made(app, run, arguments):
    assert run("user", *arguments).exit_code != 0

    assert db.session.scalar(select(User)) is None


def test_init_leaves_a_database_in_use_alone(app, street, run):
    before = db.session.scalars(select(User.username)).all()

    assert run("init", "--if-needed").exit_code == 0

    db.session.rollback()
    assert db.session.scalars(select(User.username)).all() == before


def test_a_changed_byte_is_named_and_the_exit_code_says_so(app, street, run):
    assert run("verify-ledger").exit_code == 0
    db.session.rollback()
    with db.engine.connect() as connection:
        if db.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER audit_event_no_update")
        else:
            connection.exec_driver_sql("DROP TRIGGER audit_event_append_only ON audit_event")
        connection.exec_driver_sql(
            "UPDATE audit_event SET actor_name = 'tesT' "
            "WHERE chain = (SELECT min(chain) FROM audit_event) AND seq = 1"
        )
        connection.commit()
    db.session.rollback()

    found = run("verify-ledger")

    assert found.exit_code == 1
    assert re.search(r"community:\d+, line 1: it was altered", found.output)
