"""The signal `event`: what reaches a run, and what harms nothing."""

from __future__ import annotations

import json

import pytest
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, command_line, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

LISTEN = document({"hear": {"listen": {"to": {"any": [{"with": {"type": "approved"}}], "until": ". | .n == 3"}}}})


def event(id: str, data: Json, type: str = "approved") -> Json:
    return {"specversion": "1.0", "id": id, "source": "/tests", "type": type, "data": data}


def one(type: str = "approved") -> Json:
    return document({"hear": {"listen": {"to": {"one": {"with": {"type": type}}}}}})


async def test_an_event_reaches_the_run_that_listens(house: House):
    handle = await house.start(one())
    await house.until(handle, lambda state: bool(state["tasks"]))

    await temporal.signal_event(handle, event("1", {"by": "ann"}))

    assert await house.outcome(handle) == Completed([{"by": "ann"}])


async def test_an_event_sent_with_the_start_waits_in_the_inbox(house: House):
    handle = await house.start_with("event", one(), event("1", 1))

    assert await house.outcome(handle) == Completed([1])


async def test_a_list_is_several_events_in_order_and_a_repetition_counts_once(house: House):
    handle = await house.start(document(*(one()["do"][0] | {} for _ in range(1)), {"again": one()["do"][0]["hear"]}))

    await temporal.signal_event(handle, [event("1", "first"), event("1", "first"), event("2", "second")])

    assert await house.outcome(handle) == Completed(["second"])


async def test_rubbish_is_counted_and_harms_nothing(house: House):
    handle = await house.start(one())
    rubbish: list[list[Json]] = [[7], ["text"], [None], [{"type": "approved"}], [[]], [[1, 2]], [], [1, 2]]
    rubbish += [
        [raw(b"json/plain", b"{")],
        [raw(b"json/plain", b"[" * 100_000)],
        [raw(b"binary/plain", b"\xff")],
        [raw(b"unheard/of", b"?")],
    ]
    for arguments in rubbish:
        await handle.signal("event", args=arguments)
    by_hand = ("workflow", "signal", "--address", house.address, "--name", "event", "--workflow-id", handle.id)
    await command_line(*by_hand)

    state = await house.until(handle, lambda state: state["events"]["dropped"] == len(rubbish) + 3)
    assert [task["name"] for task in state["tasks"]] == ["hear"]

    await command_line(*by_hand, "--input", json.dumps(event("9", 42)))
    assert await house.outcome(handle) == Completed([42])


def raw(encoding: bytes, data: bytes) -> RawValue:
    return RawValue(Payload(metadata={"encoding": encoding}, data=data))
