"""Where a run stands when nobody works for it."""

from __future__ import annotations

import asyncio

import pytest
from temporalio.service import RPCError

from interpreter.faults import fault
from interpreter.temporal import client as temporal
from interpreter.temporal.pending import pending
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_children import child
from tests.temporal.test_signals import one

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_what_is_pending_is_read_from_the_history(house: House):
    begun = asyncio.Event()

    async def hangs(_: Json) -> Json:
        begun.set()
        await asyncio.Event().wait()

    house.answers["slow"] = hangs
    branches = [
        call("slow"),
        {"nap": {"wait": {"hours": 1}}},
        {"go": {"run": {"workflow": {"namespace": "tests", "name": "child", "version": "1.0.0"}}}},
    ]
    handle = await house.start(document({"both": {"fork": {"branches": branches}}}), with_=(child(*one()["do"]),))
    await begun.wait()
    await house.history_has(handle, "CHILD_WORKFLOW_EXECUTION_STARTED")

    standing = await pending(house.client, handle.id)

    found = {wait.kind: wait for wait in standing.waits}
    assert (standing.status, standing.type, standing.task_queue, standing.failing) == ("running", "tests/test", house.queue, None)
    assert (found["activity"].type, found["activity"].id, found["activity"].attempt) == (
        "call.http",
        "/do/0/both/fork/branches/0/slow#1",
        1,
    )
    assert found["activity"].summary == "slow · GET http://localhost/slow"
    assert found["child"].type == "tests/child"
    assert found["timer"].due is not None
    assert found["timer"].due - found["timer"].since == pytest.approx(3_600_000, abs=60_000)
    assert found["timer"].summary.startswith("nap")


async def test_a_closed_run_waits_for_nothing(house: House):
    house.answers["a"] = fault("communication", status=503)
    handle = await house.start(document(call("a")))
    await house.outcome(handle)

    standing = await pending(house.client, handle.id)

    assert (standing.status, standing.waits) == ("failed", ())
    assert standing.closed is not None


async def test_a_run_that_is_none(house: House):
    with pytest.raises(RPCError, match="not found"):
        await pending(house.client, "nobody")


async def test_whether_a_queue_is_polled(house: House):
    handle = await house.start(document({"a": {"set": {"n": 1}}}))
    await house.outcome(handle)

    assert await temporal.polled(house.client, house.queue)
    assert not await temporal.polled(house.client, f"{house.queue}-nobody")
