"""Running a process as a document asked for it: behind a guard, within limits, and gone when this is over, however it ends."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from activities.process.guarded import Guarded
from activities.process.limits import Limits
from activities.process.output import STREAMS, Output, Stream
from activities.process.privacy import hide_environment
from interpreter.faults import fault
from interpreter.values import Json

_CHUNK = 65_536
_DRAIN = 1.0
"""Seconds after the end for what was written before it; where somebody can escape the guard, he may hold the pipes open."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A process to be: `argv[0]` is an absolute path, `environment` all the environment it gets."""

    argv: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    stdin: bytes = b""


def _nobody() -> None:
    """Whom a start is told that nobody waits for."""


async def run(command: Command, limits: Limits, output: Output, started: Callable[[], None] = _nobody) -> int:
    """Run a command to its end; gives its exit code, 128 and the signal's number where a signal ended it.

    Whatever it started ends with it. A stream beyond its limit ends it too; `output.exceeded` then says so.
    Faults: `runtime` for what cannot be started, `timeout` (408) after `limits.seconds`. Cancelled, it is asked to end, and killed
    after a grace. When the worker dies, everything is killed at once; see `guard.py` for what holds on which system.
    """
    hide_environment()
    async with _guarded(command, limits, output) as guarded:
        try:
            async with asyncio.timeout(limits.seconds):
                await guarded.started()
                started()
                return await guarded.ended()
        except TimeoutError:
            raise fault("timeout", f"the process took longer than {limits.seconds:g} s") from None


@asynccontextmanager
async def _guarded(command: Command, limits: Limits, output: Output) -> AsyncIterator[Guarded]:
    guarded = await Guarded.opened(_order(command, limits), command.stdin)
    reading = [asyncio.create_task(_read(guarded, stream, output)) for stream in STREAMS]
    try:
        yield guarded
        await asyncio.wait(reading, timeout=_DRAIN)
    finally:
        await _to_the_end(asyncio.create_task(guarded.close()))
        for task in reading:
            task.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


@asynccontextmanager
async def talking(command: Command, limits: Limits) -> AsyncIterator[Guarded]:
    """A process that is talked to by its standard streams (`command.stdin` is not read), and gone in the end as after `run`.

    A `runtime` fault for what cannot be started.
    """
    hide_environment()
    guarded = await Guarded.opened(_order(command, limits), None)
    try:
        await guarded.started()
        yield guarded
    finally:
        await _to_the_end(asyncio.create_task(guarded.close()))


def _order(command: Command, limits: Limits) -> Json:
    return {
        "argv": [_told(text) for text in command.argv],
        "environment": {name: _told(text) for name, text in command.environment.items()},
        "folder": str(command.folder),
        "memory": limits.memory,
        "file": limits.file,
        "grace": limits.grace,
    }


async def _to_the_end(ending: asyncio.Task[None]) -> None:
    """Wait for it although this task is cancelled meanwhile; then pass the cancellation on."""
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        await ending
        raise


async def _read(guarded: Guarded, stream: Stream, output: Output) -> None:
    reader = guarded.streams[stream]
    while piece := await reader.read(_CHUNK):
        if not output.take(stream, piece):
            guarded.kill()


def _told(text: str) -> str:
    """A text that an operating system can take: half a surrogate pair is no character."""
    return text.encode("utf-8", "replace").decode()
