"""Processes that a benchmark talks to: workers of either side, and what both call."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from interpreter.values import Json


@dataclass(frozen=True, slots=True)
class WorkerProcess:
    """A worker in a process of its own (`benchmarks.serving`)."""

    queue: str
    process: Process

    async def cpu(self) -> float:
        """The seconds of CPU it has used so far; jq's processes are not counted."""
        return float(await self._ask("cpu"))

    async def memory(self) -> int:
        """The bytes it holds now."""
        return int(await self._ask("memory"))

    async def profile(self) -> None:
        """From now on look where its time goes."""
        await self._ask("profile")

    async def profiled(self) -> str:
        """Where it went."""
        return str(await self._ask("profiled"))

    async def _ask(self, question: str) -> Json:
        _stdin(self.process).write(question.encode() + b"\n")
        return json.loads(await _line(self.process))


@asynccontextmanager
async def working(side: str, address: str, queue: str) -> AsyncIterator[WorkerProcess]:
    """A worker of one side that serves the queue."""
    async with _process("benchmarks.serving", side, address, queue) as process:
        await _line(process)
        yield WorkerProcess(queue, process)


@asynccontextmanager
async def answering() -> AsyncIterator[str]:
    """The address of what both sides call."""
    async with _process("benchmarks.counterpart") as process:
        yield f"http://127.0.0.1:{int(await _line(process))}/item"


@asynccontextmanager
async def _process(module: str, *arguments: str) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, *arguments, stdin=PIPE, stdout=PIPE)
    try:
        yield process
    finally:
        _stdin(process).close()
        await process.wait()


async def _line(process: Process) -> bytes:
    if process.stdout is None:
        raise TypeError("a process without pipes")
    line = await process.stdout.readline()
    if not line:
        raise RuntimeError(f"the process {process.pid} has ended before it answered")
    return line


def _stdin(process: Process) -> asyncio.StreamWriter:
    if process.stdin is None:
        raise TypeError("a process without pipes")
    return process.stdin
