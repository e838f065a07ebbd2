"""Signs of life while an activity runs; they also are what brings it a cancellation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio import activity

from interpreter.values import Json


@asynccontextmanager
async def heartbeats(details: Json | None) -> AsyncIterator[None]:
    """Beat in the background, three times per heartbeat timeout, with the same details each time; not at all without a timeout."""
    timeout = activity.info().heartbeat_timeout
    if not timeout:
        yield
        return
    beating = asyncio.create_task(_beat(timeout.total_seconds() / 3, () if details is None else (details,)))
    try:
        yield
    finally:
        beating.cancel()


async def _beat(seconds: float, details: tuple[Json, ...]) -> None:
    while True:
        await asyncio.sleep(seconds)
        activity.heartbeat(*details)
