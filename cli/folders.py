"""Where this user's data and cache are kept, and what the environment says about the embedded server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cli.exits import refuse

if TYPE_CHECKING:
    from interpreter.temporal.embedded import Settings

NAME = "swtemporal"


def data() -> Path:
    """The user's data folder (XDG_DATA_HOME where it is set)."""
    return _folder("XDG_DATA_HOME", ".local/share", "Library/Application Support") / NAME


def cache() -> Path:
    """The user's cache folder (XDG_CACHE_HOME where it is set)."""
    return _folder("XDG_CACHE_HOME", ".cache", "Library/Caches") / NAME


def results() -> str:
    """Where `run` keeps results of tasks that want that, as `--cache` takes it."""
    return f"sqlite:{cache() / 'results.db'}"


def embedded() -> Settings:
    """The embedded server's settings: SWTEMPORAL_TEMPORAL_CLI, SWTEMPORAL_SERVER_PORT and SWTEMPORAL_SERVER_IDLE may change them."""
    from interpreter.temporal.embedded import IDLE, PORT, Settings

    return Settings(
        folder=data() / "server",
        cache=cache(),
        binary=os.environ.get("SWTEMPORAL_TEMPORAL_CLI"),
        port=int(_number("SWTEMPORAL_SERVER_PORT", PORT)),
        idle=_number("SWTEMPORAL_SERVER_IDLE", IDLE),
    )


def _folder(variable: str, elsewhere: str, on_macos: str) -> Path:
    named = os.environ.get(variable)
    # The XDG specification: a relative path in these variables is invalid and is to be ignored.
    if named and Path(named).is_absolute():
        return Path(named)
    return Path.home() / (on_macos if sys.platform == "darwin" else elsewhere)


def _number(variable: str, default: float) -> float:
    text = os.environ.get(variable)
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        refuse(f"{variable} must be a number, found '{text}'")
