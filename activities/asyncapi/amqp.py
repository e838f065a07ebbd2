"""AsyncAPI over AMQP 0.9.1 (RabbitMQ).

A subscription to an exchange is a queue of its own, named after the call's key: what is published between two polls waits there, and
what a poll brought is acknowledged only when it is recorded. A poll by another worker gets it once more and drops it, by its receipt.
From a queue that others share (`is: queue`), messages are moved into the subscription's own one, so that none is dealt out twice; at
the end those that nobody looked at are moved back. A queue that nobody polls expires after a day.

Spec: https://github.com/asyncapi/bindings/tree/master/amqp
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any

import aio_pika
from aio_pika.abc import AbstractChannel, AbstractExchange, AbstractIncomingMessage, AbstractQueue
from aio_pika.exceptions import AMQPError, ChannelInvalidStateError, ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused

from activities.asyncapi.binding import gathered, speaking
from activities.asyncapi.message import Incoming, Outgoing
from activities.asyncapi.site import Site
from interpreter.values import Json

KEEPS = True

EXPIRY = 86_400_000
"""Milliseconds for which a queue of a subscription is kept when nobody polls it."""

_SOON, _LATER = 0.05, 0.5
"""Seconds between two looks into a queue that is empty: at first, and in the end."""

_PERSISTENT = 2


async def publish(site: Site, message: Outgoing) -> None:
    """One message; the broker has confirmed it when this returns. To a queue that does not exist it is a fault."""
    with speaking(site, _verdict):
        async with asyncio.timeout(site.within), _channel(site) as channel:
            shared = _shared(site)
            exchange = channel.default_exchange if shared else await _exchange(site, channel)
            await exchange.publish(
                aio_pika.Message(
                    message.body,
                    content_type=message.content_type,
                    headers={name: value for name, value in message.headers.items() if value is not None},
                    message_id=message.key,
                    correlation_id=message.correlation,
                    delivery_mode=site.number("deliveryMode", _PERSISTENT),
                    priority=site.option("priority"),
                ),
                routing_key=shared or site.address,
                mandatory=bool(shared or site.option("mandatory", False)),
            )


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Subscribed]:  # noqa: ARG001  - it is at the broker
    """Take up the subscription's queue, or make it."""
    with speaking(site, _verdict):
        async with _channel(site) as channel:
            async with asyncio.timeout(site.within):
                own = await channel.declare_queue(f"swtemporal.{site.key}", durable=True, arguments={"x-expires": EXPIRY})
                shared = _shared(site)
                if shared is None:
                    await own.bind(await _exchange(site, channel), routing_key=site.address)
                source = None if shared is None else await channel.get_queue(shared)
            yield Subscribed(site, channel, own, source)


class Subscribed:
    """A queue of the subscription's own, and the shared one from which it is filled, if that is where messages are."""

    position: Json = None

    def __init__(self, site: Site, channel: AbstractChannel, own: AbstractQueue, source: AbstractQueue | None) -> None:
        self._site = site
        self._channel = channel
        self._own = own
        self._source = source
        self._unsettled: dict[int, AbstractIncomingMessage] = {}
        self._settled: Counter[str] = Counter()

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The next messages, but for those that were settled while somebody else was connected."""
        with speaking(self._site, _verdict):
            return await gathered(self._receive, most, wait)

    async def _receive(self, wait: float) -> Incoming | None:
        clock = asyncio.get_running_loop().time
        until, pause = clock() + wait, _SOON
        while True:
            message = await self._next()
            if message is not None:
                receipt = _receipt(message)
                if self._is_settled(message, receipt):
                    await message.ack()
                    continue
                self._unsettled[message.delivery_tag or 0] = message
                return _incoming(message, receipt)
            if clock() >= until:
                return None
            await asyncio.sleep(min(pause, max(0.0, until - clock())))
            pause = min(pause * 1.5, _LATER)

    def _is_settled(self, message: AbstractIncomingMessage, receipt: str) -> bool:
        """Whether a message is one that was settled before; a broker that fell may have forgotten that it was delivered, not its id."""
        settled = bool(self._settled[receipt] and (message.redelivered or message.message_id))
        self._settled[receipt] -= settled
        return settled

    async def _next(self) -> AbstractIncomingMessage | None:
        message = await self._own.get(fail=False)
        if message is None and self._source is not None and await self._move(self._source, self._own.name):
            message = await self._own.get(fail=False)
        return message

    async def _move(self, source: AbstractQueue, target: str) -> bool:
        """Move one message to another queue; it is in both before it is in one."""
        message = await source.get(fail=False)
        if message is None:
            return False
        await self._channel.default_exchange.publish(_copy(message), routing_key=target, mandatory=True)
        await message.ack()
        return True

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Settle what came on this connection; what came on another one, when it comes again."""
        with speaking(self._site, _verdict):
            left = Counter(receipts)
            for tag, message in list(self._unsettled.items()):
                receipt = _receipt(message)
                if left[receipt]:
                    left[receipt] -= 1
                    await self._unsettled.pop(tag).ack()
            self._settled += left

    async def end(self) -> None:
        """Give back what nobody looked at where it was shared, and remove the queue."""
        with speaking(self._site, _verdict):
            for message in self._unsettled.values():
                await message.nack(requeue=True)
            self._unsettled.clear()
            if self._source is not None:
                await self._give_back(self._source.name)
            await self._own.delete(if_unused=False, if_empty=False)

    async def _give_back(self, shared: str) -> None:
        while (message := await self._own.get(fail=False)) is not None:
            receipt = _receipt(message)
            if not self._is_settled(message, receipt):
                await self._channel.default_exchange.publish(_copy(message), routing_key=shared, mandatory=True)
            await message.ack()


