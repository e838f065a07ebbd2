"""AsyncAPI over NATS: core, and JetStream where the channel's or operation's binding says `x-jetstream: true` (or names a stream by it).

With JetStream a subscription is a place in the stream: every poll goes on behind the last message that is recorded, on whichever worker.
Core NATS keeps nothing for who is not connected: what is said between two polls is missed where the second one is another worker's;
with a `queue` of the operation's binding, another member of the queue gets it.

Spec: https://github.com/asyncapi/bindings/tree/master/nats
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import AuthorizationError, Error, NoServersError
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.client import JetStreamContext

from activities.asyncapi.binding import gathered, speaking
from activities.asyncapi.message import Incoming, Outgoing
from activities.asyncapi.site import Site
from interpreter.values import Json

KEEPS = False

_KEY = "Nats-Msg-Id"
"""By this header JetStream knows repetitions."""

_FORGOTTEN = 300.0
"""Seconds after which the server forgets a consumer that asks for nothing; the next poll makes a new one."""

_SHORTEST = 0.05
"""Seconds; a shorter wait may end before an answer that is already on its way."""


async def publish(site: Site, message: Outgoing) -> None:
    """One message; with JetStream the stream has it when this returns, and a repetition within its window is dropped."""
    headers = {**message.texts, "Content-Type": message.content_type, _KEY: message.key}
    with speaking(site, _verdict):
        async with _connected(site) as client, asyncio.timeout(site.within):
            if site.option("x-jetstream"):
                await client.jetstream(timeout=site.within).publish(site.address, message.body, headers=headers)
            else:
                await client.publish(site.address, message.body, headers=headers)


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Core | Stream]:
    """Subscribe from now on, or from a place in a stream."""
    with speaking(site, _verdict):
        async with _connected(site) as client:
            if not site.option("x-jetstream"):
                subscription = await client.subscribe(site.address, queue=site.text("queue", "") or "")
                await client.flush(max(1, int(site.within)))
                yield Core(site, subscription)
                return
            stream = Stream(site, client.jetstream(timeout=site.within), position)
            try:
                yield stream
            finally:
                await stream.close()


class Core:
    """A subscription of core NATS; the client keeps what nobody has polled yet."""

    position: Json = None

    def __init__(self, site: Site, subscription: Subscription) -> None:
        self._site = site
        self._subscription = subscription
        self._alone = not site.option("queue")

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The next messages; one at a time where others of the queue would otherwise go without."""
        with speaking(self._site, _verdict):
            return await gathered(self._receive, most if self._alone else 1, wait)

    async def _receive(self, wait: float) -> Incoming | None:
        try:
            return _incoming(await self._subscription.next_msg(max(wait, 0.001)))
        except TimeoutError:
            return None

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Nothing to tell."""

    async def end(self) -> None:
        """Nothing to remove."""


class Stream:
    """A place in a stream of JetStream; null before the first poll, which only looks where the stream ends."""

    def __init__(self, site: Site, jetstream: JetStreamContext, position: Json) -> None:
        self._site = site
        self._jetstream = jetstream
        self._consumer: JetStreamContext.PullSubscription | None = None
        self.position = position

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The messages behind the position. The first poll brings none at all: from then on nothing is missed."""
        with speaking(self._site, _verdict):
            async with asyncio.timeout(self._site.within + wait):
                name = await self._stream()
                if self.position is None:
                    self.position = (await self._jetstream.stream_info(name)).state.last_seq
                    return []
                if self._consumer is None:
                    self._consumer = await self._consume(name)
                return await gathered(self._receive, most, wait)

    async def _stream(self) -> str:
        named = self._site.option("x-jetstream")
        return named if isinstance(named, str) else await self._jetstream.find_stream_name_by_subject(self._site.address)

    async def _consume(self, stream: str) -> JetStreamContext.PullSubscription:
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=self.position + 1,
            ack_policy=AckPolicy.NONE,
            inactive_threshold=_FORGOTTEN,
        )
        return await self._jetstream.pull_subscribe(self._site.address, stream=stream, config=config)

    async def _receive(self, wait: float) -> Incoming | None:
        if self._consumer is None:
            raise TypeError("a stream is read before its consumer is made")
        try:
            (message,) = await self._consumer.fetch(1, timeout=max(wait, _SHORTEST))
        except TimeoutError:
            return None
        self.position = message.metadata.sequence.stream
        return _incoming(message)

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Nothing to tell: the position is all there is."""

    async def end(self) -> None:
        """Nothing to remove: the consumer goes with its connection."""

    async def close(self) -> None:
        """Let the server forget the consumer."""
        if self._consumer is not None:
            await self._consumer.unsubscribe()


@asynccontextmanager
async def _connected(site: Site) -> AsyncIterator[Client]:
    username, password, token = site.credentials
    heard: list[Exception] = []

    async def hear(error: Exception) -> None:
        heard.append(error)

    options: dict[str, Any] = {"user": username, "password": password, "token": token, "tls": await site.tls()}
    client = Client()
    try:
        async with asyncio.timeout(site.within):
            await client.connect(
                f"{'tls' if site.secure else 'nats'}://{site.meeting}",
                allow_reconnect=False,
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=max(1, int(site.within)),
                error_cb=hear,
                **{name: value for name, value in options.items() if value is not None},
            )
        yield client
        await client.flush(max(1, int(site.within)))
    except NoServersError:
        raise heard[-1] from None
    finally:
        await client.close()
    if heard:
        raise heard[0]  # what the server has told of what was sent: nobody may publish there, for one


def _incoming(message: Msg) -> Incoming:
    headers = dict(message.headers or {})
    return Incoming(body=message.data, headers=headers, content_type=headers.get("Content-Type"))


def _verdict(error: Exception) -> str | None:
    if isinstance(error, AuthorizationError) or "authorization violation" in str(error).lower():
        return "authentication"
    if "permissions violation" in str(error).lower():
        return "authorization"
    return "communication" if isinstance(error, Error) else None
