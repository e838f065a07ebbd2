"""Who else uses the worker while a run misbehaves: what they must not notice, and what must be left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, call, document

HEARTBEAT = 5
"""Seconds within which the worker must let a call show a sign of life."""


@asynccontextmanager
async def others(house: House) -> AsyncIterator[None]:
    """A call that beats during the whole block, and must not miss a beat; a run that begins after it, and must end."""
    begun, end = asyncio.Event(), asyncio.Event()

    async def beat(_: Json) -> Json:
        begun.set()
        await end.wait()
        return "undisturbed"

    house.answers["beat"] = beat
    root = document(call("beat", metadata={"swtemporal": {"heartbeat": f"PT{HEARTBEAT}S"}}), name="others")
    handle = await house.start(root)
    await begun.wait()
    yield
    assert await house.run(document({"a": {"set": {"n": "${ .n }"}}}, name="others"), {"n": 1}) == Completed({"n": 1})
    end.set()
    assert await house.outcome(handle) == Completed("undisturbed")
    attempts = [event.activity_task_started_event_attributes.attempt for event in await happened(house, handle, "ACTIVITY_TASK_STARTED")]
    assert attempts == [1], "the worker has missed heartbeats"


async def happened(house: House, handle: temporal.Handle, kind: str) -> list[HistoryEvent]:
    """All events of a kind in a run that has ended, and in the runs that continued it."""
    chain = temporal.events(house.client, handle.id, handle.first_execution_run_id, follow=True)
    return [event async for event in chain if event.event_type == EventType.Value(f"EVENT_TYPE_{kind}")]


async def stumbles(house: House, handle: temporal.Handle) -> list[str]:
    """Why the worker failed workflow tasks of a run. The server fails some by itself, in one word or none: something came in meanwhile."""
    failed = await happened(house, handle, "WORKFLOW_TASK_FAILED")
    messages = [event.workflow_task_failed_event_attributes.failure.message for event in failed]
    return [message for message in messages if " " in message]
