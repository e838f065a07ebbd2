"""`run: workflow` as child workflows, also across continue-as-new."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from temporalio.client import WorkflowExecutionStatus

from interpreter.effects import Completed, Faulted
from interpreter.temporal import client as temporal
from interpreter.temporal.children import _child_id
from interpreter.values import Json
from tests.temporal.house import House, call, document
from tests.temporal.test_cancellation import Slow, hasty
from tests.temporal.test_signals import event, one

pytestmark = [pytest.mark.anyio, pytest.mark.server]

CHILD = {"namespace": "tests", "name": "child", "version": "1.0.0"}


def child(*do: Json) -> Json:
    return document(*do, name="child")


def runs(input: Json = None, **members: Json) -> Json:
    """A task that runs the child."""
    body = {"workflow": {**CHILD, **({} if input is None else {"input": input})}}
    return {"go": {"run": {**body, **members.pop("run", {})}, **members}}


def detached(task: Json) -> Json:
    """The same, as a child that lives on without its parent."""
    return {name: {**body, "metadata": {"swtemporal": {"detached": True}}} for name, body in task.items()}


async def child_of(house: House, handle: temporal.Handle) -> temporal.Handle:
    """The child, as soon as it is started."""
    async for seen in temporal.events(house.client, handle.id, follow=True):
        if seen.HasField("child_workflow_execution_started_event_attributes"):
            found = seen.child_workflow_execution_started_event_attributes.workflow_execution
            return temporal.handle(house.client, found.workflow_id, found.run_id)
    raise AssertionError("no child was started")


async def test_a_child_runs_under_its_own_name_and_gives_its_output(house: House):
    root = document(runs({"n": "${ .n }"}))

    handle = await house.start(root, {"n": 20}, with_=(child({"double": {"set": {"m": "${ .n * 2 }"}}}),))

    assert await house.outcome(handle) == Completed({"m": 40})
    description = await (await child_of(house, handle)).describe()
    assert description.workflow_type == "tests/child"
    assert await description.memo() == {"definition": "tests/child:1.0.0", "version": "1.0.0", "title": "child"}
    assert description.id.startswith(f"{handle.id}/go-")


async def test_a_child_carries_only_what_it_can_reach(house: House):
    handle = await house.start(document(runs()), with_=(child({"a": {"set": {"n": 1}}}),))
    await house.outcome(handle)

    begun = await temporal.beginning(house.client, (await child_of(house, handle)).id)

    assert begun is not None
    assert len(begun[1]["documents"]) == 1


async def test_the_fault_of_a_child_can_be_caught(house: House):
    wrong = {"type": "https://example.com/out-of-stock", "status": 409, "title": "Out of stock"}
    guarded = {"guarded": {"try": [runs()], "catch": {"as": "e", "do": [{"tell": {"set": "${ $e.title }"}}]}}}

    outcome = await house.run(document(guarded), with_=(child({"fail": {"raise": {"error": wrong}}}),))

    assert outcome == Completed("Out of stock")


async def test_a_terminated_child_is_a_fault(house: House):
    handle = await house.start(document(runs()), with_=(child(*one()["do"]),))
    await temporal.terminate(await child_of(house, handle), "by hand")

    outcome = await house.outcome(handle)

    assert isinstance(outcome, Faulted)
    assert outcome.problem.detail == "the workflow was terminated from outside"


async def test_cancelling_the_parent_cancels_the_child_and_waits_for_it(house: House):
    slow = house.answers["slow"] = Slow()
    for task in (runs(), detached(runs())):
        slow.begun.clear()
        handle = await house.start(document(task), with_=(child(hasty("slow")),))
        await slow.begun.wait()

        await temporal.cancel(handle)

        assert await house.outcome(handle) == temporal.Stopped("cancelled", "")
        assert slow.cleaned
        assert (await (await child_of(house, handle)).describe()).status == WorkflowExecutionStatus.CANCELED


async def test_a_child_that_is_not_awaited_lives_on(house: House):
    handle = await house.start(document(runs(run={"await": False})), {"in": 1}, with_=(child(*one()["do"]),))

    assert await house.outcome(handle) == Completed({"in": 1})
    orphan = await child_of(house, handle)
    await temporal.signal_event(orphan, event("1", "late"))
    assert await temporal.outcome(orphan) == Completed(["late"])


async def test_a_detached_child_is_found_again_after_a_continuation(house: House):
    house.answers["tick"] = 1
    ticks = {"ticks": {"for": {"in": "${ [range(4)] }"}, "do": [call("tick")]}}
    waits = {"both": {"fork": {"branches": [runs(), ticks]}}}
    handle = await house.start(document(waits), with_=(child(*one()["do"]),), options={"continueAfterEvents": 10})
    await house.until(handle, lambda state: state["run"] > 1 and [task["name"] for task in state["tasks"]] == ["both", "go"])

    await temporal.signal_event(await child_of_chain(house, handle), event("1", "found"))

    assert await house.outcome(handle) == Completed([["found"], 1])


async def test_a_detached_child_nobody_wants_any_more_is_cancelled_after_a_continuation(house: House):
    house.answers["tick"] = 1
    ticks = {"ticks": {"for": {"in": "${ [range(4)] }"}, "do": [call("tick")]}}
    stop = one("stop")["do"][0]["hear"]
    race = {"race": {"fork": {"compete": True, "branches": [runs(), {"other": {"do": [ticks, {"hear": stop}]}}]}}}
    handle = await house.start(document(race), with_=(child(*one()["do"]),), options={"continueAfterEvents": 10})
    await house.until(handle, lambda state: state["run"] > 1 and state["tasks"][-1]["name"] == "hear")

    await temporal.signal_event(handle, event("1", "enough", "stop"))

    assert await house.outcome(handle) == Completed(["enough"])
    assert (await (await child_of_chain(house, handle)).describe()).status == WorkflowExecutionStatus.CANCELED


async def child_of_chain(house: House, handle: temporal.Handle) -> temporal.Handle:
    """The child that the first run of a chain started."""
    first = temporal.handle(house.client, handle.id, handle.first_execution_run_id)
    async for seen in first.fetch_history_events():
        if seen.HasField("child_workflow_execution_started_event_attributes"):
            found = seen.child_workflow_execution_started_event_attributes.workflow_execution
            return temporal.handle(house.client, found.workflow_id, found.run_id)
    raise AssertionError("no child was started")


async def test_a_workflow_that_somebody_else_started_under_the_childs_id_is_not_taken_for_it(house: House):
    known: asyncio.Future[temporal.Handle] = asyncio.get_running_loop().create_future()

    async def squatted(_: Json) -> None:
        handle = await known
        id = _child_id(handle.id, SimpleNamespace(id="/do/1/go#2", name="go"), handle.first_execution_run_id)
        await house.client.start_workflow("tests/child", id=id, task_queue=f"{house.queue}-nobody")

    house.answers["first"] = squatted
    handle = await house.start(document(call("first"), runs()), with_=(child({"a": {"set": {"n": 1}}}),))
    known.set_result(handle)

    outcome = await house.outcome(handle)

    assert isinstance(outcome, Faulted)
    assert (outcome.problem.status, outcome.problem.type.rpartition("/")[2]) == (403, "authorization")
    assert "was not started by this one" in outcome.problem.detail
