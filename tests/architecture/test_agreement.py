"""What must agree is compared: tables with forms, services, the database and the languages."""

from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from sqlalchemy import CheckConstraint

import harbour.services
from harbour.domain.meetings import MEETING
from harbour.domain.proposals import PROPOSAL
from harbour.domain.requests import REQUESTS
from harbour.domain.summaries import CONCERN, SUMMARY
from harbour.domain.tasks import TASK
from harbour.domain.workflow import Workflow
from harbour.extensions import Model
from harbour.forms.fields import FIELDS
from harbour.web.access import SilentEndpoint, demand_audiences
from tests.architecture.test_rooms import ROOT

TABLES: tuple[Workflow, ...] = (SUMMARY, CONCERN, PROPOSAL, MEETING, TASK, *REQUESTS.values())
STORED = {"summary": "summary", "concern": "concern", "proposal": "proposal",
          "meeting": "meeting", "task": "task", **dict.fromkeys(REQUESTS, "request")}  # fmt: skip


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    path = ROOT / "harbour/translations/zh_Hans_CN/LC_MESSAGES/messages.po"
    with path.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file) if m.id}


@pytest.mark.parametrize(
    ("table", "action"),
    [(t, r) for t in TABLES for r in t.rows],
    ids=lambda v: getattr(v, "name", v),
)
def test_what_a_row_needs_is_a_field(table: Workflow, action: str) -> None:
    missing = [need for need in table.rows[action].needs if need not in FIELDS]

    assert missing == []


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_a_tables_words_have_chinese(table: Workflow, chinese: dict[str, str]) -> None:
    words = set(table.labels.values())
    for one in table.rows.values():
        words |= {one.label, one.past} | {g.says for g in one.when}

    assert [w for w in sorted(words) if not chinese.get(w)] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda t: t.name)
def test_the_database_knows_the_same_states(table: Workflow) -> None:
    stored = Model.metadata.tables[STORED[table.name]]
    checks = [
        str(c.sqltext)
        for c in stored.constraints
        if isinstance(c, CheckConstraint) and str(c.name).endswith("state_known")
    ]

    assert len(checks) == 1
    for state in table.states:
        assert f"'{state}'" in checks[0]


def service_modules() -> list[ModuleType]:
    return [
        import_module(f"harbour.services.{m.name}") for m in iter_modules(harbour.services.__path__)
    ]


def test_every_effect_is_a_row_of_a_table() -> None:
    rows = {action for table in TABLES for action in table.rows}
    strays = [
        f"{module.__name__}: {name}"
        for module in service_modules()
        for name in getattr(module, "EFFECTS", {})
        if name not in rows
    ]

    assert strays == []


def test_every_endpoint_says_whom_it_is_open_to(one_app: Flask) -> None:
    demand_audiences(one_app)


def test_a_silent_endpoint_stops_the_start() -> None:
    silent = Flask("silent", static_folder=None)
    silent.add_url_rule("/quiet", "quiet", lambda: "…")

    with pytest.raises(SilentEndpoint, match="quiet"):
        demand_audiences(silent)
