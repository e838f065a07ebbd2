"""Results in the memory of one worker: gone with it, and known to no other."""

from __future__ import annotations

from activities.cache.entry import About, Stored
from activities.kept import Kept, Made

BYTES = 64_000_000


class Memory:
    """So many bytes of results at most; the least used leave first."""

    def __init__(self, most: int = BYTES) -> None:
        self._kept: Kept[Stored] = Kept(most, weigh=lambda stored: len(stored.about) + len(stored.value))

    async def get(self, key: str) -> Stored | None:
        """What is kept under a key."""
        return self._kept.known(key)

    async def put(self, about: About, stored: Stored) -> None:
        """Keep a result."""
        self._kept.keep(about.key, Made(stored, (about.expires - about.stored) / 1000))

    async def close(self) -> None:
        """Nothing to let go of."""
