"""Processes that tests wait for: they leave their ids in a folder, and are looked for by them."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 30


@dataclass(frozen=True)
class Mark:
    """`command` is a process that goes on for long, whatever signal comes; `wait` lets a shell wait until one of them runs."""

    folder: Path

    @property
    def command(self) -> str:
        return str(self.folder / "endless")

    @property
    def wait(self) -> str:
        return f'while [ -z "$(ls {self.folder}/ids)" ]; do sleep 0.01; done'

    def stands(self) -> bool:
        return bool(self.ids())

    def ids(self) -> list[int]:
        return [int(path.name) for path in (self.folder / "ids").iterdir()]

    def appears(self) -> None:
        """Wait until one runs."""
        _until(self.stands)


def marked(folder: Path) -> Mark:
    """A mark in a folder."""
    (folder / "ids").mkdir()
    script = folder / "endless"
    script.write_text(f"#!/bin/sh\ntrap '' TERM HUP\ntouch {folder}/ids/$$\nwhile :; do sleep 100; done\n")
    script.chmod(0o755)
    return Mark(folder)


def gone(mark: Mark) -> None:
    """Wait until none of them runs any more; an assertion fails where that does not come."""
    assert mark.ids()
    _until(lambda: not any(map(_runs, mark.ids())))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or b") Z " not in status.read_bytes()


def _until(holds) -> None:
    ends = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)
