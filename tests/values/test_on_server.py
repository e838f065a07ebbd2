"""Every value once through a real server: start, activity, timer, event, child, continuation, result."""

from __future__ import annotations

import pytest

from interpreter.effects import Completed
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_signals import event
from tests.values.samples import VALUES, told_apart

pytestmark = [pytest.mark.anyio, pytest.mark.server]

CHILD = document({"pass": {"set": "${ . }"}}, name="child")
RUN = {"run": {"workflow": {"namespace": "tests", "name": "child", "version": "1.0.0", "input": {"m": "${ . }"}}}}
ALL = document(
    {"keep": {"set": "${ . }", "export": {"as": "$input"}}},
    call("call", **{"with": {"method": "post", "endpoint": "http://localhost", "body": "${ . }"}}),
    {"pause": {"wait": {"milliseconds": 1}}},
    {"child": {**RUN, "output": {"as": ".m"}}},
    {"hear": {"listen": {"to": {"one": {"with": {"type": "approved"}}}}, "output": {"as": ".[0]"}}},
    {"split": {"fork": {"branches": [{"a": {"set": "${ . }"}}, {"b": {"set": "${ $context }"}}]}}},
)


async def echo(arguments: Json) -> Json:
    return arguments["with"]["body"]


@pytest.mark.parametrize("what", VALUES)
async def test_a_value_passes_through_everything(house: House, what: str):
    value = VALUES[what]
    house.answers["call"] = echo
    handle = await house.start(ALL, value, with_=(CHILD,), options={"continueAfterEvents": 12})
    await temporal.signal_event(handle, event("1", value))

    outcome = await house.outcome(handle)

    assert isinstance(outcome, Completed)
    assert told_apart(outcome.output) == told_apart([value, value])
    assert told_apart(house.calls[0]["with"]["body"]) == told_apart(value)
