"""One child process, seen from the parent."""

from __future__ import annotations

import importlib.util
import os
import select
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from interpreter.evaluation.child import ANSWER, REQUEST

_SLICE = 0.05
"""Longest wait in one system call, in seconds: the SDK's deadlock interrupt arrives only between bytecodes."""
_CHUNK = 1 << 18
_SCRIPT = Path(__file__).with_name("child.py")


class Answer(NamedTuple):
    """What a child said; `refused` when `text` is the JSON object of a refusal."""

    refused: bool
    text: str
    cpu: float


class Unsent(Exception):
    """The child had ended before it got the whole request."""


class Died(Exception):
    """The child ended while it worked on the request; `code` as `Popen.returncode` (negative: the signal)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"ended with {code}")
        self.code = code


class Overdue(Exception):
    """The wall time is over; `cpu` is what the child has used of it (0 where the system does not tell)."""

    def __init__(self, cpu: float) -> None:
        super().__init__("wall time is over")
        self.cpu = cpu


class Child:
    """A running child. Not thread-safe: whoever has leased it uses it alone, and kills it after anything but an answer."""

    def __init__(self, memory: int) -> None:
        """Starts the process; `OSError` when the system does not let it."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-B", str(_SCRIPT), _packages(), str(memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Set, not left out: without TZ libc would read /etc/localtime, without HOME jq would ask the user database.
            env={"HOME": "/nonexistent", "TZ": "UTC0", "LC_ALL": "C"},
            cwd="/",
            close_fds=True,
            start_new_session=True,
            bufsize=0,
        )
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("a child was started without pipes")
        self._in, self._out = self._process.stdin.fileno(), self._process.stdout.fileno()
        self._writable, self._readable = select.poll(), select.poll()
        self._writable.register(self._in, select.POLLOUT)
        self._readable.register(self._out, select.POLLIN)
        for pipe in (self._in, self._out):
            os.set_blocking(pipe, False)

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._process.pid

    def ask(self, head: bytes, body: bytes, seconds: float, cpu_seconds: float) -> Answer:
        """Sends a request and waits for its answer, `seconds` at most; `Unsent`, `Died` or `Overdue`."""
        ends, before = time.monotonic() + seconds, self._cpu()
        try:
            self._write(REQUEST.pack(len(head) + len(body), len(head), seconds, cpu_seconds) + head + body, ends)
            return self._read(ends)
        except TimeoutError:
            raise Overdue(self._cpu() - before) from None

    def kill(self) -> None:
        """Ends the process at once; it is reaped in a thread, since freeing a gigabyte takes its time."""
        self._process.kill()
        self._close_pipes()
        threading.Thread(target=self._process.wait, name="evaluator-reaper", daemon=True).start()

    def end(self) -> None:
        """Ends an idle process and waits for it."""
        self._process.kill()
        self._close_pipes()
        self._process.wait()

    def _close_pipes(self) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    def _write(self, content: bytes, ends: float) -> None:
        rest = memoryview(content)
        while rest:
            try:
                rest = rest[os.write(self._in, rest) :]
            except BlockingIOError:
                _wait(self._writable, ends)
            except BrokenPipeError:
                raise Unsent from None

    def _read(self, ends: float) -> Answer:
        content = bytearray()
        length, tag, cpu = 0, b"", 0.0
        while not tag or len(content) < ANSWER.size + length:
            _wait(self._readable, ends)
            piece = os.read(self._out, _CHUNK)
            if not piece:
                raise Died(self._process.wait())
            content += piece
            if not tag and len(content) >= ANSWER.size:
                length, tag, cpu = ANSWER.unpack_from(content)
        return Answer(tag == b"E", content[ANSWER.size :].decode(), cpu)

    def _cpu(self) -> float:
        """CPU seconds the process has used so far."""
        if sys.platform != "linux":
            return 0.0
        try:
            return time.clock_gettime((~self.pid << 3) | 2)  # what clock_getcpuclockid(3) gives for a process
        except OSError:
            return 0.0


def _wait(ready: select.poll, ends: float) -> None:
    while not ready.poll(min(_SLICE, max(0.0, ends - time.monotonic())) * 1000):
        if time.monotonic() >= ends:
            raise TimeoutError


@cache
def _packages() -> str:
    """The folders in which a child finds `jq`, `jsonschema_rs` and, where it is installed, `quickjs`."""
    folders: dict[str, None] = {}
    for name in ("jq", "jsonschema_rs", "quickjs"):
        found = importlib.util.find_spec(name)
        if found is None and name == "quickjs":
            continue  # an extra; who needs it is told by the child
        if found is None or found.origin is None:
            raise ModuleNotFoundError(f"the package {name} is not installed", name=name)
        origin = Path(found.origin)
        folders[str(origin.parent.parent if origin.name == "__init__.py" else origin.parent)] = None
    return os.pathsep.join(folders)
