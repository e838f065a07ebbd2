"""A server that others wrote, as a process of its own on a free port of this machine."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

TOOLS = Path(__file__).parents[2] / ".tools"
"""Where `make counterparts` puts programs."""

_PATIENCE = 60.0


class Serving:
    """Listens on `port` while it is entered; it can be killed, and started again on the same port. What it says is in `log`."""

    def __init__(
        self, command: Callable[[int], Sequence[str]], log: Path, environment: Callable[[int], Mapping[str, str]] | None = None
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._command = command
        self._log = log
        self._environment = {**os.environ, **(environment(self.port) if environment else {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it listens."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command(self.port), env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(self._log.read_text()[-3000:])

    def kill(self) -> None:
        """Kill it with all its processes."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            self._process = None
