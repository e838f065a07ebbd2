"""`worker.py` as a process of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.canaries import told_in

WORKER = Path(__file__).parents[2] / "worker.py"


@dataclass
class Process:
    """A worker that serves; `said` are the lines of its log."""

    process: asyncio.subprocess.Process
    said: list[str] = field(default_factory=list)

    async def serves(self) -> None:
        """Wait until it does."""
        while not any("serving the task queue" in line for line in self.said):
            await self.reads()

    async def reads(self) -> None:
        """Wait until it says something more."""
        assert self.process.stderr is not None
        line = (await self.process.stderr.readline()).decode()
        if not line:
            pytest.fail(f"the worker has ended:\n{''.join(self.said)}")
        self.said.append(line)

    async def kill(self) -> None:
        """End it as the machine would: nothing in it runs any more."""
        self.process.kill()
        await self.process.wait()

    def halt(self) -> None:
        """Keep it from doing anything, while it looks alive."""
        self.process.send_signal(signal.SIGSTOP)

    async def ends(self) -> int:
        """Tell it to stop; its exit code, as soon as there is one."""
        self.process.terminate()
        return await self.process.wait()


@asynccontextmanager
async def worker(address: str, queue: str, *arguments: str, program: Path = WORKER, **environment: str) -> AsyncIterator[Process]:
    """A worker on a queue, killed at the end if it still runs, without a secret in its log. It may reach this machine, unless the environment says otherwise."""
    command = [sys.executable, str(program), "--address", address, "--task-queue", queue, *arguments]
    quiet, told = asyncio.subprocess.DEVNULL, asyncio.subprocess.PIPE
    started = Process(
        await asyncio.create_subprocess_exec(
            *command, env={**os.environ, "SWTEMPORAL_ALLOW": "127.0.0.1 localhost", **environment}, stdin=quiet, stdout=quiet, stderr=told
        )
    )
    reading = None
    try:
        await started.serves()
        reading = asyncio.create_task(_read(started))
        yield started
    finally:
        if started.process.returncode is None:
            await started.kill()
        if reading is not None:
            await reading
        if told := told_in(started.said):
            pytest.fail(f"the worker has logged secrets: {told}")


async def _read(process: Process) -> None:
    """Take what it says until it ends: a full pipe would hold it."""
    assert process.process.stderr is not None
    while line := await process.process.stderr.readline():
        process.said.append(line.decode())
