"""Load: runs of one side, so many at once, and how long each took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from temporalio.client import Client

from benchmarks.workers import WorkerProcess
from interpreter.document.envelope import Envelope
from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json

CONCURRENT = 20

_numbers = count()


class Round(NamedTuple):
    """How long a number of runs took together, and each of them, and what the worker used meanwhile (seconds)."""

    runs: int
    seconds: float
    latencies: list[float]
    cpu: float

    @property
    def throughput(self) -> float:
        """Runs in a second."""
        return self.runs / self.seconds


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of one thing: `once` starts one and waits for its output; `worker` works for them."""

    once: Callable[[], Awaitable[Json]]
    worker: WorkerProcess

    async def load(self, runs: int, concurrent: int = CONCURRENT) -> Round:
        """`runs` runs, `concurrent` at a time: when one ends the next begins."""
        left = iter(range(runs))
        latencies: list[float] = []

        async def one_after_the_other() -> None:
            for _ in left:
                began = time.perf_counter()
                await self.once()
                latencies.append(time.perf_counter() - began)

        used, began = await self.worker.cpu(), time.perf_counter()
        await asyncio.gather(*(one_after_the_other() for _ in range(concurrent)))
        seconds = time.perf_counter() - began
        return Round(runs, seconds, latencies, await self.worker.cpu() - used)


@dataclass(frozen=True, slots=True)
class Sides:
    """Both sides: clients as each uses them, and their workers."""

    ours: Client
    theirs: Client
    our_worker: WorkerProcess
    their_worker: WorkerProcess

    async def start(self, envelope: Envelope, input: Json) -> temporal.Handle:
        """Start a run of a document."""
        return await temporal.start(self.ours, envelope, input, id=f"document-{next(_numbers)}", task_queue=self.our_worker.queue)

    async def start_by_hand(self, name: str, input: Json) -> temporal.Handle:
        """Start a hand-written workflow."""
        return await self.theirs.start_workflow(name, input, id=f"hand-{next(_numbers)}", task_queue=self.their_worker.queue)

    def document(self, envelope: Envelope, input: Json) -> Runs:
        """Runs of a document."""

        async def once() -> Json:
            return await output_of(await self.start(envelope, input))

        return Runs(once, self.our_worker)

    def workflow(self, name: str, input: Json) -> Runs:
        """Runs of a hand-written workflow."""

        async def once() -> Json:
            return await (await self.start_by_hand(name, input)).result()

        return Runs(once, self.their_worker)


async def output_of(handle: temporal.Handle) -> Json:
    """The output of a document's run, which must complete."""
    outcome = await temporal.outcome(handle)
    if not isinstance(outcome, Completed):
        raise TypeError(f"the run {handle.id} has not completed: {outcome}")
    return outcome.output
