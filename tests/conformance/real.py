"""A real Temporal server as a runner: the shell, the worker and the activities as they are, each document on a queue of its own."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any, Self, TypeVar
from uuid import uuid4

from temporalio import activity
from temporalio.client import Client

from activities.assembly import assembled
from activities.attach import attach
from activities.boundary import effect
from activities.invocation import Invocation
from interpreter.effects import LIFECYCLE, Completed, Faulted
from interpreter.evaluation.child_evaluator import ChildEvaluator
from interpreter.faults import Fault, Problem
from interpreter.lifecycle_events import OPTION
from interpreter.temporal.client import Handle, connect, events, outcome, signal_event, start, trace
from interpreter.temporal.serve import worker
from interpreter.values import Json, split
from tests.activities.performing import preparation
from tests.conformance.fake import environment, type_of
from tests.conformance.reading import Read, reading
from tests.conformance.world import CALLS, Done, Ran, Script
from tests.settings import Settings

PATIENCE = 60
"""Seconds that a run may take before it counts as hanging."""

T = TypeVar("T")


class RealRunner:
    """Runs documents on the server at `address`, and leaves every history in a folder; entered, it has an event loop of its own, in a thread.

    `options` are those of the envelopes.
    """

    def __init__(self, address: str, evaluator: ChildEvaluator, histories: Path, options: Mapping[str, Json] | None = None) -> None:
        self._address = address
        self._evaluator = evaluator
        self._histories = histories
        self._options = options or {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._client: Client | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._client = self._await(connect(self._address))
        return self

    def __exit__(self, *_: object) -> None:
        self._client = None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, text: str, input: Json = ..., *, children: Sequence[str] = (), script: Script | None = None) -> Ran:
        """Load the document as the command line does, and run it if that would."""
        script = script or Script()
        read = reading(text, children, self._evaluator.compile_check, script.resources)
        if isinstance(read, Ran):
            return read
        with script.serve() if script.serve else nullcontext({}) as origins:
            return self._await(asyncio.wait_for(self._run(read, {} if input is ... else input, script, origins), PATIENCE))

    def _await(self, work: Awaitable[T]) -> T:
        async def done() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(done(), self._loop).result()

    async def _run(self, read: Read, input: Json, script: Script, origins: Mapping[str, str]) -> Ran:
        assert self._client is not None, "the runner was not entered"
        queue = f"conformance-{uuid4()}"
        settings = Settings(environment=environment(script.secrets), origins=origins)
        async with self._activities(settings, script) as activities, worker(self._client, queue, [*activities, attach]):
            envelope = replace(read.envelope, options={**self._options, **({OPTION: True} if script.lifecycle else {})})
            run = await start(self._client, envelope, input, id=queue, task_queue=queue)
            for _, event in script.events:
                await signal_event(run, event)
            ran = await self._told(run, read)
        await self._save(queue, run.first_execution_run_id)
        return ran

    @asynccontextmanager
    async def _activities(self, settings: Settings, script: Script) -> AsyncIterator[list[Callable[..., Any]]]:
        """The real ones, but for calls where the script has the answers."""
        async with assembled(settings, self._evaluator) as real:
            if not script.answers:
                yield list(real)
                return
            rest = [one for one in real if type_of(one) not in CALLS]
            answering, prepared = _scripted(script), preparation(evaluator=self._evaluator)
            yield [*rest, *(effect(kind, answering, prepared) for kind in CALLS)]

    async def _told(self, run: Handle, read: Read) -> Ran:
        ended = await outcome(run)
        noted = [notice for notice in (await trace(run))["notices"] if notice["reference"]]
        return Ran(
            outcome="completed" if isinstance(ended, Completed) else "faulted" if isinstance(ended, Faulted) else "cancelled",
            output=ended.output if isinstance(ended, Completed) else None,
            error=ended.problem.as_json() if isinstance(ended, Faulted) else None,
            findings=read.findings,
            started=tuple(notice["name"] for notice in noted if notice["kind"] == "started"),
            completed={notice["name"]: notice["output"] for notice in noted if notice["kind"] == "completed"},
            faulted={notice["name"]: notice["error"] for notice in noted if notice["kind"] == "faulted"},
            retried=tuple(notice["name"] for notice in noted if notice["kind"] == "retried"),
            waited=tuple(notice["name"] for notice in noted if notice["kind"] == "waiting"),
            effects=tuple([done async for done in self._effects(run.id)]),
            lifecycle=tuple([event async for event in self._lifecycle(run.id)]),
        )

    async def _save(self, id: str, run: str | None) -> None:
        """The history of a run, of its children and of those that continue it, as `replay_elsewhere` reads it."""
        assert self._client is not None, "the runner was not entered"
        history = await self._client.get_workflow_handle(id, run_id=run).fetch_history()
        (self._histories / f"{history.run_id}.json").write_text(json.dumps({"id": id, "history": history.to_json_dict()}))
        for event in history.events:
            if event.HasField("child_workflow_execution_started_event_attributes"):
                child = event.child_workflow_execution_started_event_attributes.workflow_execution
                await self._save(child.workflow_id, child.run_id)
            if event.HasField("workflow_execution_continued_as_new_event_attributes"):
                await self._save(id, event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id)

    async def _effects(self, id: str) -> AsyncIterator[Done]:
        async for kind, arguments in self._scheduled(id):
            if kind != LIFECYCLE:
                yield Done(task=arguments["task"], kind=kind, arguments=arguments)

    async def _lifecycle(self, id: str) -> AsyncIterator[Json]:
        async for kind, arguments in self._scheduled(id):
            for event in arguments["events"] if kind == LIFECYCLE else ():
                yield event

    async def _scheduled(self, id: str) -> AsyncIterator[tuple[str, Json]]:
        """The activities of a run: type and argument."""
        assert self._client is not None, "the runner was not entered"
        async for event in events(self._client, id):
            if event.HasField("activity_task_scheduled_event_attributes"):
                scheduled = event.activity_task_scheduled_event_attributes
                (arguments,) = await self._client.data_converter.decode(scheduled.input.payloads)
                yield scheduled.activity_type.name, arguments


def _scripted(script: Script) -> Callable[[Invocation], Awaitable[Json]]:
    """Answers each task's calls by its part of the script, in order; the last answer is repeated."""
    left = {task: list(answers) for task, answers in script.answers.items()}

    async def answer(_: Invocation) -> Json:
        # The activity's id is the effect's: the task's reference and a number.
        reference = activity.info().activity_id.rpartition("#")[0]
        answers = left[split(reference)[-1]]
        given = answers.pop(0) if len(answers) > 1 else answers[0]
        if "fault" in given:
            raise Fault(Problem.from_json(given["fault"]))
        return given["value"]

    return answer
