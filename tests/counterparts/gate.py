"""How a counterpart in a process of its own is held in the middle of a call, and tells of it: by files.

Whoever gives a call the path of a gate reads in `PATH.log` what became of it: lines `begun KEY`, `ended KEY`, `cancelled KEY`.
"""

from __future__ import annotations

import asyncio
from pathlib import Path


class Gate:
    """A call waits until somebody opens it."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._log = self.path.with_suffix(".log")

    def open(self) -> None:
        """Let everybody through, now and later."""
        self.path.touch()

    def told(self, what: str) -> list[str]:
        """The keys of the calls of which this was said, in order."""
        lines = self._log.read_text().splitlines() if self._log.exists() else []
        return [key for said, _, key in (line.partition(" ") for line in lines) if said == what]

    def tell(self, what: str, key: str) -> None:
        """Say what becomes of a call."""
        with self._log.open("a") as log:
            log.write(f"{what} {key}\n")

    async def passed(self, key: str) -> None:
        """Wait until it is open."""
        self.tell("begun", key)
        try:
            while not self.path.exists():  # noqa: ASYNC110  a file tells of itself only who asks
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            self.tell("cancelled", key)
            raise
        self.tell("ended", key)
