"""Runs of the points' documents, each held against one that nothing interrupts."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from temporalio.client import Client

from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.killed.counterpart import Counterpart
from tests.killed.points import POINTS, Point
from tests.killed.process import Process, worker
from tests.killed.run import Run
from tests.temporal.house import enveloped


@dataclass
class Laboratory:
    """Everything happens on one queue, which only the workers started here serve."""

    address: str
    client: Client
    queue: str
    counterpart: Counterpart

    def worker(self, *arguments: str) -> AbstractAsyncContextManager[Process]:
        """A worker on the queue."""
        return worker(self.address, self.queue, *arguments)

    async def start(self, point: Point, **options: Json) -> Run:
        """A run of a point's document, whose calls go to a place of its own."""
        id = f"killed-{uuid.uuid4().hex[:12]}"
        envelope = enveloped(*point.documents(f"{self.counterpart.url}/{id}"), options={**point.options, **options})
        return Run(await temporal.start(self.client, envelope, None, id=id, task_queue=self.queue), self.client, self.counterpart, f"/{id}")

    async def brought(self, names: Collection[str]) -> dict[str, Run]:
        """Runs that are at these points; what time takes away again is begun last."""
        found: dict[str, Run] = {}
        for timed in (False, True):
            chosen = {name: POINTS[name] for name in names if POINTS[name].timed is timed}
            runs = {name: await self.start(point) for name, point in chosen.items()}
            await asyncio.gather(*(chosen[name].reached(run) for name, run in runs.items()))
            found |= runs
        return found

    def lost(self) -> list[str]:
        """The paths of the requests without an answer: where a worker is killed now, they are made again."""
        return [request.path for request in self.counterpart.requests if not request.answered]

    async def go_on(self, runs: Mapping[str, Run]) -> None:
        """Let these runs end: the gate opens, and what they listen for comes."""
        self.counterpart.gate.set()
        for name, run in runs.items():
            await POINTS[name].rest(run)

    async def proven(self, runs: Mapping[str, Run], lost: Iterable[str] | None, **options: Json) -> None:
        """Hold these runs against others that nothing interrupts, with a worker that is up.

        The outcomes are the same. The same calls were made, by their keys, and none again after it was recorded as completed.
        With `lost`, the worker was killed just once: they were made as often, but once more for each of these paths,
        and a run that rested waited for no task of the dead worker.
        """
        calm = {name: await self.start(POINTS[name], **options) for name in runs}
        await self.go_on(calm)
        for name, run in runs.items():
            assert await temporal.outcome(run.handle) == await temporal.outcome(calm[name].handle), name
            assert run.effects() == calm[name].effects(), name
            completed = await run.completed()
            assert [request for request in run.requests() if request.at > completed.get(request.key, request.at)] == [], name
            if lost is not None and not POINTS[name].moving:
                more = [path.removeprefix(run.base) for path in lost if path.startswith(f"{run.base}/")]
                assert sorted(run.paths()) == sorted([*calm[name].paths(), *more]), name
            if lost is not None and POINTS[name].resting:
                assert set(await run.timeouts()) <= {"TIMEOUT_TYPE_SCHEDULE_TO_START"}, name
