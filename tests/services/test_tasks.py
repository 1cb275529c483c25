"""Tasks: drafted, dispatched, accepted, reported, verified, sent back and closed."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from harbour.domain.deadlines import end_of_workday
from harbour.domain.errors import Denied, Invalid, Missing, Refused, Stale
from harbour.domain.tasks import TaskState
from harbour.extensions import db
from harbour.models.audit import AuditEvent
from harbour.models.firms import ServiceContract
from harbour.models.tasks import (
    DueChange, Progress, Report, ReportAnswer, SupervisionOrder, Urge, Verification,
    VerificationTick,
)  # fmt: skip
from harbour.services import tasks
from tests.making.tasks import ROADS, Walk, drafted, found, reported, said, sent_back, walk


@pytest.fixture
def begin(make: Any, street: Any, clock: Any, app: Flask) -> Any:
    def begun(state: str = "drafted", compound: str = "CH-01", **other: Any) -> Walk:
        return walk(street, clock, app.config["HARBOUR_DATA_DIR"], state, compound, **other)

    return begun


@pytest.mark.parametrize("state", list(ROADS))
def test_every_state_can_be_reached(begin: Any, state: str) -> None:
    made = begin(state)

    assert made.task.state == state
    assert made.task.is_open == (state not in ("closed", "cancelled"))
