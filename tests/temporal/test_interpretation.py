"""Passes on a real server: cut ones, alarms, and what can be asked meanwhile."""

from __future__ import annotations

import pytest
from temporalio.api.enums.v1 import EventType

from interpreter.effects import Completed
from interpreter.faults import fault
from interpreter.temporal import client as temporal
from tests.temporal.house import House, call, command_line, document
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]


async def test_a_cut_pass_goes_on_by_a_timer(house: House):
    loop = {"loop": {"for": {"in": "${ [range(60)] }", "each": "n"}, "do": [{"add": {"set": {"n": "${ $n }"}}}]}}
    handle = await house.start(document(loop), options={"limits": {"steps": 25}})

    assert await house.outcome(handle) == Completed({"n": 59})
    kinds = [one.event_type for one in (await handle.fetch_history()).events]
    assert kinds.count(EventType.EVENT_TYPE_TIMER_STARTED) == 2
    assert EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED not in kinds


async def test_an_endless_loop_can_be_cancelled_and_continues_as_new(house: House):
    endless = document({"a": {"set": {"n": 1}, "then": "b"}}, {"b": {"set": {"n": 2}, "then": "a"}})
    handle = await house.start(endless, options={"limits": {"steps": 50}, "continueAfterEvents": 30})
    for number in range(20):
        await temporal.signal_event(handle, event(str(number), number))
    await house.until(handle, lambda state: state["run"] >= 2 and state["events"]["waiting"] == 20)

    await temporal.cancel(handle)

    assert await house.outcome(handle) == temporal.Stopped("cancelled", "")


async def test_a_timer_carries_the_name_of_its_task(house: House):
    handle = await house.start(document({"nap": {"wait": {"milliseconds": 20}}}))
    await house.outcome(handle)

    timers = [one for one in (await handle.fetch_history()).events if one.event_type == EventType.EVENT_TYPE_TIMER_STARTED]

    assert [timer.user_metadata.summary.data.decode().startswith('"nap') for timer in timers] == [True]


async def test_a_document_of_waits_takes_its_time_in_order(house: House):
    order = {"order": {"fork": {"branches": [
        {"b": {"do": [{"nap": {"wait": {"milliseconds": 60}}}, {"b": {"set": {"late": True}, "export": {"as": "${ $context + {b: ($context | length)} }"}}}]}},
        {"a": {"do": [{"nap": {"wait": {"milliseconds": 20}}}, {"a": {"set": {"late": False}, "export": {"as": "${ $context + {a: ($context | length)} }"}}}]}},
    ]}}}  # fmt: skip

    assert await house.run(document(order)) == Completed([{"late": True}, {"late": False}])


async def test_the_state_names_what_each_task_waits_for(house: House):
    root = document({"both": {"fork": {"branches": [{"hear": one()["do"][0]["hear"]}, {"nap": {"wait": {"hours": 1}}}]}}}, call("after"))
    handle = await house.start(root)

    state = await house.until(handle, lambda state: len(state["tasks"]) == 3)

    assert [(task["name"], task["reference"], task["depth"]) for task in state["tasks"]] == [
        ("both", "/do/0/both", 0),
        ("hear", "/do/0/both/fork/branches/0/hear", 1),
        ("nap", "/do/0/both/fork/branches/1/nap", 1),
    ]
    assert "approved" in state["tasks"][1]["waiting"]
    assert (state["definition"], state["run"], state["status"]) == ("tests/test:1.0.0", 1, "running")
    assert "context" not in state
    assert (await temporal.state(handle, context=True))["context"] == {}
    details = await house.details(handle)
    assert details.splitlines()[0] == "**test** · `tests/test:1.0.0` · run 1"
    assert "○ `after`" in details
    assert "  - ‖ `hear` · waits for" in details


async def test_the_trace_tells_pure_tasks_too(house: House):
    house.answers["risky"] = fault("communication", status=503)
    root = document(
        {"pick": {"switch": [{"big": {"when": "${ .n > 1 }", "then": "risk"}}]}},
        {"skipped": {"set": {"never": True}}},
        {"risk": {"try": [call("risky")], "catch": {"do": [{"mend": {"set": {"mended": True}}}]}}},
        one()["do"][0],
    )
    handle = await house.start(root, {"n": 2})
    await house.until(handle, lambda state: bool(state["tasks"]) and state["tasks"][-1]["name"] == "hear")

    trace = await temporal.trace(handle)
    later = await temporal.trace(handle, after=trace["last"])

    told = [(notice["kind"], notice["name"]) for notice in trace["notices"]]
    assert told[1:6] == [("started", "pick"), ("completed", "pick"), ("started", "risk"), ("started", "risky"), ("faulted", "risky")]
    assert ("skipped", "skipped") not in told
    assert later["notices"] == []
    await temporal.signal_event(handle, event("1", 1))
    await house.outcome(handle)
    assert [notice["kind"] for notice in (await temporal.trace(handle, after=trace["last"]))["notices"]] == ["completed", "completed"]


async def test_instants_that_have_passed_together_are_caught_up_with_together(house: House):
    naps = {
        "naps": {"for": {"in": "${ [range(150)] }"}, "do": [{"nap": {"wait": {"milliseconds": 1}}}, {"n": {"set": {"n": "${ $index }"}}}]}
    }
    handle = await house.start(document(naps))

    assert await house.outcome(handle) == Completed({"n": 149})
    kinds = [one.event_type for one in (await handle.fetch_history()).events]
    assert kinds.count(EventType.EVENT_TYPE_TIMER_STARTED) < 150


async def test_a_reset_run_does_the_same_with_the_same_keys(house: House):
    house.answers["fetch"] = {"n": 1}
    handle = await house.start(document(call("fetch"), *one()["do"]))
    await temporal.signal_event(handle, event("1", "heard"))
    before = await house.outcome(handle)

    await command_line(
        "workflow", "reset", "--address", house.address, "--workflow-id", handle.id, "--type", "FirstWorkflowTask", "--reason", "a test"
    )

    assert await house.outcome(temporal.handle(house.client, handle.id)) == before == Completed(["heard"])
    assert [arguments["key"] for arguments in house.calls] == [house.calls[0]["key"]] * 2
