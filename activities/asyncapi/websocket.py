"""AsyncAPI over WebSocket: a message is one frame, both ways; frames have no headers.

A server that speaks to whoever is connected keeps nothing for those who are not: what it says between two polls is missed where
the second one is another worker's.

Spec: https://github.com/asyncapi/bindings/tree/master/websockets
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException

from activities.asyncapi.binding import gathered, speaking
from activities.asyncapi.message import Incoming, Outgoing, headless
from activities.asyncapi.site import Site
from interpreter.defaults import RESULT_BYTES
from interpreter.values import Json

KEEPS = False

_GOODBYE = 2.0
"""Seconds that a server has to close a connection with us."""


async def publish(site: Site, message: Outgoing) -> None:
    """One text frame on a connection of its own."""
    headless(site, message)
    with speaking(site, _verdict):
        async with _connected(site) as connection, asyncio.timeout(site.within):
            await connection.send(message.body.decode())


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Listening]:  # noqa: ARG001  - there is none
    """Connect, and listen from now on."""
    with speaking(site, _verdict):
        async with _connected(site) as connection:
            yield Listening(site, connection)


class Listening:
    """An open connection; what nobody has polled yet waits in it, and then at the server."""

    position: Json = None

    def __init__(self, site: Site, connection: ClientConnection) -> None:
        self._site = site
        self._connection = connection

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The next frames. A connection that the server closes in good order has no more of them; that is trouble only if there are none."""
        with speaking(self._site, _verdict):
            return await gathered(self._receive, most, wait)

    async def _receive(self, wait: float) -> Incoming | None:
        try:
            frame = await asyncio.wait_for(self._connection.recv(), max(wait, 0.001))
        except TimeoutError:
            return None
        return Incoming(body=frame.encode() if isinstance(frame, str) else frame)

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Nothing to tell."""

    async def end(self) -> None:
        """Nothing to remove."""


class _Straight(connect):
    """A connection to where it is told to go: a redirect is an answer that is no connection, as in all calls."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow none."""
        return exc


@asynccontextmanager
async def _connected(site: Site) -> AsyncIterator[ClientConnection]:
    headers = {} if site.authorization is None else {"Authorization": site.authorization.header}
    parts = urlsplit(site.web)
    uri = parts._replace(scheme={"http": "ws", "https": "wss"}[parts.scheme]).geturl()
    tls = await site.tls() if parts.scheme == "https" else None
    own: dict[str, Any] = {"host": site.peer, "port": site.port} if site.peer != site.host else {}
    connection = await _Straight(
        uri, ssl=tls, additional_headers=headers, max_size=RESULT_BYTES, open_timeout=site.within, close_timeout=_GOODBYE, **own
    )
    try:
        yield connection
    finally:
        await connection.close()


def _verdict(error: Exception) -> str | None:
    if isinstance(error, InvalidStatus):
        return {401: "authentication", 403: "authorization"}.get(error.response.status_code, "communication")
    return "communication" if isinstance(error, WebSocketException) else None
