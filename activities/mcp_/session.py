"""A session with an MCP server, in the protocol's versions that begin with `initialize`.

https://modelcontextprotocol.io/specification/2025-06-18/basic/lifecycle
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from importlib.metadata import version
from typing import Protocol

from activities.jsonrpc import METHOD_NOT_FOUND, notification, request, result
from activities.redact import Redaction
from interpreter.defaults import PRODUCT
from interpreter.faults import Fault, fault
from interpreter.values import Json, encode

VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25")
"""Versions of the protocol that are spoken; of a later one a server is asked for, and may name one of these instead."""

_OPENING, _CALL = 1, 2
_FAREWELL = 1.0
"""Seconds for telling a server that its answer is not waited for any more."""
_SAID = 500
"""Characters of a tool's words that an error quotes."""


class Wire(Protocol):
    """How messages travel: by HTTP or by the pipes of a process."""

    async def ask(self, message: Json) -> Json:
        """The answer to a request; what else the server sends meanwhile is answered by `reply`."""
        ...

    async def tell(self, message: Json) -> None:
        """Send what wants no answer."""
        ...

    def agree(self, version: str) -> None:
        """From now on this version of the protocol is spoken."""
        ...


async def call(wire: Wire, with_: Json, key: str, redaction: Redaction) -> Json:
    """Open a session and make the one request `{method, parameters?, protocolVersion, client?}`; gives its result.

    `runtime` faults for the errors a server answers with, also for a tool's; `communication` for what is no answer.
    """
    opened = result(await wire.ask(request(_OPENING, "initialize", _introduction(with_))), "initialize", redaction)
    wire.agree(_agreed(opened, with_["protocolVersion"]))
    await wire.tell(notification("notifications/initialized"))
    try:
        answer = await wire.ask(request(_CALL, with_["method"], _parameters(with_, key)))
    except asyncio.CancelledError:
        with suppress(Fault, TimeoutError):  # a server that does not hear it will notice when nobody reads its answer
            async with asyncio.timeout(_FAREWELL):
                await wire.tell(notification("notifications/cancelled", {"requestId": _CALL}))
        raise
    return _accepted(result(answer, with_["method"], redaction), with_, redaction)


def reply(message: Json) -> Json | None:
    """The answer to what a server asks its client, None for what wants none. Nothing but `ping` is offered."""
    if not isinstance(message, dict) or "method" not in message or "id" not in message:
        return None
    if message["method"] == "ping":
        return {"jsonrpc": "2.0", "id": message["id"], "result": {}}
    return {"jsonrpc": "2.0", "id": message["id"], "error": {"code": METHOD_NOT_FOUND, "message": "this client does not offer that"}}


def answers(message: Json, request: Json) -> bool:
    """Whether a message is the answer to a request."""
    return isinstance(message, dict) and "method" not in message and message.get("id") == request["id"]


def _introduction(with_: Json) -> Json:
    client = with_.get("client") or {"name": PRODUCT, "version": version(PRODUCT)}
    return {"protocolVersion": with_["protocolVersion"], "capabilities": {}, "clientInfo": client}


def _agreed(opened: Json, asked: str) -> str:
    found = opened.get("protocolVersion") if isinstance(opened, dict) else None
    if not isinstance(found, str):
        raise fault("communication", "initialize: the server does not name the version it speaks", title="Response not understood")
    if found != asked and found not in VERSIONS:
        raise fault("runtime", f"initialize: the server speaks version {found[:40]!r} of the protocol; spoken are {', '.join(VERSIONS)}")
    return found


def _parameters(with_: Json, key: str) -> Json:
    """The parameters; with a tool's goes the key by which its server knows a repetition, as metadata that others skip."""
    given = with_.get("parameters")
    if with_["method"] != "tools/call":
        return given
    meta = (given or {}).get("_meta")
    return {**(given or {}), "_meta": {"idempotencyKey": key, **(meta if isinstance(meta, dict) else {})}}


def _accepted(found: Json, with_: Json, redaction: Redaction) -> Json:
    """A result, unless it is that of a tool which failed."""
    if with_["method"] == "tools/call" and isinstance(found, dict) and found.get("isError") is True:
        name = (with_.get("parameters") or {}).get("name")
        said = redaction(" ".join(_words(found).split()))
        raise fault("runtime", f"the tool {redaction(str(name))!r} failed: {said[:_SAID] or 'it does not say why'}", title="Tool failed")
    return found


def _words(found: Json) -> str:
    """What a tool says in text, else its whole result."""
    content = found.get("content")
    texts = (
        [part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)]
        if isinstance(content, list)
        else []
    )
    return " ".join(texts) or (encode(found["structuredContent"]) if "structuredContent" in found else "")
