"""When a run continues as new, and what travels with it. That it does the same: test_interruption.py."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, cast

import pytest
from temporalio import workflow
from temporalio.api.enums.v1 import EventType

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.temporal.continuation import OVERDUE_BYTES, OVERDUE_EVENTS, Thresholds
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_signals import event

server = [pytest.mark.anyio, pytest.mark.server]


@server[0]
@server[1]
async def test_events_and_suspension_travel(house: House):
    house.answers["tick"] = 1
    collect = {"hear": {"listen": {"to": {"any": [{"with": {"type": "approved"}}], "until": "${ length == 30 }"}}}}
    ticks = {"ticks": {"for": {"in": "${ [range(8)] }"}, "do": [call("tick")]}}
    root = document({"both": {"fork": {"branches": [collect, ticks]}}})
    handle = await house.start(root, options={"continueAfterEvents": 9})
    for number in range(29):
        await temporal.signal_event(handle, event(str(number), {"n": number}))
    await temporal.suspend(handle)
    await house.until(handle, lambda state: state["status"] == "suspended")
    await temporal.resume(handle)
    await temporal.signal_event(handle, event("29", {"n": 29}))

    outcome = await house.outcome(handle)

    assert isinstance(outcome, Completed)
    assert [heard["n"] for heard in outcome.output[0]] == list(range(30))
    assert await runs_of(house, handle) > 2


@server[0]
@server[1]
async def test_an_overdue_run_starts_nothing_until_what_runs_has_finished(house: House):
    begun, go = asyncio.Event(), asyncio.Event()

    async def slow(_: Json) -> Json:
        begun.set()
        await go.wait()
        return "slow"

    async def next_(_: Json) -> Json:
        return "next"

    house.answers.update(slow=slow, first=1, second=next_)
    branches = {"both": {"fork": {"branches": [call("slow"), {"row": {"do": [call("first"), call("second")]}}]}}}
    handle = await house.start(document(branches), options={"drainAfterEvents": 8})
    await begun.wait()
    await house.until(handle, lambda state: state["tasks"][-1]["name"] == "second")
    assert sorted(arguments["task"] for arguments in house.calls) == ["first", "slow"]

    go.set()

    assert await house.outcome(handle) == Completed(["slow", "next"])
    assert await runs_of(house, handle) == 2


async def runs_of(house: House, handle: temporal.Handle) -> int:
    chain = temporal.events(house.client, handle.id, handle.first_execution_run_id, follow=True)
    return len([event async for event in chain if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_STARTED])


@dataclass
class Info:
    length: int = 0
    size: int = 0
    suggested: bool = False

    def get_current_history_length(self) -> int:
        return self.length

    def get_current_history_size(self) -> int:
        return self.size

    def is_continue_as_new_suggested(self) -> bool:
        return self.suggested


@pytest.mark.parametrize(
    ("options", "info", "due", "overdue"),
    [
        ({}, Info(length=5_000), False, False),
        ({}, Info(suggested=True), True, False),
        ({}, Info(length=OVERDUE_EVENTS), True, True),
        ({}, Info(size=OVERDUE_BYTES), True, True),
        ({"continueAfterEvents": 8}, Info(length=7), False, False),
        ({"continueAfterEvents": 8}, Info(length=8), True, False),
        ({"drainAfterEvents": 8}, Info(length=8), True, True),
    ],
)
def test_thresholds(options: Any, info: Info, due: bool, overdue: bool):
    thresholds = Thresholds.of(options)

    assert (thresholds.is_due(cast("workflow.Info", info)), thresholds.is_overdue(cast("workflow.Info", info))) == (due, overdue)
