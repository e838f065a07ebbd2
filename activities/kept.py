"""Values that a worker keeps for a while: made once at a time for each key, the least used leave first."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, NamedTuple, TypeVar

Value = TypeVar("Value")


class Made(NamedTuple, Generic[Value]):
    """A new value, and the seconds for which it may be used again."""

    value: Value
    seconds: float


class Kept(Generic[Value]):
    """Values by key, each until its time is over, `most` of them or as many as weigh so much together; to be used from one event loop."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic, weigh: Callable[[Value], int] = lambda _: 1) -> None:
        self._most = most
        self._clock = clock
        self._weigh = weigh
        self._weight = 0
        self._kept: OrderedDict[Hashable, tuple[Value, float]] = OrderedDict()
        self._making: dict[Hashable, asyncio.Task[Value]] = {}

    def known(self, key: Hashable) -> Value | None:
        """The value if there is one whose time is not over."""
        if key not in self._kept:
            return None
        value, until = self._kept[key]
        if until <= self._clock():
            self._forget(key)
            return None
        self._kept.move_to_end(key)
        return value

    async def value(self, key: Hashable, make: Callable[[], Awaitable[Made[Value]]]) -> Value:
        """The value; made if it is not known. Whoever asks meanwhile waits for the same one, and gets the same failure.

        Who is cancelled leaves the making to the others; a failure is not kept.
        """
        known = self.known(key)
        if known is not None:
            return known
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._made(key, make))
            making.add_done_callback(lambda done: self._over(key, done))
        return await asyncio.shield(making)

    def keep(self, key: Hashable, made: Made[Value], since: float | None = None) -> None:
        """Keep a value in place of an older one, from now on or since it was asked for."""
        if key in self._kept:
            self._forget(key)
        if made.seconds > 0:
            self._kept[key] = (made.value, (self._clock() if since is None else since) + made.seconds)
            self._weight += self._weigh(made.value)
        while self._weight > self._most:
            self._forget(next(iter(self._kept)))

    def drop(self, key: Hashable, value: Value) -> None:
        """Forget a value that turned out to be of no use; a newer one stays."""
        if key in self._kept and self._kept[key][0] == value:
            self._forget(key)

    async def _made(self, key: Hashable, make: Callable[[], Awaitable[Made[Value]]]) -> Value:
        asked = self._clock()
        made = await make()
        self.keep(key, made, asked)
        return made.value

    def _forget(self, key: Hashable) -> None:
        self._weight -= self._weigh(self._kept.pop(key)[0])

    def _over(self, key: Hashable, done: asyncio.Task[Value]) -> None:
        self._making.pop(key, None)
        if not done.cancelled():
            done.exception()  # told to those who wait; nobody may be left
