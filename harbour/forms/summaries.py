"""Inputs of summaries."""

from typing import Any

FIELDS: dict[str, Any] = {}
