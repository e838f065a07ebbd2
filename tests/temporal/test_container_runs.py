"""What the server says of the runs that containers belong to (activities/containers/runs.py)."""

from __future__ import annotations

import asyncio

import pytest

from activities.containers.runs import Runs
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

ACTIVITY = "/do/0/slow#1"


async def test_a_run_waits_for_an_activity_as_long_as_it_wants_it(house: House):
    begun = asyncio.Event()

    async def hangs(_: Json) -> Json:
        begun.set()
        await asyncio.Event().wait()

    house.answers["slow"] = hangs
    handle = await house.start(document(call("slow")))
    run = str(handle.first_execution_run_id)
    await begun.wait()
    runs = Runs(house.client)

    assert await runs.waits(handle.id, run, ACTIVITY)
    assert not await runs.waits(handle.id, run, "/do/0/other#1")
    assert not await runs.waits(handle.id, "01a1fd3e-e77c-71f2-9006-9d3674b557e5", ACTIVITY)
    assert not await runs.waits("nobody", run, ACTIVITY)

    await temporal.terminate(handle, "by hand")
    assert not await runs.waits(handle.id, run, ACTIVITY)


async def test_a_namespace_is_known_by_what_no_other_is(house: House):
    runs = Runs(house.client)
    assert len(await runs.namespace()) == 36
    assert await runs.namespace() == await Runs(house.client).namespace()
