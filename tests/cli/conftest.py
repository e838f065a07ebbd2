"""Every test has data and cache folders of its own, and knows of no server but one that it starts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

NOWHERE = "1"
"""A port on which nothing listens."""


@pytest.fixture(autouse=True)
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("TEMPORAL_", "SWTEMPORAL_", "OTEL_")) and name != "SWTEMPORAL_TEMPORAL_CLI":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("SWTEMPORAL_SERVER_PORT", NOWHERE)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("NO_COLOR", "1")
