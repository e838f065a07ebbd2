"""AsyncAPI over Redis: publish and subscribe, or a stream where the channel's or operation's binding says `x-stream: true`.

In a stream a subscription is a place: every poll goes on behind the last entry that is recorded, on whichever worker. Without one Redis
keeps nothing for who is not connected: what is published between two polls is missed where the second one is another worker's.

An entry has the fields `payload`, `headers` (JSON) and `idempotency-key`; in one without `payload` the fields are the payload.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, NoPermissionError, RedisError, ResponseError

from activities.asyncapi.binding import gathered, speaking
from activities.asyncapi.message import Incoming, Outgoing, headless
from activities.asyncapi.site import Site
from activities.reading import parsed
from interpreter.defaults import POLL_BYTES
from interpreter.values import Json, encode

KEEPS = False

_STREAM = "x-stream"
_PAYLOAD, _HEADERS, _KEY = "payload", "headers", "idempotency-key"
_BEGINNING = "0-0"


async def publish(site: Site, message: Outgoing) -> None:
    """One message to whoever is subscribed, or one entry of the stream."""
    if not site.option(_STREAM):
        headless(site, message, "; a stream has them: x-stream: true in the channel's bindings")
    with speaking(site, _verdict):
        async with _connected(site) as client, asyncio.timeout(site.within):
            if site.option(_STREAM):
                await client.xadd(site.address, _fields(message))
            else:
                await client.publish(site.address, message.body)


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Channel | Stream]:
    """Subscribe from now on, or from a place in a stream."""
    with speaking(site, _verdict):
        async with _connected(site) as client:
            if site.option(_STREAM):
                if site.wild:
                    raise site.misfit("a stream has one name; all parameters of its address must have a value")
                yield Stream(site, client, position)
                return
            async with client.pubsub(ignore_subscribe_messages=True) as channel:
                async with asyncio.timeout(site.within):
                    await (channel.psubscribe if site.wild else channel.subscribe)(site.address)
                yield Channel(site, channel)


class Channel:
    """A subscription; what nobody has polled yet waits in its connection."""

    position: Json = None

    def __init__(self, site: Site, channel: PubSub) -> None:
        self._site = site
        self._channel = channel

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The next messages."""
        with speaking(self._site, _verdict):
            async with asyncio.timeout(wait + self._site.within):  # a lost connection is opened anew on the way
                return await gathered(self._receive, most, wait)

    async def _receive(self, wait: float) -> Incoming | None:
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while True:
            # None also where the server only confirmed the subscription.
            message = await self._channel.get_message(timeout=max(0.001, until - clock()))
            if message is not None:
                return Incoming(body=message["data"])
            if clock() >= until:
                return None

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Nothing to tell."""

    async def end(self) -> None:
        """Nothing to remove."""


class Stream:
    """A place in a stream: the id of the last entry seen; null before the first poll, which only looks where the stream ends."""

    def __init__(self, site: Site, client: Redis, position: Json) -> None:
        self._site = site
        self._client = client
        self.position = position

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The entries behind the position. The first poll brings none at all: from then on nothing is missed."""
        with speaking(self._site, _verdict):
            if self.position is None:
                self.position = await self._last()
                return []
            block = max(1, int(wait * 1000))
            async with asyncio.timeout(wait + self._site.within):
                found: Any = await self._client.xread({self._site.address: self.position}, count=most, block=block)
            return self._taken(found[0][1] if found else [])

    def _taken(self, entries: Sequence[tuple[bytes, Mapping[bytes, bytes]]]) -> list[Incoming]:
        messages: list[Incoming] = []
        size = 0
        for name, fields in entries:
            if size >= POLL_BYTES:
                break
            self.position = name.decode()
            message = _incoming(fields)
            messages.append(message)
            size += len(message.body)
        return messages

    async def _last(self) -> str:
        try:
            async with asyncio.timeout(self._site.within):
                info = await self._client.xinfo_stream(self._site.address)
        except ResponseError as error:
            if "no such key" in str(error).lower():
                return _BEGINNING
            raise
        return str(info["last-generated-id"].decode())

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Nothing to tell: the position is all there is."""

    async def end(self) -> None:
        """Nothing to remove."""


@asynccontextmanager
async def _connected(site: Site) -> AsyncIterator[Redis]:
    username, password, token = site.credentials
    if site.certificate is not None:
        raise site.misfit("certificates of clients are not shown to Redis by this version")
    client = Redis(
        host=site.peer,
        port=site.port,
        db=int(site.path.strip("/") or 0) if site.path.strip("/").isdigit() else 0,
        username=username,
        password=password if token is None else token,
        ssl=site.secure,
        socket_connect_timeout=site.within,
        socket_timeout=None,  # a poll may wait longer than it takes to answer
        retry=Retry(NoBackoff(), 0),
    )
    try:
        yield client
    finally:
        await client.aclose()


def _fields(message: Outgoing) -> dict[Any, Any]:
    fields: dict[Any, Any] = {_PAYLOAD: message.body}
    if message.texts:
        fields[_HEADERS] = encode(message.texts)
    return {**fields, _KEY: message.key}


def _incoming(fields: Mapping[bytes, bytes]) -> Incoming:
    named = {name.decode("utf-8", "replace"): value for name, value in fields.items()}
    texts = {name: value.decode("utf-8", "replace") for name, value in named.items()}
    if _PAYLOAD not in named:
        return Incoming(body=encode(texts).encode("utf-8", "replace"), content_type="application/json")
    headers: Json = None
    try:
        headers = parsed(texts.get(_HEADERS, "{}"))
    except ValueError:
        headers = {_HEADERS: texts[_HEADERS]}
    more = {name: value for name, value in texts.items() if name not in {_PAYLOAD, _HEADERS}}
    return Incoming(body=named[_PAYLOAD], headers={**more, **(headers if isinstance(headers, dict) else {_HEADERS: headers})})


def _verdict(error: Exception) -> str | None:
    if isinstance(error, AuthenticationError) or str(error).startswith(("NOAUTH", "WRONGPASS")):
        return "authentication"
    if isinstance(error, NoPermissionError):
        return "authorization"
    return "communication" if isinstance(error, RedisError) else None
