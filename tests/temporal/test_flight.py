"""Effects as activities: what the server is told of them, and what becomes of their answers."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.exceptions import ApplicationError

from interpreter.document.load import define
from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX, fault
from interpreter.temporal import client as temporal
from interpreter.values import Json, digest
from tests.temporal.house import House, call, document, enveloped

pytestmark = [pytest.mark.anyio, pytest.mark.server]


def hinted(name: str, **hints: Json) -> Json:
    return call(name, metadata={"swtemporal": hints})


async def history(handle: temporal.Handle) -> list[HistoryEvent]:
    return list((await handle.fetch_history()).events)


async def scheduled(handle: temporal.Handle) -> list[Any]:
    return [
        event.activity_task_scheduled_event_attributes
        for event in await history(handle)
        if event.HasField("activity_task_scheduled_event_attributes")
    ]


async def test_an_activity_is_named_for_people(house: House):
    handle = await house.start(document({"all": {"for": {"in": "${ [range(2)] }"}, "do": [call("fetch")]}}))
    await house.outcome(handle)

    seen = await scheduled(handle)
    summaries = [
        event.user_metadata.summary.data.decode()
        for event in await history(handle)
        if event.HasField("activity_task_scheduled_event_attributes")
    ]

    assert [one.activity_type.name for one in seen] == ["call.http", "call.http"]
    assert [one.activity_id for one in seen] == ["/do/0/all/do/0/fetch#1", "/do/0/all/do/0/fetch#2"]
    assert summaries == ['"fetch[0] · GET http://localhost/fetch"', '"fetch[1] · GET http://localhost/fetch"']
    assert seen[0].retry_policy.maximum_attempts == 5
    assert seen[0].heartbeat_timeout.seconds == 10


async def test_an_activity_is_told_whose_work_it_does_and_what_the_run_carries(house: House):
    root, other = document(call("a")), document(call("b"), name="other")
    file = "openapi: 3.1.0"
    envelope = replace(enveloped(root, other), resources={"file:///openapi.yaml": file})

    await house.outcome(await house.start_raw(None, envelope.as_json()))
    await house.run(root)

    carrying, alone = house.calls
    assert carrying["document"] == alone["document"] == define(root).digest
    assert carrying["carried"] == sorted([define(other).digest, digest(f"{digest(file)} file:///openapi.yaml")])
    assert "carried" not in alone


async def test_hints_become_options(house: House):
    handle = await house.start(document(hinted("a", startToClose="PT5M", heartbeat=2000), hinted("b", atMostOnce=True)))
    await house.outcome(handle)

    first, second = await scheduled(handle)

    assert (first.start_to_close_timeout.seconds, first.heartbeat_timeout.seconds) == (300, 2)
    assert second.retry_policy.maximum_attempts == 1


async def test_a_hint_that_is_none_is_a_fault_of_configuration(house: House):
    outcome = await house.run(document(hinted("a", heartbeat="soon")))

    assert isinstance(outcome, Faulted)
    assert (outcome.problem.type, outcome.problem.instance) == (PREFIX + "configuration", "/do/0/a")
    assert house.calls == []


async def test_a_lost_worker_is_retried_and_the_key_is_the_same(house: House):
    async def lost_once(_: Json) -> Json:
        if len(house.calls) == 1:
            raise ApplicationError("as a heartbeat timeout would, this lets Temporal try again")
        return "done"

    house.answers["a"] = lost_once

    assert await house.run(document(call("a"))) == Completed("done")
    assert len(house.calls) == 2
    assert house.calls[0]["key"] == house.calls[1]["key"]


async def test_at_most_once_says_that_the_outcome_is_unknown(house: House):
    begun = asyncio.Event()

    async def hangs(_: Json) -> Json:
        begun.set()
        for task in asyncio.all_tasks():
            if "_beat" in repr(task):
                task.cancel()
        return await asyncio.sleep(30)

    house.answers["a"] = hangs

    outcome = await house.run(document(hinted("a", atMostOnce=True, heartbeat=300)))

    assert isinstance(outcome, Faulted)
    assert outcome.problem.type == PREFIX + "runtime"
    assert "unknown" in (outcome.problem.detail or "")
    assert len(house.calls) == 1


async def test_results_by_hand_are_answers(house: House):
    begun = asyncio.Event()

    async def hangs(_: Json) -> Json:
        begun.set()
        await asyncio.Event().wait()

    house.answers["a"] = hangs
    handle = await house.start(document(hinted("a", heartbeat=500)))
    await begun.wait()

    await house.client.get_async_activity_handle(workflow_id=handle.id, run_id=None, activity_id="/do/0/a#1").complete({"by": "hand"})

    assert await house.outcome(handle) == Completed({"by": "hand"})


async def test_the_documents_retry_is_made_by_the_activity(house: House):
    retry = {"delay": {"milliseconds": 1}, "limit": {"attempt": {"count": 3}}}
    guarded = {"guarded": {"try": [call("a")], "catch": {"errors": {"with": {"status": 503}}, "retry": retry}}}
    house.answers["a"] = {
        "value": 7,
        "attempts": [{"attempt": 1, "at": 1, "error": fault("communication", status=503).problem.as_json(), "next": 2}],
    }
    handle = await house.start(document(guarded))

    assert await house.outcome(handle) == Completed(7)
    assert (await scheduled(handle))[0].retry_policy.maximum_attempts == 3 + 1 + 5
    retried = [notice for notice in (await temporal.trace(handle))["notices"] if notice["kind"] == "retried"]
    assert [(notice["name"], notice["attempt"], notice["error"]["status"]) for notice in retried] == [("guarded", 1, 503)]


async def test_what_a_call_says_of_the_result_cache_is_told_and_is_not_its_value(house: House):
    retry = {"delay": {"milliseconds": 1}, "limit": {"attempt": {"count": 3}}}
    kept = hinted("b", cache={"ttl": "PT1H"})
    guarded = {"guarded": {"try": [kept], "catch": {"retry": retry}}}
    house.answers["a"] = {"value": 7, "cached": 1_767_225_600_000, "trouble": None}
    house.answers["b"] = {"value": {"value": 8, "cached": None, "trouble": "no disk"}, "attempts": []}
    house.answers["c"] = {"value": 9, "cached": 1, "trouble": None}
    tasks = [
        hinted("a", cache={"ttl": "PT1H"}),
        {"keep": {"set": {"a": "${ . }"}, "export": {"as": "."}}},
        guarded,
        {"both": {"set": {"a": "${ $context.a }", "b": "${ . }"}, "export": {"as": "."}}},
        call("c"),
        {"all": {"set": "${ $context + {c: .} }"}},
    ]
    handle = await house.start(document(*tasks))

    # What has no cache has an answer of its own form.
    assert await house.outcome(handle) == Completed({"a": 7, "b": 8, "c": house.answers["c"]})
    logged = [(one["name"], one["level"], one["message"]) for one in (await temporal.trace(handle))["notices"] if one["kind"] == "logged"]
    assert logged == [
        ("a", "info", "answered from the result cache, where it was put at 2026-01-01T00:00:00.000Z"),
        ("b", "warning", "no disk"),
    ]


@pytest.mark.parametrize(("options", "anew"), [({}, None), ({"noCache": True}, True), ({"noCache": "yes"}, None)])
async def test_a_run_may_want_nothing_from_the_cache(house: House, options: Json, anew: Json):
    await house.run(document(hinted("a", cache={"ttl": "PT1H"})), options=options)

    assert house.calls[0]["cache"].get("anew") is anew


async def test_a_result_given_by_hand_is_none_of_the_cache(house: House):
    house.answers["a"] = {"by": "hand"}

    assert await house.run(document(hinted("a", cache={"ttl": "PT1H"}))) == Completed({"by": "hand"})


async def test_a_wide_fork_is_started_in_portions(house: House):
    house.answers.update({f"c{number}": number for number in range(30)})
    wide = {"wide": {"fork": {"branches": [call(f"c{number}") for number in range(30)]}}}
    handle = await house.start(document(wide), options={"limits": {"starts": 8}})

    assert await house.outcome(handle) == Completed(list(range(30)))
    assert max(portions(await history(handle))) == 8


async def test_no_more_than_the_limit_are_in_flight(house: House):
    running: list[int] = [0]
    most: list[int] = [0]

    async def counted(_: Json) -> Json:
        running[0] += 1
        most[0] = max(most[0], running[0])
        await asyncio.sleep(0.02)
        running[0] -= 1

    house.answers.update({f"c{number}": counted for number in range(12)})
    wide = {"wide": {"fork": {"branches": [call(f"c{number}") for number in range(12)]}}}

    assert await house.run(document(wide), options={"limits": {"in_flight": 3}}) == Completed([None] * 12)
    assert most[0] == 3


def portions(events: list[HistoryEvent]) -> list[int]:
    """How many activities each workflow task scheduled."""
    counts = [0]
    for event in events:
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
            counts.append(0)
        elif event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED:
            counts[-1] += 1
    return counts
