"""A process behind its guard, as the worker sees it; the other side is `guard.py`."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, cast

from activities.process.guard import LENGTH
from activities.process.output import Stream
from interpreter.faults import fault
from interpreter.values import Json

_GUARD = Path(__file__).with_name("guard.py")
_STUCK = 30.0
"""Seconds after which what was killed counts as not to be killed."""

_log = logging.getLogger(__name__)


class Guarded:
    """A guard and the process behind it. Whoever opened it closes it; then both are gone."""

    def __init__(self, guard: subprocess.Popen[bytes], pipes: _Pipes, grace: float) -> None:
        self._guard = guard
        self._pipes = pipes
        self._grace = grace
        self._pid: int | None = None
        self._over = False
        self.streams: Mapping[Stream, asyncio.StreamReader] = {"stdout": pipes.stdout.content, "stderr": pipes.stderr.content}
        """What the process writes."""

    @classmethod
    async def opened(cls, order: Json, stdin: bytes | None) -> Guarded:
        """A guard that is given an order (see `guard.py`) and what the process reads, None for what is still to be written.

        A `runtime` fault where there is no room for it.
        """
        (given, feed), (out, stdout), (err, stderr), (orders, control), (status, news) = (os.pipe() for _ in range(5))
        try:
            guard = subprocess.Popen(  # noqa: ASYNC220 - a fork takes a millisecond; in a thread it could outlive a cancellation
                [sys.executable, "-I", "-S", "-B", str(_GUARD), str(orders), str(news)],
                stdin=given,
                stdout=stdout,
                stderr=stderr,
                pass_fds=(orders, news),
                env={},
                cwd="/",
                start_new_session=True,
            )
        except OSError as error:
            for pipe in (feed, out, err, control, status):
                os.close(pipe)
            raise fault("runtime", f"no process can be started: {error}") from None
        finally:
            for pipe in (given, stdout, stderr, orders, news):
                os.close(pipe)
        pipes = _Pipes(await _reader(out), await _reader(err), await _reader(status), await _writer(control), await _writer(feed))
        content = json.dumps(order).encode()
        pipes.control.write(LENGTH.pack(len(content)) + content)
        if stdin is not None:
            pipes.stdin.write(stdin)
            pipes.stdin.end()
        return cls(guard, pipes, order["grace"])

    def write(self, content: bytes) -> None:
        """Let the process read this, too."""
        self._pipes.stdin.write(content)

    def end(self) -> None:
        """Let the process find the end of what it reads."""
        self._pipes.stdin.end()

    async def started(self) -> None:
        """Wait until the process runs; a `runtime` fault where it cannot."""
        news = await self._news()
        if "failed" in news:
            raise fault("runtime", f"the process cannot be started: {news['failed']}")
        self._pid = news["started"]

    async def ended(self) -> int:
        """Wait until the process and all below it have ended; gives its exit code."""
        code: int = (await self._news())["ended"]
        self._over = True
        return code

    def kill(self) -> None:
        """Kill the process and all below it."""
        self._pipes.control.abort()

    async def close(self) -> None:
        """Ask the process to end, kill it after the grace, and wait until nothing of it is left."""
        if not self._over:
            self._pipes.control.write(b"T")
        if not await self._gone(self._grace + _STUCK):
            self.kill()
            if not await self._gone(_STUCK):
                _log.error("process %s was killed and does not end", self._pid)
        self._pipes.close()
        if self._pid is not None and not self._over:  # the guard itself may have been killed
            with suppress(OSError):
                os.killpg(self._pid, signal.SIGKILL)

    async def _gone(self, seconds: float) -> bool:
        """Whether the guard ends within a time."""
        try:
            async with asyncio.timeout(seconds):
                while line := await self._pipes.status.content.readline():
                    self._over = self._over or b"ended" in line
        except TimeoutError:
            return False
        await asyncio.to_thread(self._guard.wait)
        return True

    async def _news(self) -> Json:
        line = await self._pipes.status.content.readline()
        if not line:
            raise fault("runtime", "the process was killed together with its guard")
        return json.loads(line)


class _Pipes(NamedTuple):
    """The worker's ends."""

    stdout: _Reader
    stderr: _Reader
    status: _Reader
    control: _Writer
    stdin: _Writer

    def close(self) -> None:
        """Nothing more goes in or comes out."""
        self.control.abort()
        self.stdin.abort()
        for reader in (self.stdout, self.stderr, self.status):
            reader.transport.close()


class _Reader(NamedTuple):
    """The end of a pipe that is read."""

    content: asyncio.StreamReader
    transport: asyncio.ReadTransport


class _Writer(asyncio.BaseProtocol):
    """The end of a pipe that is written to; what the other side does not read is kept, and dropped at the end."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called when it is there."""
        self._transport = cast("asyncio.WriteTransport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - who does not read on may
        """Called when it is closed, or nobody reads it any more."""
        self._transport = None

    def write(self, content: bytes) -> None:
        """Write as soon as there is room."""
        if self._transport is not None:
            self._transport.write(content)

    def end(self) -> None:
        """Close it when all is written."""
        if self._transport is not None:
            self._transport.write_eof()

    def abort(self) -> None:
        """Close it now; not while it is closing with nothing left to write, as asyncio would then close it twice."""
        transport = self._transport
        if transport is not None and (transport.get_write_buffer_size() or not transport.is_closing()):
            transport.abort()


async def _reader(pipe: int) -> _Reader:
    content = asyncio.StreamReader()
    reading = asyncio.StreamReaderProtocol(content)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: reading, os.fdopen(pipe, "rb", 0))
    return _Reader(content, transport)


async def _writer(pipe: int) -> _Writer:
    _, writer = await asyncio.get_running_loop().connect_write_pipe(_Writer, os.fdopen(pipe, "wb", 0))
    return writer
