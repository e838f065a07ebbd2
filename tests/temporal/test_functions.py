"""Functions, catalogs and extensions on a real server: what only the shell does, and what a capture must carry."""

from __future__ import annotations

import asyncio
import logging

import pytest
from temporalio import activity
from temporalio.exceptions import ApplicationError
from temporalio.worker import Worker

from interpreter.effects import Completed, Faulted
from interpreter.faults import PREFIX
from interpreter.temporal import client as temporal
from interpreter.values import Json
from tests.temporal.house import House, call, document

pytestmark = [pytest.mark.anyio, pytest.mark.server]

TEXT = "do:\n  - ask: {call: http, with: {method: get, endpoint: 'http://localhost/${ .n }'}}\n  - tell: {set: {got: '${ . }'}}\n"
CATALOGS = {"catalogs": {"hub": {"endpoint": "http://localhost/catalog"}}}
OFTEN = {"continueAfterEvents": 8}


def with_(name: str, **arguments: Json) -> Json:
    return {"call": f"{name}@default", "with": arguments}


@activity.defn(name="Greet")
async def greet(greeting: str, person: Json) -> Json:
    return f"{greeting}, {person['name']}!"


@activity.defn(name="Refuse")
async def refuse() -> None:
    raise ApplicationError("no such account", type="UnknownAccount")


@activity.defn(name="Bytes")
async def bytes_() -> bytes:
    return b"\x00\x01"


@activity.defn(name="Forever")
async def forever() -> None:
    await asyncio.Event().wait()


def foreign(house: House) -> Worker:
    """A worker that knows nothing of documents, on a queue of its own."""
    return Worker(house.client, task_queue=f"{house.queue}-foreign", activities=[greet, refuse, bytes_, forever])


async def test_any_activity_is_called_by_type_queue_and_arguments(house: House) -> None:
    queue = f"{house.queue}-foreign"
    root = document({"a": with_("activity:1.0.0", type="Greet", queue=queue, arguments=["Hello", {"name": "${ .n }"}])})
    async with foreign(house):
        handle = await house.start(root, {"n": "Ada"})
        assert await house.outcome(handle) == Completed("Hello, Ada!")
    scheduled = [
        event.activity_task_scheduled_event_attributes
        async for event in temporal.events(house.client, handle.id)
        if event.HasField("activity_task_scheduled_event_attributes")
    ]
    assert [(one.activity_type.name, one.task_queue.name, one.activity_id) for one in scheduled] == [
        ("function.activity", house.queue, "/do/0/a#1"),
        ("Greet", queue, "/do/0/a#1/activity"),
    ]


async def test_the_failure_of_an_activity_is_an_error_that_can_be_caught(house: House) -> None:
    asked = with_("activity:1.0.0", type="Refuse", queue=f"{house.queue}-foreign")
    guarded = {"try": [{"ask": asked}], "catch": {"do": [{"tell": {"set": "${ $error }"}}]}}
    async with foreign(house):
        outcome = await house.run(document({"a": guarded}))
    assert outcome.output["type"] == f"{PREFIX}runtime"
    assert (outcome.output["status"], outcome.output["instance"]) == (500, "/do/0/a/try/0/ask")
    assert outcome.output["detail"] == "UnknownAccount: no such account"


async def test_a_result_that_is_no_json_is_an_error(house: House) -> None:
    async with foreign(house):
        outcome = await house.run(document({"a": with_("activity:1.0.0", type="Bytes", queue=f"{house.queue}-foreign")}))
    assert isinstance(outcome, Faulted)
    assert "expected JSON" in str(outcome.problem.detail)


async def test_a_time_that_is_given_ends_an_activity(house: House) -> None:
    asked = with_("activity:1.0.0", type="Forever", queue=f"{house.queue}-foreign", startToClose={"milliseconds": 100})
    async with foreign(house):
        outcome = await house.run(document({"a": asked}))
    assert isinstance(outcome, Faulted)
    assert (outcome.problem.type, outcome.problem.status) == (f"{PREFIX}timeout", 408)


