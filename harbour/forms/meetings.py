"""Inputs of meetings."""

from typing import Any

FIELDS: dict[str, Any] = {}
