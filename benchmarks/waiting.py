"""Runs that wait: what the worker holds for each, and that one burst of events brings every one of them on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import NamedTuple

from benchmarks.documents import LISTEN, document, enveloped
from benchmarks.load import Sides, output_of
from benchmarks.measures import Aim, Effort, Measured, Row
from benchmarks.workers import WorkerProcess, working
from interpreter.temporal.client import Handle, signal_event
from interpreter.values import Json

WAITING = 1_000
AT_ONCE = 50
"""Starts, and looks, that are made at the same time; the burst is all at once."""


async def measure(sides: Sides, effort: Effort) -> Measured:
    """Memory of a waiting run beside that of a hand-written one, and the burst; with new workers, whose memory nothing else has used."""
    count = effort.runs(WAITING)
    envelope = enveloped(document("listen", LISTEN))
    address = sides.theirs.service_client.config.target_host
    async with (
        working("interpreter", address, "waiting") as our_worker,
        working("hand-written", address, "waiting-by-hand") as their_worker,
    ):
        fresh = replace(sides, our_worker=our_worker, their_worker=their_worker)
        ours = await _held(lambda: fresh.start(envelope, None), output_of, our_worker, count)
        theirs = await _held(lambda: fresh.start_by_hand("Listen", None), Handle.result, their_worker, count)
    case = f"{count:,} waiting runs"
    return Measured(
        rows=(
            Row(case=case, measure="memory of one", unit="KB", figure=ours.memory / 1000, aim=Aim("at most", 50)),
            Row(case=case, measure="memory of one by hand", unit="KB", figure=theirs.memory / 1000),
            Row(case=case, measure="lost after one burst", unit="runs", figure=ours.lost, aim=Aim("at most", 0)),
            Row(case=case, measure="burst to last result", unit="s", figure=ours.seconds, beside=theirs.seconds),
        )
    )


class _Held(NamedTuple):
    """Bytes for each run; how many did not end with the event sent to them; seconds from the first event to the last result."""

    memory: float
    lost: int
    seconds: float


async def _held(
    start: Callable[[], Awaitable[Handle]], result: Callable[[Handle], Awaitable[Json]], worker: WorkerProcess, count: int
) -> _Held:
    await _burst(await _started(start, AT_ONCE), result)
    before = await worker.memory()
    handles = await _started(start, count)
    memory = (await worker.memory() - before) / count
    began = time.perf_counter()
    lost = await _burst(handles, result)
    return _Held(memory, lost, time.perf_counter() - began)


async def _started(start: Callable[[], Awaitable[Handle]], count: int) -> list[Handle]:
    """Runs that have come to their wait."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def started() -> Handle:
        async with gate:
            handle = await start()
            await handle.query("__temporal_workflow_metadata")  # answered by the worker, so the first step is done there
            return handle

    return list(await asyncio.gather(*(started() for _ in range(count))))


async def _burst(handles: list[Handle], result: Callable[[Handle], Awaitable[Json]]) -> int:
    """Send every run its event; how many did not end with it."""

    async def resumed(handle: Handle, data: int) -> bool:
        await signal_event(handle, {"specversion": "1.0", "id": "1", "source": "/burst", "type": "go", "data": data})
        return bool(await result(handle) == [data])

    came = await asyncio.gather(*(resumed(handle, at) for at, handle in enumerate(handles)))
    return len(handles) - sum(came)
