"""`call: asyncapi` against brokers that others wrote; what holds for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from temporalio.exceptions import ApplicationError

from tests.activities.asyncapi.working import Run, Worker, described, payloads, run, trouble, working
from tests.counterparts import brokers
from tests.counterparts.brokers import PASSWORD, USER, Broker

pytestmark = [pytest.mark.counterpart, pytest.mark.timeout(180)]

BASIC = {"basic": {"username": USER, "password": PASSWORD}}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A protocol with a broker: how its document looks, and what it can do."""

    start: Callable[[Path], Broker]
    protocol: str
    address: str = "rooms.1"
    channel: dict[str, Any] = field(default_factory=dict)
    authentication: dict[str, Any] = field(default_factory=lambda: BASIC)
    keeps: bool = True
    """Whether messages wait for a subscription that nobody polls."""
    headers: bool = True
    key: str | None = None
    """The header in which a message's idempotency key comes."""

    def document(self, port: int, address: str | None = None) -> dict[str, Any]:
        server = {"host": f"127.0.0.1:{port}", "protocol": self.protocol}
        return described(server, address or self.address, channel=self.channel)


def bound(protocol: str, **options: Any) -> dict[str, Any]:
    return {"bindings": {protocol: options}}


LINES = {
    "nats": Line(start=brokers.nats, protocol="nats", keeps=False, key="Nats-Msg-Id"),
    "jetstream": Line(
        start=brokers.nats, protocol="nats", address="orders.1", channel=bound("nats", **{"x-jetstream": True}), key="Nats-Msg-Id"
    ),
    "redis": Line(
        start=brokers.redis,
        protocol="redis",
        keeps=False,
        headers=False,
        authentication={"basic": {"username": "default", "password": PASSWORD}},
    ),
    "redis-stream": Line(
        start=brokers.redis,
        protocol="redis",
        address="log",
        channel=bound("redis", **{"x-stream": True}),
        authentication={"basic": {"username": "default", "password": PASSWORD}},
        key="idempotency-key",
    ),
    "mqtt": Line(start=brokers.mosquitto, protocol="mqtt", address="rooms/1", headers=False),
    "mqtt5": Line(start=brokers.mosquitto, protocol="mqtt5", address="rooms/1", key="Idempotency-Key"),
    "amqp": Line(
        start=brokers.rabbitmq,
        protocol="amqp",
        channel=bound("amqp", **{"is": "routingKey", "exchange": {"name": "rooms", "type": "topic"}}),
    ),
    "amqp-queue": Line(start=brokers.rabbitmq, protocol="amqp", address="jobs", channel=bound("amqp", **{"is": "queue"})),
    "kafka": Line(start=brokers.kafka, protocol="kafka", key="Idempotency-Key"),
    "kafka-group": Line(
        start=brokers.kafka, protocol="kafka", address="grouped", channel=bound("kafka", groupId="workers"), key="Idempotency-Key"
    ),
}

KEEPING = [name for name, line in LINES.items() if line.keeps]
SETTLING = ["mqtt", "mqtt5", "amqp", "amqp-queue"]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Line], Broker]]:
    """Brokers that run for all tests of this file."""
    running: dict[Callable[[Path], Broker], Broker] = {}

    def start(line: Line) -> Broker:
        if line.start not in running:
            broker = line.start(tmp_path_factory.mktemp(line.start.__name__))
            broker.start()
            running[line.start] = broker
            run(_prepare(line.start, broker.port))
        return running[line.start]

    yield start
    for broker in running.values():
        broker.kill()


async def _prepare(start: Any, port: int) -> None:
    """What an operator makes before messages flow."""
    if start is brokers.nats:
        import nats

        client = await nats.connect(f"nats://127.0.0.1:{port}", user=USER, password=PASSWORD)
        await client.jetstream().add_stream(name="ORDERS", subjects=["orders.*"])
        await client.close()
    elif start is brokers.rabbitmq:
        import aio_pika

        connection = await aio_pika.connect(host="127.0.0.1", port=port, login=USER, password=PASSWORD)
        channel = await connection.channel()
        await channel.declare_queue("jobs", durable=True)
        await channel.declare_exchange("rooms", "topic", durable=True)
        await connection.close()
    elif start is brokers.kafka:
        from aiokafka.admin import AIOKafkaAdminClient, NewTopic

        admin = AIOKafkaAdminClient(
            bootstrap_servers=f"127.0.0.1:{port}",
            security_protocol="SASL_PLAINTEXT",
            sasl_mechanism="PLAIN",
            sasl_plain_username=USER,
            sasl_plain_password=PASSWORD,
        )
        await admin.start()
        await admin.create_topics([NewTopic("rooms.1", 1, 1), NewTopic("grouped", 1, 1)])
        await admin.close()


