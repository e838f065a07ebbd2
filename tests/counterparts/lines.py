"""The protocols of AsyncAPI with brokers that others wrote: how each is described, prepared, and spoken to by a client that knows nothing of AsyncAPI."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.activities.asyncapi.working import described, run
from tests.counterparts import brokers
from tests.counterparts.brokers import PASSWORD, USER
from tests.counterparts.serving import Serving

BASIC = {"basic": {"username": USER, "password": PASSWORD}}


@dataclass(frozen=True, kw_only=True)
class Line:
    """A protocol with a broker: how its document looks, and what it can do."""

    start: Callable[[Path], Serving]
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


Started = Callable[[Line], Serving]
"""Gives the running broker of a line."""


@contextmanager
def starting(folder: Callable[[str], Path]) -> Iterator[Started]:
    """Brokers that run until the end, each started when it is first asked for."""
    running: dict[Callable[[Path], Serving], Serving] = {}

    def start(line: Line) -> Serving:
        if line.start not in running:
            broker = line.start(folder(line.start.__name__))
            broker.start()
            running[line.start] = broker
            run(prepare(line.start, broker.port))
        return running[line.start]

    yield start
    for broker in running.values():
        broker.kill()


async def prepare(start: Any, port: int) -> None:
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


async def say(line: Line, port: int, bodies: list[bytes]) -> None:  # noqa: C901  - one case for each broker
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

            async with Redis(port=port, password=PASSWORD) as redis_client:
                for body in bodies:
                    await (
                        redis_client.xadd(line.address, {"payload": body})
                        if "stream" in str(line.channel)
                        else redis_client.publish(line.address, body)
                    )
        case brokers.mosquitto:
            import aiomqtt

            async with aiomqtt.Client("127.0.0.1", port, username=USER, password=PASSWORD) as mqtt_client:
                for body in bodies:
                    await mqtt_client.publish(line.address, body, qos=1)
        case brokers.rabbitmq:
            import aio_pika

            async with await aio_pika.connect(host="127.0.0.1", port=port, login=USER, password=PASSWORD) as connection:
                channel = await connection.channel()
                exchange = channel.default_exchange if line.address == "jobs" else await channel.get_exchange("rooms")
                for body in bodies:
                    await exchange.publish(aio_pika.Message(body), routing_key=line.address)
        case brokers.kafka:
            from aiokafka import AIOKafkaProducer

            producer = AIOKafkaProducer(
                bootstrap_servers=f"127.0.0.1:{port}",
                security_protocol="SASL_PLAINTEXT",
                sasl_mechanism="PLAIN",
                sasl_plain_username=USER,
                sasl_plain_password=PASSWORD,
            )
            try:
                await producer.start()
                for body in bodies:
                    await producer.send_and_wait(line.address, body)
            finally:
                await producer.stop()


async def keys(line: Line, port: int) -> list[str]:
    """The idempotency keys of all that a broker keeps of a line."""
    match line.start:
        case brokers.nats:
            import nats

            client = await nats.connect(f"nats://127.0.0.1:{port}", user=USER, password=PASSWORD)
            stream = client.jetstream()
            state = (await stream.stream_info("ORDERS")).state
            found = [(await stream.get_msg("ORDERS", seq)).headers for seq in range(state.first_seq, state.last_seq + 1)]
            await client.close()
            return [headers["Nats-Msg-Id"] for headers in found if headers]
        case brokers.redis:
            from redis.asyncio import Redis

            async with Redis(port=port, password=PASSWORD) as redis_client:
                entries = await redis_client.xrange(line.address)
            return [fields[b"idempotency-key"].decode() for _, fields in entries if b"idempotency-key" in fields]
        case brokers.rabbitmq:
            import aio_pika

            async with await aio_pika.connect(host="127.0.0.1", port=port, login=USER, password=PASSWORD) as connection:
                queue = await (await connection.channel()).get_queue(line.address)
                messages = [await queue.get() for _ in range(queue.declaration_result.message_count or 0)]  # they go back at the end
            return [str(message.message_id) for message in messages]
        case brokers.kafka:
            from aiokafka import AIOKafkaConsumer

            consumer = AIOKafkaConsumer(
                line.address,
                bootstrap_servers=f"127.0.0.1:{port}",
                auto_offset_reset="earliest",
                security_protocol="SASL_PLAINTEXT",
                sasl_mechanism="PLAIN",
                sasl_plain_username=USER,
                sasl_plain_password=PASSWORD,
            )
            await consumer.start()
            try:
                records = [record for some in (await consumer.getmany(timeout_ms=10_000)).values() for record in some]
            finally:
                await consumer.stop()
            return [value.decode() for record in records for name, value in record.headers if name == "Idempotency-Key"]
    raise AssertionError(f"{line.protocol} keeps nothing")
