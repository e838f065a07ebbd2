"""What an activity leaves to the server: that the attempts of a pushed-down retry survive failures and lost workers, and cancellation."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import RetryPolicy
from temporalio.exceptions import CancelledError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

from activities.assembly import assembled
from interpreter.effects import CALL_HTTP
from interpreter.temporal.client import connect
from tests.activities.performing import Paths, arguments
from tests.counterparts import Reply
from tests.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.server]


@workflow.defn(name="one-call")
class OneCall:
    @workflow.run
    async def run(self, given: dict[str, Any]) -> Any:
        return await workflow.execute_activity(
            CALL_HTTP,
            given,
            task_queue=workflow.info().task_queue + "-hands",
            start_to_close_timeout=timedelta(minutes=1),
            heartbeat_timeout=timedelta(seconds=1),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=10), maximum_interval=timedelta(milliseconds=10)),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )


@pytest.fixture
async def client(temporal_server: str) -> Client:
    return await connect(temporal_server)


@pytest.fixture
async def queue(client: Client) -> AsyncIterator[str]:
    """A queue whose workflows are run; its activities wait in `QUEUE-hands` for whoever a test starts."""
    name = uuid.uuid4().hex
    async with Worker(client, task_queue=name, workflows=[OneCall], workflow_runner=UnsandboxedWorkflowRunner()):
        yield name


@asynccontextmanager
async def hands(client: Client, queue: str) -> AsyncIterator[None]:
    async with assembled(Settings(), Paths()) as activities, Worker(client, task_queue=queue + "-hands", activities=activities):
        yield


async def started(client: Client, queue: str, uri: str, **retry: Any) -> WorkflowHandle[Any, Any]:
    policy = {"errors": None, "count": 3, "delay": 10, "backoff": "constant", "jitter": None, "limit": None}
    with_ = {"method": "GET", "uri": uri, "output": "content", "redirect": False}
    given = arguments(with_, retry={**policy, "start": time.time_ns() // 1_000_000, **retry})
    return await client.start_workflow("one-call", given, id=uuid.uuid4().hex, task_queue=queue)


async def test_attempts_are_carried_from_one_to_the_next(client, queue, counterpart):
    async with hands(client, queue):
        answer = await (await started(client, queue, f"{counterpart.origin}/flaky/a/3")).result()

    assert answer["value"] == {"call": 4}
    assert [(one["attempt"], one["error"]["status"]) for one in answer["attempts"]] == [(1, 503), (2, 503), (3, 503)]
    assert all(one["next"] == one["at"] + 10 for one in answer["attempts"])
    assert {received.key for received in counterpart.received} == {"key-1"}


async def test_exhausted_retries_are_told(client, queue, counterpart):
    async with hands(client, queue):
        with pytest.raises(WorkflowFailureError) as caught:
            await (await started(client, queue, f"{counterpart.origin}/status/503", count=1)).result()

    problem, more = caught.value.cause.cause.details
    assert (problem["status"], problem["instance"]) == (503, "/do/0/t")
    assert [one["attempt"] for one in more["attempts"]] == [1]
    assert len(counterpart.received) == 2


async def test_a_killed_worker_is_no_attempt_and_forgets_none(client, queue, counterpart, temporal_server):
    def reply(_):
        call = counterpart.count("call")
        if call == 2:
            counterpart.hold("until the worker is dead")
        return Reply.json({"call": call}, 200 if call == 4 else 503)

    counterpart.replies["/own"] = reply
    lone = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.activities.lone_worker", temporal_server, f"{queue}-hands")
    try:
        run = await started(client, queue, f"{counterpart.origin}/own", count=2)
        await asyncio.to_thread(counterpart.held, "until the worker is dead")
    finally:
        lone.kill()
        await lone.wait()
    async with hands(client, queue):
        answer = await run.result()

    assert answer["value"] == {"call": 4}
    assert [one["attempt"] for one in answer["attempts"]] == [1, 2]


async def test_a_cancelled_run_cancels_the_call(client, queue, counterpart):
    async with hands(client, queue):
        run = await started(client, queue, f"{counterpart.origin}/slow/a")
        await asyncio.to_thread(counterpart.held, "a")
        await run.cancel()
        with pytest.raises(WorkflowFailureError) as caught:
            await run.result()

    assert isinstance(caught.value.cause, CancelledError)
