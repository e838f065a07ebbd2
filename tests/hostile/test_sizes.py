"""Values beyond what a server takes: an error that names the place and can be caught, never a run ended by the server."""

from __future__ import annotations

import pytest
from temporalio.service import RPCError

from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX
from interpreter.values import Json
from tests.hostile.others import others, stumbles
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

MB = 1_000_000
OFTEN = {"continueAfterEvents": 8}


def problem_of(outcome: object) -> tuple[str, str | None]:
    assert isinstance(outcome, Faulted), outcome
    return outcome.problem.type.removeprefix(PREFIX), outcome.problem.instance


def caught(*tasks: Json) -> Json:
    return document({"t": {"try": list(tasks), "catch": {"as": "e", "do": [{"c": {"set": {"at": "${ $e.instance }"}}}]}}})


async def test_an_input_of_3_mb_is_refused_by_the_server_and_leaves_no_run(house: House):
    async with others(house):
        with pytest.raises(RPCError, match="exceeds"):
            await house.start(document({"a": {"set": {"n": 1}}}), "x" * 3 * MB)


@pytest.mark.parametrize("size", [MB * 6 // 10, MB * 12 // 10, MB * 17 // 10, MB * 195 // 100])
async def test_an_input_the_server_takes_survives_a_continuation_or_is_refused(house: House, size: int):
    async with others(house):
        handle = await house.start(document(*({f"w{n}": {"wait": {"milliseconds": 1}}} for n in range(4))), "x" * size, options=OFTEN)
        outcome = await house.outcome(handle)
    if size < MB * 8 // 10:
        assert outcome == Completed("x" * size)
    else:
        assert problem_of(outcome) == ("validation", "")
    assert await stumbles(house, handle) == []


async def test_a_result_over_the_limit_can_be_caught(house: House):
    house.answers["big"] = "x" * (MB * 19 // 10)
    async with others(house):
        handle = await house.start(caught(call("big")))
        assert await house.outcome(handle) == Completed({"at": "/do/0/t/try/0/big"})
    assert await stumbles(house, handle) == []


async def test_a_state_over_the_limit_can_be_caught_and_what_is_left_continues(house: House):
    house.answers["big"] = lambda _: answer()

    async def answer() -> Json:
        return "x" * (MB * 4 // 10) + str(len(house.calls))

    grow = {"grow": {"for": {"in": "[range(20)]"}, "do": [call("big", output={"as": "$context + [.]"}, export={"as": "."})]}}
    async with others(house):
        handle = await house.start(caught(grow), [], options=OFTEN)
        assert await house.outcome(handle) == Completed({"at": "/do/0/t/try/0/grow/do/0/big"})
    assert await stumbles(house, handle) == []


async def test_what_is_sent_over_the_limit_can_be_caught(house: House):
    body = {"post": {"call": "http", "with": {"method": "post", "endpoint": "http://localhost", "body": "${ [range(12)] | map($input) }"}}}
    async with others(house):
        handle = await house.start(caught(body), "x" * (MB // 10))
        assert await house.outcome(handle) == Completed({"at": "/do/0/t/try/0/post"})
    assert house.calls[1:] == []


async def test_an_output_that_doubles_ends_by_a_fault(house: House):
    double = {"double": {"for": {"in": "[range(40)]"}, "do": [{"d": {"set": {"a": "${ . }", "b": "${ . }"}}}]}}
    async with others(house):
        handle = await house.start(caught(double), {"seed": "x" * 50})
        assert await house.outcome(handle) == Completed({"at": "/do/0/t/try/0/double/do/0/d"})


@pytest.mark.parametrize("member", ["title", "detail", "type", "instance"])
async def test_an_error_that_is_raised_may_be_of_any_length(house: House, member: str):
    error = {"type": "https://example.com/e", "status": 500, member: "${ . }"}
    async with others(house):
        handle = await house.start(document({"r": {"raise": {"error": error}}}), "/" + "x" * (MB * 8 // 10))
        outcome = await house.outcome(handle)
    assert isinstance(outcome, Faulted), outcome
    assert await stumbles(house, handle) == []


@pytest.mark.parametrize("member", ["title", "detail", "type", "instance"])
async def test_an_error_that_is_raised_may_hold_any_character(house: House, member: str):
    error = {"type": "https://example.com/e", "status": 500, member: "${ . }"}
    async with others(house):
        handle = await house.start(document({"r": {"raise": {"error": error}}}), "/\ud800\x00\n☃")
        outcome = await house.outcome(handle)
    assert isinstance(outcome, Faulted), outcome
    assert await stumbles(house, handle) == []


async def test_the_input_of_a_child_over_the_limit_can_be_caught(house: House):
    child = document({"a": {"set": "${ . }"}}, name="child")
    run = {
        "run": {"workflow": {"namespace": "tests", "name": "child", "version": "1.0.0", "input": {"all": "${ [range(3)] | map($input) }"}}}
    }
    async with others(house):
        handle = await house.start(caught({"r": run}), "x" * (MB * 4 // 10), with_=(child,))
        assert await house.outcome(handle) == Completed({"at": "/do/0/t/try/0/r"})
