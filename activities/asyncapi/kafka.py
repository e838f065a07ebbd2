"""AsyncAPI over Kafka.

A subscription is a place in every partition of the topic: every poll goes on behind the last record that is in the history, on whichever
worker. With a `groupId` in the operation's binding it begins where that group left off, and what is recorded is committed for it; the
members of a group do not share the partitions, as polls come and go: every subscription reads all of them.

Spec: https://github.com/asyncapi/bindings/tree/master/kafka
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.abc import AbstractTokenProvider
from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    ClusterAuthorizationFailedError,
    GroupAuthorizationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
    TopicAuthorizationFailedError,
)

from activities.asyncapi.binding import speaking
from activities.asyncapi.message import Incoming, Outgoing
from activities.asyncapi.site import Site, permitted
from activities.http.message import IDEMPOTENCY_KEY
from interpreter.defaults import POLL_BYTES
from interpreter.values import Json

KEEPS = True

_MECHANISMS = {"scramSha256": "SCRAM-SHA-256", "scramSha512": "SCRAM-SHA-512"}
_CONTENT_TYPE = "content-type"


async def publish(site: Site, message: Outgoing) -> None:
    """One record; all replicas in sync have it when this returns. Its key is the one value that the message's binding allows, if it says so."""
    headers = {**message.texts, _CONTENT_TYPE: message.content_type, IDEMPOTENCY_KEY: message.key}
    key = site.text("key")
    with speaking(site, _verdict):
        async with asyncio.timeout(site.within):
            producer = AIOKafkaProducer(**await _connection(site), bootstrap_servers=site.meeting, acks="all")
            try:
                await _start(producer, site)
                await producer.send_and_wait(
                    _topic(site),
                    message.body,
                    key=None if key is None else key.encode(),
                    headers=[(name, value.encode("utf-8", "replace")) for name, value in headers.items()],
                )
            finally:
                await producer.stop()


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Places]:
    """Take up the places, or look where the group or the topic stands."""
    with speaking(site, _verdict):
        consumer = AIOKafkaConsumer(
            **await _connection(site),
            bootstrap_servers=site.meeting,
            group_id=site.text("groupId"),
            enable_auto_commit=False,
            auto_offset_reset="earliest",
        )
        try:
            async with asyncio.timeout(site.within):
                await _start(consumer, site)
            yield Places(site, consumer, position)
        finally:
            await consumer.stop()


class Places:
    """A place in each partition, by its number as text; null before the first poll, which only looks where the partitions end."""

    def __init__(self, site: Site, consumer: AIOKafkaConsumer, position: Json) -> None:
        self._site = site
        self._consumer = consumer
        self._assigned = False
        self.position: dict[str, int] | None = position

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The records behind the places. The first poll brings none at all: from then on nothing is missed."""
        with speaking(self._site, _verdict):
            if self.position is None:
                async with asyncio.timeout(self._site.within):
                    self.position = await self._begin()
                return []
            if not self._assigned:
                async with asyncio.timeout(self._site.within):
                    await self._assign(self.position)
            found = await self._consumer.getmany(timeout_ms=max(1, int(wait * 1000)), max_records=most)
            return self._taken(found)

    def _taken(self, found: dict[TopicPartition, list[Any]]) -> list[Incoming]:
        """As many records as a poll may bring; the others are read again."""
        messages: list[Incoming] = []
        size, full = 0, False
        places = self.position or {}
        for partition, records in found.items():
            for record in records:
                full = full or size >= POLL_BYTES
                if full:
                    self._consumer.seek(partition, record.offset)
                    break
                places = {**places, str(partition.partition): record.offset + 1}
                messages.append(_incoming(record))
                size += len(messages[-1].body)
        self.position = places
        return messages

    async def _partitions(self) -> list[TopicPartition]:
        topic = _topic(self._site)
        partitions = (await self._consumer._client.fetch_all_metadata()).partitions_for_topic(topic)  # noqa: SLF001 - the public one answers from what it knows
        if not partitions:
            raise self._site.misfit(f"there is no topic {topic!r}")
        return [TopicPartition(topic, number) for number in sorted(partitions)]

    async def _begin(self) -> dict[str, int]:
        partitions = await self._partitions()
        ends = await self._consumer.end_offsets(partitions)
        self._consumer.assign(partitions)
        committed = {one: await self._consumer.committed(one) for one in partitions} if self._site.text("groupId") else {}
        return {str(one.partition): ends[one] if committed.get(one) is None else committed[one] for one in partitions}

    async def _assign(self, places: dict[str, int]) -> None:
        partitions = await self._partitions()
        self._consumer.assign(partitions)
        for one in partitions:
            self._consumer.seek(one, places.get(str(one.partition), 0))  # one that was not there before is read from its beginning
        self._assigned = True

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Commit for the group, if there is one."""
        if not receipts or not self._site.text("groupId"):
            return
        offsets: dict[TopicPartition, int] = {}
        for number, offset in receipts:
            one = TopicPartition(_topic(self._site), number)
            offsets[one] = max(offsets.get(one, 0), offset + 1)
        with speaking(self._site, _verdict):
            if not self._assigned:
                async with asyncio.timeout(self._site.within):
                    await self._assign(self.position or {})
            await self._consumer.commit(offsets)

    async def end(self) -> None:
        """Nothing to remove."""


class _Token(AbstractTokenProvider):  # type: ignore[misc]  # the library has no types
    def __init__(self, token: str) -> None:
        self._token = token

    async def token(self) -> str:
        return self._token


def _topic(site: Site) -> str:
    return site.text("topic", site.address) or site.address


async def _start(client: Any, site: Site) -> None:
    try:
        await client.start()
    except KafkaConnectionError:
        # The client keeps to its log why it found no broker; a plain connection tells.
        (await create_conn(site.peer, site.port, **await _connection(site))).close()
        raise
    for broker in client.client.cluster.brokers() if isinstance(client, AIOKafkaProducer) else client._client.cluster.brokers():  # noqa: SLF001
        await permitted(broker.host, broker.port, secure=site.secure)  # where the cluster sends us


async def _connection(site: Site) -> dict[str, Any]:
    username, password, token = site.credentials
    options: dict[str, Any] = {"request_timeout_ms": max(1000, int(site.within * 1000))}
    if site.secure:
        options["ssl_context"] = await site.tls()
    if username is None and token is None:
        return {**options, "security_protocol": "SSL" if site.secure else "PLAINTEXT"}
    options["security_protocol"] = "SASL_SSL" if site.secure else "SASL_PLAINTEXT"
    if token is not None:
        return {**options, "sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": _Token(token)}
    mechanism = next((_MECHANISMS[one] for one in site.schemes if one in _MECHANISMS), "PLAIN")
    return {**options, "sasl_mechanism": mechanism, "sasl_plain_username": username, "sasl_plain_password": password}


def _incoming(record: Any) -> Incoming:
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    return Incoming(
        body=record.value or b"", headers=headers, content_type=headers.get(_CONTENT_TYPE), receipt=[record.partition, record.offset]
    )


def _verdict(error: Exception) -> str | None:
    if isinstance(error, AuthenticationFailedError | SaslAuthenticationFailed):
        return "authentication"
    if isinstance(error, TopicAuthorizationFailedError | GroupAuthorizationFailedError | ClusterAuthorizationFailedError):
        return "authorization"
    return "communication" if isinstance(error, KafkaError) else None
