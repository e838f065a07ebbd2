"""Loops that compute and never wait: nobody else on the worker notices, a timeout and a cancellation get through."""

from __future__ import annotations

import pytest

from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX
from interpreter.temporal import client as temporal
from interpreter.temporal.client import Stopped
from interpreter.values import Json
from tests.hostile.others import happened, others, stumbles
from tests.temporal.house import House, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

MANY = {f"n{at}": "${ .n }" for at in range(500)}
SPINS: dict[str, Json] = {
    "a constant": {"n": 1},
    "many paths": MANY,
    "many constants": {"n": "${ .n }", **{f"n{at}": at for at in range(500)}},
    "a long list passed on": {"n": "${ .n }", "list": "${ .list // [range(50000)] }", "same": "${ .list }"},
    "a jq program": {"n": "${ .n + 1 }"},
    "a slow jq program": {"n": "${ [range(20000)] | add }"},
    "a long result": {"n": "${ [range(60000)] }"},
}
"""What the task of an endless loop sets."""


def spin(set: Json, **more: Json) -> Json:
    return {"spin": {"set": set, "then": "spin", **more}}


@pytest.mark.parametrize("what", SPINS)
async def test_a_loop_without_end_is_ended_by_its_timeout(house: House, what: str):
    loop = {"loop": {"timeout": {"after": {"seconds": 3}}, "do": [spin(SPINS[what])]}}
    async with others(house):
        handle = await house.start(document({"t": {"try": [loop], "catch": {"do": [{"late": {"set": {"late": True}}}]}}}), {"n": 1})
        assert await house.outcome(handle) == Completed({"late": True})
    assert await stumbles(house, handle) == []


async def test_a_condition_that_takes_long_is_evaluated_again_and_again(house: House):
    async with others(house):
        handle = await house.start(
            document(spin({"n": 1}, **{"if": "([range(100000)] | add) > 1"}), timeout={"after": {"seconds": 4}}), {"n": 1}
        )
        outcome = await house.outcome(handle)
    assert isinstance(outcome, Faulted)
    assert outcome.problem.type == PREFIX + "timeout"
    assert await stumbles(house, handle) == []


async def test_a_loop_without_end_can_be_cancelled(house: House):
    async with others(house):
        handle = await house.start(document(spin(MANY)), {"n": 1})
        await house.history_has(handle, "MARKER_RECORDED")
        await temporal.cancel(handle)
        assert await house.outcome(handle) == Stopped("cancelled", "")
    assert await stumbles(house, handle) == []


async def test_a_branch_that_computes_for_ever_does_not_hold_back_its_siblings(house: House):
    steps = [{f"s{at}": {"set": {"n": at}}} for at in range(100)]
    race = {"f": {"fork": {"compete": True, "branches": [{"a": {"do": [spin(MANY)]}}, {"b": {"do": steps}}]}}}
    async with others(house):
        handle = await house.start(document(race), {"n": 1})
        assert await house.outcome(handle) == Completed({"n": 99})
    assert await stumbles(house, handle) == []


@pytest.mark.parametrize("set", [{"n": 1}, {"n": "${ $index }"}], ids=["a constant", "a path"])
async def test_a_hundred_thousand_iterations_of_pure_tasks(house: House, set: Json):
    loop = {"l": {"for": {"in": "[range(100000)]"}, "do": [{"s": {"set": set}}]}}
    async with others(house):
        handle = await house.start(document(loop))
        outcome = await house.outcome(handle)
    assert outcome in (Completed({"n": 1}), Completed({"n": 99_999}))
    assert await stumbles(house, handle) == []
    assert len(await happened(house, handle, "MARKER_RECORDED")) < 200


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_a_hundred_thousand_iterations_of_a_jq_program(house: House):
    loop = {"l": {"for": {"in": "[range(100000)]"}, "do": [{"s": {"set": {"n": "${ .n + 1 }"}}}]}}
    async with others(house):
        handle = await house.start(document(loop), {"n": 0})
        assert await house.outcome(handle) == Completed({"n": 100_000})
    assert await stumbles(house, handle) == []
