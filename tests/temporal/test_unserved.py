"""What lies in queues that nobody polls."""

from __future__ import annotations

import asyncio

import pytest

from interpreter.effects import Faulted
from interpreter.temporal.unserved import Queued, task_of, unserved
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_children import child

pytestmark = [pytest.mark.anyio, pytest.mark.server]


def on(queue: str, **hints: Json) -> Json:
    return call("ask", metadata={"swtemporal": {"taskQueue": queue, **hints}})


async def found(house: House, id: str, told: tuple[str, ...] = ()) -> list[tuple[str | None, str, str]]:
    """What lies there, as soon as there is something."""
    while True:
        lying = await unserved(house.client, id, told)
        if lying or told:
            assert all(isinstance(one, Queued) and one.since > 0 for one in lying)
            return [(one.task, one.type, one.task_queue) for one in lying]
        await asyncio.sleep(0.02)


async def test_a_call_on_a_queue_of_its_own(house: House):
    handle = await house.start(document(on("nobody")))
    assert await found(house, handle.id) == [("ask", "call.http", "nobody")]
    assert await found(house, handle.id, told=("nobody",)) == []


async def test_a_call_of_a_child(house: House):
    go = {"go": {"run": {"workflow": {"namespace": "tests", "name": "child", "version": "1.0.0"}}}}
    handle = await house.start(document(go), with_=(child(on("nobody")),))
    assert await found(house, handle.id) == [("ask", "call.http", "nobody")]


async def test_a_run_that_nobody_goes_on_with(house: House):
    elsewhere = House(house.address, house.client, f"{house.queue}-nobody")
    handle = await elsewhere.start(document({"a": {"set": {"n": 1}}}))
    assert await found(house, handle.id) == [(None, "", elsewhere.queue)]
    await handle.terminate()


async def test_a_call_that_somebody_does_is_not_lying_there(house: House):
    begun = asyncio.Event()

    async def hangs(_: Json) -> Json:
        begun.set()
        await asyncio.Event().wait()

    house.answers["ask"] = hangs
    handle = await house.start(document(call("ask")))
    await begun.wait()
    assert await unserved(house.client, handle.id) == []


async def test_a_call_may_say_how_long_it_waits_for_a_worker(house: House):
    outcome = await house.run(document(on("nobody", scheduleToStart=100)))
    assert isinstance(outcome, Faulted)
    assert (outcome.problem.status, outcome.problem.instance) == (408, "/do/0/ask")
    assert "no worker took up the call in time" in str(outcome.problem.detail)


@pytest.mark.parametrize(
    ("id", "task"), [("/do/0/ask#1", "ask"), ("/do/0/pay#12/activity", "pay"), ("/do/0/a~1b#1", "a/b"), ("7", "lifecycle.publish")]
)
async def test_activities_are_named_after_their_tasks(id: str, task: str):
    assert task_of(id, "lifecycle.publish") == task
