"""AsyncAPI over HTTP: a message is one request; a subscription asks again and again, as an HTTP server cannot call.

An answer with content is one message, 204 and 304 are none. A server that waits before it answers is waited for; one that answers at once
is asked again after `Retry-After`, or a second. Where it names versions (`ETag`), what has not changed is no new message.
What a server gives away is settled by that: a message is lost with a worker that dies before it is recorded.

Spec: https://github.com/asyncapi/bindings/tree/master/http
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from activities.asyncapi.message import Incoming, Outgoing
from activities.asyncapi.site import Site
from activities.http.client import Answer, Request
from activities.http.message import IDEMPOTENCY_KEY
from activities.http.refusal import refusal
from interpreter.values import Json

KEEPS = False

_PAUSE = 1.0
"""Seconds between two requests to a server that has nothing, unless it says how many."""

_NONE = {204, 304}


async def publish(site: Site, message: Outgoing) -> None:
    """One request with the message as its body."""
    headers = list(message.texts.items())
    if message.body:
        headers.append(("Content-Type", message.content_type))
    headers.append((IDEMPOTENCY_KEY, message.key))
    await _exchange(site, site.text("method", "POST") or "POST", headers, message.body or None, site.within)


@asynccontextmanager
async def subscribe(site: Site, position: Json) -> AsyncIterator[Asking]:
    """Begin to ask; `position` is the version that was seen last."""
    yield Asking(site, position)


class Asking:
    """A resource that is asked for again and again."""

    def __init__(self, site: Site, position: Json) -> None:
        self._site = site
        self.position = position

    async def poll(self, most: int, wait: float) -> list[Incoming]:  # noqa: ARG002  - an answer is one message
        """The next message; nothing where the server has none in that time."""
        clock = asyncio.get_running_loop().time
        until = clock() + wait
        while True:
            try:
                async with asyncio.timeout_at(until):
                    answer = await self._ask(max(self._site.within, wait))
            except TimeoutError:
                return []
            if answer.status not in _NONE and answer.body:
                self.position = answer.headers.get("etag", self.position)
                return [Incoming(body=answer.body, headers=dict(answer.headers), content_type=answer.content_type)]
            await asyncio.sleep(max(0.0, min(_pause(answer), until - clock())))
            if clock() >= until:
                return []

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Nothing to tell: what was answered is settled."""

    async def end(self) -> None:
        """Nothing to remove."""

    async def _ask(self, within: float) -> Answer:
        headers = [("If-None-Match", self.position)] if self.position else []
        return await _exchange(self._site, self._site.text("method", "GET") or "GET", headers, None, within)


async def _exchange(site: Site, method: str, headers: Sequence[tuple[str, str]], body: bytes | None, within: float) -> Answer:
    uri = site.url("http", path=True)
    request = Request(
        method=method, uri=uri, shown=uri, headers=headers, body=body, authorization=site.authorization, certificate=site.certificate
    )
    answer = await site.http.exchange(request, within=within)
    if answer.accepted or answer.status in _NONE:
        return answer
    raise refusal(request, answer, site.redaction)


def _pause(answer: Answer) -> float:
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isascii() and said.isdigit() else _PAUSE
