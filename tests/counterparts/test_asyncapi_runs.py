"""Whole runs with `call: asyncapi`: on a Temporal server, by workers that are killed, with brokers that others wrote."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import aio_pika
import pytest

from interpreter.document.envelope import Envelope
from interpreter.document.load import load
from interpreter.effects import Completed
from interpreter.idempotency import key_of
from interpreter.temporal import client as temporal
from tests.activities.asyncapi.working import run
from tests.canaries import found_in
from tests.counterparts import Counterpart, Reply
from tests.counterparts.brokers import PASSWORD, USER
from tests.counterparts.lines import KEEPING, LINES, Line, Started, prepare, say
from tests.counterparts.serving import Serving
from tests.killed.process import worker

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(240)]

FLOW = """
document: {{dsl: 1.0.3, namespace: test, name: hear, version: 1.0.0}}
use: {{secrets: [broker]}}
do:
  - hear:
      call: asyncapi
      with:
        document: {{endpoint: '{document}'}}
        operation: talk
        authentication: {{basic: {{use: broker}}}}
        subscription:
          filter: ${{ .payload.n != null }}
          consume: {{until: '${{ $context.last == 19 }}'}}
          foreach:
            item: message
            do: [pause: {{wait: {{milliseconds: 20}}}}]
            output: {{as: $message.payload.n}}
            export: {{as: '{{last: .}}'}}
