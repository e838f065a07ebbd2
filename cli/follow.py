"""Following a run while waiting for it: its history as it grows, its trace where a worker answers, its retries."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from temporalio.api.common.v1 import Payloads
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.common import RawValue
from temporalio.service import RPCError

from cli import terminal
from cli.attempts import Attempts
from cli.looking import trace_of_history
from cli.progress import clock, short, told
from interpreter.effects import EMIT
from interpreter.temporal import client as temporal
from interpreter.temporal.payloads import read
from interpreter.values import Json

PERIOD = 1.0
"""Seconds between two looks at what only a look can tell: the attempts of calls under way."""
LAST_QUERY = 3.0
"""Seconds that the last lines of a run that has ended may take."""


class Follower:
    """Tells on stderr what happens in a run and in those that continue it.

    `after`: events of the history that were there before this command. What they tell of is read from them, not asked: a question that
    meets a worker which does not know the run yet, while a step waits to be done, is answered from a history that is ahead of its clock.
    """

    def __init__(self, client: Client, id: str, run: str, *, after: int = 0) -> None:
        self._client = client
        self._id = id
        self._run = temporal.handle(client, id, run)
        self._after = after
        self._seen = 0
        self._emitting: dict[int, Payloads] = {}
        self._attempts = Attempts()
        self._news = asyncio.Event()

    @contextlib.asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """While inside, what happens is told; at the end also what is left to tell."""
        if self._after:
            await self._recall()
        tasks = [asyncio.create_task(work()) for work in (self._read, self._trace, self._look)]
        try:
            yield
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._tell(), LAST_QUERY)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _recall(self) -> None:
        try:
            self._show(await trace_of_history(self._run))
        except RuntimeError as error:
            terminal.note(f"(what happened before cannot be read here: {' '.join(str(error).split())[:200]})")

    async def _read(self) -> None:
        """The history, as it grows."""
        async for event in temporal.events(self._client, self._id, self._run.run_id, follow=True):
            await self._heard(event)

    async def _heard(self, event: HistoryEvent) -> None:
        match event.event_type:
            case EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
                await self._tell()
                following = event.workflow_execution_continued_as_new_event_attributes.new_execution_run_id
                self._run = temporal.handle(self._client, self._id, following)
                self._seen = self._after = 0
            case EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED if event.event_id > self._after:
                self._news.set()
            case EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED if event.event_id > self._after:
                failure = event.workflow_task_failed_event_attributes.failure
                terminal.say(f"{_clock(event)}  ! the workflow task failed, Temporal tries it again: {failure.message}", "red")
            case EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
                scheduled = event.activity_task_scheduled_event_attributes
                if scheduled.activity_type.name == EMIT:
                    self._emitting[event.event_id] = scheduled.input
            case EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED:
                await self._emitted(event)

    async def _emitted(self, event: HistoryEvent) -> None:
        completed = event.activity_task_completed_event_attributes
        if self._emitting.pop(completed.scheduled_event_id, None) is None or event.event_id <= self._after:
            return
        for payload in completed.result.payloads:
            terminal.say(f"{_clock(event)}  ↗ event {short(read(RawValue(payload)))}", "cyan")

    async def _trace(self) -> None:
        """What each step of the run did, as soon as the history says that there was one."""
        while True:
            await self._news.wait()
            self._news.clear()
            await self._tell()

    async def _tell(self) -> None:
        """The notices since the last time. Without a worker that answers they come later, or not at all: waiting goes on."""
        try:
            trace = await temporal.trace(self._run, after=self._seen)
        except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
            return
        self._show(trace)

    def _show(self, trace: Json) -> None:
        fresh = [notice for notice in trace["notices"] if notice["n"] > self._seen]
        lost = trace["first"] - self._seen - 1
        if lost > 0:
            terminal.note(f"({lost} earlier steps are not kept)")
        self._seen = max(self._seen, trace["last"])
        for line, style in told(notice for notice in fresh if not self._attempts.knows(notice)):
            terminal.say(line, style)

    async def _look(self) -> None:
        """Failed attempts of calls under way."""
        while True:
            await asyncio.sleep(PERIOD)
            with contextlib.suppress(RPCError):
                description = await self._run.describe()
                for line in self._attempts.lines(list(description.raw_description.pending_activities), int(time.time() * 1000)):
                    terminal.say(line, "yellow")


def _clock(event: HistoryEvent) -> str:
    return clock(event.event_time.ToMilliseconds())
