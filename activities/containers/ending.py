"""What is done when an activity with a container comes to its end, whichever end that is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from temporalio import activity

GRACE = 5
"""Seconds between the request that a container ends and its end."""

_log = logging.getLogger(__name__)


def goes_on_elsewhere() -> bool:
    """Whether this attempt was cancelled because another one takes over: the worker shuts down, or was taken for lost."""
    details = activity.cancellation_details()
    return details is not None and (details.worker_shutdown or details.timed_out) and not details.cancel_requested


async def dropped(*tasks: asyncio.Task[Any] | None) -> None:
    """Let tasks go, whatever became of them."""
    there = [task for task in tasks if task is not None]
    for task in there:
        task.cancel()
    await asyncio.gather(*there, return_exceptions=True)


async def whatever_comes(work: Coroutine[Any, Any, None]) -> None:
    """Do it to the end although this task is cancelled; what goes wrong is only logged, as the activity's own end is on its way up."""
    working = asyncio.create_task(work)
    while not working.done():
        try:
            await asyncio.wait((working,))
        except asyncio.CancelledError:
            continue
    if working.exception() is not None:
        _log.warning("a container was not cleaned up: %s", working.exception())
