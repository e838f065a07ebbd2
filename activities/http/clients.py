"""The connections of a worker, by the certificate they show and where they may lead."""

from __future__ import annotations

import os
import ssl
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import Any

import httpx

from activities.http.certificates import Certificate, trust
from activities.http.guard import guarded
from activities.http.socks import SCHEMES, by_socks
from activities.policy import Grant
from interpreter.defaults import PRODUCT

_MOST = 20
"""Clients that are kept although nobody uses them."""


_TRUSTED = ("SSL_CERT_FILE", "SSL_CERT_DIR")
"""Where the environment names trusted authorities; the first counts."""


@dataclass(slots=True, eq=False)
class _Open:
    client: httpx.AsyncClient
    context: ssl.SSLContext
    users: int = 0


class Clients:
    """Shares connections and TLS contexts (expensive to load); one that nobody uses is closed when there are too many."""

    def __init__(self, *, proxies: bool = True) -> None:
        self._proxies = proxies
        self._open: OrderedDict[tuple[Certificate | None, Grant | None], _Open] = OrderedDict()

    @asynccontextmanager
    async def lent(self, certificate: Certificate | None, grant: Grant | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """A client, for one exchange; those of one grant share no connection with others."""
        key = (certificate, grant)
        found = self._open.get(key)
        if found is None:
            context = self._context(certificate)
            client = _client(context, proxies=self._proxies)
            found = self._open[key] = _Open(client if grant is None else guarded(client, grant), context)
        self._open.move_to_end(key)
        found.users += 1
        try:
            yield found.client
        finally:
            found.users -= 1
            await self._tidy()

    async def check(self) -> None:
        """See that a client can be made here; a `ValueError`, worded for people, where the environment names what is not there."""
        try:
            async with self.lent(None):
                return
        except OSError as error:
            named = next((f"{name}={os.environ[name]}" for name in _TRUSTED if os.environ.get(name)), "the installation")
            raise ValueError(f"the trusted certificates cannot be read: {error}; look at {named}") from None
        except (ValueError, httpx.InvalidURL) as error:
            raise ValueError(
                f"the proxy that HTTP_PROXY, HTTPS_PROXY or ALL_PROXY names cannot be used: {error}; http://, https:// and socks5:// proxies can"
            ) from None

    async def close(self) -> None:
        """End all connections."""
        async with AsyncExitStack() as closing:
            for one in self._open.values():
                closing.push_async_callback(one.client.aclose)
        self._open.clear()

    def _context(self, certificate: Certificate | None) -> ssl.SSLContext:
        """What is shown and trusted by TLS; that of another client with this certificate, where there is one."""
        known = (one.context for (shown, _), one in self._open.items() if shown == certificate)
        return next(known, None) or trust(certificate)

    async def _tidy(self) -> None:
        unused = [key for key, one in self._open.items() if not one.users]
        for key in unused[: max(len(self._open) - _MOST, 0)]:
            await self._open.pop(key).client.aclose()


class _Client(httpx.AsyncClient):
    """A client that asks SOCKS proxies, too: httpx's own way needs another library, keeps broken connections open, and takes an answer in pieces for a wrong one."""

    def _init_proxy_transport(self, proxy: httpx.Proxy, *args: Any, **options: Any) -> httpx.AsyncBaseTransport:
        # Whom httpx asks for a transport to a proxy of the environment; test_clients.py notices when it does no more.
        if proxy.url.scheme not in SCHEMES:
            return super()._init_proxy_transport(proxy, *args, **options)
        return by_socks(httpx.AsyncHTTPTransport(*args, **options), proxy)


def _client(context: ssl.SSLContext, *, proxies: bool) -> httpx.AsyncClient:
    """A client with the proxies (where they are wanted) and the trusted authorities that the worker's environment names, as curl and others read it."""
    return _Client(
        headers={"User-Agent": f"{PRODUCT}/{version(PRODUCT)}", "Accept-Encoding": "gzip"},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        verify=context,
        trust_env=proxies,
        timeout=None,  # an exchange has a limit for the whole of it
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=100),
        follow_redirects=False,
    )
