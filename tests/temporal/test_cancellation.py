"""Cancelling a run from outside, and what is not wanted any more from inside."""

from __future__ import annotations

import asyncio

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]


class Slow:
    """A call that takes until it is cancelled, and then a while to clean up."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.cleaned = False

    async def __call__(self, _: Json) -> Json:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0.2)
            self.cleaned = True
            raise


def hasty(name: str, **members: Json) -> Json:
    """A call that learns quickly of its cancellation."""
    return call(name, metadata={"swtemporal": {"heartbeat": 500}}, **members)


async def test_a_cancelled_run_waits_for_what_it_runs_and_no_catch_sees_it(house: House):
    slow = house.answers["slow"] = Slow()
    guarded = {"guarded": {"try": [hasty("slow")], "catch": {"do": [call("compensate")]}}}
    handle = await house.start(document(guarded, call("after")))
    await slow.begun.wait()

    await temporal.cancel(handle)

    assert await house.outcome(handle) == temporal.Stopped("cancelled", "")
    assert slow.cleaned
    assert [arguments["task"] for arguments in house.calls] == ["slow"]


@pytest.mark.parametrize("task", [{"nap": {"wait": {"hours": 1}}}, {"hear": {"listen": {"to": {"one": {"with": {"type": "never"}}}}}}])
async def test_a_waiting_run_is_cancelled(house: House, task: Json):
    handle = await house.start(document(task))
    await house.until(handle, lambda state: bool(state["tasks"]))

    await temporal.cancel(handle)

    assert await house.outcome(handle) == temporal.Stopped("cancelled", "")


async def test_a_suspended_run_is_cancelled(house: House):
    handle = await house.start_with("suspend", document(call("a")))
    await house.until(handle, lambda state: state["status"] == "suspended")

    await temporal.cancel(handle)

    assert await house.outcome(handle) == temporal.Stopped("cancelled", "")


async def test_a_deadline_cancels_the_call_and_waits_for_it(house: House):
    slow = house.answers["slow"] = Slow()
    house.answers["instead"] = "instead"
    late = hasty("slow", timeout={"after": {"milliseconds": 300}})
    guarded = {"guarded": {"try": [late], "catch": {"errors": {"with": {"status": 408}}, "do": [call("instead")]}}}

    assert await house.run(document(guarded)) == Completed("instead")
    assert slow.cleaned


async def test_the_losers_of_a_race_are_cancelled_before_the_run_ends(house: House):
    slow = house.answers["slow"] = Slow()

    async def quick(_: Json) -> Json:
        await slow.begun.wait()
        return "quick"

    house.answers["quick"] = quick
    race = {"race": {"fork": {"compete": True, "branches": [hasty("slow"), call("quick")]}}}

    assert await house.run(document(race)) == Completed("quick")
    assert slow.cleaned
