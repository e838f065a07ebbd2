"""The effect `call.grpc`.

Spec: https://github.com/serverlessworkflow/specification/blob/main/dsl-reference.md#grpc-call
"""

from __future__ import annotations

import re
from asyncio import to_thread
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from activities.documents import Documents
from activities.extras import missing
from activities.granted import permit
from activities.grpc_.messages import answer, requests
from activities.grpc_.protos import Protos
from activities.grpc_.sources import sources
from activities.http.origins import PORTS, mapped
from activities.invocation import Invocation
from interpreter.faults import fault
from interpreter.values import Json, encode, kind_of

_TLS_PORT = 443
_NAME = re.compile(r"[0-9a-z_.-]+")
_VALUE = re.compile(r"[\x20-\x7e]*")


async def call_grpc(invocation: Invocation, documents: Documents, protos: Protos, origins: Mapping[str, str]) -> Json:
    """The message that the method answers with, as JSON; an array of them where it answers with a stream.

    `with`: `{document, service: {name, host, port?}, method, arguments?, tls?, metadata?, authentication?}`. Without a port it is 443;
    that port speaks TLS and any other does not, unless `tls` says so. The credentials go along as `authorization`, the key as
    `idempotency-key`. A status other than OK is a `communication` fault with the nearest HTTP status and the status' name as title.
    """
    try:
        from activities.grpc_.exchange import Rpc, exchange  # noqa: PLC0415 - heavy, and an extra
    except ImportError:
        raise missing("call: grpc", "grpc") from None
    with_ = invocation.with_
    proto = await protos.compiled(await sources(invocation, documents))
    method = proto.method(with_["service"]["name"], with_["method"])
    target, secure, authority = await _address(with_, origins)
    service = invocation.shown["service"]
    rpc = Rpc(
        target=target,
        secure=secure,
        authority=authority,
        certificate=invocation.certificate,
        path=f"/{with_['service']['name']}/{with_['method']}",
        metadata=list(_metadata(invocation)),
        requests=requests(proto, method, with_.get("arguments", {}), invocation.redaction),
        client_streaming=method.client_streaming,
        server_streaming=method.server_streaming,
        shown=f"{service['name']}/{invocation.shown['method']} at {service['host']}",
    )
    received = await exchange(rpc, within=invocation.within, redaction=invocation.redaction)
    return await to_thread(answer, proto, method, received)


async def _address(with_: Json, origins: Mapping[str, str]) -> tuple[str, bool, str]:
    """What is connected to, whether by TLS, and the `host:port` that is meant; an origin `http://host:port` or, by TLS, `https://…` may be mapped."""
    service = with_["service"]
    port = service.get("port", _TLS_PORT)
    secure = with_.get("tls", port == _TLS_PORT)
    origin = f"{'https' if secure else 'http'}://{service['host']}:{port}"
    target = mapped(origin, origins)
    found = urlsplit(target)
    if target == origin:  # as text: a URL that was parsed may be another one, and this decides who is looked at
        return await _granted(service["host"], port), secure, found.netloc
    secure = found.scheme == "https"
    meant = found.netloc if found.port else f"{found.netloc}:{PORTS[found.scheme]}"
    return meant, secure, meant


async def _granted(host: str, port: int) -> str:
    """The host where its name is granted, else the addresses that were looked at: the name may lead elsewhere the next time."""
    found = await permit(host, port)
    if found == [host] and ":" not in host:
        return f"{host}:{port}"
    if ":" in found[0]:
        return "ipv6:" + ",".join(f"[{one}]:{port}" for one in found if ":" in one)
    return "ipv4:" + ",".join(f"{one}:{port}" for one in found if ":" not in one)


def _metadata(invocation: Invocation) -> Iterator[tuple[str, str | bytes]]:
    """The metadata of a call; names that end in `-bin` have base64 of bytes for a value."""
    given = invocation.with_.get("metadata") or {}
    if not isinstance(given, dict):
        raise fault("expression", f"the call's metadata must be an object, not {kind_of(given)}")
    for name, value in given.items():
        yield name.lower(), _value(name.lower(), value if isinstance(value, str) else encode(value))
    if "idempotency-key" not in map(str.lower, given):
        yield "idempotency-key", invocation.key
    if invocation.authorization is not None:
        yield "authorization", invocation.authorization.header


def _value(name: str, text: str) -> str | bytes:
    if not _NAME.fullmatch(name) or name.startswith("grpc-"):
        raise fault("expression", f"{name!r} is no name of metadata that a call may send")
    if name.endswith("-bin"):
        try:
            return b64decode(text, validate=True)
        except (Error, ValueError):
            raise fault("expression", f"the metadata {name!r} must be base64, since its name ends in '-bin'") from None
    if not _VALUE.fullmatch(text):
        raise fault("expression", f"the metadata {name!r} holds a character that is not printable ASCII")
    return text