"""

AGAIN = """
document: {{dsl: 1.0.3, namespace: test, name: again, version: 1.0.0}}
use: {{secrets: [broker]}}
do:
  - again:
      try:
        - hear:
            call: asyncapi
            with:
              document: {{endpoint: '{document}'}}
              operation: talk
              authentication: {{basic: {{use: broker}}}}
              subscription:
                filter: ${{ .payload.n != null }}
                consume: {{until: '${{ $context.last == 19 }}'}}
                foreach:
                  item: message
                  do: [tell: {{call: http, with: {{method: post, endpoint: '{origin}/events', body: '${{ $message.payload.n }}'}}}}]
                  output: {{as: $message.payload.n}}
                  export: {{as: '{{last: .}}'}}
      catch:
        errors: {{with: {{type: https://serverlessworkflow.io/spec/1.0.0/errors/communication}}}}
        retry: {{delay: {{milliseconds: 300}}}}
"""


class Story:
    """A run that hears numbers from 0 to 19, and its workers."""

    def __init__(self, line: Line, port: int, address: str, origin: str, flow: str = FLOW) -> None:
        self.flow = flow
        self.line, self.port, self.address, self.origin = line, port, address, origin
        self.id = f"hear-{uuid.uuid4().hex}"
        self.secret = {"SWTEMPORAL_SECRET_BROKER": json.dumps(line.authentication["basic"])}

    async def start(self) -> None:
        definition = load(self.flow.format(document=f"{self.origin}/a.json", origin=self.origin)).definition
        assert definition is not None
        self.client = await temporal.connect(self.address)
        envelope = Envelope(root=definition.digest, documents={definition.digest: definition.text})
        self.handle = await temporal.start(self.client, envelope, {}, id=self.id, task_queue=self.id)

    def worker(self) -> Any:
        return worker(self.address, self.id, **self.secret)

    async def say(self, *numbers: int) -> None:
        await say(self.line, self.port, [json.dumps({"n": n}).encode() for n in numbers])

    async def history(self) -> bytes:
        return b"".join([event.SerializeToString() async for event in self.handle.fetch_history_events()])

    async def recorded(self, text: str) -> None:
        """Wait until a poll whose messages hold a text stands in the history."""
        async for event in self.client.get_workflow_handle(self.id).fetch_history_events(wait_new_event=True):
            payloads = event.activity_task_completed_event_attributes.result.payloads
            if any(text in payload.data.decode() for payload in payloads):
                return

    async def listens(self, word: str = "hello") -> None:
        """Wait until it hears: what is said before is nobody's with some protocols."""
        heard = asyncio.create_task(self.recorded(f'"{word}"'))
        while not heard.done():
            with suppress(Exception):  # a broker listens a while before it works; who is never heard waits till the test's end
                await say(self.line, self.port, [json.dumps({word: True}).encode()])
            await asyncio.wait({heard}, timeout=0.2)
        await heard

    async def failed(self) -> None:
        """Wait until a poll has failed."""
        async for event in self.client.get_workflow_handle(self.id).fetch_history_events(wait_new_event=True):
            if event.HasField("activity_task_failed_event_attributes"):
                return


Told = Callable[[Callable[[Story], Awaitable[Any]]], Any]


@pytest.fixture(params=KEEPING)
def told(request: pytest.FixtureRequest, started: Started, temporal_server: str) -> Any:
    """Has a story told with each protocol whose messages wait."""
    line = LINES[request.param]
    port = started(line).port

    def tell(story: Callable[[Story], Awaitable[Any]]) -> Any:
        with Counterpart() as counterpart:
            counterpart.replies["/a.json"] = Reply.json(line.document(port))
            return run(story(Story(line, port, temporal_server, counterpart.origin)), within=200)

    return tell


def test_workers_are_killed_and_every_message_is_heard_once_and_in_order(told: Told) -> None:
    async def story(one: Story) -> Any:
        await one.start()
        async with one.worker() as first:
            await one.listens()
            await one.say(*range(8))
            await one.recorded('"n":0')
            await first.kill()
        await one.say(*range(8, 12))
        async with one.worker() as second:
            await one.say(*range(12, 15))
            await one.recorded('"n":8')
            await second.kill()
        async with one.worker():
            await one.say(*range(15, 20))
            ended = await temporal.outcome(one.handle)
        assert isinstance(ended, Completed), ended
        assert found_in(await one.history()) == []
        return ended.output

    assert told(story) == list(range(20))


def test_a_cancelled_run_ends_soon_although_nothing_is_said(told: Told) -> None:
    async def story(one: Story) -> Any:
        await one.start()
        async with one.worker():
            await one.listens()
            await one.handle.cancel()
            async with asyncio.timeout(30):
                return await temporal.outcome(one.handle)

    assert told(story) == temporal.Stopped("cancelled", "")


@pytest.mark.parametrize("name", ["jetstream", "redis-stream", "mqtt5", "amqp"])
def test_a_subscription_that_is_tried_again_outlives_its_broker(name: str, temporal_server: str, tmp_path: Path) -> None:
    line = LINES[name]

    async def story(one: Story, broker: Serving) -> Any:
        await one.start()
        async with one.worker():
            await one.listens()
            await one.say(*range(5))
            await one.recorded('"n":4')
            await asyncio.to_thread(broker.kill)
            await one.failed()
            await asyncio.to_thread(broker.start)
            await one.listens("again")
            await one.say(*range(5, 20))
            return await temporal.outcome(one.handle)

    with line.start(tmp_path / "broker") as broker, Counterpart() as counterpart:
        run(prepare(line.start, broker.port))
        counterpart.replies["/a.json"] = Reply.json(line.document(broker.port))
        ended = run(story(Story(line, broker.port, temporal_server, counterpart.origin, AGAIN), broker), within=200)
        assert isinstance(ended, Completed), ended
        told = [(one.json(), one.key) for one in counterpart.to("/events")]
        assert list(dict.fromkeys(number for number, _ in told)) == list(range(20))
        assert len({key for _, key in told}) == len(told)  # no message is taken for another one
        if name in {"jetstream", "redis-stream"}:  # a queue or session brings again what was not settled when its broker fell
            assert len(told) == 20


def test_a_cancelled_subscription_leaves_no_queue(started: Started, temporal_server: str) -> None:
    line = LINES["amqp"]
    port = started(line).port

    async def left(one: Story) -> bool:
        run_id = (await one.client.get_workflow_handle(one.id).describe()).run_id
        connection = await aio_pika.connect(host="127.0.0.1", port=port, login=USER, password=PASSWORD)
        async with connection:
            channel = await connection.channel()
            try:
                await channel.get_queue(f"swtemporal.{key_of(run_id, '/do/0/hear')}")
            except aio_pika.exceptions.ChannelNotFoundEntity:
                return False
        return True

    async def story(one: Story) -> list[bool]:
        await one.start()
        async with one.worker():
            await one.listens()
            found = [await left(one)]
            await one.handle.cancel()
            await temporal.outcome(one.handle)
            return [*found, await left(one)]

    with Counterpart() as counterpart:
        counterpart.replies["/a.json"] = Reply.json(line.document(port))
        assert run(story(Story(line, port, temporal_server, counterpart.origin)), within=100) == [True, False]
