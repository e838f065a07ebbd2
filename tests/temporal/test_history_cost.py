"""What a run costs in history: counted in events and bytes of real histories, never in time."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from activities.assembly import assembled
from interpreter.effects import Completed, Faulted
from interpreter.evaluation.child_evaluator import shared
from interpreter.temporal import client as temporal
from interpreter.temporal.serve import worker
from interpreter.values import Json
from tests.counterparts.server import Counterpart
from tests.settings import Settings
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

TASK = ("WORKFLOW_TASK_SCHEDULED", "WORKFLOW_TASK_STARTED", "WORKFLOW_TASK_COMPLETED")
CALL = ("ACTIVITY_TASK_SCHEDULED", "ACTIVITY_TASK_STARTED", "ACTIVITY_TASK_COMPLETED")

SET = {"set": {"n": "${ .n + 1 }"}}
RAISE = {"raise": {"error": {"type": "https://example.com/broken", "status": 500}}}
PURE = {
    "set": {"a": SET},
    "switch": {"a": {"switch": [{"small": {"when": "${ .n < 0 }", "then": "end"}}, {"other": {"then": "continue"}}]}},
    "for": {"a": {"for": {"in": "${ [range(50)] }"}, "do": [{"b": SET}]}},
    "fork": {"a": {"fork": {"branches": [{"b": SET}, {"c": SET}]}}},
    "competing fork": {"a": {"fork": {"compete": True, "branches": [{"b": SET}, {"c": SET}]}}},
    "try": {"a": {"try": [{"b": RAISE}], "catch": {"retry": {"limit": {"attempt": {"count": 3}}}, "do": [{"c": SET}]}}},
    "if": {"a": {"if": "${ .n == 0 }", **SET}},
    "do": {"a": {"do": [{"b": {"do": [{"c": SET}]}}]}},
}


@pytest.mark.parametrize("kind", PURE)
async def test_what_needs_nothing_outside_adds_no_event(house: House, kind: str):
    for _ in range(5):
        handle = await house.start(document(PURE[kind]), {"n": 1})
        assert isinstance(await house.outcome(handle), Completed)
        seen = await kinds(house, handle)
        if "MARKER_RECORDED" not in seen:  # else the machine was so busy that a pass was ended for its time: it says nothing of the cost
            break
    assert seen == ["WORKFLOW_EXECUTION_STARTED", *TASK, "WORKFLOW_EXECUTION_COMPLETED"]


async def test_raise_adds_no_event_but_the_end(house: House):
    handle = await house.start(document({"a": RAISE}))

    assert isinstance(await house.outcome(handle), Faulted)
    assert await kinds(house, handle) == ["WORKFLOW_EXECUTION_STARTED", *TASK, "WORKFLOW_EXECUTION_FAILED"]


async def test_a_used_up_step_budget_costs_a_timer_and_a_workflow_task(house: House):
    loop = {"a": {"for": {"in": "${ [range(250)] }"}, "do": [{"b": {"set": {"n": "${ .n }"}}}]}}
    handle = await house.start(document(loop), {"n": 1}, options={"limits": {"steps": 100}})

    assert isinstance(await house.outcome(handle), Completed)
    cut = ("TIMER_STARTED", "TIMER_FIRED", *TASK)
    assert await kinds(house, handle) == ["WORKFLOW_EXECUTION_STARTED", *TASK, *cut, *cut, "WORKFLOW_EXECUTION_COMPLETED"]


async def test_a_call_costs_an_activity_and_at_most_one_workflow_task(house: House):
    house.answers.update({f"call{at}": {"n": at} for at in range(6)})
    tasks = [task for at in range(6) for task in (call(f"call{at}"), {f"set{at}": SET}, {f"if{at}": {"if": "${ .n > 0 }", **SET}})]
    handle = await house.start(document(*tasks))

    assert isinstance(await house.outcome(handle), Completed)
    assert costs(await kinds(house, handle)) == (6, 1 + 6)


async def test_calls_of_a_fork_cost_no_more(house: House):
    house.answers.update({f"call{at}": at for at in range(10)})
    handle = await house.start(document({"all": {"fork": {"branches": [call(f"call{at}") for at in range(10)]}}}))

    assert await house.outcome(handle) == Completed(list(range(10)))
    calls, tasks = costs(await kinds(house, handle))
    assert calls == 10
    assert tasks <= 1 + 10


async def test_a_retry_of_the_activity_costs_nothing_per_attempt(house: House):
    with Counterpart() as counterpart:
        flaky = {"flaky": {"call": "http", "with": {"method": "get", "endpoint": f"{counterpart.origin}/flaky/history/4"}}}
        retry = {"delay": {"milliseconds": 1}, "limit": {"attempt": {"count": 5}}}
        root = document({"guard": {"try": [flaky], "catch": {"errors": {"with": {"status": 503}}, "retry": retry}}})
        async with assembled(Settings(), shared()) as activities, worker(house.client, f"{house.queue}-http", activities):
            handle = await replace(house, queue=f"{house.queue}-http").start(root)

            assert await house.outcome(handle) == Completed({"call": 5})
    events = await history(house, handle)
    assert costs([kind_of(event) for event in events]) == (1, 2)
    assert [event.activity_task_started_event_attributes.attempt for event in events if kind_of(event) == CALL[1]] == [5]


async def test_the_document_stands_once_in_a_history_and_once_in_each_continuation(house: House):
    house.answers["tick"] = {"n": 1}
    root = document({"each": {"for": {"in": "${ [range(6)] }"}, "do": [call("tick")]}})
    root["document"]["summary"] = "this text is nowhere but in the document"
    handle = await house.start(root, options={"continueAfterEvents": 8})
    assert isinstance(await house.outcome(handle), Completed)

    runs = await chain(house, handle)

    assert len(runs) > 2
    *continued, last = [b"".join(event.SerializeToString() for event in run).count(b"nowhere but in the document") for run in runs]
    assert last == 1
    assert continued == [2] * len(continued)  # as it was started, and as the next run is


def costs(found: list[str]) -> tuple[int, int]:
    """Activities and workflow tasks in a history that holds nothing else, each with its three events."""
    counts = Counter(found)
    counts.subtract(["WORKFLOW_EXECUTION_STARTED", "WORKFLOW_EXECUTION_COMPLETED"])
    assert set(+counts) == {*CALL, *TASK}
    assert [len({counts[kind] for kind in three}) for three in (CALL, TASK)] == [1, 1]
    return counts[CALL[0]], counts[TASK[0]]


async def kinds(house: House, handle: temporal.Handle) -> list[str]:
    return [kind_of(event) for event in await history(house, handle)]


def kind_of(event: HistoryEvent) -> str:
    return EventType.Name(event.event_type).removeprefix("EVENT_TYPE_")


async def history(house: House, handle: temporal.Handle, run: str | None = None) -> list[HistoryEvent]:
    return [event async for event in temporal.events(house.client, handle.id, run)]


async def chain(house: House, handle: temporal.Handle) -> list[list[HistoryEvent]]:
    """The histories of all runs, from the first to the last."""
    run: Json = handle.first_execution_run_id
    runs = []
    while run:
        runs.append(await history(house, handle, run))
        run = runs[-1][-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return runs
