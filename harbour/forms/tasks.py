"""Inputs of tasks."""

from typing import Any

FIELDS: dict[str, Any] = {}