@pytest.fixture(params=list(LINES))
def line(request: pytest.FixtureRequest) -> Line:
    return LINES[request.param]


@pytest.fixture
def subscription(line: Line, started: Callable[[Line], Broker], request: pytest.FixtureRequest) -> Run:
    """A run whose subscription has a key of its own."""
    found = Run(line.document(started(line).port), authentication=line.authentication)
    found.key = f"key-{request.node.name}".replace("[", "-").replace("]", "")
    return found


def test_messages_come_in_order_with_all_that_belongs_to_them(line: Line, subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            message: dict[str, Any] = {"headers": {"kind": "dog", "legs": 4}} if line.headers else {}
            await subscription.publish(worker, {"n": 1}, {"n": 2}, {"ü": "ß"}, **message)
            got = await subscription.gather(worker, 3)
            assert payloads(got) == [{"n": 1}, {"n": 2}, {"ü": "ß"}]
            if line.headers:
                assert got[0]["headers"]["kind"] == "dog"
                assert str(got[0]["headers"]["legs"]) == "4"
            if line.key:
                assert got[1]["headers"][line.key] == f"{subscription.key}-sent-1"
            await subscription.end(worker)

    run(story())


def test_a_poll_brings_no_more_than_it_may_and_the_next_ones_bring_the_rest(subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1, 2, 3, 4, 5)
            got = []
            while len(got) < 5:
                some = await subscription.poll(worker, most=2)
                assert len(some) <= 2
                got += some
            assert payloads(got) == [1, 2, 3, 4, 5]
            await subscription.end(worker)

    run(story())


@pytest.mark.parametrize("line", [LINES[name] for name in KEEPING], ids=KEEPING)
def test_another_worker_goes_on_with_what_came_meanwhile_and_repeats_nothing(line: Line, subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1, 2, key="a")
            assert payloads(await subscription.gather(worker, 2)) == [1, 2]
        async with working() as worker:
            await subscription.publish(worker, 3, key="b")
        async with working() as worker:
            assert payloads(await subscription.gather(worker, 1)) == [3]
        async with working() as worker:
            await subscription.publish(worker, 4, key="c")
            assert payloads(await subscription.gather(worker, 1)) == [4]
            await subscription.end(worker)

    run(story())


@pytest.mark.parametrize("line", [LINES[name] for name in KEEPING], ids=KEEPING)
def test_what_a_killed_worker_took_comes_again(line: Line, subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
        async with working() as worker:
            await subscription.publish(worker, 1, 2)
            assert await subscription.poll(worker, recorded=False)
        async with working() as worker:
            assert payloads(await subscription.gather(worker, 2)) == [1, 2]
            await subscription.end(worker)

    run(story())


def test_a_poll_that_is_repeated_on_the_same_worker_brings_the_same(subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await subscription.publish(worker, 1)
            assert payloads(await subscription.poll(worker, recorded=False)) == [1]
            assert payloads(await subscription.poll(worker)) == [1]
            await subscription.publish(worker, 2, key="b")
            assert payloads(await subscription.poll(worker)) == [2]
            await subscription.end(worker)

    run(story())


def test_a_poll_without_messages_waits_and_brings_none(subscription: Run) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            assert await subscription.poll(worker, wait=0.3) == []
            await subscription.end(worker)

    run(story())


def test_wrong_credentials_are_told_without_them(line: Line, started: Callable[[Line], Broker]) -> None:
    wrong = Run(line.document(started(line).port), authentication={"basic": {"username": USER, "password": "babbage-1791"}})
    none = Run(line.document(started(line).port))

    async def story() -> list[dict[str, Any]]:
        async with working() as worker:
            silent = [] if line.protocol == "kafka" else [none.publish(worker, 1)]  # Kafka hangs up on who does not begin with them
            return [await trouble(one) for one in (wrong.publish(worker, 1), wrong.poll(worker), *silent)]

    for problem in run(story()):
        assert (problem["type"], problem["status"]) == ("authentication", 401), problem
        assert "babbage" not in str(problem)


def test_nobody_listening_is_a_communication_error(line: Line) -> None:
    nobody = Run(line.document(brokers.free_port()), authentication=line.authentication)

    async def story() -> list[dict[str, Any]]:
        async with working() as worker:
            return [await trouble(nobody.publish(worker, 1)), await trouble(nobody.poll(worker))]

    for problem in run(story()):
        assert (problem["type"], problem["status"]) == ("communication", 500), problem


def test_headers_where_there_are_none_are_refused(line: Line, subscription: Run) -> None:
    if line.headers:
        pytest.skip("the protocol has headers")

    async def story() -> dict[str, Any]:
        async with working() as worker:
            return await trouble(subscription.publish(worker, 1, headers={"a": 1}))

    assert run(story())["type"] == "configuration"


RAW = [b"\xff\xfe\x00", b"no JSON", b'{"n": NaN}', b"[" * 5000, b""]
SEEN = ["//4A", "no JSON", '{"n": NaN}', "[" * 5000, None]


async def _said_by_others(line: Line, port: int, bodies: list[bytes]) -> None:  # noqa: C901  - one case for each broker
    """Bodies from a client that knows nothing of AsyncAPI."""
    match line.start:
        case brokers.nats:
            import nats

            nats_client = await nats.connect(f"nats://127.0.0.1:{port}", user=USER, password=PASSWORD)
            for body in bodies:
                await nats_client.publish(line.address, body)
            await nats_client.close()
        case brokers.redis:
            from redis.asyncio import Redis

            redis_client = Redis(port=port, password=PASSWORD)
            for body in bodies:
                await (
                    redis_client.xadd(line.address, {"payload": body})
                    if "stream" in str(line.channel)
                    else redis_client.publish(line.address, body)
                )
            await redis_client.aclose()
        case brokers.mosquitto:
            import aiomqtt

            async with aiomqtt.Client("127.0.0.1", port, username=USER, password=PASSWORD) as mqtt_client:
                for body in bodies:
                    await mqtt_client.publish(line.address, body, qos=1)
        case brokers.rabbitmq:
            import aio_pika

            connection = await aio_pika.connect(host="127.0.0.1", port=port, login=USER, password=PASSWORD)
            channel = await connection.channel()
            exchange = channel.default_exchange if line.address == "jobs" else await channel.get_exchange("rooms")
            for body in bodies:
                await exchange.publish(aio_pika.Message(body), routing_key=line.address)
            await connection.close()
        case brokers.kafka:
            from aiokafka import AIOKafkaProducer

            producer = AIOKafkaProducer(
                bootstrap_servers=f"127.0.0.1:{port}",
                security_protocol="SASL_PLAINTEXT",
                sasl_mechanism="PLAIN",
                sasl_plain_username=USER,
                sasl_plain_password=PASSWORD,
            )
            await producer.start()
            for body in bodies:
                await producer.send_and_wait(line.address, body)
            await producer.stop()


def test_rubbish_comes_as_text_or_base64_and_harms_nobody(line: Line, subscription: Run, started: Callable[[Line], Broker]) -> None:
    async def story() -> None:
        async with working() as worker:
            await subscription.begin(worker)
            await _said_by_others(line, started(line).port, RAW)
            assert payloads(await subscription.gather(worker, len(RAW))) == SEEN
            await subscription.end(worker)

    run(story())


# What is left at the server


def test_unlooked_at_messages_of_a_shared_queue_are_given_back(started: Callable[[Line], Broker]) -> None:
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


def test_unlooked_at_messages_of_a_shared_queue_are_given_back_by_another_worker_too(started: Callable[[Line], Broker]) -> None:
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


def test_two_subscriptions_of_an_exchange_get_all_and_those_of_a_queue_share(started: Callable[[Line], Broker]) -> None:
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


def test_an_ended_subscription_leaves_no_queue_at_rabbitmq(started: Callable[[Line], Broker]) -> None:
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
def test_an_ended_session_is_forgotten_by_mosquitto(name: str, started: Callable[[Line], Broker]) -> None:
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


def test_a_group_goes_on_where_it_committed(started: Callable[[Line], Broker]) -> None:
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


def test_a_repeated_publication_is_one_message_in_a_stream_of_jetstream(started: Callable[[Line], Broker]) -> None:
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
        run(_prepare(line.start, broker.port))
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
                assert payloads(await _as_soon_as_it_can(subscription, worker)) == [2]
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
