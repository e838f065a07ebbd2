"""What every protocol does: publish one message; poll for messages; acknowledge. One file of this folder per protocol.

A subscription may be begun by one worker and gone on with by another, so all it knows stands in its `position`, in the receipts of its
messages, and at the server under a name made of the call's key. A worker keeps it open between polls where it can (`sessions`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from importlib import import_module
from typing import Protocol, cast

from activities.asyncapi.message import Incoming, Outgoing
from activities.asyncapi.site import Site
from activities.extras import missing
from interpreter.defaults import POLL_BYTES
from interpreter.faults import Fault, fault
from interpreter.values import Json, cut

LINGER = 0.05
"""Seconds that a poll waits for more once a first message is there."""


class Subscription(Protocol):
    """One open subscription."""

    @property
    def position(self) -> Json:
        """Where the next poll goes on, on this worker or another; null where the protocol knows no such place."""
        ...

    async def poll(self, most: int, wait: float) -> list[Incoming]:
        """The next messages, at most so many, in order; waits so many seconds for a first one. None of them counts as settled yet."""
        ...

    async def acknowledge(self, receipts: Sequence[Json]) -> None:
        """Settle messages that came, whoever got them: the server may forget them."""
        ...

    async def end(self) -> None:
        """There will be no further poll: remove what the subscription left at the server."""
        ...


class Binding(Protocol):
    """A protocol; implemented by modules."""

    KEEPS: bool
    """Whether something of a subscription is at the server while nobody is connected: a queue, a session, what was acknowledged."""

    def publish(self, site: Site, message: Outgoing) -> Awaitable[None]:
        """Send a message; returns when the server has it, where the protocol says so."""
        ...

    def subscribe(self, site: Site, position: Json) -> AbstractAsyncContextManager[Subscription]:
        """Open a subscription at a position, or begin one where that is null."""
        ...


_MODULES = {
    "http": "http",
    "ws": "websocket",
    "kafka": "kafka",
    "nats": "nats",
    "amqp": "amqp",
    "mqtt": "mqtt",
    "mqtt5": "mqtt",
    "redis": "redis",
}
"""Files of this folder by protocol; but for HTTP each needs the extra of its name."""


def binding_of(site: Site) -> Binding:
    """The protocol of a site; a `configuration` fault where its library is not installed."""
    name = _MODULES[site.protocol]
    try:
        return cast("Binding", import_module(f"activities.asyncapi.{name}"))
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("activities"):
            raise
        raise missing(f"call: asyncapi by {site.protocol}", name) from None


Verdict = Callable[[Exception], str | None]
"""The standard error (`authentication`, `authorization`, `communication`) that a library's exception means; None for what is no trouble with the peer."""


@contextmanager
def speaking(site: Site, verdict: Verdict) -> Iterator[None]:
    """Trouble with the server as a fault that names it; anything else passes."""
    try:
        yield
    except Fault:
        raise
    except Exception as error:
        kind = verdict(error)
        if kind in {"authentication", "authorization"}:
            what = "does not accept the credentials" if kind == "authentication" else "does not allow this"
            raise fault(kind, f"{site.shown} {what}: {said(error)}") from None
        if isinstance(error, TimeoutError):
            raise fault(
                "communication", f"{site.shown}: no answer within {site.within:g} s", status=504, title="No answer in time"
            ) from None
        if kind is None and not isinstance(error, OSError):
            raise
        title = "Connection failed" if isinstance(error, OSError) else "Connection broken"
        raise fault("communication", f"{site.shown}: {said(error)}", title=title) from None


def said(error: BaseException) -> str:
    """What an exception says, on one line and not without end."""
    return cut(" ".join(str(error).split()) or type(error).__name__, _SAID)


_SAID = 300


async def gathered(receive: Callable[[float], Awaitable[Incoming | None]], most: int, wait: float) -> list[Incoming]:
    """What a function that waits so many seconds for one message (None: there was none) gives in one poll."""
    clock = asyncio.get_running_loop().time
    until = clock() + wait
    messages: list[Incoming] = []
    size = 0
    while len(messages) < most and size < POLL_BYTES:
        try:
            message = await receive(max(0.0, until - clock()))
        except Exception:
            if messages:
                break  # what came before is not lost by it; the next poll meets it again
            raise
        if message is None:
            break
        messages.append(message)
        size += len(message.body)
        until = min(until, clock() + LINGER)
    return messages
