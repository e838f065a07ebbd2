"""Programs that others wrote, each a process of its own on a free port of this machine, with its files in a folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from tests.server import free_port

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools"
"""Where `make counterparts` puts programs."""

_PATIENCE = 60.0

_LEASHED = '"$@" </dev/null & read _; kill -9 0'
"""A program that is killed with all its processes when whoever started it is no more: then its input ends."""


def module(name: str, *arguments: str) -> list[str]:
    """The command of a program that is a module of this folder, wherever it is started."""
    return ["sh", "-c", 'cd "$0" && exec "$@"', str(ROOT), sys.executable, "-m", f"tests.counterparts.{name}", *arguments]


class Serving:
    """Listens on `port` while it is entered; it can be killed, and started again on the same port with the same files. What it says is in `log`, in its folder."""

    def __init__(
        self,
        command: Callable[[int, Path], Sequence[str]],
        folder: Path,
        environment: Callable[[int], Mapping[str, str]] | None = None,
        *,
        by: signal.Signals = signal.SIGKILL,
    ) -> None:
        """The command is made of port and folder; `by`: how it is killed, for what does not write down at once what it has, or has processes beyond its group."""
        self._signal = by
        self.port = free_port()
        self._folder = folder
        self._command = command
        self._environment = {**os.environ, **(environment(self.port) if environment else {})}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start, and wait until it listens."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _LEASHED, "sh", *self._command(self.port, self._folder)],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait(self._process)

    def pause(self) -> None:
        """Keep it from doing anything: who connects is not answered."""
        self._send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on with all that came meanwhile."""
        self._send(signal.SIGCONT)

    def _send(self, number: int) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)

    def kill(self) -> None:
        """Kill it with all its processes."""
        if self._process is not None:
            self._send(self._signal)
            self.resume()
            self._process.communicate()
            while _lives(self._process.pid):
                time.sleep(0.01)
            self._process = None

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until and process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError((self._folder / "log").read_text()[-3000:])


def _lives(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
