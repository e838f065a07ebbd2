"""HTTP as the activities use it; the only file that knows which library speaks it.

One of these per worker: connections are shared, cookies are not kept, redirects are never followed, challenges of digest
authentication are answered. No answer at all is a `communication` fault of status 500, 504 when it did not come in time.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import NoReturn
from urllib.parse import urlsplit

import httpx
from opentelemetry.propagate import inject

from activities.authentication import Authorization
from activities.granted import granted, permit_by_proxy
from activities.http.certificates import Certificate
from activities.http.clients import Clients
from activities.http.digest import Challenges
from activities.http.origins import PORTS, mapped, origin_of
from interpreter.defaults import RESPONSE_BYTES
from interpreter.faults import fault

_REFUSED_BYTES = 16_000
"""How much is read of the body of an answer that is not accepted: enough for an excerpt."""

_PIECE_BYTES = 65_536
"""How much is decompressed at once."""

_PORTS = 1 << 16

_SUCCESS = range(200, 300)

_ANSWERS = 3
"""How often one exchange may be sent: with what is known, answering a challenge, and once more when its nonce was stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What goes out. `uri` is absolute, http or https; `query` comes behind its own; a header's name may occur more than once.

    `shown` is the URI as errors and answers show it. `authorization` comes in the place of a header of that name, `certificate` is
    shown to a peer that asks for one.
    """

    method: str
    uri: str
    shown: str
    query: str = ""
    headers: Sequence[tuple[str, str]] = ()
    body: bytes | None = None
    authorization: Authorization | None = None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. `body` is decompressed, and only its beginning where the status was not accepted.

    `sent` are the headers the request had. Header names are in lower case.
    """

    status: int
    accepted: bool
    headers: Mapping[str, str]
    body: bytes
    sent: Mapping[str, str]

    @property
    def content_type(self) -> str | None:
        """The response's media type with its parameters, if it says one."""
        return self.headers.get("content-type")

    @property
    def phrase(self) -> str:
        """The status in words."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return f"HTTP status {self.status}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What comes back, while it comes; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    pieces: AsyncIterator[bytes]
    """The body, decompressed; a fault when it grows too large."""
    sent: Mapping[str, str]

    async def answer(self, *, accepted: bool) -> Answer:
        """The answer as a whole, its body only at its beginning where it is not accepted."""
        body = await (_whole(self.pieces) if accepted else _beginning(self.pieces))
        return Answer(status=self.status, accepted=accepted, headers=self.headers, body=body, sent=self.sent)


class Http:
    """The client; to be closed by whoever made it (`opened`)."""

    def __init__(self, clients: Clients, origins: Mapping[str, str]) -> None:
        self._clients = clients
        self._origins = origins
        self._challenges = Challenges()

    @classmethod
    @asynccontextmanager
    async def opened(cls, origins: Mapping[str, str]) -> AsyncIterator[Http]:
        """A client whose requests to mapped origins go to those that stand in for them; a `ValueError` where the environment forbids one."""
        for name in ("httpx", "httpcore"):
            # They log addresses and headers of every request, secrets included.
            logging.getLogger(name).setLevel(logging.WARNING)
        clients = Clients()
        await clients.check()
        try:
            yield cls(clients, origins)
        finally:
            await clients.close()

    @classmethod
    @asynccontextmanager
    async def direct(cls) -> AsyncIterator[Http]:
        """A client for what the worker itself has started on this machine: no proxy is asked."""
        clients = Clients(proxies=False)
        try:
            yield cls(clients, {})
        finally:
            await clients.close()

    async def exchange(self, request: Request, *, within: float, accepted: range = _SUCCESS) -> Answer:
        """One request and its answer, whatever its status, `within` so many seconds; the body is read whole if the status is `accepted`."""
        async with self.stream(request, within=within) as incoming:
            return await incoming.answer(accepted=incoming.status in accepted)

    @asynccontextmanager
    async def stream(self, request: Request, *, within: float) -> AsyncIterator[Stream]:
        """One request and its answer while it comes, for peers that answer in events; all that is done with it takes `within` so many seconds."""
        where = f"{request.method} {request.shown}"
        try:
            async with asyncio.timeout(within), self._authorized(request) as incoming:
                yield incoming
        except TimeoutError:
            raise fault("communication", f"{where}: no answer within {within:g} s", status=504, title="No answer in time") from None
        except httpx.HTTPError as error:
            _raise(error, where)

    @asynccontextmanager
    async def _authorized(self, request: Request) -> AsyncIterator[Stream]:
        """The answer to a request with its credentials, be they given or asked for by a challenge."""
        url = _url(request)
        if request.authorization is None or request.authorization.digest is None:
            async with self._sent(request, url, None if request.authorization is None else request.authorization.header) as incoming:
                yield incoming
            return
        digest = request.authorization.digest
        # By the origin that the document names: what stands in for it is another matter.
        origin, target = origin_of(urlsplit(str(url))), url.raw_path.decode("ascii")
        for sent in range(1, _ANSWERS + 1):
            proof = self._challenges.answer(origin, digest, request.method, target)
            async with self._sent(request, url, proof) as incoming:
                unauthorized = incoming.status == HTTPStatus.UNAUTHORIZED
                if unauthorized and self._challenges.refused(origin, digest, incoming.headers, again=sent > 1) and sent < _ANSWERS:
                    continue
                if not unauthorized:
                    self._challenges.accepted(origin, digest, incoming.headers)
                yield incoming
                return

    @asynccontextmanager
    async def _sent(self, request: Request, url: httpx.URL, authorization: str | None) -> AsyncIterator[Stream]:
        headers = [pair for pair in request.headers if authorization is None or pair[0].lower() != "authorization"]
        if authorization is not None:
            headers.append(("Authorization", authorization))
        headers += _trace(headers)
        target = mapped(str(url), self._origins)
        # What stands in for an origin is the operator's choice, and so is a proxy; what a proxy is asked for is not.
        grant = granted() if target == str(url) else None
        async with self._clients.lent(request.certificate, grant) as client:
            if grant is not None and client._transport_for_url(url) is not client._transport:  # noqa: SLF001
                await permit_by_proxy(url.host, url.port or PORTS[url.scheme])
            outgoing = client.build_request(
                request.method,
                target,
                headers=[(name.encode("ascii"), value.encode()) for name, value in headers],
                content=request.body,
            )
            incoming = await client.send(outgoing, stream=True)
            try:
                yield Stream(
                    status=incoming.status_code,
                    headers=dict(incoming.headers.items()),
                    pieces=_bounded(_parts(incoming)),
                    sent=dict(outgoing.headers.items()),
                )
            finally:
                await incoming.aclose()


def _trace(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The span this is part of (`traceparent`, or as OTEL_PROPAGATORS says), where there is one and the request names none itself."""
    span: dict[str, str] = {}
    inject(span)
    given = {name.lower() for name, _ in headers}
    return [] if given & {name.lower() for name in span} else list(span.items())


