"""MCP by streamable HTTP.

https://modelcontextprotocol.io/specification/2025-06-18/basic/transports#streamable-http
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from activities.http.client import Http, Request, Stream
from activities.http.content import decoded, is_json
from activities.http.events import MEDIA_TYPE, Event, events
from activities.http.message import IDEMPOTENCY_KEY, request
from activities.http.refusal import refusal
from activities.invocation import Invocation
from activities.jsonrpc import explained
from activities.mcp_.session import answers, reply
from interpreter.faults import Fault, fault
from interpreter.values import Json

_SUCCESS = range(200, 300)
_PAUSE = 1_000
"""Milliseconds after which a stream that ended too early is taken up again, unless the server says another time."""
_ANY_TIME = math.inf
"""Whoever calls limits all of it together."""
_FAREWELL = 1.0
"""Seconds for telling a server that its session is over."""


class HttpWire:
    """Messages as the bodies of requests, answers as bodies or as events of the responses."""

    def __init__(self, http: Http, invocation: Invocation) -> None:
        self._http = http
        self._invocation = invocation
        self._session: dict[str, str] = {}
        """The headers that name the session and the version spoken in it."""

    @classmethod
    @asynccontextmanager
    async def opened(cls, http: Http, invocation: Invocation) -> AsyncIterator[HttpWire]:
        """A wire to `with.uri` with `with.headers`; in the end the server is told that the session is over."""
        wire = cls(http, invocation)
        try:
            yield wire
        finally:
            await wire._leave()

    def agree(self, version: str) -> None:
        """From now on every request names the version."""
        self._session["MCP-Protocol-Version"] = version

    async def tell(self, message: Json) -> None:
        """Send what wants no answer."""
        outgoing = self._request("POST", message)
        answer = await self._http.exchange(outgoing, within=_ANY_TIME)
        if not answer.accepted:
            raise refusal(outgoing, answer, self._invocation.redaction)

    async def ask(self, message: Json) -> Json:
        """The answer to a request; a stream that ends before it is taken up where it ended."""
        outgoing = self._request("POST", message)
        last: Event | None = None
        while True:
            async with self._http.stream(outgoing, within=_ANY_TIME) as incoming:
                if "mcp-session-id" in incoming.headers:
                    self._session["Mcp-Session-Id"] = incoming.headers["mcp-session-id"]
                found, last = await self._answer(outgoing, incoming, message, last)
            if found is not None:
                return found
            if last is None or not last.id:
                raise fault("communication", f"POST {outgoing.shown}: the events ended before the answer", title="Connection broken")
            await asyncio.sleep((_PAUSE if last.retry is None else last.retry) / 1000)
            outgoing = self._request("GET", None, ("Last-Event-ID", last.id))

    async def _answer(self, outgoing: Request, incoming: Stream, message: Json, last: Event | None) -> tuple[Json, Event | None]:
        """The answer, if it is in this response, and the last event of a response that is a stream."""
        kind = incoming.headers.get("content-type")
        if incoming.status not in _SUCCESS:
            return await explained(outgoing, incoming, self._invocation.redaction), None
        if is_json(kind):
            found = decoded((await incoming.answer(accepted=True)).body, kind)
            if answers(found, message):
                return found, None
        elif (kind or "").partition(";")[0].strip().lower() == MEDIA_TYPE:
            return await self._among(incoming, message, last)
        raise fault(
            "communication", f"{outgoing.method} {outgoing.shown}: the answer is no JSON-RPC response", title="Response not understood"
        )

    async def _among(self, incoming: Stream, message: Json, last: Event | None) -> tuple[Json, Event | None]:
        async for event in events(incoming.pieces):
            last = event
            if not event.data:
                continue
            came = decoded(event.data.encode("utf-8", "replace"), "application/json")
            if answers(came, message):
                return came, last
            response = reply(came)
            if response is not None:
                await self.tell(response)
        return None, last

    async def _leave(self) -> None:
        if "Mcp-Session-Id" in self._session:
            with suppress(Fault):  # a courtesy: the server may not allow it, and forgets the session some day
                await self._http.exchange(self._request("DELETE", None), within=_FAREWELL)

    def _request(self, method: str, message: Json, *more: tuple[str, str]) -> Request:
        invocation = self._invocation
        own = {"Accept": f"application/json, {MEDIA_TYPE}", "Content-Type": "application/json", **self._session, **dict(more)}
        taken = {name.lower() for name in own}
        given = {name: value for name, value in (invocation.with_.get("headers") or {}).items() if name.lower() not in taken}
        with_ = {"method": method, "uri": invocation.with_["uri"], "headers": {**given, **own}}
        if message is not None:
            with_["body"] = message
        made = request(with_, {"uri": invocation.shown["uri"]}, key=invocation.key)
        of_call = message is not None and message.get("method") == "tools/call"
        return replace(
            made,
            headers=made.headers if of_call else _without_key(made),
            authorization=invocation.authorization,
            certificate=invocation.certificate,
        )


def _without_key(request: Request) -> list[tuple[str, str]]:
    """Headers without the key: it is that of the call, and not of the messages around it."""
    return [(name, value) for name, value in request.headers if name.lower() != IDEMPOTENCY_KEY.lower()]
