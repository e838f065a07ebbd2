"""A run on a real server, from its start to its end."""

from __future__ import annotations

import pytest

from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX, fault
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_pure_tasks_need_no_event(house: House):
    root = document({"a": {"set": {"n": "${ .n + 1 }"}}}, {"b": {"set": {"m": "${ .n * 2 }"}}})

    handle = await house.start(root, {"n": 20})

    assert await house.outcome(handle) == Completed({"m": 42})
    history = await handle.fetch_history()
    assert len(history.events) == 5


async def test_a_call_is_an_activity_and_its_answer_goes_on(house: House):
    house.answers["fetch"] = {"z": 1, "a": [1, 2.5, 10**30], "ä": "☃"}

    outcome = await house.run(document(call("fetch")))

    assert outcome == Completed({"z": 1, "a": [1, 2.5, 10**30], "ä": "☃"})
    assert list(outcome.output) == ["z", "a", "ä"]
    assert house.calls[0]["reference"] == "/do/0/fetch"


async def test_a_fault_of_a_call_ends_the_run(house: House):
    house.answers["fetch"] = fault("communication", "no such pet", status=404)

    outcome = await house.run(document(call("fetch")))

    assert isinstance(outcome, Faulted)
    assert outcome.problem.as_json() == {
        "type": PREFIX + "communication",
        "status": 404,
        "instance": "/do/0/fetch",
        "title": "Communication error",
        "detail": "no such pet",
    }
    assert len(house.calls) == 1
