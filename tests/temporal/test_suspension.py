"""The signals `suspend` and `resume`."""

from __future__ import annotations

import asyncio

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_what_runs_is_finished_and_nothing_new_is_started(house: House):
    begun, go = asyncio.Event(), asyncio.Event()

    async def first(_: Json) -> Json:
        begun.set()
        await go.wait()
        return "one"

    house.answers.update(first=first, second="two")
    handle = await house.start(document(call("first"), call("second")))
    await begun.wait()
    await temporal.suspend(handle)
    await house.until(handle, lambda state: state["status"] == "suspended")
    go.set()
    await house.history_has(handle, "ACTIVITY_TASK_COMPLETED")
    state = await temporal.state(handle)

    assert (state["status"], [task["name"] for task in state["tasks"]]) == ("suspended", ["first"])
    assert [arguments["task"] for arguments in house.calls] == ["first"]

    await temporal.resume(handle)
    assert await house.outcome(handle) == Completed("two")


async def test_events_and_alarms_queue_and_happen_in_order_on_resume(house: House):
    root = document({"both": {"fork": {"compete": True, "branches": [
        {"early": {"do": [{"nap": {"wait": {"milliseconds": 1}}}, {"a": {"set": "early"}}]}},
        {"late": {"do": [{"nap": {"wait": {"milliseconds": 2}}}, {"b": {"set": "late"}}]}},
        {"heard": one()["do"][0]["hear"]},
    ]}}})  # fmt: skip
    handle = await house.start_with("suspend", root)
    await temporal.signal_event(handle, event("1", "heard"))
    await house.until(handle, lambda state: state["events"]["waiting"] == 1)
    assert (await temporal.state(handle))["tasks"] == []

    await temporal.resume(handle)

    assert await house.outcome(handle) == Completed(["heard"])


async def test_details_say_that_a_run_is_suspended(house: House):
    handle = await house.start_with("suspend", one())

    assert "**suspended**" in await house.details(handle)


async def test_a_suspended_run_does_not_continue_with_answers_that_nobody_has_weighed(house: House):
    go = asyncio.Event()

    async def large(_: Json) -> Json:
        await go.wait()
        return "x" * 900_000

    house.answers.update(a=large, b=large, c=large)
    shaped = [{name: {**call(name)[name], "output": {"as": "length"}}} for name in "abc"]
    handle = await house.start(document({"f": {"fork": {"branches": shaped}}}), options={"continueAfterEvents": 5})
    await house.history_has(handle, "ACTIVITY_TASK_SCHEDULED")
    await temporal.suspend(handle)
    await house.until(handle, lambda state: state["status"] == "suspended")
    go.set()
    await house.history_has(handle, "ACTIVITY_TASK_COMPLETED")
    await temporal.signal_event(handle, event("1", "wakes it"))
    await house.until(handle, lambda state: state["events"]["waiting"] == 1)

    await temporal.resume(handle)

    assert await house.outcome(handle) == Completed([900_000] * 3)
