"""Subscriptions that a worker keeps open from one poll to the next.

What a protocol cannot keep for us (WebSocket, NATS without JetStream, Redis without streams) is missed only where the next poll
is another worker's, or comes late. Nothing else depends on it: whoever gets the next poll can go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from activities.asyncapi.binding import Subscription
from activities.asyncapi.message import Incoming
from interpreter.values import Json

_log = logging.getLogger(__name__)

LEASE = 120.0
"""Seconds for which a subscription stays open when nobody polls."""

MOST = 500
"""Subscriptions kept open at once; of more, the one that waits longest is closed."""

Open = Callable[[Json], AbstractAsyncContextManager[Subscription]]
"""Opens a subscription at a position."""


@dataclass
class _Session:
    """An open subscription, what its last poll gave, and the marks before and after that poll."""

    subscription: Subscription
    stack: AsyncExitStack
    before: str | None = None
    after: str | None = None
    given: list[Incoming] = field(default_factory=list)
    expiry: asyncio.TimerHandle | None = None


class Sessions:
    """The open subscriptions of a worker, by the key of their call."""

    def __init__(self, lease: float = LEASE) -> None:
        self._lease = lease
        self._idle: dict[str, _Session] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @classmethod
    @asynccontextmanager
    async def opened(cls) -> AsyncIterator[Self]:
        """Sessions that are closed at the end, and stay at their servers."""
        sessions = cls()
        try:
            yield sessions
        finally:
            await sessions.close()

    async def poll(
        self, key: str, open: Open, position: Json, receipts: Sequence[Json], most: int, wait: float
    ) -> tuple[list[Incoming], Json]:
        """Settle what came before, and get what comes next, with the position after it.

        `position` is what the poll before gave, null for the first. The same poll made again by this worker gives the same messages:
        they were taken, and nobody has heard of them.
        """
        mark, at = (None, None) if position is None else (position["mark"], position["at"])
        session = await self._taken(key, mark) or await _opened(open, at)
        try:
            if mark != session.before or not session.given:
                await session.subscription.acknowledge(receipts)
                session.given = await session.subscription.poll(most, wait)
                session.before, session.after = mark, uuid4().hex
        except BaseException:
            await session.stack.aclose()
            raise
        self._keep(key, session)
        return session.given, {"mark": session.after, "at": session.subscription.position}

    async def end(self, key: str, open: Open, position: Json, receipts: Sequence[Json], *, keeps: bool) -> None:
        """Settle what came last and remove the subscription; a server that keeps nothing of it (`keeps`) is not asked for that."""
        session = await self._taken(key, position["mark"])
        if session is None:
            if not keeps:
                return
            session = await _opened(open, position["at"])
        async with session.stack:
            await session.subscription.acknowledge(receipts)
            await session.subscription.end()

    async def close(self) -> None:
        """Close all of them."""
        for session in [self._idle.pop(key) for key in list(self._idle)]:
            self._close(session)
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _taken(self, key: str, mark: str | None) -> _Session | None:
        """The open subscription if it stands where the next poll begins; one that stands elsewhere, since others went on with it, is closed."""
        session = self._idle.pop(key, None)
        if session is None:
            return None
        if session.expiry is not None:
            session.expiry.cancel()
        if mark in {session.before, session.after}:
            return session
        await _quietly_closed(session)
        return None

    def _keep(self, key: str, session: _Session) -> None:
        """Keep a subscription open for a while; one that another poll of the same key has left here meanwhile is closed."""
        other = self._idle.pop(key, None)
        if other is not None:
            self._close(other)
        self._idle[key] = session
        session.expiry = asyncio.get_running_loop().call_later(self._lease, self._expire, key, session)
        while len(self._idle) > MOST:
            self._close(self._idle.pop(next(iter(self._idle))))

    def _expire(self, key: str, session: _Session) -> None:
        if self._idle.get(key) is session:
            self._close(self._idle.pop(key))

    def _close(self, session: _Session) -> None:
        if session.expiry is not None:
            session.expiry.cancel()
        task = asyncio.get_running_loop().create_task(_quietly_closed(session))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def _opened(open: Open, at: Json) -> _Session:
    async with AsyncExitStack() as stack:
        subscription = await stack.enter_async_context(open(at))
        return _Session(subscription, stack.pop_all())


async def _quietly_closed(session: _Session) -> None:
    """Close a subscription that nobody waits for; that its connection was broken already is no trouble any more."""
    try:
        await session.stack.aclose()
    except Exception as error:  # noqa: BLE001 - whatever a library raises about a connection that is given up
        _log.info("a subscription that is not used any more did not close cleanly: %s", type(error).__name__)
