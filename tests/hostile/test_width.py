"""Very wide and very deep documents."""

from __future__ import annotations

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.temporal.client import Stopped
from interpreter.values import Json
from tests.hostile.others import others, stumbles
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

BRANCHES = 5_000


def forked(branch: Json, count: int = BRANCHES) -> Json:
    return document({"f": {"fork": {"branches": [{f"b{at}": branch} for at in range(count)]}}})


async def test_five_thousand_branches_of_a_pure_task(house: House):
    async with others(house):
        handle = await house.start(forked({"set": {"n": "${ .n }"}}), {"n": 7})
        assert await house.outcome(handle) == Completed([{"n": 7}] * BRANCHES)
    assert await stumbles(house, handle) == []


async def test_five_thousand_branches_that_wait_can_be_cancelled(house: House):
    async with others(house):
        handle = await house.start(forked({"wait": {"hours": 1}}))
        await house.history_has(handle, "TIMER_STARTED")
        await temporal.cancel(handle)
        assert await house.outcome(handle) == Stopped("cancelled", "")
    assert await stumbles(house, handle) == []


async def test_five_thousand_branches_that_wait_all_come_to_an_end(house: House):
    async with others(house):
        handle = await house.start(forked({"wait": {"seconds": 1}}), {"n": 7})
        assert await house.outcome(handle) == Completed([{"n": 7}] * BRANCHES)
    assert await stumbles(house, handle) == []


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_waits_of_five_thousand_lengths_end_in_their_order(house: House):
    branches = [
        {f"b{at}": {"do": [{"w": {"wait": {"milliseconds": (at * 37) % 5_000}}}, {"s": {"set": {"at": at}}}]}} for at in range(BRANCHES)
    ]
    async with others(house):
        handle = await house.start(document({"f": {"fork": {"branches": branches}}}))
        assert await house.outcome(handle) == Completed([{"at": at} for at in range(BRANCHES)])
    assert await stumbles(house, handle) == []


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_five_thousand_branches_of_a_call(house: House):
    house.answers["c"] = {"n": 1}
    async with others(house):
        handle = await house.start(forked({"do": [call("c")]}))
        assert await house.outcome(handle) == Completed([{"n": 1}] * BRANCHES)
    assert await stumbles(house, handle) == []


KINDS: dict[str, Json] = {
    "do": lambda inner: {"do": [inner]},
    "for": lambda inner: {"for": {"in": "[1]"}, "do": [inner]},
    "try": lambda inner: {"try": [inner], "catch": {"retry": {"delay": {"seconds": 1}, "limit": {"attempt": {"count": 1}}}}},
    "fork": lambda inner: {"fork": {"branches": [inner]}},
}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_document_as_deep_as_may_be_with_data_as_deep_as_may_be(house: House, kind: str):
    data: Json = "${ .n }"
    for _ in range(90):
        data = [{"m": data}]
    task: Json = {"leaf": {"set": {"deep": data}}}
    for depth in range(63):
        task = {f"t{depth}": KINDS[kind](task)}
    pause = {"pause": {"wait": {"milliseconds": 1}}}
    async with others(house):
        handle = await house.start(document(pause, task, pause | {}), {"n": 7}, options={"continueAfterEvents": 6})
        outcome = await house.outcome(handle)
    assert isinstance(outcome, Completed)
    assert await stumbles(house, handle) == []


async def test_a_state_as_deep_as_may_be_is_captured(house: House):
    task: Json = {"pause": {"wait": {"milliseconds": 20}}}
    for depth in range(63):
        task = {f"t{depth}": KINDS["fork"](task)}
    data: Json = 1
    for _ in range(180):
        data = [data]
    async with others(house):
        handle = await house.start(
            document(*({f"p{at}": {"wait": {"milliseconds": 1}}} for at in range(3)), task), data, options={"continueAfterEvents": 5}
        )
        outcome = await house.outcome(handle)
    assert isinstance(outcome, Completed)
    assert await stumbles(house, handle) == []