@asynccontextmanager
async def _channel(site: Site) -> AsyncIterator[AbstractChannel]:
    username, password, token = site.credentials
    connection = await aio_pika.connect(
        host=site.peer,
        port=site.port,
        login=username or ("" if token else "guest"),
        password=(password or "guest") if token is None else token,
        virtualhost=site.path.lstrip("/") or _of(site, "exchange").get("vhost", "/"),
        ssl=site.secure,
        ssl_context=await site.tls(),
        timeout=site.within,
    )
    async with connection:
        yield await connection.channel()


def _of(site: Site, name: str) -> Mapping[str, Json]:
    found = site.option(name, {})
    if not isinstance(found, dict):
        raise site.misfit(f"the binding's {name!r} must be an object")
    return found


def _shared(site: Site) -> str | None:
    """The queue that others consume from, too; None where messages come through an exchange."""
    if site.option("is") == "queue":
        return str(_of(site, "queue").get("name") or site.address)
    return None if _of(site, "exchange").get("name") else site.address


async def _exchange(site: Site, channel: AbstractChannel) -> AbstractExchange:
    """The exchange, made where the document says of what type it is."""
    described = _of(site, "exchange")
    name, kind = str(described["name"]), described.get("type")
    if kind is None or name.startswith("amq."):
        return await channel.get_exchange(name)
    durable, auto_delete = bool(described.get("durable", True)), bool(described.get("autoDelete", False))
    return await channel.declare_exchange(name, kind, durable=durable, auto_delete=auto_delete)


def _receipt(message: AbstractIncomingMessage) -> str:
    """What tells a message from others of its queue; equal ones are counted."""
    return sha256(f"{message.message_id}\n{message.routing_key}\n".encode() + message.body).hexdigest()[:32]


def _copy(message: AbstractIncomingMessage) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        headers=message.headers,
        content_type=message.content_type,
        content_encoding=message.content_encoding,
        delivery_mode=_PERSISTENT,
        priority=message.priority,
        correlation_id=message.correlation_id,
        message_id=message.message_id,
        timestamp=message.timestamp,
        type=message.type,
        app_id=message.app_id,
    )


def _incoming(message: AbstractIncomingMessage, receipt: str) -> Incoming:
    return Incoming(
        body=message.body,
        headers={name: _json(value) for name, value in message.headers.items()},
        content_type=message.content_type,
        correlation=message.correlation_id,
        receipt=receipt,
    )


def _json(value: Any) -> Json:
    """A header's value as JSON; what JSON has no word for (times, decimals, bytes) is text."""
    match value:
        case bool() | None | int() | float() | str():
            return value
        case bytes():
            return value.decode("utf-8", "replace")
        case dict():
            return {str(name): _json(item) for name, item in value.items()}
        case list():
            return [_json(item) for item in value]
    return str(value)


def _verdict(error: Exception) -> str | None:
    if isinstance(error, ProbableAuthenticationError):
        return "authentication"
    if isinstance(error, ChannelAccessRefused):
        return "authorization"
    return "communication" if isinstance(error, AMQPError | ChannelInvalidStateError) else None
