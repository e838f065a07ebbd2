"""gRPC as the activities use it; the only file that knows which library speaks it.

Messages are bytes here. A status other than OK is a `communication` fault titled with the status' name.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

import grpc

from activities.http.certificates import Certificate
from activities.redact import Redaction
from interpreter.defaults import PRODUCT, RESPONSE_BYTES
from interpreter.faults import fault

STATUS = {
    "CANCELLED": 499,
    "INVALID_ARGUMENT": 400,
    "DEADLINE_EXCEEDED": 504,
    "NOT_FOUND": 404,
    "ALREADY_EXISTS": 409,
    "PERMISSION_DENIED": 403,
    "RESOURCE_EXHAUSTED": 429,
    "FAILED_PRECONDITION": 400,
    "ABORTED": 409,
    "OUT_OF_RANGE": 400,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "UNAUTHENTICATED": 401,
}
"""The HTTP status nearest to each gRPC status (google.rpc.Code); 500 for all others."""

_OPTIONS = (
    ("grpc.max_receive_message_length", RESPONSE_BYTES),
    ("grpc.max_send_message_length", -1),
    ("grpc.compression_enabled_algorithms_bitset", 1),  # none: what expands without end never fills the memory
    ("grpc.enable_retries", 0),  # repeating is the document's business, and Temporal's
    ("grpc.primary_user_agent", PRODUCT),
)
_MESSAGE_COST = 64
"""Bytes that a message of a stream costs beside its own."""
_TOO_LARGE, _OWN_DEADLINE = "Received message larger than max", "Deadline Exceeded"
"""The library's own words, which tell its findings from the server's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rpc:
    """One call of a method: where (`target`, as gRPC names it, for the `host:port` in `authority`), how, and with what. `shown` names it in errors."""

    target: str
    authority: str
    secure: bool
    certificate: Certificate | None
    """What is shown, by TLS, to a server that asks for it."""
    path: str
    metadata: Sequence[tuple[str, str | bytes]]
    requests: list[bytes]
    client_streaming: bool
    server_streaming: bool
    shown: str


async def exchange(rpc: Rpc, *, within: float, redaction: Redaction) -> list[bytes]:
    """Send the requests and give the answers, `within` so many seconds, at most `RESPONSE_BYTES` of them."""
    try:
        async with _channel(rpc) as channel:
            return await _exchange(rpc, channel, within)
    except grpc.aio.AioRpcError as error:
        _raise(error, rpc, within, redaction)


@asynccontextmanager
async def _channel(rpc: Rpc) -> AsyncIterator[Any]:
    options = [*_OPTIONS, ("grpc.default_authority", rpc.authority)]
    if rpc.secure:
        options.append(("grpc.ssl_target_name_override", rpc.authority.rpartition(":")[0].strip("[]")))
        opened = grpc.aio.secure_channel(rpc.target, _credentials(rpc.certificate), options=options)
    else:
        opened = grpc.aio.insecure_channel(rpc.target, options=options)
    async with opened as channel:
        yield channel


async def _exchange(rpc: Rpc, channel: Any, within: float) -> list[bytes]:
    sent = iter(rpc.requests) if rpc.client_streaming else rpc.requests[0]
    kinds = {
        (False, False): channel.unary_unary,
        (False, True): channel.unary_stream,
        (True, False): channel.stream_unary,
        (True, True): channel.stream_stream,
    }
    call = kinds[rpc.client_streaming, rpc.server_streaming](rpc.path)(sent, timeout=within, metadata=rpc.metadata)
    if not rpc.server_streaming:
        return [await call]
    received, size = [], 0
    async for message in call:
        size += len(message) + _MESSAGE_COST
        if size > RESPONSE_BYTES:
            call.cancel()
            raise _too_large(rpc)
        received.append(message)
    return received


def _raise(error: Any, rpc: Rpc, within: float, redaction: Redaction) -> NoReturn:
    name: str = error.code().name
    said = redaction(" ".join((error.details() or "").split()))
    if name == "RESOURCE_EXHAUSTED" and _TOO_LARGE in said:
        raise _too_large(rpc) from None
    if name == "DEADLINE_EXCEEDED" and _OWN_DEADLINE in said:
        said = f"no answer within {within:g} s"
    raise fault("communication", f"{rpc.shown}: {said or name}", status=STATUS.get(name, 500), title=name) from None


def _too_large(rpc: Rpc) -> Exception:
    return fault("communication", f"{rpc.shown}: the response is larger than {RESPONSE_BYTES} bytes", title="Response too large")


def _credentials(shown: Certificate | None) -> Any:
    roots = _roots(os.environ.get("SSL_CERT_FILE"))
    if shown is None:
        return grpc.ssl_channel_credentials(roots)
    return grpc.ssl_channel_credentials(shown.authority.encode() if shown.authority else roots, shown.key.encode(), shown.chain.encode())


@lru_cache
def _roots(file: str | None) -> bytes | None:
    """The authorities that servers' certificates are from: those of `SSL_CERT_FILE`, as for HTTP, else the library's own."""
    return Path(file).read_bytes() if file else None
