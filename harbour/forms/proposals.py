"""Inputs of proposals."""

from typing import Any

FIELDS: dict[str, Any] = {}
