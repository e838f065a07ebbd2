"""Expressions, patterns and schemas that take for ever: the run gets an error it can catch, the others get their turn."""

from __future__ import annotations

import pytest

from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.hostile.others import others, stumbles
from tests.temporal.house import House, document
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]

EVIL = "(a+)+b"
LONG = "a" * 40
STOPS = 3
"""How often a workflow task may fail before an evaluation that cannot end is an error."""


def caught(*tasks: Json) -> Json:
    handled = {"c": {"set": {"type": "${ $e.type }", "at": "${ $e.instance }"}}}
    return document({"t": {"try": list(tasks), "catch": {"as": "e", "do": [handled]}}})


def error(name: str, at: str) -> Completed:
    return Completed({"type": PREFIX + name, "at": f"/do/0/t/try/0/{at}"})


ENDLESS = ["last(range(1e10))", "[range(1e9)]", '"x" * 1e9', "def f: f; f", "[limit(1e9; repeat(1))]"]


@pytest.mark.parametrize("expression", [ENDLESS[0], *(pytest.param(one, marks=pytest.mark.chaos) for one in ENDLESS[1:])])
async def test_an_expression_without_end_is_an_error_that_can_be_caught(house: House, expression: str):
    async with others(house):
        handle = await house.start(caught({"s": {"set": {"n": f"${{ {expression} }}"}}}))
        assert await house.outcome(handle) == error("expression", "s")
    assert len(await stumbles(house, handle)) <= STOPS


async def test_a_catastrophic_pattern_in_a_schema_can_be_caught(house: House):
    schema = {"input": {"schema": {"document": {"type": "string", "pattern": f"^{EVIL}$"}}}}
    async with others(house):
        handle = await house.start(caught({"s": {"set": {"n": 1}, **schema}}), LONG)
        outcome = await house.outcome(handle)
    assert outcome in (error("expression", "s"), error("validation", "s"))
    assert len(await stumbles(house, handle)) <= STOPS


async def test_a_catastrophic_pattern_in_a_filter_can_be_caught(house: House):
    async with others(house):
        handle = await house.start(caught(*one(EVIL)["do"]))
        await temporal.signal_event(handle, event("1", 1, type=LONG))
        assert await house.outcome(handle) == error("expression", "hear")
    assert len(await stumbles(house, handle)) <= STOPS


async def test_many_unique_items_are_compared(house: House):
    schema = {"input": {"schema": {"document": {"type": "array", "uniqueItems": True}}}}
    items = [{"id": at, "name": f"item {at}", "tags": [at % 7]} for at in range(4_000)]
    async with others(house):
        handle = await house.start(caught({"s": {"set": {"n": "${ length }"}, **schema}}), items)
        assert await house.outcome(handle) in (Completed({"n": 4_000}), error("expression", "s"))
    assert len(await stumbles(house, handle)) <= STOPS


async def test_a_remote_reference_in_a_schema_is_refused(house: House):
    schema = {"input": {"schema": {"document": {"$ref": "http://localhost:9/schema.json"}}}}
    async with others(house):
        assert await house.run(caught({"s": {"set": {"n": 1}, **schema}})) == error("configuration", "s")


async def test_what_a_schema_says_of_a_long_value_is_short(house: House):
    schema = {"input": {"schema": {"document": {"type": "integer"}}}}
    outcome = await house.run(document({"s": {"set": {"n": 1}, **schema}}), "x" * 800_000)

    assert isinstance(outcome, Faulted)
    assert len(outcome.problem.detail or "") < 2_000


async def test_many_filters_on_many_events(house: House):
    filters = [{"with": {"type": f"approved.*{at}z"}} for at in range(40)]
    root = document({"hear": {"listen": {"to": {"any": [*filters, {"with": {"type": "last"}}]}}}})
    events = [event(str(at), at, type=f"approved{at}") for at in range(900)]
    async with others(house):
        handle = await house.start_with("event", root, [*events, event("end", "heard", type="last")])
        assert await house.outcome(handle) == Completed(["heard"])
    assert await stumbles(house, handle) == []
