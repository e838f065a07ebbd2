"""The command as a user types it: a process of its own, with folders of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

PATIENCE = 60.0
"""Seconds after which something that does not happen has failed."""

_Seen = TypeVar("_Seen")


@dataclass(frozen=True)
class Shell:
    """Types commands in a folder, with an environment."""

    folder: Path
    environment: dict[str, str]
    _command: tuple[str, ...] = field(default=(sys.executable, "-c", "from cli.main import main; main()"))

    def run(self, *arguments: str, stdin: str = "", code: int | None = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        """A command to its end; it must give this exit code, unless that is None."""
        done = subprocess.run(
            [*self._command, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment | environment,
            timeout=PATIENCE,
            check=False,
        )
        assert code is None or done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done

    def json(self, *arguments: str, **environment: str) -> Any:
        """The value that a command prints."""
        return json.loads(self.run(*arguments, "-o", "json", code=0, **environment).stdout)

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on meanwhile; killed at the end if it still does."""
        process = subprocess.Popen(
            [*self._command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def write(self, name: str, text: str) -> str:
        """A file in the folder."""
        (self.folder / name).write_text(text)
        return name


def until(look: Callable[[], _Seen | None], patience: float = PATIENCE) -> _Seen:
    """What another process does is seen by looking again and again; the first thing seen that is true."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        seen = look()
        if seen:
            return seen
        time.sleep(0.05)
    message = "it did not happen"
    raise AssertionError(message)


def line_with(process: subprocess.Popen[str], part: str) -> str:
    """The first line on a process's stderr that holds this part."""
    assert process.stderr is not None
    for line in process.stderr:
        if part in line:
            return line
    message = f"it has ended without saying '{part}'"
    raise AssertionError(message)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Nothing of the user's own: no server, no folders, no Temporal configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TEMPORAL_", "OTEL_", "XDG_", "SWTEMPORAL_SERVER"))}
    folders = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("DATA", "CACHE", "CONFIG")}
    return kept | folders | {"SWTEMPORAL_SERVER_PORT": "0", "SWTEMPORAL_ALLOW": "127.0.0.1 localhost", "NO_COLOR": "1", "TZ": "UTC"} | more
