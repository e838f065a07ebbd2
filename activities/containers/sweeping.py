"""Removing containers whose `lifetime` says `eventually`: any worker on the host does it, whichever ran them, so that it survives them all."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from activities.containers.engine import Engine
from activities.containers.labels import CLEANUP, due
from interpreter.faults import Fault

INTERVAL = 10.0
"""Seconds between two looks."""

_log = logging.getLogger(__name__)


async def sweep_for_ever(engine: Callable[[], Engine | None]) -> None:
    """Sweep again and again; `engine` gives None as long as there is none. An engine that fails is logged, once until it works again."""
    works = True
    while True:
        await asyncio.sleep(INTERVAL)
        try:
            found = engine()
            if found is not None:
                await sweep(found, time.time())
            works = True
        except Fault as error:
            if works:
                _log.warning("containers are not cleaned up: %s", error.problem.detail)
            works = False


async def sweep(engine: Engine, now: float) -> None:
    """Remove the containers whose time has come."""
    for container in await engine.labelled(f"{CLEANUP}=eventually"):
        instant = due(container.labels, container.finished)
        if instant is not None and instant <= now:
            await engine.remove(container.id)
