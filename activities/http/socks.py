"""Connections through a SOCKS proxy: it is told the name of the host, and finds that itself; or, where a guard looked at them, an address.

https://www.rfc-editor.org/rfc/rfc1928, and https://www.rfc-editor.org/rfc/rfc1929 for user name and password
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import ip_address
from typing import Any

import httpcore
import httpx

SCHEMES = ("socks5", "socks5h")
"""Both let the proxy find the host: a worker that needs a proxy may know no names."""

_PORT = 1080
_VERSION, _CONNECT = 5, 1
_OPEN, _BY_PASSWORD = 0, 2
_IPV4, _NAME, _IPV6 = 1, 3, 4
_LENGTHS = {_IPV4: 4, _IPV6: 16}
_LONGEST = 255

_REFUSALS = (
    "general failure",
    "not allowed by its rules",
    "network unreachable",
    "host unreachable",
    "connection refused",
    "time to live expired",
    "command not supported",
    "address type not supported",
)
"""What its answers from 1 on mean."""


def by_socks(transport: httpx.AsyncHTTPTransport, proxy: httpx.Proxy) -> httpx.AsyncHTTPTransport:
    """The transport, with a proxy between it and everybody; a `ValueError` for a user name or password that cannot be sent."""
    # As in guard.py: httpx has no option for it.
    pool = transport._pool  # noqa: SLF001
    pool._network_backend = Socks(pool._network_backend, proxy)  # noqa: SLF001
    return transport


class Socks(httpcore.AsyncNetworkBackend):
    """Connects to the proxy, and has that connect to others. A `httpcore.ProxyError` where it does not."""

    def __init__(self, backend: httpcore.AsyncNetworkBackend, proxy: httpx.Proxy) -> None:
        self._backend = backend
        self._host, self._port = proxy.url.host, proxy.url.port or _PORT
        self._credentials = proxy.raw_auth
        if any(not 0 < len(part) <= _LONGEST for part in self._credentials or ()):
            raise ValueError(f"user name and password of a SOCKS proxy have 1 to {_LONGEST} bytes each")

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the library's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to a host by way of the proxy."""
        stream = await self._backend.connect_tcp(self._host, self._port, timeout, local_address, socket_options)
        try:
            await self._introduced(stream)
            await _asked(stream, host, port)
        except BaseException:
            await stream.aclose()
            raise
        return stream

    async def sleep(self, seconds: float) -> None:
        """As the backend does."""
        await self._backend.sleep(seconds)

    async def _introduced(self, stream: httpcore.AsyncNetworkStream) -> None:
        ways = bytes([_OPEN] if self._credentials is None else [_OPEN, _BY_PASSWORD])
        await stream.write(bytes([_VERSION, len(ways)]) + ways)
        spoken, way = await _exactly(stream, 2)
        if spoken != _VERSION:
            raise httpcore.ProxyError("the SOCKS proxy does not speak SOCKS 5")
        if way == _BY_PASSWORD and self._credentials is not None:
            user, password = self._credentials
            await stream.write(bytes([1, len(user)]) + user + bytes([len(password)]) + password)
            _, refused = await _exactly(stream, 2)
            if refused:
                raise httpcore.ProxyError("the SOCKS proxy refuses the user name or the password")
        elif way != _OPEN:
            wanted = "a user name and a password" if self._credentials is None else "another authentication"
            raise httpcore.ProxyError(f"the SOCKS proxy wants {wanted}")


async def _asked(stream: httpcore.AsyncNetworkStream, host: str, port: int) -> None:
    await stream.write(bytes([_VERSION, _CONNECT, 0]) + _address(host) + port.to_bytes(2, "big"))
    _, refusal, _, kind = await _exactly(stream, 4)
    if refusal:
        why = _REFUSALS[refusal - 1] if refusal <= len(_REFUSALS) else f"answer {refusal}"
        raise httpcore.ProxyError(f"the SOCKS proxy does not connect: {why}")
    # Where it is bound itself is of no interest, but comes before what the host says.
    length = _LENGTHS[kind] if kind in _LENGTHS else (await _exactly(stream, 1))[0]
    await _exactly(stream, length + 2)


def _address(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        name = host.encode("ascii")
        if len(name) > _LONGEST:
            raise httpcore.ProxyError("the name of the host is too long for a SOCKS proxy") from None
        return bytes([_NAME, len(name)]) + name
    return bytes([_IPV4 if address.version == 4 else _IPV6]) + address.packed  # noqa: PLR2004  IP's own numbers


async def _exactly(stream: httpcore.AsyncNetworkStream, count: int) -> bytes:
    """So many bytes, in however many pieces they come, and not one that is the host's."""
    came = b""
    while len(came) < count:
        piece = await stream.read(count - len(came))
        if not piece:
            raise httpcore.ProxyError("the SOCKS proxy closed the connection")
        came += piece
    return came