def _url(request: Request) -> httpx.URL:
    try:
        url = httpx.URL(request.uri)
    except (httpx.InvalidURL, ValueError):
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or not 0 <= (url.port or 0) < _PORTS:
        raise fault("configuration", f"{request.shown!r} is no absolute http or https URI", title="URI not usable")
    own = url.query.decode("ascii")
    return url.copy_with(query="&".join(filter(None, (own, request.query))).encode("ascii")) if request.query else url


async def _bounded(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > RESPONSE_BYTES:
            raise fault("communication", f"the response is larger than {RESPONSE_BYTES} bytes", title="Response too large")
        yield piece


async def _whole(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def _beginning(pieces: AsyncIterator[bytes]) -> bytes:
    body = b""
    async for piece in pieces:
        body += piece
        if len(body) >= _REFUSED_BYTES:
            break
    return body[:_REFUSED_BYTES]


async def _parts(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body as it comes, decompressed piece by piece, so that what expands without end never fills the memory."""
    match response.headers.get("content-encoding", "identity").strip().lower():
        case "identity" | "":
            async for raw in response.aiter_raw():
                yield raw
        case "gzip" | "x-gzip" | "deflate":
            async for piece in _inflated(response.aiter_raw()):
                yield piece
        case other:
            raise fault(
                "communication", f"the response is encoded as {other[:40]!r}, which was not asked for", title="Response not understood"
            )


async def _inflated(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)  # gzip or zlib, by its header
    began = False
    try:
        async for part in parts:
            rest, began = part, True
            while rest and not inflating.eof:
                yield inflating.decompress(rest, _PIECE_BYTES)
                rest = inflating.unconsumed_tail
        yield inflating.flush()
    except zlib.error:
        began = True
    if began and not inflating.eof:
        raise fault("communication", "the response's compression is broken", title="Response not understood")


def _raise(error: httpx.HTTPError, where: str) -> NoReturn:
    """The fault for no answer; the library's text is quoted only where it cannot hold what was sent or received."""
    causes = list(_chain(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        title, why = "Host not found", "the host's name has no address"
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        title, why = "TLS failed", str(error)
    elif isinstance(error, httpx.ConnectError | httpx.ProxyError):
        title, why = "Connection failed", str(error)
    elif isinstance(error, httpx.LocalProtocolError):
        title, why = "Request not sent", "the request breaks the rules of HTTP; look at its headers"
    else:
        title, why = "Connection broken", "the peer closed the connection before its answer was complete, or did not speak HTTP"
    raise fault("communication", f"{where}: {why}", title=title) from None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
