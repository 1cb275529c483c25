"""Whom the server believes about where a request came from: its own proxies, and nobody else."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, request, request_started

from config import load
from harbour import create_app
from harbour.extensions import seal

FORGED = {
    "X-Forwarded-For": "203.0.113.9, 198.51.100.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/elsewhere",
}


def arrived(folder: Path, proxies: int) -> tuple[Any, ...]:
    """Address, scheme and root of a request that carries every forwarded header."""
    app = create_app(load({"HARBOUR_DATA_DIR": str(folder), "HARBOUR_PROXIES": str(proxies)}))
    seen: list[tuple[Any, ...]] = []

    def look(_sender: Flask, **_more: Any) -> None:
        seen.append((request.remote_addr, request.scheme, request.host, request.root_path))

    with request_started.connected_to(look, app):
        assert app.test_client().get("/healthz", headers=FORGED).status_code == 200
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"),
    [(0, "127.0.0.1", "http"), (1, "198.51.100.7", "https"), (2, "203.0.113.9", "http")],
)
def test_as_many_entries_are_believed_as_there_are_proxies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxies: int, address: str, scheme: str
) -> None:
    monkeypatch.setattr(seal, "key", seal.key)  # each application brings its own

    assert arrived(tmp_path, proxies) == (address, scheme, "localhost", "")


def test_the_server_itself_believes_no_forwarded_header() -> None:
    settings = runpy.run_path(str(Path(__file__).parents[2] / "gunicorn.conf.py"))

    assert settings["forwarded_allow_ips"] == ""
