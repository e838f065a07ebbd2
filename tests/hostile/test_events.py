"""Masses of signals, and signals that are no events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest
from temporalio.service import RPCError

from interpreter.defaults import Limits
from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.hostile.others import others, stumbles
from tests.temporal.house import House, document
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]

AT_ONCE = 100


async def sent(handle: temporal.Handle, events: list[Json]) -> None:
    """Each as a signal of its own."""
    for start in range(0, len(events), AT_ONCE):
        await asyncio.gather(*(temporal.signal_event(handle, one) for one in events[start : start + AT_ONCE]))


def consumed(state: Json) -> int:
    return int(state["context"].get("n", 0))


async def until(handle: temporal.Handle, found: Callable[[Json], bool]) -> Json:
    """The state of a run with its context, as soon as it is as wanted."""
    while True:
        with suppress(RPCError):  # in a flood a query may have to wait for longer than it does
            state = await temporal.state(handle, context=True)
            if found(state):
                return state
        await asyncio.sleep(0.2)


def counting() -> Json:
    """Counts what it consumes, until the last one is there."""
    until = {"one": {"with": {"type": "last"}}}
    count = {"foreach": {"item": "e", "do": [{"add": {"set": {"n": 1}, "export": {"as": "{n: (($context.n // 0) + 1)}"}}}]}}
    return document(
        {"hear": {"listen": {"to": {"any": [{"with": {"type": "approved"}}], "until": until}}, **count, "output": {"as": "$context.n"}}}
    )


async def test_what_is_no_event_is_counted_and_the_run_goes_on(house: House):
    async with others(house):
        handle = await house.start(one())
        await handle.signal("event", {"specversion": "1.0", "id": "1", "type": "approved"})
        await handle.signal("event", ["x" * 100_000, {"deep": [[[[1]]]]}, 1e300])
        await house.until(handle, lambda state: state["events"]["dropped"] == 4)
        await temporal.signal_event(handle, event("1", "heard"))
        assert await house.outcome(handle) == Completed(["heard"])


async def test_a_list_of_forty_thousand_events_in_one_signal(house: House):
    masses = [{"id": str(at), "source": "s", "type": "t"} for at in range(40_000)]
    async with others(house):
        handle = await house.start(one())
        await temporal.signal_event(handle, masses)
        state = await house.until(handle, lambda state: state["events"]["dropped"] > 0)
        assert state["events"] == {"waiting": Limits().inbox_events, "dropped": len(masses) - Limits().inbox_events}
        await temporal.signal_event(handle, event("1", "heard"))
        assert await house.outcome(handle) == Completed(["heard"])
    assert await stumbles(house, handle) == []


async def test_a_signal_of_a_million_pieces_of_rubbish(house: House):
    async with others(house):
        handle = await house.start(one())
        await handle.signal("event", [0] * 900_000)
        await temporal.signal_event(handle, event("1", "heard"))
        assert await house.outcome(handle) == Completed(["heard"])
    assert await stumbles(house, handle) == []


async def test_two_thousand_signals_while_no_worker_looks_are_taken_in_at_once(house: House):
    handle = await house.start(one())
    await temporal.suspend(handle)
    await sent(handle, [event(str(at), at, type="t") for at in range(2_000)])
    await temporal.signal_event(handle, event("1", "heard"))
    await temporal.resume(handle)
    assert await house.outcome(handle) == Completed(["heard"])
    assert await stumbles(house, handle) == []


@pytest.mark.chaos
@pytest.mark.timeout(600)
async def test_ten_thousand_signals(house: House):
    """The server takes 10,000 signals for one run and no more; a continuation begins the count anew. The inbox keeps the latest 1,000."""
    masses, more = 9_000, 1_500

    def all_looked_at(sent: int) -> Callable[[Json], bool]:
        return lambda state: state["events"]["waiting"] == 0 and state["events"]["dropped"] + consumed(state) == sent

    async with others(house):
        handle = await house.start(counting(), options={"continueAfterEvents": 100})
        await sent(handle, [event(str(at), at) for at in range(masses)])
        await until(handle, all_looked_at(masses))
        await sent(handle, [event(str(at), at) for at in range(masses, masses + more)])
        state = await until(handle, all_looked_at(masses + more))
        await temporal.signal_event(handle, event("end", None, type="last"))
        assert await house.outcome(handle) == Completed(consumed(state))
    assert consumed(state) >= Limits().inbox_events
    assert await stumbles(house, handle) == []
