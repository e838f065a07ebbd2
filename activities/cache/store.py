"""What a store of results does. Whatever it raises, a task is performed all the same (`activities.cache.results`)."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from typing import Protocol

from activities.cache.entry import About, Stored

STORE_BYTES = 256_000_000
"""How much a table of ours holds; beyond it the oldest results go. Not those that would expire first: who keeps a lot for a century would have it all."""

_OFTEN = 60.0
_MUCH = 10_000_000


class Store(Protocol):
    """Where results are kept by their keys until they expire."""

    async def get(self, key: str) -> Stored | None:
        """What is kept under a key, perhaps expired; None where there is nothing."""
        ...

    async def put(self, about: About, stored: Stored) -> None:
        """Keep a result in place of an older one of its key."""
        ...

    async def close(self) -> None:
        """Let go of connections and files."""
        ...


class Shelf(Store, Protocol):
    """A store that others can look into, too."""

    def abouts(self, now: int) -> AsyncIterator[str]:
        """What is known of each result that has not expired, as JSON text, the latest first where that is known."""
        ...

    async def remove(self, *, prefix: str = "", workflow: str | None = None) -> int:
        """Remove the results whose keys begin so, those that a workflow's runs kept, or all; how many there were."""
        ...


class Tidying:
    """When a table is to be tidied: at first, then every minute, and when much was put into it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._next = clock()
        self._put = 0

    def due(self, size: int) -> bool:
        """Whether it is time, now that so many bytes were put."""
        self._put += size
        if self._clock() < self._next and self._put < _MUCH:
            return False
        self._next, self._put = self._clock() + _OFTEN, 0
        return True
