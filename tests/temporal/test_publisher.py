"""Lifecycle events on a real server: in order, batched, complete, and no hindrance."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest
from temporalio import activity
from temporalio.api.enums.v1 import EventType
from temporalio.exceptions import ApplicationError

from activities.attach import attach
from interpreter.document.model import Header
from interpreter.effects import LIFECYCLE, Completed
from interpreter.lifecycle_events import OPTION, Chronicle
from interpreter.temporal import client as temporal
from interpreter.temporal.publisher import Publisher
from interpreter.temporal.serve import worker
from tests.temporal.house import House, call, document, enveloped

pytestmark = [pytest.mark.anyio, pytest.mark.server]

LOOP = document({"a": {"set": {"n": 1}}}, {"l": {"for": {"in": "${ [range(300)] }"}, "do": [{"s": {"set": {"n": "${ $index }"}}}]}})
WAIT = document({"hear": {"listen": {"to": {"one": {"with": {"type": "x"}}}}}})


class Watcher:
    """Takes batches; the first `down` of them are refused."""

    def __init__(self, down: int = 0) -> None:
        self.batches, self.down = [], down

    def activity(self):
        @activity.defn(name=LIFECYCLE)
        async def publish(arguments):
            if self.down:
                self.down -= 1
                raise ApplicationError("down")
            self.batches.append(arguments["events"])

        return publish

    @property
    def kinds(self):
        return [".".join(event["type"].split(".")[2:4]) for batch in self.batches for event in batch]


async def run(house: House, watcher: Watcher, root, options=None, during=None):
    queue = f"{house.queue}-watched"
    async with worker(house.client, queue, [*house.activities(), attach, watcher.activity()], grace=timedelta(0)):
        envelope = enveloped(root, options={OPTION: True, **(options or {})})
        handle = await temporal.start(house.client, envelope, None, id=f"watched-{uuid4().hex}", task_queue=queue)
        if during:
            await during(handle)
        return handle, await house.outcome(handle)


async def test_everything_that_happens_is_told_once_in_order(house: House):
    watcher = Watcher()
    _, outcome = await run(house, watcher, LOOP)

    assert outcome == Completed({"n": 299})
    once = ["task.created", "task.started", "task.completed"]
    assert watcher.kinds == ["workflow.started", *once, *once[:2], *once * 300, once[2], "workflow.completed"]
    assert 2 <= len(watcher.batches) <= 4
    ids = [event["id"] for batch in watcher.batches for event in batch]
    assert len(set(ids)) == len(ids)


async def test_suspended_resumed_cancelled(house: House):
    watcher = Watcher()

    async def during(handle):
        await house.until(handle, lambda state: bool(state["tasks"]))
        await handle.signal("suspend")
        await handle.signal("resume")
        await handle.cancel()

    _, outcome = await run(house, watcher, WAIT, during=during)

    assert isinstance(outcome, temporal.Stopped)
    begun = ["workflow.started", "task.created", "task.started", "workflow.correlation-started"]
    suspended, resumed = ["task.suspended", "workflow.suspended"], ["workflow.resumed", "task.resumed"]
    assert watcher.kinds == [*begun, *suspended, *resumed, "task.cancelled", "workflow.cancelled"]


async def test_the_keys_by_which_events_were_correlated_are_told(house: House):
    watcher = Watcher()
    to = {"one": {"with": {"type": "x"}, "correlate": {"order": {"from": ".data.order"}}}}
    event = {"specversion": "1.0", "id": "1", "source": "s", "type": "x", "data": {"order": "o-7"}}
    _, outcome = await run(
        house, watcher, document({"hear": {"listen": {"to": to}}}), during=lambda handle: temporal.signal_event(handle, event)
    )

    assert outcome == Completed([{"order": "o-7"}])
    told = [one["data"] for batch in watcher.batches for one in batch if "correlation-completed" in one["type"]]
    assert [one["correlationKeys"] for one in told] == [{"order": "o-7"}]


async def test_a_sink_that_is_down_holds_nothing_up_for_long(house: House):
    watcher = Watcher(down=1)
    _, outcome = await run(house, watcher, document({"a": {"set": {"n": 1}}}))

    assert outcome == Completed({"n": 1})
    assert watcher.kinds[0] == "workflow.started"
    assert watcher.kinds[-1] == "workflow.completed"


async def test_they_survive_continuations(house: House):
    watcher = Watcher()
    steps = [call(f"c{at}") for at in range(12)]
    handle, _ = await run(house, watcher, document(*steps), options={"continueAfterEvents": 20})

    chain = [event async for event in temporal.events(house.client, handle.id, handle.first_execution_run_id, follow=True)]
    assert any(event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW for event in chain)
    assert [kind for kind in watcher.kinds if kind == "task.completed"] == ["task.completed"] * 12
    assert (watcher.kinds[0], watcher.kinds[-1]) == ("workflow.started", "workflow.completed")


async def test_off_they_cost_nothing(house: House):
    handle = await house.start(document({"a": {"set": {"n": 1}}}))
    await house.outcome(handle)
    kinds = {event.event_type async for event in temporal.events(house.client, handle.id, follow=True)}
    assert EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED not in kinds
    assert EventType.EVENT_TYPE_TIMER_STARTED not in kinds


async def test_what_is_told_as_the_last_batch_ends_is_sent_too(monkeypatch):
    sent = []

    async def send(self):
        sent.extend(self.waiting)
        self.waiting.clear()

    monkeypatch.setattr(Publisher, "_send", send)
    chronicle = Chronicle(Header(dsl="1.0.3", namespace="n", name="w", version="1.0.0"), "id", "run")
    publisher = Publisher(chronicle, {OPTION: True}, [], lambda: None)
    publisher.happened("suspended", 0, list)
    last = publisher._sending
    while not last.done():
        await asyncio.sleep(0)
        if last.done():
            publisher.happened("resumed", 1, list)  # before anybody was told that the task has ended

    for _ in range(10):
        await asyncio.sleep(0)
    assert publisher._sending is None
    assert [event["type"].split(".")[3] for event in sent] == ["suspended", "resumed"]


async def test_a_bug_in_sending_is_not_swallowed(monkeypatch):
    async def send(self):
        self.waiting.clear()
        raise ZeroDivisionError

    async def until(condition):
        for _ in range(10):
            await asyncio.sleep(0)
        assert condition()

    monkeypatch.setattr(Publisher, "_send", send)
    monkeypatch.setattr("interpreter.temporal.publisher.workflow.wait_condition", until)
    chronicle = Chronicle(Header(dsl="1.0.3", namespace="n", name="w", version="1.0.0"), "id", "run")
    publisher = Publisher(chronicle, {OPTION: True}, [], lambda: None)
    publisher.happened("suspended", 0, list)
    with pytest.raises(ZeroDivisionError):
        await publisher.finish()
