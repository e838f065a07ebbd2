"""Removing containers that nobody needs: any worker on the host does it, whichever ran them, so that it survives them all.

Those whose `lifetime` says `eventually`, when their time has come; and those that a lost worker left, when their run waits for them no longer.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from itertools import count

from temporalio.service import RPCError

from activities.containers.ending import GRACE
from activities.containers.engine import Engine
from activities.containers.labels import CLEANUP, NAMESPACE, Owner, due
from activities.containers.runs import Runs
from interpreter.faults import Fault

INTERVAL = 10.0
"""Seconds between two looks."""

ORPHANS = 6
"""Every how many looks the server is asked whether runs still wait for their containers; the first look is one."""

_log = logging.getLogger(__name__)


async def sweep_for_ever(engine: Callable[[], Engine | None], runs: Runs | None = None) -> None:
    """Sweep again and again; `engine` gives None as long as there is none. An engine or server that fails is logged, once until it works again."""
    works = True
    for look in count():
        await asyncio.sleep(INTERVAL)
        try:
            found = engine()
            if found is not None:
                await sweep(found, time.time())
                if runs is not None and look % ORPHANS == 0:
                    await sweep_orphans(found, runs)
            works = True
        except (Fault, RPCError) as error:
            if works:
                _log.warning("containers are not cleaned up: %s", error.problem.detail if isinstance(error, Fault) else error)
            works = False


async def sweep(engine: Engine, now: float) -> None:
    """Remove the containers whose time has come."""
    for container in await engine.labelled(f"{CLEANUP}=eventually"):
        instant = due(container.labels, container.finished)
        if instant is not None and instant <= now:
            await engine.remove(container.id)


async def sweep_orphans(engine: Engine, runs: Runs) -> None:
    """End the containers of this namespace that no run waits for any more, and clean them up as their lifetime says."""
    for container in await engine.labelled(f"{NAMESPACE}={await runs.namespace()}"):
        remove, ended = container.labels.get(CLEANUP) == "always", container.finished is not None
        owner = Owner.of(container.labels)
        if owner is None or (ended and not remove) or await runs.waits(owner.workflow, owner.run, owner.activity):
            continue
        _log.info("no run waits for the container %s of %s any more", container.id[:12], owner.workflow)
        if not ended:
            await engine.stop(container.id, GRACE)
        if remove:
            await engine.remove(container.id)
