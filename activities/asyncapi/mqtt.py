"""AsyncAPI over MQTT 3.1.1 (`mqtt`) and 5 (`mqtt5`, or `mqtt` with `protocolVersion: 5`).

A subscription is a session at the broker, by a client id made of the call's key: what is published between two polls waits there, and
what a poll brought is acknowledged (at quality of service 1 and 2) only when it is recorded. A poll by another worker gets it once more
and drops it, by its receipt. With quality of service 0 brokers keep nothing for who is not connected.
A session that nobody ends expires after a day; in 3.1.1 when the broker thinks fit.

Spec: https://github.com/asyncapi/bindings/tree/master/mqtt
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from hashlib import sha256
from typing import Any

from aiomqtt import Client, Message, MqttCodeError, MqttError, ProtocolVersion
from paho.mqtt.client import MQTT_CLEAN_START_FIRST_ONLY
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.subscribeoptions import SubscribeOptions

from activities.asyncapi.binding import gathered, speaking
from activities.asyncapi.message import Incoming, Outgoing, headless
from activities.asyncapi.site import Site
from activities.http.message import IDEMPOTENCY_KEY
from interpreter.values import Json

KEEPS = True

EXPIRY = 86_400
"""Seconds for which a broker keeps the session of a subscription that nobody polls."""

_LONGER = 1.0
"""Seconds that the library's own limit is longer than ours, which tells better what happened."""

_DENIED = {4, 5, 134, 135}
"""Codes of a refused connection that mean the credentials."""


async def publish(site: Site, message: Outgoing) -> None:
    """One message; with quality of service 1 (the default) or 2 the broker has it when this returns."""
    if site.protocol == "mqtt":
        headless(site, message, "; MQTT 5 has them: protocolVersion: 5 at the server")
    with speaking(site, _verdict):
        async with asyncio.timeout(site.within), _client(site, None, stays=False) as client:
            await client.publish(
                site.address,
                message.body,
                qos=site.number("qos", 1),
                retain=bool(site.option("retain", False)),
                properties=_properties(site, message),
            )


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Session]:
    """Take up the session, or begin one."""
    name = f"swtemporal-{site.key}"
    session = None
    with speaking(site, _verdict):
        async with _client(site, name, stays=True) as client:
            session = Session(site, client, position)
            async with asyncio.timeout(site.within):
                await session.begin()
            yield session
        if session.ended:
            # To begin anew is how a session is forgotten.
            async with _client(site, name, stays=False):
                pass


class Session:
    """A session at the broker with somebody connected."""

    def __init__(self, site: Site, client: Client, position: Json) -> None:
        self._site = site
        self._client = client
        self._began = position is not None
        self._unsettled: dict[str, Message] = {}
        self._settled: Counter[str] = Counter()
        self.position: Json = True
        self.ended = False

    async def begin(self) -> None:
        """Subscribe; to a topic that is subscribed to already it changes nothing."""
        qos = self._site.number("qos", 1)
        # A broker repeats the messages it retains at every subscription; only the first one asks for them.
        if self._site.protocol == "mqtt5":
            options = SubscribeOptions(qos=qos, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
            await self._client.subscribe(self._site.address, options=options)
        else:
            await self._client.subscribe(self._site.address, qos=qos)

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The next messages, but for those that were settled while somebody else was connected."""
        with speaking(self._site, _verdict):
            return await gathered(self._receive, most, wait)

    async def _receive(self, wait: float) -> Incoming | None:
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while True:
            try:
                message = await asyncio.wait_for(anext(self._client.messages), max(0.001, until - clock()))
            except TimeoutError:
                return None
            receipt = _receipt(message)
            if receipt is None:
                return _incoming(message, None)
            if self._settled[receipt]:
                self._settled[receipt] -= 1
                self._ack(message)
            elif message.retain and self._began and self._site.protocol == "mqtt":
                self._ack(message)
            else:
                self._unsettled[receipt] = message
                return _incoming(message, receipt)

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Settle what came on this connection; what came on another one, when it comes again."""
        for receipt in receipts:
            if receipt in self._unsettled:
                self._ack(self._unsettled.pop(receipt))
            elif receipt is not None:
                self._settled[receipt] += 1

    async def end(self) -> None:
        """Have the session forgotten with this connection."""
        self.ended = True

    def _ack(self, message: Message) -> None:
        self._client._client.ack(message.mid, message.qos)  # noqa: SLF001 - the library leaves acknowledging to paho


@asynccontextmanager
async def _client(site: Site, name: str | None, *, stays: bool) -> AsyncIterator[Client]:
    """A connection; `stays` says whether its session does when it is closed. One that does not makes the broker forget an earlier one."""
    username, password, token = site.credentials
    five = site.protocol == "mqtt5"
    properties = None
    if five and stays:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = EXPIRY
    client = Client(
        site.peer,
        site.port,
        username=username if token is None else (username or "token"),
        password=password if token is None else token,
        identifier=name,
        protocol=ProtocolVersion.V5 if five else ProtocolVersion.V311,
        timeout=site.within + _LONGER,
        tls_context=await site.tls(),
        properties=properties,
        clean_session=None if five else not stays,
        clean_start=not stays if five else MQTT_CLEAN_START_FIRST_ONLY,
    )
    client._client.manual_ack_set(True)  # noqa: SLF001 - as above
    _notice_refusal(client)
    async with AsyncExitStack() as stack:
        try:
            async with asyncio.timeout(site.within):
                await stack.enter_async_context(client)
        except BaseException:
            client._client._sock_close()  # noqa: SLF001 - as above: what it has begun it would go on with
            raise
        yield client


def _notice_refusal(client: Client) -> None:
    """Have it noticed at once that the peer hangs up before it has said whom it accepts; the library would wait for that word."""
    connected = client._connected  # noqa: SLF001 - as above

    def disconnected(*said: Any) -> None:
        if not connected.done():
            connected.set_exception(MqttError("the connection was closed before it was accepted, or the peer does not speak MQTT"))
        client._on_disconnect(*said)  # noqa: SLF001 - as above

    client._client.on_disconnect = disconnected  # noqa: SLF001 - as above


def _receipt(message: Message) -> str | None:
    """What tells a message from others of its session: its number, which a broker uses again, and what it says. None where nothing is settled."""
    if message.qos == 0:
        return None
    return f"{message.mid}:{sha256(str(message.topic).encode() + bytes(message.payload)).hexdigest()[:16]}"


def _properties(site: Site, message: Outgoing) -> Any:
    if site.protocol == "mqtt":
        return None
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.UserProperty = [*message.texts.items(), (IDEMPOTENCY_KEY, message.key)]
    properties.ContentType = message.content_type
    if message.correlation is not None:
        properties.CorrelationData = message.correlation.encode()
    return properties


def _incoming(message: Message, receipt: str | None) -> Incoming:
    properties = message.properties
    correlation = getattr(properties, "CorrelationData", None)
    return Incoming(
        body=bytes(message.payload),
        headers=dict(getattr(properties, "UserProperty", [])),
        content_type=getattr(properties, "ContentType", None),
        correlation=None if correlation is None else correlation.decode("utf-8", "replace"),
        receipt=receipt,
    )


def _verdict(error: Exception) -> str | None:
    if isinstance(error, MqttCodeError):
        code = getattr(error.rc, "value", error.rc)
        if code in _DENIED:
            return "authentication"
    return "communication" if isinstance(error, MqttError) else None
