"""Faults that another engine on Temporal was seen to have, each shown to be absent here; on a real server."""

from __future__ import annotations

import asyncio
import json

import pytest
from temporalio.api.enums.v1 import EventType

from interpreter.effects import Completed, Faulted
from interpreter.faults import fault
from interpreter.temporal import client as temporal
from interpreter.temporal.client import Stopped
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]

OFTEN = {"continueAfterEvents": 8}
NAPS = [{f"nap{at}": {"wait": {"milliseconds": 40}}} for at in range(5)]
"""Each takes some events of the history."""


async def runs_of(house: House, handle: temporal.Handle) -> list[str]:
    """The histories of a chain, as text."""
    found, run = [], handle.first_execution_run_id
    while run:
        history = [found async for found in temporal.events(house.client, handle.id, run)]
        found.append("\n".join(map(str, history)))
        run = history[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found


async def count(handle: temporal.Handle, kind: str) -> int:
    history = await handle.fetch_history()
    return [one.event_type for one in history.events].count(EventType.Value(f"EVENT_TYPE_{kind}"))


async def test_cancel_cancels_and_nothing_follows(house: House):
    handle = await house.start(document({"w": {"wait": {"hours": 1}}}, call("after"), {"s": {"set": {"n": 1}}}))
    await house.until(handle, lambda state: bool(state["tasks"]))
    await temporal.cancel(handle)
    assert await house.outcome(handle) == Stopped("cancelled", "")
    assert house.calls == []


async def test_a_jump_is_not_forgotten_by_a_continuation(house: House):
    root = document(*NAPS, {"jump": {"wait": {"milliseconds": 40}, "then": "target"}}, call("skipped"), {"target": {"set": {"n": 1}}})
    handle = await house.start(root, options={"continueAfterEvents": 5})
    assert await house.outcome(handle) == Completed({"n": 1})
    assert house.calls == []
    assert len(await runs_of(house, handle)) > 1


async def test_a_signal_before_a_continuation_is_heard_after_it(house: House):
    handle = await house.start_with("event", document(*NAPS, *one()["do"]), event("1", "early"))
    assert await house.outcome(handle) == Completed(["early"])

    handle = await house.start(document({"long": {"wait": {"seconds": 1}}}, *NAPS, *one()["do"]), options=OFTEN)
    await temporal.signal_event(handle, event("1", "early"))
    assert await house.outcome(handle) == Completed(["early"])
    assert len(await runs_of(house, handle)) > 1


async def test_a_listen_that_has_heard_does_not_block_again_after_a_continuation(house: House):
    handle = await house.start(document(*one("first")["do"], *NAPS, {"end": {"set": {"n": 1}}}), options=OFTEN)
    await temporal.signal_event(handle, event("1", 1, type="first"))
    assert await house.outcome(handle) == Completed({"n": 1})
    assert len(await runs_of(house, handle)) > 1


async def test_a_listen_that_blocks_over_a_continuation_goes_on_listening(house: House):
    root = document({"f": {"fork": {"branches": [{"naps": {"do": NAPS}}, one()["do"][0]]}}})
    handle = await house.start(root, options=OFTEN)
    await house.until(handle, lambda state: state["run"] > 1 and len(state["tasks"]) == 2)
    await temporal.signal_event(handle, event("1", "late"))
    outcome = await house.outcome(handle)
    assert isinstance(outcome, Completed)
    assert outcome.output[1] == ["late"]


async def test_a_loop_may_be_longer_than_a_history(house: House):
    house.answers["c"] = {"n": 1}
    root = document({"l": {"for": {"in": "[range(60)]"}, "do": [call("c")]}})
    handle = await house.start(root, {"text": "x" * 50_000}, options={"continueAfterEvents": 60})
    assert await house.outcome(handle) == Completed({"n": 1})
    runs = await runs_of(house, handle)
    assert len(house.calls) == 60
    assert len(runs) > 3
    assert all(len(run) < 600_000 for run in runs)


async def test_an_iteration_a_branch_and_a_try_cost_no_events(house: House):
    pure = {"s": {"set": {"n": "${ .n }"}}}
    root = document(
        {"l": {"for": {"in": "[range(50)]"}, "do": [pure]}},
        {"f": {"fork": {"branches": [pure, {"b": {"do": [pure]}}]}}},
        {"t": {"try": [pure], "catch": {}}},
    )
    handle = await house.start(root, {"n": "x" * 50_000})
    assert isinstance(await house.outcome(handle), Completed)
    history = await handle.fetch_history()
    assert len(history.events) == 5
    assert len(json.dumps(history.to_json_dict())) < 500_000


async def test_a_run_goes_on_with_the_document_it_was_started_with(house: House):
    first = document({"w": {"wait": {"seconds": 1}}}, {"s": {"set": {"version": "first"}}})
    second = document({"new": {"wait": {"milliseconds": 1}}}, {"w": {"wait": {"seconds": 1}}}, {"s": {"set": {"version": "second"}}})
    handles = [await house.start(root) for root in (first, second, first)]
    outcomes = [await house.outcome(handle) for handle in handles]
    assert outcomes == [Completed({"version": version}) for version in ("first", "second", "first")]


@pytest.mark.parametrize("house", [0], indirect=True)
async def test_a_loop_over_an_object_replays(house: House):
    root = document(
        {"l": {"for": {"in": "[keys_unsorted[]]"}, "do": [call("c", output={"as": "$input"})]}}, {"w": {"wait": {"milliseconds": 1}}}
    )
    handle = await house.start(root, dict.fromkeys("hgfedcba", 1))
    assert isinstance(await house.outcome(handle), Completed)
    assert len(house.calls) == 8


async def test_documents_with_equal_names_of_tasks_and_branches_run_beside_each_other(house: House):
    house.answers.update(c=1)
    fork = {"f": {"fork": {"branches": [{"x": {"do": [call("c")]}}, {"y": {"do": [call("c")]}}]}}}
    roots = [document({"a": {"do": [fork]}}, {"b": {"do": [fork]}}, name="one"), document(fork, name="two")]
    assert [await house.run(root) for root in roots] == [Completed([1, 1])] * 2


async def test_the_attempts_of_one_task_are_not_anothers(house: House):
    attempts: dict[str, int] = {}

    async def answer(arguments: Json) -> Json:
        name = arguments["task"]
        attempts[name] = attempts.get(name, 0) + 1
        if attempts[name] <= 2:
            raise RuntimeError("the worker has a bad day")
        return {"n": attempts[name]}

    house.answers.update(once=answer, often=answer)
    at_most_once = call("once", metadata={"swtemporal": {"atMostOnce": True}})
    assert isinstance(await house.run(document(at_most_once)), Faulted)
    assert attempts == {"once": 1}
    assert await house.run(document(call("often"))) == Completed({"n": 3})


async def test_errors_show_as_what_they_are(house: House):
    house.answers["c"] = fault("communication", "no such pet", status=404, title="Not Found")
    handle = await house.start(document(call("c")))
    await house.outcome(handle)
    history = await handle.fetch_history()
    assert history.events[-1].workflow_execution_failed_event_attributes.failure.message == "Not Found · status 404 · at /do/0/c"
    assert "Encoded failure" not in str(history)


async def test_a_run_suspended_and_a_worker_restarted_say_what_they_wait_for(house: House):
    handle = await house.start(document({"w": {"wait": {"hours": 1}}}))
    state = await house.until(handle, lambda state: bool(state["tasks"]))
    assert state["tasks"][0]["waiting"]
    await temporal.cancel(handle)
    await house.outcome(handle)


async def test_what_a_run_tells_is_told_without_a_network_and_once(house: House):
    root = document({"s": {"set": {"n": 1}}}, *one()["do"])
    handle = await house.start(root)
    await house.until(handle, lambda state: bool(state["tasks"]))
    for _ in range(3):
        trace = await temporal.trace(handle)
        assert [notice["name"] for notice in trace["notices"] if notice["kind"] == "completed"] == ["s"]
    assert await count(handle, "ACTIVITY_TASK_SCHEDULED") == 0
    await temporal.signal_event(handle, event("1", 1))
    await house.outcome(handle)


async def test_forty_runs_at_once_each_give_their_own_result(house: House):
    async def answer(arguments: Json) -> Json:
        return arguments["with"]["body"]

    house.answers["c"] = answer
    post = call("c", **{"with": {"method": "post", "endpoint": "http://localhost", "body": "${ .n }"}})
    outcomes = await asyncio.gather(*(house.run(document(post, {"s": {"set": {"got": "${ . }"}}}), {"n": at}) for at in range(40)))
    assert outcomes == [Completed({"got": at}) for at in range(40)]
