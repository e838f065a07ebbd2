"""Connections to nowhere but where the grant leads: the address that was looked at is the address that is connected to.

Names are resolved here, at the last moment, so a name whose address changes between a check and a connection gains nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from activities.granted import looked_at
from activities.http.socks import Socks
from activities.policy import Grant


def guarded(client: httpx.AsyncClient, grant: Grant) -> httpx.AsyncClient:
    """The client, its direct connections restricted to a grant, and what a SOCKS proxy is asked for.

    Which connections there are to proxies is the operator's own affair, and to whom a HTTP proxy connects is the proxy's: it gets names.
    """
    # httpx has no option for it; tests/activities/http/test_guard.py notices when these members are no more.
    for transport in (client._transport, *client._mounts.values()):  # noqa: SLF001
        pool = getattr(transport, "_pool", None)
        if transport is client._transport or isinstance(getattr(pool, "_network_backend", None), Socks):  # noqa: SLF001
            pool._network_backend = _Guard(pool._network_backend, grant)  # type: ignore[union-attr]  # noqa: SLF001
    return client


_PATIENCE = 2.0
"""Seconds for an address where there are others: one that never answers must not stand for all."""


class _Guard(httpcore.AsyncNetworkBackend):
    """Looks at every address before it is connected to."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend, grant: Grant) -> None:
        self._backend = backend
        self._grant = grant

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address that takes one; an `authorization` fault where any of them is not granted."""
        *others, last = await looked_at(self._grant, host, port)
        for address in others:
            try:
                return await self._backend.connect_tcp(address, port, _PATIENCE, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError):
                continue
        return await self._backend.connect_tcp(last, port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """As the backend does; no document can ask for it."""
        return await self._backend.connect_unix_socket(path, timeout, socket_options)

    async def sleep(self, seconds: float) -> None:
        """As the backend does."""
        await self._backend.sleep(seconds)
