"""What a test on a real server needs: a client, a worker on a queue of its own with scripted activities, and runs of documents."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.common import RawValue
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.attach import attach
from activities.heartbeats import heartbeats
from interpreter.document.envelope import Envelope
from interpreter.document.load import define
from interpreter.effects import CALL_HTTP, EMIT, FETCH, FUNCTION_ACTIVITY
from interpreter.faults import Fault
from interpreter.temporal import client as temporal
from interpreter.temporal.failures import error_of
from interpreter.temporal.serve import worker
from interpreter.values import Json
from tests.server import binary

Answer = Json | Fault | Callable[[Json], Any]


def document(*do: Json, name: str = "test", **members: Json) -> Json:
    """A document with these tasks."""
    return {"document": {"dsl": "1.0.3", "namespace": "tests", "name": name, "version": "1.0.0"}, **members, "do": list(do)}


def call(name: str, **members: Json) -> Json:
    """A task that calls: the house answers by the task's name."""
    return {name: {"call": "http", "with": {"method": "get", "endpoint": f"http://localhost/{name}"}, **members}}


def enveloped(root: Json, *others: Json, options: Mapping[str, Json] | None = None) -> Envelope:
    """The envelope of a document and of those it can run."""
    definitions = [define(raw) for raw in (root, *others)]
    return Envelope(root=definitions[0].digest, documents={one.digest: one.text for one in definitions}, options=options or {})


def _id() -> str:
    return f"test-{uuid.uuid4().hex[:12]}"


async def command_line(*arguments: str) -> str:
    """What the Temporal CLI prints; it must succeed."""
    process = await asyncio.create_subprocess_exec(binary(), *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT)
    printed, _ = await process.communicate()
    assert process.returncode == 0, printed.decode()
    return printed.decode()


@dataclass
class House:
    """`answers` maps a task's name to a value, a fault, or an async function of the arguments that gives one; `calls` are the calls made, in order."""

    address: str
    client: Client
    queue: str
    answers: dict[str, Answer] = field(default_factory=dict)
    calls: list[Json] = field(default_factory=list)

    async def start(
        self, root: Json, input: Json = None, *, options: Mapping[str, Json] | None = None, with_: tuple[Json, ...] = (), **more: Any
    ) -> temporal.Handle:
        envelope = enveloped(root, *with_, options=options)
        return await temporal.start(self.client, envelope, input, id=_id(), task_queue=self.queue, **more)

    async def start_with(self, signal: str, root: Json, *arguments: Json) -> temporal.Handle:
        """A run that has a signal before its first workflow task."""
        return await self.start_raw(None, enveloped(root).as_json(), start_signal=signal, start_signal_args=arguments)

    async def start_raw(self, *arguments: Json, **more: Any) -> temporal.Handle:
        """A run started as any client could."""
        return await self.client.start_workflow("tests/test", args=arguments, id=_id(), task_queue=self.queue, result_type=RawValue, **more)

    async def outcome(self, handle: temporal.Handle) -> Any:
        return await temporal.outcome(handle)

    async def run(self, root: Json, input: Json = None, **more: Any) -> Any:
        """The outcome of a run."""
        return await temporal.outcome(await self.start(root, input, **more))

    def worker(self, **more: Any) -> Worker:
        """A worker on the house's queue, not started."""
        return worker(self.client, self.queue, [*self.activities(), attach], grace=timedelta(0), **more)

    def activities(self) -> list[Any]:
        def scripted(kind: str) -> Any:
            @activity.defn(name=kind)
            async def perform(arguments: Json) -> Json:
                self.calls.append(arguments)
                async with heartbeats(None):
                    return await self._answered(arguments)

            return perform

        @activity.defn(name=EMIT)
        async def emit(arguments: Json) -> Json:
            self.calls.append(arguments)
            return arguments["with"]["event"]

        @activity.defn(name=FUNCTION_ACTIVITY)
        async def allowed(_: Json) -> None:
            """As a worker whose policy grants it."""

        return [scripted(CALL_HTTP), scripted(FETCH), emit, allowed]

    async def _answered(self, arguments: Json) -> Json:
        answer = self.answers.get(arguments["task"])
        given = await answer(arguments) if callable(answer) else answer
        if isinstance(given, Fault):
            raise error_of(given.problem.at(arguments["reference"]))
        return given

    async def until(self, handle: temporal.Handle, found: Callable[[Json], bool]) -> Json:
        """The state of a run as soon as it is as wanted."""
        while True:
            state = await temporal.state(handle)
            if found(state):
                return state
            await asyncio.sleep(0.02)

    async def history_has(self, handle: temporal.Handle, kind: str) -> None:
        """Wait for an event of this kind."""
        async for event in temporal.events(self.client, handle.id, follow=True):
            if event.event_type == EventType.Value(f"EVENT_TYPE_{kind}"):
                return

    async def details(self, handle: temporal.Handle) -> str:
        """What `temporal workflow metadata` shows."""
        metadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    async def save(self, folder: Path) -> None:
        """Leave the histories of all runs that were started, children and continuations included."""
        async for run in self.client.list_workflows(f"TaskQueue = '{self.queue}'"):
            if run.status == WorkflowExecutionStatus.RUNNING:
                with suppress(RPCError):  # the list lags behind: it may have ended
                    await self.client.get_workflow_handle(run.id).terminate("the test has ended")
            history = await self.client.get_workflow_handle(run.id, run_id=run.run_id).fetch_history()
            recorded = {"id": run.id, "history": history.to_json_dict()}
            (folder / f"{run.run_id}.json").write_text(json.dumps(recorded))


@asynccontextmanager
async def opened(address: str, histories: Path, *, cached: int) -> AsyncIterator[House]:
    client = await temporal.connect(address)
    house = House(address=address, client=client, queue=f"test-{uuid.uuid4().hex[:12]}")
    async with house.worker(cached=cached):
        yield house
    await house.save(histories)
