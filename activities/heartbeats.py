"""Signs of life while an activity runs; they also are what brings it a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from temporalio import activity

from interpreter.values import Json


class Beats:
    """What the signs of life carry; a server keeps the latest, and shows it beside the activity."""

    def __init__(self, details: Json | None) -> None:
        self._make: Callable[[], Json | None] = lambda: details

    def tell(self, make: Callable[[], Json]) -> None:
        """From now on carry what `make` gives, asked anew each time; no secret may be in it."""
        self._make = make

    def beat(self) -> None:
        """Give a sign of life now."""
        details = self._make()
        activity.heartbeat(*(() if details is None else (details,)))


@asynccontextmanager
async def heartbeats(details: Json | None) -> AsyncIterator[Beats]:
    """Beat in the background, three times per heartbeat timeout, with the same details unless told otherwise; not at all without a timeout."""
    beats = Beats(details)
    timeout = activity.info().heartbeat_timeout
    if not timeout:
        yield beats
        return
    beating = asyncio.create_task(_beat(timeout.total_seconds() / 3, beats))
    try:
        yield beats
    finally:
        beating.cancel()


async def _beat(seconds: float, beats: Beats) -> None:
    while True:
        await asyncio.sleep(seconds)
        beats.beat()
