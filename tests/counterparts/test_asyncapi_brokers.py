"""`call: asyncapi`: what subscriptions leave at their brokers, and what becomes of them when a broker falls."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from tests.activities.asyncapi.working import Run, Worker, payloads, run, trouble, working
from tests.counterparts.brokers import PASSWORD, USER
from tests.counterparts.lines import BASIC, LINES, Started, prepare

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(180)]


# What is left at the server


def test_unlooked_at_messages_of_a_shared_queue_are_given_back(started: Started) -> None:
    line = LINES["amqp-queue"]
    document = line.document(started(line).port)
    one, other = Run(document, authentication=BASIC), Run(document, authentication=BASIC)
    one.key, other.key = "one", "other"

    async def story() -> None:
        async with working() as worker:
            await one.publish(worker, 1, 2, 3)
            assert payloads(await one.gather(worker, 3)) == [1, 2, 3]
            await one.end(worker, but=2)
            assert payloads(await other.gather(worker, 2)) == [2, 3]
            await other.end(worker)

    run(story())


def test_unlooked_at_messages_of_a_shared_queue_are_given_back_by_another_worker_too(started: Started) -> None:
    line = LINES["amqp-queue"]
    document = line.document(started(line).port)
    one, other = Run(document, authentication=BASIC), Run(document, authentication=BASIC)
    one.key, other.key = "one-killed", "other-killed"

    async def story() -> None:
        async with working() as worker:
            await one.publish(worker, 1, 2, 3)
            assert payloads(await one.gather(worker, 3)) == [1, 2, 3]
        async with working() as worker:
            await one.end(worker, but=2)
            assert payloads(await other.gather(worker, 2)) == [2, 3]
            await other.end(worker)

    run(story())


def test_two_subscriptions_of_an_exchange_get_all_and_those_of_a_queue_share(started: Started) -> None:
    async def story(name: str) -> tuple[list[Any], list[Any]]:
        line = LINES[name]
        one, other = (Run(line.document(started(line).port), authentication=BASIC) for _ in range(2))
        one.key, other.key = f"one-{name}", f"other-{name}"
        async with working() as worker:
            await one.begin(worker)
            await other.begin(worker)
            await one.publish(worker, 1, 2)
            found = (
                payloads(await one.poll(worker, most=1)) + payloads(await one.poll(worker, wait=1)),
                payloads(await other.poll(worker, wait=1)),
            )
            await one.end(worker)
            await other.end(worker)
        return found

    assert run(story("amqp")) == ([1, 2], [1, 2])
    assert run(story("amqp-queue")) == ([1, 2], [])


def test_an_ended_subscription_leaves_no_queue_at_rabbitmq(started: Started) -> None:
    line = LINES["amqp"]
    subscription = Run(line.document(started(line).port), authentication=BASIC)
    subscription.key = "leaves-nothing"

    async def story() -> list[bool]:
        import aio_pika

        connection = await aio_pika.connect(host="127.0.0.1", port=started(line).port, login=USER, password=PASSWORD)
        found = []
        async with working() as worker, connection:
            await subscription.begin(worker)
            for _ in range(2):
                channel = await connection.channel()
                try:
                    await channel.get_queue("swtemporal.leaves-nothing")
                    found.append(True)
                except aio_pika.exceptions.ChannelNotFoundEntity:
                    found.append(False)
                if found == [True]:
                    await subscription.end(worker)
        return found

    assert run(story()) == [True, False]


@pytest.mark.parametrize("name", ["mqtt", "mqtt5"])
def test_an_ended_session_is_forgotten_by_mosquitto(name: str, started: Started) -> None:
    line = LINES[name]
    subscription = Run(line.document(started(line).port), authentication=BASIC)
    subscription.key = f"forgotten-{name}"

    async def story() -> list[Any]:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.end(worker)
            await subscription.publish(worker, 1)
            subscription.position, subscription.receipts = None, []
            return await subscription.poll(worker, wait=0.5)

    assert run(story()) == []


def test_a_group_goes_on_where_it_committed(started: Started) -> None:
    line = LINES["kafka-group"]
    document = line.document(started(line).port, address="rooms.1")
    one, other = Run(document, authentication=BASIC), Run(document, authentication=BASIC)
    one.key, other.key = "one-group", "other-group"

    async def story() -> None:
        async with working() as worker:
            await one.begin(worker)
            await one.publish(worker, 1, 2, 3)
            assert payloads(await one.gather(worker, 3)) == [1, 2, 3]
            await one.end(worker, but=1)
            assert payloads(await other.gather(worker, 1)) == [3]
            await other.end(worker)

    run(story())


def test_a_repeated_publication_is_one_message_in_a_stream_of_jetstream(started: Started) -> None:
    line = LINES["jetstream"]
    subscription = Run(line.document(started(line).port), authentication=BASIC)
    subscription.key = "twice"

    async def story() -> list[Any]:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1)
            await subscription.publish(worker, 1)
            return await subscription.poll(worker) + await subscription.poll(worker, wait=0.3)

    assert payloads(run(story())) == [1]


# Brokers that fall and rise


@pytest.mark.parametrize("name", ["jetstream", "redis-stream", "mqtt", "mqtt5", "amqp", "amqp-queue", "kafka"])
def test_a_broker_that_falls_and_rises_again_loses_nothing_that_was_not_recorded(name: str, tmp_path: Path) -> None:
    line = LINES[name]
    with line.start(tmp_path / "broker") as broker:
        run(prepare(line.start, broker.port))
        subscription = Run(line.document(broker.port), authentication=line.authentication)

        async def story() -> None:
            async with working() as worker:
                await subscription.begin(worker)
                await subscription.publish(worker, 1, 2)
                assert payloads(await subscription.gather(worker, 1)) == [1]
            broker.kill()
            async with working() as worker:
                problem = await trouble(subscription.gather(worker, 1))
                assert problem["type"] == "communication", problem
                await asyncio.to_thread(broker.start)
                got = payloads(await _as_soon_as_it_can(subscription, worker))
                if name == "amqp-queue" and got == [1]:
                    # That it was taken from the shared queue was not written down yet when the broker fell.
                    got = payloads(await subscription.gather(worker, 1))
                assert got == [2]
                await subscription.end(worker)

        run(story())


async def _as_soon_as_it_can(subscription: Run, worker: Worker) -> list[Any]:
    """A broker listens a while before it works."""
    while True:
        try:
            return await subscription.gather(worker, 1)
        except ApplicationError as error:
            if not error.details[0]["type"].endswith("/communication"):
                raise
            await asyncio.sleep(0.2)