async def test_a_task_s_timeout_leaves_an_activity_that_hears_of_nothing(house: House) -> None:
    asked = with_("activity:1.0.0", type="Forever", queue=f"{house.queue}-foreign") | {"timeout": {"after": {"milliseconds": 200}}}
    async with foreign(house):
        outcome = await house.run(document({"a": asked}))
    assert isinstance(outcome, Faulted)
    assert (outcome.problem.type, outcome.problem.instance) == (f"{PREFIX}timeout", "/do/0/a")


async def test_a_line_is_logged_once_however_often_the_run_is_replayed(house: House, caplog: pytest.LogCaptureFixture) -> None:
    said = with_("log:1.0.0", message="order ${ .n }", level="warning")
    with caplog.at_level(logging.INFO, logger="swtemporal.log"):
        handle = await house.start(document({"note": said}, {"pause": {"wait": {"milliseconds": 1}}}, call("fetch")), {"n": 7})
        await house.outcome(handle)
        await temporal.trace(handle)
    lines = [(record.levelname, record.getMessage()) for record in caplog.records if record.name == "swtemporal.log"]
    assert lines == [("WARNING", f"{handle.id}: order 7")]


test_a_line_is_logged_once_however_often_the_run_is_replayed = pytest.mark.parametrize("house", [1000, 0], indirect=True)(
    test_a_line_is_logged_once_however_often_the_run_is_replayed
)


async def test_a_function_of_a_catalog_is_fetched_once_for_the_whole_chain(house: House) -> None:
    house.answers["twice"] = {"uri": "http://localhost/catalog/functions/f/1.0.0/function.yaml", "digest": "0", "content": TEXT}
    house.answers["ask"] = 5
    loop = {"for": {"in": "[1, 2, 3, 4]", "each": "n"}, "do": [{"twice": {"call": "f:1.0.0@hub", "with": {"n": "${ $n }"}}}]}

    handle = await house.start(document({"loop": loop}, use=CATALOGS), options=OFTEN)

    assert await house.outcome(handle) == Completed({"got": 5})
    assert [asked["task"] for asked in house.calls] == ["twice", "ask", "ask", "ask", "ask"]
    assert [asked["reference"] for asked in house.calls[1:]] == ["/use/catalogs/hub/functions/f/1.0.0/do/0/ask"] * 4
    assert [asked["with"]["uri"] for asked in house.calls[1:]] == [f"http://localhost/{n}" for n in (1, 2, 3, 4)]
    assert len({asked["key"] for asked in house.calls}) == 5


async def test_hundreds_of_items_in_order_and_never_more_than_twenty_at_once(house: House) -> None:
    now = most = 0

    async def answer(asked: Json) -> Json:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0)
        now -= 1
        return int(asked["with"]["uri"].rpartition("/")[2]) * 2

    house.answers["each"] = answer
    each = {"call": "http", "with": {"method": "get", "endpoint": "http://localhost/${ . }"}}
    outcome = await house.run(document({"all": with_("map:1.0.0", items="${ [range(.n)] }", each=each)}), {"n": 300})
    assert outcome == Completed([n * 2 for n in range(300)])
    assert most <= 20


async def test_extensions_surround_a_task_that_continues_as_new(house: House) -> None:
    house.answers |= {"fetch": 1, "look": 2, "check": 3}
    extensions = [{"audit": {"extend": "call", "before": [call("look")], "after": [call("check"), {"pause": {"wait": "PT0.01S"}}]}}]

    handle = await house.start(document(*[call("fetch")] * 3, use={"extensions": extensions}), options=OFTEN)

    assert await house.outcome(handle) == Completed(1)
    assert [asked["task"] for asked in house.calls] == ["look", "fetch", "check"] * 3
    assert [asked["reference"] for asked in house.calls[:3]] == [
        "/use/extensions/0/audit/before/0/look",
        "/do/0/fetch",
        "/use/extensions/0/audit/after/0/check",
    ]


async def test_what_is_in_progress_in_a_function_is_told(house: House) -> None:
    use = {"functions": {"slow": {"do": [{"rest": {"wait": "PT1H"}}]}}}
    handle = await house.start(document({"a": {"call": "slow"}}, use=use))
    state = await house.until(handle, lambda state: len(state["tasks"]) == 3)
    assert [task["reference"] for task in state["tasks"]] == ["/do/0/a", "/use/functions/slow", "/use/functions/slow/do/0/rest"]
    assert "rest" in await house.details(handle)
    await handle.terminate()
